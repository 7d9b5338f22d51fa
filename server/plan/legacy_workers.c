/*
 * The workers of each podType. minWorkers is how many are held; those beyond it stay as long as
 * maxWorkers lets them, since nobody here knows which of them are idle. A worker belongs to one
 * head, and goes with it.
 */
#include "server/plan/legacy_parts.h"

enum { ROLL_SHARE = 4 }; /* while workers are replaced, one in so many may be missing */

struct type_need {
	const struct ray_group *type;
	struct pod_run run;   /* that count */
	struct pod_run ended; /* whose place is free now */
	int64_t wanted;
	struct str launch;
};

static struct legacy_head head_of(const struct legacy *l)
{
	return (struct legacy_head){l->head->ip, l->head->uid};
}

static void drop(struct legacy *l, struct pod_run *run, size_t index, const char *why)
{
	modern_delete(&l->m, run->items[index], "DeletedWorkerPod", why);
	modern_pods_drop(run, index);
}

static void drop_ended(struct legacy *l, struct type_need *need)
{
	struct pod_run *const run = &need->run;

	need->ended.items =
		arena_array(l->m.round->arena, run->count + 1, sizeof(const struct observed_pod *));
	for (size_t i = run->count; i-- > 0;) {
		const struct observed_pod *const pod = run->items[i];

		if (pod->deleting)
			modern_pods_drop(run, i);
		if (pod->deleting || l->frozen)
			continue;
		if (modern_pod_lost(&l->m, need->type, pod)) {
			drop(l, run, i, MODERN_LOST);
			continue;
		}
		if (!modern_pod_failed(pod))
			continue;
		const int64_t rests = modern_pod_rests(pod, l->m.seen->now);

		if (rests) {
			round_again(l->m.round, rests);
			continue;
		}
		need->ended.items[need->ended.count++] = pod;
		drop(l, run, i, "it has ended");
	}
}

static enum legacy_match match_of(const struct type_need *need, size_t index)
{
	return legacy_launch_compare(need->run.items[index]->launch_hash, need->launch);
}

static void drop_of_other_heads(struct legacy *l, struct type_need *need)
{
	for (size_t i = need->run.count; i-- > 0;) {
		if (match_of(need, i) == LEGACY_OTHER_HEAD)
			drop(l, &need->run, i, "its head is no longer there");
	}
}

static bool is_ready(const struct observed_pod *pod)
{
	return pod->phase == POD_RUNNING && pod->ready != POD_READY_FALSE;
}

/*
 * Replaces workers of an older spec: those that are not ready at once, the others a share at a
 * time.
 */
static void roll(struct legacy *l, struct type_need *need)
{
	int64_t ready = 0;

	for (size_t i = 0; i < need->run.count; i++)
		ready += is_ready(need->run.items[i]);
	const int64_t missing = need->wanted > ready ? need->wanted - ready : 0;
	int64_t budget = (need->wanted > ROLL_SHARE ? need->wanted / ROLL_SHARE : 1) - missing;

	for (size_t i = need->run.count; i-- > 0;) {
		const bool serves = is_ready(need->run.items[i]);

		if (match_of(need, i) != LEGACY_OTHER_SPEC)
			continue;
		l->updating = true;
		if (serves && budget-- <= 0)
			continue;
		drop(l, &need->run, i, "its podType has changed");
	}
}

static void drop_surplus(struct legacy *l, struct type_need *need, int64_t most)
{
	while ((int64_t)need->run.count > most)
		drop(l, &need->run, need->run.count - 1, "maxWorkers is less");
}

static void settle(struct legacy *l, struct type_need *need, const struct ray_group *type)
{
	const struct legacy_head head = head_of(l);
	const int64_t most = group_max(l->m.c.cluster, type);

	need->type = type;
	need->wanted = legacy_pods_wanted(l, type);
	need->run = modern_pods_of(&l->m, POD_WORKER, type->name.v);
	need->launch = legacy_launch(&l->m.c, type, &head);
	drop_ended(l, need);
	if (!l->frozen && !l->unsure)
		drop_of_other_heads(l, need);
	modern_pods_sort(&need->run);
	if (!l->m.seen->verdict.accepted)
		return;
	drop_surplus(l, need, most > 0 ? most : 0);
	if (!l->frozen && !l->unsure)
		roll(l, need);
}

/* All together are at most spec.maxWorkers: those beyond a type's minimum go, the last first. */
static void cap(struct legacy *l, struct type_need *needs, size_t count)
{
	const int64_t most = raycluster_max_workers(l->m.c.cluster);
	int64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += (int64_t)needs[i].run.count;
	for (size_t i = count; i-- > 0 && total > most;) {
		const int64_t before = (int64_t)needs[i].run.count;
		const int64_t spare = before - needs[i].wanted;
		const int64_t gone = spare < total - most ? spare : total - most;

		if (gone <= 0)
			continue;
		drop_surplus(l, &needs[i], before - gone);
		total -= gone;
	}
}

/* An earlier pod of it was refused: then one more is tried, not all. */
static bool was_refused(const struct legacy *l, struct str type)
{
	for (size_t i = 0; i < l->m.seen->failure_count; i++) {
		const struct observed_failure *const failure = &l->m.seen->failures[i];

		if (failure->action != ACTION_DELETE_POD && str_eq(failure->group, type))
			return true;
	}
	return false;
}

static void create(struct legacy *l, const struct type_need *need)
{
	const struct legacy_head head = head_of(l);
	int64_t missing = need->wanted - (int64_t)need->run.count;

	if (missing > 1 && was_refused(l, need->type->name.v))
		missing = 1;
	for (size_t i = 0; (int64_t)i < missing && l->m.room > 0; i++, l->m.room--) {
		struct json_edit *const body = legacy_pod_of_worker(&l->m.c, need->type, &head);

		if (body == NULL)
			return;
		legacy_create(l, body, need->type,
			i < need->ended.count
				? modern_pod_streak(need->ended.items[i], l->m.seen->now)
				: 0);
	}
}

static void drop_strangers(struct legacy *l)
{
	for (size_t i = 0; i < l->m.seen->pod_count; i++) {
		const struct observed_pod *const pod = &l->m.seen->pods[i];

		if (pod->ours && pod->role == POD_WORKER &&
			raycluster_worker(l->m.c.cluster, pod->group) == NULL)
			modern_delete(
				&l->m, pod, "DeletedWorkerPod", "its podType is no longer there");
	}
}

void legacy_settle_workers(struct legacy *l)
{
	const struct raycluster *const cluster = l->m.c.cluster;
	struct type_need *const needs =
		arena_array(l->m.round->arena, cluster->worker_count + 1, sizeof(*needs));
	size_t count = 0;

	if (l->m.seen->verdict.accepted)
		drop_strangers(l);
	if (l->head == NULL || l->head->ip.len == 0)
		return;
	for (size_t i = 0; i < cluster->worker_count; i++) {
		/* Of several types of one name the first has the pods; a rule forbids the others.
		 */
		if (raycluster_worker(cluster, cluster->workers[i]->name.v) == cluster->workers[i])
			settle(l, &needs[count++], cluster->workers[i]);
	}
	if (l->m.seen->verdict.accepted)
		cap(l, needs, count);
	for (size_t i = 0; i < count && !l->frozen; i++)
		create(l, &needs[i]);
}
