#include "server/explain/subject.h"

#include <stdlib.h>

#include "server/children/child.h"
#include "validators/validate.h"

/* Labels by which a dialect knows its pods. */
static const struct {
	const char *cluster, *type, *group;
} LABELS[] = {
	[DIALECT_MODERN] = {LABEL_CLUSTER, LABEL_NODE_TYPE, LABEL_GROUP},
	[DIALECT_LEGACY] = {"ray-cluster-name", "ray-node-type", "ray-user-node-type"},
};

struct str explain_pod_selector(struct arena *arena, enum dialect dialect, const char *cluster)
{
	return arena_printf(arena, "%s%s%s", LABELS[dialect].cluster, cluster ? "=" : "",
		cluster ? cluster : "");
}

const struct json_node *explain_condition(const struct json_node *root, const char *type)
{
	for (struct json_iter it = json_iter(EXPLAIN_AT(root, "status", "conditions"));
		json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "type"), str_from(type)))
			return it.value;
	}
	return NULL;
}

bool explain_condition_is(const struct json_node *condition, const char *status)
{
	return json_str_is(json_get(condition, "status"), str_from(status));
}

static const struct json_node *by_name(const struct json_node *list, struct str name)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "name"), name))
			return it.value;
	}
	return NULL;
}

static void read_ended(struct arena *arena, const struct json_node *ended, struct str *reason,
	struct str *message, int64_t *exit_code)
{
	*reason = json_str(arena, json_get(ended, "reason"));
	*message = str_trim(json_str(arena, json_get(ended, "message")));
	*exit_code = explain_i64(json_get(ended, "exitCode"), 0);
}

static void read_state(
	struct arena *arena, const struct json_node *status, struct explain_container *c)
{
	const struct json_node *const state = json_get(status, "state");
	const struct json_node *const waiting = json_get(state, "waiting");
	const struct json_node *const running = json_get(state, "running");
	const struct json_node *const ended = json_get(state, "terminated");
	const struct json_node *const before = EXPLAIN_AT(status, "lastState", "terminated");

	if (json_present(waiting)) {
		c->run = EXPLAIN_WAITING;
		c->reason = json_str(arena, json_get(waiting, "reason"));
		c->message = str_trim(json_str(arena, json_get(waiting, "message")));
	} else if (json_present(running)) {
		c->run = EXPLAIN_RUNS;
		c->since = explain_time(arena, json_get(running, "startedAt"));
	} else if (json_present(ended)) {
		c->run = EXPLAIN_ENDED;
		read_ended(arena, ended, &c->reason, &c->message, &c->exit_code);
	}
	c->ended_before = json_present(before);
	read_ended(arena, before, &c->last_reason, &c->last_message, &c->last_exit_code);
	c->ready = json_is(json_get(status, "ready"), JSON_TRUE);
	c->restarts = explain_i64(json_get(status, "restartCount"), 0);
}

static void read_containers(
	struct arena *arena, struct explain_pod *pod, const char *list, const char *statuses)
{
	const struct json_node *const status = EXPLAIN_AT(pod->root, "status", statuses);
	const bool init = strcmp(list, "initContainers") == 0;

	for (struct json_iter it = json_iter(EXPLAIN_AT(pod->root, "spec", list));
		json_next_item(&it);) {
		struct explain_container *const c = &pod->containers[pod->container_count++];

		*c = (struct explain_container){
			.name = json_str(arena, json_get(it.value, "name")),
			.image = json_str(arena, json_get(it.value, "image")),
			.init = init,
			.sidecar = init &&
				   json_str_is(json_get(it.value, "restartPolicy"), STR("Always")),
		};
		read_state(arena, by_name(status, c->name), c);
	}
}

static void read_pod(struct arena *arena, enum dialect dialect, const struct json_node *root,
	struct explain_pod *pod)
{
	const struct json_node *const meta = json_get(root, "metadata");
	const struct json_node *const labels = json_get(meta, "labels");
	const struct json_node *const spec = json_get(root, "spec");
	const struct json_node *const status = json_get(root, "status");
	const size_t count = json_count(json_get(spec, "containers")) +
			     json_count(json_get(spec, "initContainers"));

