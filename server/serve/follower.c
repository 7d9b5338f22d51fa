#include "server/serve/follower.h"

#include "base/clock.h"
#include "base/log.h"

/* An API server that has just begun forbids everything for a while. */
#define FORBIDDEN_FOR (10 * CLOCK_SECOND)

/* What was there once stays so. */
static void tell(struct follower *f, bool there)
{
	const bool is_news = f->state == FOLLOWER_UNTOLD || (f->state == FOLLOWER_ABSENT && there);

	if (!is_news)
		return;
	f->state = there ? FOLLOWER_THERE : FOLLOWER_ABSENT;
	f->told(f->context, there);
}

static void object(void *context, const struct json_node *node, struct arena *arena)
{
	struct follower *const f = context;

	f->object(f->context, node, arena);
}

static void gone(void *context, struct str namespace, struct str name)
{
	struct follower *const f = context;

	f->gone(f->context, namespace, name);
}

static void synced(void *context)
{
	tell(context, true);
}

static void tell_broken(struct follower *f, bool broken)
{
	if (broken == f->is_broken)
		return;
	f->is_broken = broken;
	if (f->broken)
		f->broken(f->context, broken);
}

/* There is no such kind, or it has not been ours to read for so long that it will not be. */
static bool is_absent(struct follower *f, const struct err *err)
{
	if (err == NULL || err->code != ERR_FORBIDDEN) {
		f->forbidden_since = 0;
		return err && err->code == ERR_NOT_FOUND;
	}
	if (f->forbidden_since == 0)
		f->forbidden_since = clock_now();
	return clock_now() - f->forbidden_since >= f->forbidden_for;
}

/*
 * Each state is logged when it comes, not each time that it is met again; not that the API server
 * is away, which serve_cluster.c says once for all.
 */
static void trouble(void *context, const struct err *err)
{
	struct follower *const f = context;
	const bool was = f->in_trouble;

	tell_broken(f, err != NULL);
	f->in_trouble = err && err->code != ERR_UNAVAILABLE;
	if (f->in_trouble && !was)
		LOG(WARN, "objects of the cluster cannot be followed just now",
			KV("resource", f->resource.plural), KV("error", err->text));
	else if (err == NULL && was)
		LOG(INFO, "objects of the cluster are followed again",
			KV("resource", f->resource.plural));
	if (is_absent(f, err))
		tell(f, false);
}

bool follower_start(struct follower *f, struct kube_client *client, struct err *err)
{
	f->state = FOLLOWER_UNTOLD;
	f->in_trouble = f->is_broken = false;
	f->forbidden_since = 0;
	if (f->forbidden_for == 0)
		f->forbidden_for = FORBIDDEN_FOR;
	const struct kube_reflector_options options = {
		.client = client,
		.resource = &f->resource,
		.namespace = f->namespace,
		.skip = f->skip,
		.label_selector = f->label_selector,
		.metadata_only = f->metadata_only,
		.is_quiet = f->is_quiet,
		.handler = {.context = f,
			.object = object,
			.gone = gone,
			.synced = synced,
			.trouble = trouble},
	};

	return kube_reflector_start(&options, &f->reflector, err) ||
	       err_wrap(err, "follow %s", f->resource.plural);
}

void follower_stop(struct follower *f)
{
	kube_reflector_stop(&f->reflector);
}
