/* One head. When it ends it is replaced; when its podType changes, too. */
#include "server/plan/legacy_parts.h"

static bool is_outdated(const struct legacy *l, const struct observed_pod *pod)
{
	const struct child_context *const c = &l->m.c;
	const struct ray_group *const type = c->cluster->head;
	const enum legacy_match match =
		legacy_launch_compare(pod->launch_hash, legacy_launch(c, type, NULL));

	return !str_eq(pod->group, type->name.v) || match == LEGACY_OTHER_SPEC;
}

static bool is_replaced(const struct legacy *l, const struct observed_pod *pod)
{
	return l->m.seen->verdict.accepted && !l->frozen && !l->unsure && is_outdated(l, pod);
}

/* Takes out of the run what ended and what is made of an older spec. */
static void tidy(struct legacy *l, struct pod_run *run, int32_t *failed_before)
{
	for (size_t i = run->count; i-- > 0;) {
		const struct observed_pod *const pod = run->items[i];

		if (pod->deleting)
			continue;
		if (modern_pod_failed(pod)) {
			const int64_t rests = modern_pod_rests(pod, l->m.seen->now);

			if (rests) {
				round_again(l->m.round, rests);
				continue;
			}
			*failed_before = modern_pod_streak(pod, l->m.seen->now);
			modern_delete(&l->m, pod, "DeletedHeadPod", "it has ended");
			modern_pods_drop(run, i);
		} else if (is_replaced(l, pod)) {
			l->updating = true;
			modern_delete(&l->m, pod, "DeletedHeadPod", "its podType has changed");
		}
	}
}

/* Whether a pod keeps a new head from being made, and the best of those that do. */
static bool find_head(struct legacy *l, struct pod_run *run)
{
	bool occupied = l->updating;

	modern_pods_sort(run);
	for (size_t i = 0; i < run->count; i++) {
		const struct observed_pod *const pod = run->items[i];

		if (pod->deleting) {
			occupied |= modern_pod_ends(&l->m, pod);
			continue;
		}
		occupied = true;
		if (modern_pod_failed(pod) || is_replaced(l, pod))
			continue;
		if (l->head)
			modern_delete(&l->m, pod, "DeletedHeadPod", "there is another head");
		else
			l->head = pod;
	}
	return occupied;
}

void legacy_settle_head(struct legacy *l)
{
	const struct ray_group *const type = l->m.c.cluster->head;
	struct pod_run run = modern_pods_of(&l->m, POD_HEAD, STR(""));
	int32_t failed_before = 0;

	if (!l->frozen)
		tidy(l, &run, &failed_before);
	if (find_head(l, &run) || l->frozen || legacy_pods_wanted(l, type) == 0)
		return;
	struct json_edit *const body = legacy_pod_of_head(&l->m.c);

	if (body)
		legacy_create(l, body, type, failed_before);
}
