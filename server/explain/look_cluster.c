/* The object itself: on its way out, left to somebody else, not looked at, suspended. */
#include <inttypes.h>

#include "server/explain/looks.h"

#define KUBERAY "ray.io/kuberay-operator"

enum {
	LEASE_LIVES_S = 60, /* four times what client-go gives it */
	ABANDONED_S = 60,   /* missing pods are not just being made any more */
};

/* Whose a finalizer is, and what to do about one that stays. */
static const struct {
	const char *prefix, *owner, *advice;
} FINALIZERS[] = {
	{"ray.io/gcs-ft-redis-cleanup-finalizer", "of the controller, until Redis is emptied",
		"look at the job that empties Redis: kubectl get jobs,pods"},
	{"kopf.zalando.org/", "of the Ray operator of 2022",
		"where that operator runs no more, nobody takes it away"},
	{"foregroundDeletion", "of Kubernetes, until what the cluster owns is gone", NULL},
	{"orphan", "of Kubernetes, while it lets go of what the cluster owns", NULL},
	{"kueue.x-k8s.io/", "of Kueue", "see whether Kueue's controller runs"},
	{"raygate.dev/", "of Raygate", "see whether Raygate's controller runs"},
};

static void show_finalizer(struct look *l, struct explain_finding *f, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(FINALIZERS); i++) {
		if (!str_starts(name, FINALIZERS[i].prefix))
			continue;
		explain_shows(
			l->found, f, "finalizer %.*s, %s", STR_ARG(name), FINALIZERS[i].owner);
		if (FINALIZERS[i].advice)
			explain_advises(l->found, f, "%s", FINALIZERS[i].advice);
		return;
	}
	explain_shows(l->found, f, "finalizer %.*s", STR_ARG(name));
	explain_advises(l->found, f, "see whether the controller that put %.*s there still runs",
		STR_ARG(name));
}

void look_at_deletion(struct look *l)
{
	const struct object_meta *const meta = &l->s->object->meta;
	const struct json_node *const finalizers = meta->finalizers.node;
	const int64_t since =
		explain_time(l->arena, EXPLAIN_AT(l->s->root, "metadata", "deletionTimestamp"));

	if (meta->deletion_timestamp.node == NULL)
		return;
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "it is being deleted, for %.*s",
			STR_ARG(explain_age(l->arena, l->s->in->now - since)));

	if (l->s->pod_count)
		explain_shows(l->found, f, "%.*s still there",
			STR_ARG(explain_count(l->arena, (int64_t)l->s->pod_count, "pod")));
	for (struct json_iter it = json_iter(finalizers); json_next_item(&it);)
		show_finalizer(l, f, json_str(l->arena, it.value));
	if (json_count(finalizers))
		explain_advises(l->found, f,
			"if nobody is left to do it: kubectl patch rayclusters.%s %.*s -n %.*s "
			"--type=merge -p '{\"metadata\":{\"finalizers\":null}}'",
			DIALECT_WORDS[l->s->object->dialect].group, STR_ARG(l->s->name),
			LOOK_NAMESPACE(l));
}

static bool is_left_to_others(const struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;

	return cluster && cluster->managed_by.v.len && !str_is(cluster->managed_by.v, KUBERAY);
}

void look_at_manager(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;

	if (!is_left_to_others(l))
		return;
	l->refused = true;
	struct explain_finding *const f =
		explain_found(l->found, l->missing ? EXPLAIN_WRONG : EXPLAIN_NOTE,
			"it is left to %.*s (spec.managedBy)", STR_ARG(cluster->managed_by.v));

	explain_shows(l->found, f, "neither KubeRay nor Raygate makes pods for it");
	if (l->missing)
		explain_advises(l->found, f,
			"ask that controller, or make the cluster anew "
			"without spec.managedBy: it cannot be changed");
}

static bool has_status(const struct explain_subject *s)
{
	return json_count(json_get(s->root, "status")) > 0;
}

static int64_t age_of(const struct look *l)
{
	return l->s->in->now -
	       explain_time(l->arena, EXPLAIN_AT(l->s->root, "metadata", "creationTimestamp"));
}

