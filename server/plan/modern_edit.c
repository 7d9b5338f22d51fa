#include "api/derived_names.h"
#include "server/plan/modern_parts.h"

/* splitmix64: each draw of it is as good as any, and the same seed draws the same. */
static uint64_t draw(struct modern *m)
{
	uint64_t z = (m->dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct str modern_suffix(struct modern *m)
{
	static const char ALPHABET[] = DERIVED_ALPHABET;
	char suffix[DERIVED_SUFFIX_LEN];

	for (size_t i = 0; i < DERIVED_SUFFIX_LEN; i++)
		suffix[i] = ALPHABET[draw(m) % (sizeof(ALPHABET) - 1)];
	return arena_str(m->round->arena, (struct str){suffix, DERIVED_SUFFIX_LEN});
}

/* Neither of a pod that is there, nor of one asked for in this round, nor of one given up. */
static bool is_taken(const struct modern *m, const struct ray_group *group, struct str name)
{
	const struct round *const round = m->round;

	for (size_t i = 0; i < m->seen->pod_count; i++) {
		if (str_eq(m->seen->pods[i].name, name))
			return true;
	}
	for (size_t i = 0; i < round->count; i++) {
		if (round->actions[i].child == CHILD_POD && str_eq(round->actions[i].name, name))
			return true;
	}
	for (struct json_iter it = json_iter(group->scale_strategy.workers_to_delete.node);
		json_next_item(&it);) {
		if (json_str_is(it.value, name))
			return true;
	}
	return false;
}

static bool is_in_doubt(const struct modern *m, struct str name)
{
	bool found = false;

	for (size_t i = 0; !found && i < m->seen->doubt_count; i++)
		found = str_eq(m->seen->doubts[i].name, name);
	return found;
}

static bool is_alike(const struct observed_pod *a, const struct observed_pod *b)
{
	return a->role == b->role && str_eq(a->group, b->group) &&
	       str_eq(a->replica_name, b->replica_name) && a->replica_index == b->replica_index &&
	       a->host_index == b->host_index;
}

/* Of a pod that may be there already, in that very place, as this prefix would have it; or "". */
static struct str name_in_doubt(const struct modern *m, const struct ray_group *group,
	const struct observed_pod *asked, struct str like)
{
	for (size_t i = 0; i < m->seen->doubt_count; i++) {
		const struct str name = m->seen->doubts[i].name;

		if (is_alike(&m->seen->doubts[i], asked) && name.len == like.len &&
			memcmp(name.at, like.at, like.len - DERIVED_SUFFIX_LEN) == 0 &&
			!is_taken(m, group, name))
			return name;
	}
	return STR("");
}

bool modern_may_be_there(
	const struct modern *m, const struct ray_group *group, const struct observed_pod *doubt)
{
	return doubt->role == POD_WORKER && str_eq(doubt->group, group->name.v) &&
	       (doubt->replica_name.len > 0) == (group_hosts(group) > 1) &&
	       !is_taken(m, group, doubt->name);
}

/* The user's own, of a head, or one that may be there already, or one drawn. */
static struct str name_for(struct modern *m, const struct ray_group *group,
	const struct observed_pod *asked, const struct json_edit *meta)
{
	const struct str own = json_edit_text(json_edit_get(meta, STR("name")));
	const struct str prefix = json_edit_text(json_edit_get(meta, STR("generateName")));
	struct str name;

	if (own.len)
		return arena_str(m->round->arena, own);
	do
		name = derived_generated_name(m->round->arena, prefix, modern_suffix(m));
	while (is_taken(m, group, name) || is_in_doubt(m, name));
	const struct str before = name_in_doubt(m, group, asked, name);

	return before.len ? before : name;
}

static void put_failed_before(struct modern *m, struct json_edit *meta, int32_t failed_before)
{
	if (failed_before > 0)
		json_edit_set(child_object(meta, "annotations"), STR(OBSERVED_FAILED_BEFORE),
			json_edit_str(arena_printf(m->round->arena, "%d", failed_before)));
}

void modern_create(struct modern *m, struct json_edit *body, const struct ray_group *group,
	const struct pod_place *place, int32_t failed_before)
{
	struct json_edit *const meta = json_edit_get(body, STR("metadata"));
	struct observed_pod expected = {
		.group = child_group_name(group),
		.replica_name = place && group_hosts(group) > 1 ? place->replica_name : STR(""),
		.role = group->is_head ? POD_HEAD : POD_WORKER,
		.replica_index = place ? (int32_t)place->replica : -1,
		.host_index = place && group_hosts(group) > 1 ? (int32_t)place->host : -1,
		.created = m->seen->now,
		.ours = true,
		.failed_before = failed_before,
	};
	expected.name = name_for(m, group, &expected, meta);
	struct action *const action = round_add(m->round, ACTION_CREATE);

	json_edit_set(meta, STR("name"), json_edit_str(expected.name));
	put_failed_before(m, meta, failed_before);
	action->child = CHILD_POD;
	action->body = body;
	action->name = expected.name;
	action->reason = group->is_head ? "CreatedHeadPod" : "CreatedWorkerPod";
	action->expected = expected;
}

void modern_delete(
	struct modern *m, const struct observed_pod *pod, const char *reason, const char *why)
{
	/* Without a uid no watch has told of it yet: a later round deletes it. */
	if (pod->deleting || pod->uid.len == 0)
		return;
	struct action *const action = round_add(m->round, ACTION_DELETE_POD);

	action->name = pod->name;
	action->uid = pod->uid;
	action->reason = reason;
	action->message = arena_printf(m->round->arena, "%s", why);
}
