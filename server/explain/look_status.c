/* A status that does not follow what is there: people and RayJobs go by it. */
#include <inttypes.h>

#include "server/explain/looks.h"
#include "server/plan/status_modern.h"

#define MAY_WRITE "patch rayclusters/status"

enum { TOLD_S = 30 /* what a pod is for that long a status tells */ };

/* Raygate tells by an Event that it may not write it. */
static void advise(struct look *l, struct explain_finding *f, const char *when, const char *right)
{
	const struct json_node *const event = EXPLAIN_EVENT_OF(l->s, NULL, STATUS_REFUSED);

	if (event)
		explain_tells(l->found, f, "%.*s",
			STR_ARG(json_str(l->arena, json_get(event, "message"))));
	explain_advises(l->found, f, "%ssee in its controller's log whether it may %s", when,
		event ? MAY_WRITE : right);
}

static bool is_new(const struct look *l)
{
	const int64_t made =
		explain_time(l->arena, EXPLAIN_AT(l->s->root, "metadata", "creationTimestamp"));

	return l->s->in->now - made <= EXPLAIN_FIRST_LOOK_S;
}

/* Of Raygate: KubeRay writes the number and the head of a status late, or not at all. */
static bool is_raygates(const struct look *l)
{
	return explain_condition(l->s->root, STATUS_ACCEPTED) != NULL;
}

static bool tells_of(const struct look *l, const struct explain_pod *head)
{
	const struct json_node *const ready = explain_condition(l->s->root, STATUS_HEAD_READY);
	const struct json_node *const name = EXPLAIN_AT(l->s->root, "status", "head", "podName");

	if (explain_condition_is(ready, "False"))
		return false;
	return !is_raygates(l) || json_str_is(name, head->name);
}

static void look_at_head(struct look *l)
{
	const struct explain_pod *const head = explain_head(l->s);

	if (head == NULL || l->head || !head->ready || explain_pod_is_over(head))
		return;
	const int64_t since =
		explain_time(l->arena, json_get(head->readiness, "lastTransitionTime"));
	const int64_t age = l->s->in->now - since;

	if (since == 0 || age <= TOLD_S || tells_of(l, head))
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"its status does not tell of the head, which is ready for %.*s",
		STR_ARG(explain_age(l->arena, age)));

	advise(l, f, "", "list and watch pods");
}

static void look_at_generation(struct look *l)
{
	const int64_t is = explain_i64(EXPLAIN_AT(l->s->root, "metadata", "generation"), 0);
	const int64_t told = status_generation(l->s->root);

	if (told >= is || !is_raygates(l))
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"its status is of an earlier spec: generation %" PRId64 " of %" PRId64, told, is);

	advise(l, f, "where it stays so: ", MAY_WRITE);
	l->aside = true;
}

void look_at_status(struct look *l)
{
	if (json_count(json_get(l->s->root, "status"))) {
		look_at_generation(l);
		look_at_head(l);
		return;
	}
	if (l->s->pod_count == 0 || is_new(l))
		return;
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "its status is empty, and its pods are there");

	advise(l, f, "", MAY_WRITE);
}