void look_show_leases(struct look *l, struct explain_finding *finding)
{
	const struct explain_objects *const leases = &l->s->in->of[EXPLAIN_LEASE];

	for (size_t i = 0; i < leases->count; i++) {
		const struct json_node *const spec = json_get(leases->items[i], "spec");
		const struct json_node *const meta = json_get(leases->items[i], "metadata");
		const int64_t ago =
			l->s->in->now - explain_time(l->arena, json_get(spec, "renewTime"));
		const struct str holder = json_str(l->arena, json_get(spec, "holderIdentity"));

		explain_shows(l->found, finding, "Lease %.*s/%.*s: %s%.*s, renewed %.*s ago%s",
			STR_ARG(json_str(l->arena, json_get(meta, "namespace"))),
			STR_ARG(json_str(l->arena, json_get(meta, "name"))),
			holder.len ? "held by " : "held by nobody", STR_ARG(holder),
			STR_ARG(explain_age(l->arena, ago)),
			ago > LEASE_LIVES_S ? ": nobody runs there any more" : "");
	}
	if (leases->count == 0 && leases->looked)
		explain_shows(l->found, finding, "there is no Lease of %s(raygate-controller)",
			l->s->object->dialect == DIALECT_LEGACY
				? "Raygate "
				: "KubeRay (ray-operator-leader), nor of Raygate ");
}

static bool some_lease_lives(const struct look *l)
{
	const struct explain_objects *const leases = &l->s->in->of[EXPLAIN_LEASE];

	for (size_t i = 0; i < leases->count; i++) {
		const int64_t renewed =
			explain_time(l->arena, EXPLAIN_AT(leases->items[i], "spec", "renewTime"));

		if (l->s->in->now - renewed <= LEASE_LIVES_S)
			return true;
	}
	return false;
}

static void advise_controller(struct look *l, struct explain_finding *f)
{
	if (some_lease_lives(l))
		explain_advises(l->found, f,
			"a controller runs: see in its log whether it watches namespace %.*s",
			LOOK_NAMESPACE(l));
	else
		explain_advises(l->found, f,
			l->s->object->dialect == DIALECT_LEGACY
				? "install or start Raygate with its controller: it makes the pods"
				: "install or start KubeRay's operator, or Raygate with its "
				  "controller: one of them makes the pods");
}

void look_at_controller(struct look *l)
{
	const int64_t age = age_of(l);

	if (has_status(l->s) || l->s->pod_count || l->s->event_count || is_left_to_others(l))
		return;
	l->refused = true;
	if (age <= EXPLAIN_FIRST_LOOK_S) {
		explain_found(l->found, EXPLAIN_WRONG,
			"it was made %.*s ago: nobody has looked at "
			"it yet",
			STR_ARG(explain_age(l->arena, age)));
		return;
	}
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"no controller has looked at it: its status is empty after %.*s",
		STR_ARG(explain_age(l->arena, age)));

	look_show_leases(l, f);
	advise_controller(l, f);
}

/* Kueue holds a workload back by suspending it. */
static void tell_of_queue(struct look *l, struct explain_finding *f)
{
	const struct str queue =
		ray_object_label(l->s->object, l->arena, "kueue.x-k8s.io/queue-name");

	if (queue.len == 0)
		return;
	f->grade = EXPLAIN_WRONG;
	explain_shows(l->found, f, "it waits in Kueue's queue \"%.*s\"", STR_ARG(queue));
	explain_advises(l->found, f, "see what Kueue says: kubectl describe workloads -n %.*s",
		LOOK_NAMESPACE(l));
}

static void look_at_groups(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;

	for (size_t i = 0; i < cluster->worker_count; i++) {
		if (cluster->workers[i]->suspend.v)
			explain_found(l->found, EXPLAIN_NOTE, "%.*s is suspended, as asked for",
				STR_ARG(look_group(l->arena, cluster->workers[i])));
	}
}

void look_at_suspension(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const bool is =
		explain_condition_is(explain_condition(l->s->root, "RayClusterSuspended"), "True");

	if (cluster == NULL)
		return;
	if (!cluster->suspend.v) {
		look_at_groups(l);
		if (is && l->s->pod_count == 0) {
			explain_found(l->found, EXPLAIN_WRONG,
				"it is to run again, and its controller has not resumed it yet");
			l->refused = true;
		}
		return;
	}
	struct explain_finding *const f =
		l->s->pod_count
			? explain_found(l->found, EXPLAIN_WRONG,
				  "it is being suspended: %.*s still there",
				  STR_ARG(explain_count(l->arena, (int64_t)l->s->pod_count, "pod")))
			: explain_found(l->found, EXPLAIN_NOTE,
				  "it is suspended, as asked for (spec.suspend): no pods run");

	tell_of_queue(l, f);
}

