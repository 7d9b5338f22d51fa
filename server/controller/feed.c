#include "server/controller/feed.h"

#include "base/buf.h"
#include "base/log.h"

static const struct kube_resource RESOURCES[WORLD_KINDS] = {
	[WORLD_PODS] = {"", "v1", "pods", false},
	[WORLD_SERVICES] = {"", "v1", "services", false},
	[WORLD_CLAIMS] = {"", "v1", "persistentvolumeclaims", false},
};

static const struct json_place *const SKIPS[WORLD_KINDS] = {
	[WORLD_PODS] = WORLD_POD_SKIPS,
	[WORLD_SERVICES] = WORLD_SERVICE_SKIPS,
	[WORLD_CLAIMS] = WORLD_CLAIM_SKIPS,
};

static void take(void *context, const struct json_node *object, struct arena *arena)
{
	const struct feed *const feed = context;

	world_put(feed->world, feed->kind, feed->dialect, object, arena);
}

static void drop(void *context, struct str namespace, struct str name)
{
	const struct feed *const feed = context;

	world_drop(feed->world, feed->kind, feed->dialect, namespace, name);
}

static void listing(void *context)
{
	const struct feed *const feed = context;

	world_listing(feed->world, feed->kind, feed->dialect);
}

static void synced(void *context)
{
	struct feed *const feed = context;

	world_listed(feed->world, feed->kind, feed->dialect);
	atomic_store(&feed->synced, true);
	feed->told(feed->context);
}

/* Not that the API server is away, which is said once for all. */
static void trouble(void *context, const struct err *err)
{
	struct feed *const feed = context;
	const char *const plural = RESOURCES[feed->kind].plural;
	const bool was = feed->in_trouble;
	CLEANUP(buf_done) struct buf why = {0};

	if (err && err->code == ERR_UNAVAILABLE)
		return;
	feed->in_trouble = err != NULL;
	if (feed->in_trouble == was)
		return;
	if (was) {
		LOG(INFO, "the controller follows again what it needs", KV("resource", plural));
		feed->blind(feed->context, feed->dialect, feed->kind, NULL);
		return;
	}
	LOG(WARN, "the controller cannot follow what it needs", KV("resource", plural),
		KV("error", err->text));
	buf_printf(&why, "%s cannot be followed: %s%c", plural, err->text, 0);
	feed->blind(feed->context, feed->dialect, feed->kind, why.at);
}

bool feed_start(struct feed *feed, struct err *err)
{
	const struct kube_reflector_options options = {
		.client = feed->client,
		.resource = &RESOURCES[feed->kind],
		.namespace = feed->namespace,
		.label_selector = world_selector(feed->dialect),
		.skip = SKIPS[feed->kind],
		.is_quiet = feed->kind == WORLD_CLAIMS,
		.handler = {feed, take, drop, synced, trouble, listing},
	};

	return kube_reflector_start(&options, &feed->reflector, err);
}

void feed_stop(struct feed *feed)
{
	kube_reflector_stop(&feed->reflector);
}

bool feed_is_synced(const struct feed *feed)
{
	return atomic_load(&feed->synced);
}
