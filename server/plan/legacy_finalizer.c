/*
 * The operator of 2022 held each cluster by a finalizer. We set none, and an object that has that
 * one must wait for nobody: not even where its operator, which is ours now, is uninstalled first.
 */
#include "server/plan/legacy_parts.h"

#define KOPF_FINALIZER "kopf.zalando.org/KopfFinalizerMarker"

/* The object's finalizers without that one; NULL where it is not among them. */
static struct json_edit *other_finalizers(const struct object_meta *meta)
{
	struct json_edit *rest = json_edit_array();
	bool found = false;

	for (struct json_iter it = json_iter(meta->finalizers.node); json_next_item(&it);) {
		if (json_str_is(it.value, STR(KOPF_FINALIZER)))
			found = true;
		else
			json_edit_add(rest, json_edit_import(it.value));
	}
	if (!found)
		json_edit_free(&rest);
	return rest;
}

/* Seldom while it lives: an operator of 2022 that is still there puts it back each time. */
static bool is_time(const struct observed *seen)
{
	return seen->first || seen->object->meta.deletion_timestamp.v.len;
}

void legacy_let_go(const struct observed *seen, struct round *round)
{
	const struct object_meta *const meta = &seen->object->meta;
	struct json_edit *const rest = is_time(seen) ? other_finalizers(meta) : NULL;

	if (rest == NULL)
		return;
	round->checks = true;
	struct action *const action = round_add(round, ACTION_PATCH);

	action->body = json_edit_object();
	struct json_edit *const patch = json_edit_put_object(action->body, "metadata");

	json_edit_put(patch, "finalizers", rest);
	/* Nobody's finalizer that came meanwhile is lost. */
	if (meta->resource_version.v.len)
		json_edit_put_str(patch, "resourceVersion", meta->resource_version.v);
}
