/*
 * KubeRay holds a cluster whose state is in a Redis until a Job has cleaned it. We make no such Job
 * yet, and nobody's deletion may hang: what is taken over from KubeRay is let go, and that is told.
 */
#include "server/plan/modern_parts.h"

#define CLEANUP_FINALIZER "ray.io/gcs-ft-redis-cleanup-finalizer"

static bool has_finalizer(const struct json_node *meta)
{
	for (struct json_iter it = json_iter(json_get(meta, "finalizers")); json_next_item(&it);) {
		if (json_str_is(it.value, STR(CLEANUP_FINALIZER)))
			return true;
	}
	return false;
}

/* All but that one; of the version that was seen, so that nobody's else is lost. */
static struct json_edit *patch_of(const struct json_node *meta)
{
	struct json_edit *const patch = json_edit_object();
	struct json_edit *const out = json_edit_put_object(patch, "metadata");
	const struct json_node *const version = json_get(meta, "resourceVersion");
	struct json_edit *const finalizers = json_edit_put_array(out, "finalizers");

	if (version)
		json_edit_put(out, "resourceVersion", json_edit_import(version));
	for (struct json_iter it = json_iter(json_get(meta, "finalizers")); json_next_item(&it);) {
		if (!json_str_is(it.value, STR(CLEANUP_FINALIZER)))
			json_edit_add(finalizers, json_edit_import(it.value));
	}
	return patch;
}

void modern_let_go(const struct observed *seen, struct round *round)
{
	const struct json_node *const meta = json_get(seen->root, "metadata");

	if (!has_finalizer(meta))
		return;
	round_add(round, ACTION_PATCH)->body = patch_of(meta);
	struct action *const event = round_add(round, ACTION_EVENT);

	event->warning = true;
	event->reason = "RedisNotCleaned";
	event->message = STR("what the cluster stored in Redis is still there: this version does "
			     "not clean it");
}
