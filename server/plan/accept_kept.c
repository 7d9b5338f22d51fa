/*
 * What is gone on with while a newer spec is refused: the one that was accepted last, in all but
 * how much of it the newer one asks for. So a pod that comes in another's place is one that was
 * judged, and nothing that runs ends for what is not accepted.
 */
#include "base/json_edit.h"
#include "server/plan/accept.h"
#include "validators/validate.h"

/* What says how much is asked for. */
static const char *const OF_SPEC[] = {"suspend"};
static const char *const OF_GROUP[] = {"suspend", "scaleStrategy"};

static void take(
	struct json_edit *to, const struct json_node *from, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct json_node *const value = json_get(from, keys[i]);

		if (json_present(value))
			json_edit_put(to, keys[i], json_edit_import(value));
		else
			json_edit_remove(to, str_from(keys[i]));
	}
}

static const struct json_node *find_group(
	const struct json_node *spec, const struct dialect_words *words, struct str name)
{
	for (struct json_iter it = json_iter(json_get(spec, words->groups)); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, words->name), name))
			return it.value;
	}
	return NULL;
}

/*
 * Takes over what the refused spec says. What is no number leaves what was accepted as it is, so
 * that a mistake ends no pods; what is beyond int32 becomes the largest that there is.
 */
static void take_number(struct json_edit *to, const struct json_node *from, const char *key)
{
	const struct json_node *const value = json_get(from, key);
	int64_t number;

	if (!json_present(value))
		json_edit_remove(to, str_from(key));
	else if (json_i64(value, &number))
		json_edit_put_i64(to, key, number < INT32_MAX ? number : INT32_MAX);
}

/* minReplicas of the refused spec raise its replicas: it asks for so many, whatever it says of
 * them. */
static void take_least(struct json_edit *to, const struct json_node *from)
{
	const struct json_node *const said = json_get(from, "replicas");
	int64_t least, replicas = 0;

	if (!json_i64(json_get(from, "minReplicas"), &least) ||
		(json_present(said) && !json_i64(said, &replicas)))
		return;
	if (replicas < least)
		json_edit_put_i64(to, "replicas", least < INT32_MAX ? least : INT32_MAX);
}

/*
 * Raises the accepted maximum to the accepted size: of a spec that an autoscaler grew, a part may
 * have been accepted that is more than the spec before it allowed.
 */
static void make_room(const struct raycluster *was, struct str name, struct json_edit *edit,
	const struct observed_verdict *verdict)
{
	const struct ray_group *const group = raycluster_worker(was, name);

	for (size_t i = 0; group && i < verdict->size_count; i++) {
		const struct observed_size *const size = &verdict->sizes[i];

		if (str_eq(size->group, name) && size->pods > group_max(was, group))
			json_edit_put_i64(edit, was->words->max, size->pods);
	}
}

static void take_groups(const struct raycluster *was, const struct json_node *spec,
	struct json_edit *groups, const struct observed_verdict *verdict)
{
	const struct dialect_words *const words = was->words;

	for (struct json_edit *edit = json_edit_first(groups); edit; edit = json_edit_next(edit)) {
		const struct str name = json_edit_text(json_edit_get(edit, str_from(words->name)));
		const struct json_node *const now = find_group(spec, words, name);

		if (now == NULL || json_edit_kind(edit) != JSON_OBJECT)
			continue;
		if (was->dialect == DIALECT_LEGACY) {
			take_number(edit, now, "minWorkers");
			continue;
		}
		take(edit, now, OF_GROUP, ARRAY_LEN(OF_GROUP));
		take_number(edit, now, "replicas");
		take_least(edit, now);
		make_room(was, name, edit, verdict);
	}
}

const struct json_node *accept_kept(struct arena *arena, const struct json_node *root,
	enum dialect dialect, const struct json_node *old, const struct observed_verdict *verdict)
{
	static const struct json_limits LIMITS = {
		.bytes = 8 * 1024 * 1024, .depth = 256, .nodes = 1024 * 1024};
	const struct raycluster *const was =
		validate_decode(arena, RAY_CLUSTER, dialect, old)->cluster;
	const struct json_node *const now = json_get(root, "spec");
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err ignored;

	if (was == NULL)
		return NULL;
	struct json_edit *edit = json_edit_import(root);
	struct json_edit *const spec = json_edit_import(json_get(old, "spec"));

	json_edit_put(edit, "spec", spec);
	if (dialect == DIALECT_MODERN)
		take(spec, now, OF_SPEC, ARRAY_LEN(OF_SPEC));
	take_groups(was, now, json_edit_get(spec, str_from(was->words->groups)), verdict);
	json_edit_print(edit, &text);
	json_edit_free(&edit);
	return json_read(arena, arena_str(arena, buf_str(&text)), &LIMITS, &doc, &ignored)
		       ? doc.root
		       : NULL;
}
