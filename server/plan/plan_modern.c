#include "server/plan/plan_modern.h"

#include "server/plan/accepted_store.h"
#include "server/plan/adopt.h"
#include "server/plan/modern_parts.h"
#include "server/plan/status_modern.h"

/* Of some other controller's not even the status is ours, whether or not the spec can be read. */
static bool is_ours(const struct observed *seen)
{
	const struct json_node *const by = json_get(json_get(seen->root, "spec"), "managedBy");

	return !json_is(by, JSON_STRING) || json_str_is(by, STR(MANAGED_BY));
}

static void delete_all(struct modern *m)
{
	for (size_t i = 0; i < m->seen->pod_count; i++) {
		const struct observed_pod *const pod = &m->seen->pods[i];

		if (pod->ours && pod->role != POD_CLEANUP)
			modern_delete(m, pod, "DeletedPod", "the cluster is suspended");
	}
}

/* Whether there is anything that may be made of it. */
static bool is_to_be_made(const struct observed *seen)
{
	return seen->verdict.accepted || seen->verdict.size_count > 0;
}

/* What it has besides pods it has suspended as well. */
static void make(struct modern *m, bool pods)
{
	if (!is_to_be_made(m->seen))
		return;
	if (m->seen->withheld) {
		if (pods)
			modern_shrink(m);
		return;
	}
	m->adopts = adopt_strays(m->seen, &m->c, m->round) && pods;
	modern_children(m);
	if (!pods || m->adopts)
		return;
	if (modern_head_service_is_anothers(m->seen, &m->c))
		modern_shrink(m);
	else if (modern_head(m))
		modern_groups(m);
}

/*
 * A Service cannot be renamed, and two of one head stop KubeRay: where the spec gives it another
 * name by now, the one that is there is gone on with until somebody deletes it.
 */
static void use_service_that_is_there(const struct observed *seen, struct child_context *c)
{
	const struct observed_service *other = NULL;

	for (size_t i = 0; i < seen->service_count; i++) {
		const struct observed_service *const service = &seen->services[i];

		if (str_eq(service->name, c->head_service))
			return;
		if (service->ours && service->of_head && !service->deleting && other == NULL)
			other = service;
	}
	if (other)
		child_use_head_service(c, other->name, seen->domain);
}

static struct child_context context_of(
	const struct observed *seen, struct round *round, const struct ray_object *object)
{
	struct child_context c;

	child_context_init(&c, round->arena, object, seen->namespace, seen->domain);
	c.policy = seen->policy;
	use_service_that_is_there(seen, &c);
	return c;
}

/* What is refused is told of as it is asked for, whatever is gone on with. */
static void plan_spec(struct modern *m)
{
	const struct child_context asked = context_of(m->seen, m->round, m->seen->object);
	const enum modern_phase next = modern_phase_next(m);

	accepted_store(m->seen, &m->c, m->round);
	if (m->phase == MODERN_SUSPENDING)
		delete_all(m);
	make(m, next == MODERN_RUNS);
	const struct status_input status = {
		.seen = m->seen,
		.c = &asked,
		.suspending = next == MODERN_SUSPENDING,
		.suspended = next == MODERN_SUSPENDED,
		.adopts = m->adopts,
	};

	m->round->onward = next != m->phase;
	status_modern(&status, m->round);
}

/* A spec that cannot be read is told of; what it had before stays as it is. */
static void plan_unreadable(const struct observed *seen, struct round *round)
{
	const struct child_context nothing = {.arena = round->arena};
	const struct status_input status = {.seen = seen, .c = &nothing};

	status_modern(&status, round);
}

void plan_modern(const struct observed *seen, struct round *round)
{
	if (!is_ours(seen))
		return;
	if (seen->object->meta.deletion_timestamp.v.len) {
		modern_let_go(seen, round);
		return;
	}
	if (seen->object->cluster == NULL) {
		plan_unreadable(seen, round);
		return;
	}
	struct modern m = {
		.seen = seen,
		.round = round,
		.phase = modern_phase_of(seen),
		.dice = seen->seed,
		.room = ROUND_CREATES_MAX,
	};

	m.c = context_of(seen, round, seen->kept ? seen->kept : seen->object);
	plan_spec(&m);
}
