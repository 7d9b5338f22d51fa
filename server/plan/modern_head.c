/* One head, always: none is made while another may still run, and of several the best is kept. */
#include "server/plan/modern_parts.h"
#include "server/plan/status_modern.h"

/* True where that name cannot be had yet. */
static bool name_is_taken(const struct modern *m, const struct ray_group *head)
{
	const struct str own = head->template.metadata.name.v;

	for (size_t i = 0; own.len && i < m->seen->pod_count; i++) {
		if (str_eq(m->seen->pods[i].name, own))
			return true;
	}
	return false;
}

/* What ended is deleted once it has rested; of the rest all but the best. */
static void tidy(struct modern *m, struct pod_run *run, int32_t *failed_before)
{
	for (size_t i = run->count; i-- > 0;) {
		const struct observed_pod *const pod = run->items[i];

		if (pod->deleting || !modern_pod_failed(pod))
			continue;
		const int64_t rests = modern_pod_rests(pod, m->seen->now);

		if (rests) {
			round_again(m->round, rests);
			continue;
		}
		*failed_before = modern_pod_streak(pod, m->seen->now);
		modern_delete(m, pod, "DeletedHeadPod", "it has ended");
		modern_pods_drop(run, i);
	}
}

/* What keeps a new head from being made. */
static bool is_occupied(struct modern *m, const struct pod_run *run)
{
	bool occupied = false;

	/* A head that ends may still write what a new one would read. */
	for (size_t i = 0; i < run->count; i++)
		occupied |= !run->items[i]->deleting || modern_pod_ends(m, run->items[i]);
	return occupied;
}

static void keep_best(struct modern *m, struct pod_run *run)
{
	for (size_t i = run->count; i-- > 0;) {
		if (run->items[i]->deleting)
			modern_pods_drop(run, i);
	}
	modern_pods_sort(run);
	for (size_t i = 1; i < run->count; i++)
		modern_delete(m, run->items[i], "DeletedHeadPod", "there is another head");
}

static bool stays_away(const struct modern *m)
{
	const struct str asked = ray_object_annotation(
		m->c.object, m->c.arena, "ray.io/disable-provisioned-head-restart");

	return str_is(asked, "true") && status_says(m->seen->root, STATUS_PROVISIONED);
}

bool modern_head(struct modern *m)
{
	const struct ray_group *const head = m->c.cluster->head;
	struct pod_run run = modern_pods_of(m, POD_HEAD, STR(HEAD_GROUP));
	int32_t failed_before = 0;

	tidy(m, &run, &failed_before);
	if (is_occupied(m, &run)) {
		keep_best(m, &run);
		return true;
	}
	if (stays_away(m))
		return false;
	if (head == NULL || modern_pods_wanted(m, head) == 0 || name_is_taken(m, head))
		return true;
	struct json_edit *const body = pod_of_head(&m->c);

	if (body)
		modern_create(m, body, head, NULL, failed_before);
	return true;
}
