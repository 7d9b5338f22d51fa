#include "server/children/accepted.h"

#include "server/children/legacy_pod.h"

static const struct {
	const char *suffix, *label;
} WORDS[] = {
	[DIALECT_MODERN] = {"accepted-spec", LABEL_CLUSTER},
	[DIALECT_LEGACY] = {"accepted-podtypes", LEGACY_CLUSTER},
};

struct str accepted_name(struct arena *arena, enum dialect dialect, struct str cluster)
{
	return arena_printf(arena, "%.*s-%s", STR_ARG(cluster), WORDS[dialect].suffix);
}

struct json_edit *accepted_revision(
	const struct child_context *c, int64_t generation, const struct json_node *root)
{
	const enum dialect dialect = c->object->dialect;
	struct json_edit *const revision = child_new(c, "apps/v1", "ControllerRevision");
	struct json_edit *const meta = json_edit_get(revision, STR("metadata"));

	json_edit_put_str(meta, "name", accepted_name(c->arena, dialect, c->name));
	json_edit_put_str(json_edit_put_object(meta, "labels"), WORDS[dialect].label, c->name);
	json_edit_put_i64(revision, "revision", generation);
	json_edit_put(json_edit_put_object(revision, "data"), "spec",
		json_edit_import(json_get(root, "spec")));
	return revision;
}