/* As the owner of a cluster whose head must not come back without its work asks for. */
void look_at_absent_head(struct look *l)
{
	static const char ANNOTATION[] = "ray.io/disable-provisioned-head-restart";
	const struct explain_pod *const head = explain_head(l->s);
	const struct str asked = ray_object_annotation(l->s->object, l->arena, ANNOTATION);

	if (l->missing <= 0 || !str_is(asked, "true") || (head && !explain_pod_is_over(head)))
		return;
	if (!explain_condition_is(explain_condition(l->s->root, "RayClusterProvisioned"), "True"))
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"the head has gone, and is not replaced: annotation %s says so", ANNOTATION);

	explain_advises(l->found, f,
		"delete the cluster; or take that off: kubectl annotate raycluster %.*s -n %.*s "
		"%s-",
		STR_ARG(l->s->name), LOOK_NAMESPACE(l), ANNOTATION);
	l->refused = true;
}

struct str look_group(struct arena *arena, const struct ray_group *group)
{
	if (group->is_head)
		return STR("the head");
	return arena_printf(arena, "group \"%.*s\"", STR_ARG(group->name.v));
}

/* Pods of a group that have ended and stand for those that are to come. */
static int64_t over_of(const struct explain_subject *s, const struct ray_group *group)
{
	int64_t count = 0;

	for (size_t i = 0; i < s->pod_count; i++)
		count += explain_pod_is_over(&s->pods[i]) &&
			 explain_group_of(s, &s->pods[i]) == group;
	return count;
}

/* In the legacy dialect workers are made when the head has an address. */
static bool waits_for_head(const struct look *l, const struct ray_group *group)
{
	const struct explain_pod *const head = explain_head(l->s);

	return l->s->object->dialect == DIALECT_LEGACY && !group->is_head && !(head && head->ready);
}

/* What is missing although nobody refused it. */
void look_at_missing(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	struct explain_finding *f = NULL;

	if (cluster == NULL || l->missing <= 0 || l->refused)
		return;
	for (size_t i = 0; i < cluster->group_count; i++) {
		const struct ray_group *const group = cluster->groups[i];
		const int64_t wanted = explain_wanted(l->s, group);
		const int64_t there = explain_there(l->s, group);

		if (there + over_of(l->s, group) >= wanted || waits_for_head(l, group))
			continue;
		if (f == NULL)
			f = explain_found(l->found, EXPLAIN_WRONG,
				"pods are missing, and nobody has said why");
		explain_shows(l->found, f, "%.*s: %" PRId64 " of %" PRId64,
			STR_ARG(look_group(l->arena, group)), there, wanted);
	}
	if (age_of(l) < ABANDONED_S || f == NULL)
		return;
	look_show_leases(l, f);
	advise_controller(l, f);
}

/* What a RayJob or RayService says of itself. */
static const char *const OWNER_WORDS[] = {
	"jobDeploymentStatus", "jobStatus", "reason", "serviceStatus", "message"};

void look_at_owner(struct look *l)
{
	const struct explain_objects *const owners = &l->s->in->of[EXPLAIN_OWNER];

	for (size_t i = 0; i < owners->count; i++) {
		const struct json_node *const status = json_get(owners->items[i], "status");
		const bool failed =
			json_str_is(json_get(status, "jobDeploymentStatus"), STR("Failed"));
		struct explain_finding *const f = explain_found(l->found,
			failed ? EXPLAIN_WRONG : EXPLAIN_NOTE, "%.*s \"%.*s\"%s",
			STR_ARG(json_str(l->arena, json_get(owners->items[i], "kind"))),
			STR_ARG(json_str(
				l->arena, EXPLAIN_AT(owners->items[i], "metadata", "name"))),
			failed ? " has failed" : " owns this cluster");

		for (size_t k = 0; k < ARRAY_LEN(OWNER_WORDS); k++) {
			const struct str value =
				json_str(l->arena, json_get(status, OWNER_WORDS[k]));

			if (value.len)
				explain_shows(
					l->found, f, "%s: %.*s", OWNER_WORDS[k], STR_ARG(value));
		}
	}
}