	*pod = (struct explain_pod){
		.root = root,
		.name = json_str(arena, json_get(meta, "name")),
		.group = json_str(arena, json_get(labels, LABELS[dialect].group)),
		.node = json_str(arena, json_get(spec, "nodeName")),
		.phase = json_str(arena, json_get(status, "phase")),
		.reason = json_str(arena, json_get(status, "reason")),
		.message = str_trim(json_str(arena, json_get(status, "message"))),
		.containers = arena_array(arena, count, sizeof(*pod->containers)),
		.scheduled = explain_condition(root, "PodScheduled"),
		.readiness = explain_condition(root, "Ready"),
		.created = explain_time(arena, json_get(meta, "creationTimestamp")),
		.deleted = explain_time(arena, json_get(meta, "deletionTimestamp")),
		.head = json_str_is(json_get(labels, LABELS[dialect].type), STR("head")),
	};
	pod->ready = explain_condition_is(pod->readiness, "True");
	read_containers(arena, pod, "initContainers", "initContainerStatuses");
	read_containers(arena, pod, "containers", "containerStatuses");
}

static int by_age(const void *a, const void *b)
{
	const struct explain_pod *const x = a;
	const struct explain_pod *const y = b;

	if (x->head != y->head)
		return x->head ? -1 : 1;
	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static bool is_of_namespace(const struct explain_subject *s, const struct json_node *object)
{
	return json_str_is(EXPLAIN_AT(object, "metadata", "namespace"), s->namespace);
}

static void find_pods(struct explain_subject *s)
{
	const struct explain_objects *const all = &s->in->of[EXPLAIN_POD];
	const char *const label = LABELS[s->object->dialect].cluster;

	s->pods = arena_array(s->in->arena, all->count, sizeof(*s->pods));
	for (size_t i = 0; i < all->count; i++) {
		const struct json_node *const labels =
			EXPLAIN_AT(all->items[i], "metadata", "labels");

		if (is_of_namespace(s, all->items[i]) &&
			json_str_is(json_get(labels, label), s->name))
			read_pod(s->in->arena, s->object->dialect, all->items[i],
				&s->pods[s->pod_count++]);
	}
	if (s->pod_count > 1)
		qsort(s->pods, s->pod_count, sizeof(*s->pods), by_age);
}

int64_t explain_event_time(struct arena *arena, const struct json_node *event)
{
	static const char *const TIMES[] = {"lastTimestamp", "eventTime", "firstTimestamp"};
	int64_t last = explain_time(arena, EXPLAIN_AT(event, "series", "lastObservedTime"));

	for (size_t i = 0; i < ARRAY_LEN(TIMES) && last == 0; i++)
		last = explain_time(arena, json_get(event, TIMES[i]));
	return last ? last
		    : explain_time(arena, EXPLAIN_AT(event, "metadata", "creationTimestamp"));
}

static bool is_about(const struct explain_subject *s, const struct json_node *event)
{
	const struct json_node *const about = json_get(event, "involvedObject");
	const struct json_node *const name = json_get(about, "name");

	if (!is_of_namespace(s, event))
		return false;
	if (json_str_is(json_get(about, "kind"), STR("RayCluster")))
		return json_str_is(name, s->name);
	for (size_t i = 0; i < s->pod_count; i++) {
		if (json_str_is(name, s->pods[i].name))
			return json_str_is(json_get(about, "kind"), STR("Pod"));
	}
	return false;
}

/* An Event with its time, so that sorting reads each once. */
struct timed {
	const struct json_node *event;
	int64_t time;
	size_t index;
};

static int newest_first(const void *a, const void *b)
{
	const struct timed *const x = a;
	const struct timed *const y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->index > y->index ? -1 : 1;
}

static void find_events(struct explain_subject *s)
{
	const struct explain_objects *const all = &s->in->of[EXPLAIN_EVENT];
	struct timed *const list = arena_array(s->in->arena, all->count, sizeof(*list));

	s->events = arena_array(s->in->arena, all->count, sizeof(*s->events));
	for (size_t i = 0; i < all->count; i++) {
		if (is_about(s, all->items[i]))
			list[s->event_count++] = (struct timed){
				all->items[i], explain_event_time(s->in->arena, all->items[i]), i};
	}
	if (s->event_count > 1)
		qsort(list, s->event_count, sizeof(*list), newest_first);
	for (size_t i = 0; i < s->event_count; i++)
		s->events[i] = list[i].event;
}

void explain_subject_init(
	struct explain_subject *s, const struct explain_input *in, const struct json_node *root)
{
	const struct json_node *const meta = json_get(root, "metadata");
	enum ray_kind kind = RAY_CLUSTER;
	enum dialect dialect = DIALECT_MODERN;

	ray_object_recognise(root, &kind, &dialect);
	*s = (struct explain_subject){
		.in = in,
		.root = root,
		.object = validate_decode(in->arena, kind, dialect, root),
		.namespace = json_str(in->arena, json_get(meta, "namespace")),
		.name = json_str(in->arena, json_get(meta, "name")),
		.uid = json_str(in->arena, json_get(meta, "uid")),
	};
	if (s->object->cluster)
		raycluster_unshare(in->arena, s->object->cluster);
	find_pods(s);
	find_events(s);
}

const struct explain_pod *explain_head(const struct explain_subject *s)
{
	for (size_t i = 0; i < s->pod_count; i++) {
		if (s->pods[i].head && !explain_pod_is_over(&s->pods[i]))
			return &s->pods[i];
	}
	return s->pod_count && s->pods[0].head ? &s->pods[0] : NULL;
}

bool explain_pod_is_over(const struct explain_pod *pod)
{
	return pod->deleted || str_is(pod->phase, "Failed") || str_is(pod->phase, "Succeeded");
}

static bool is_of_group(const struct explain_pod *pod, const struct ray_group *group)
{
	return group->is_head ? pod->head : !pod->head && str_eq(pod->group, group->name.v);
}

int64_t explain_wanted(const struct explain_subject *s, const struct ray_group *group)
{
	const struct raycluster *const cluster = s->object->cluster;

	if (cluster->suspend.v || group->suspend.v)
		return 0;
	return group->is_head ? 1 : group_replicas(cluster, group) * group_hosts(group);
}

int64_t explain_there(const struct explain_subject *s, const struct ray_group *group)
{
	int64_t count = 0;

	for (size_t i = 0; i < s->pod_count; i++)
		count += is_of_group(&s->pods[i], group) && !explain_pod_is_over(&s->pods[i]);
	return count;
}

const struct ray_group *explain_group_of(
	const struct explain_subject *s, const struct explain_pod *pod)
{
	const struct raycluster *const cluster = s->object->cluster;

	for (size_t i = 0; cluster && i < cluster->group_count; i++) {
		if (is_of_group(pod, cluster->groups[i]))
			return cluster->groups[i];
	}
	return NULL;
}

static bool is_of_pod(const struct explain_subject *s, const struct json_node *event,
	const struct explain_pod *pod)
{
	const struct json_node *const about = json_get(event, "involvedObject");

	return json_str_is(json_get(about, "kind"), pod ? STR("Pod") : STR("RayCluster")) &&
	       json_str_is(json_get(about, "name"), pod ? pod->name : s->name);
}

const struct json_node *explain_event(
	const struct explain_subject *s, const struct explain_pod *pod, const char *const reasons[])
{
	for (size_t i = 0; i < s->event_count; i++) {
		if (!is_of_pod(s, s->events[i], pod))
			continue;
		for (const char *const *reason = reasons; *reason; reason++) {
			if (json_str_is(json_get(s->events[i], "reason"), str_from(*reason)))
				return s->events[i];
		}
	}
	return NULL;
}
