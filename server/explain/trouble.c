#include "server/explain/trouble.h"

enum {
	STARTS_S = 20,     /* a pod that is younger is just starting */
	TERMINATES_S = 30, /* after its grace a pod is gone */
	CRASHED_S = 600,   /* a restart that is longer ago, in a container that is ready, is over */
};

typedef bool trouble_fn(const struct explain_subject *s, const struct explain_pod *pod,
	struct explain_trouble *out);

static bool is_one_of(struct str reason, const char *const words[])
{
	for (; *words; words++) {
		if (str_is(reason, *words))
			return true;
	}
	return false;
}

#define IS_ONE_OF(reason, ...) is_one_of((reason), (const char *const[]){__VA_ARGS__, NULL})

static struct str message_of(const struct explain_subject *s, const struct json_node *event)
{
	return str_trim(json_str(s->in->arena, json_get(event, "message")));
}

static void take_event(const struct explain_subject *s, struct explain_trouble *out)
{
	if (out->event)
		out->message = message_of(s, out->event);
}

static int64_t time_of(const struct explain_subject *s, const struct json_node *condition)
{
	return explain_time(s->in->arena, json_get(condition, "lastTransitionTime"));
}

/* The node of a pod, when it is known and does not answer. */
static const struct json_node *lost_node(
	const struct explain_subject *s, const struct explain_pod *pod)
{
	const struct explain_objects *const nodes = &s->in->of[EXPLAIN_NODE];

	for (size_t i = 0; pod->node.len && i < nodes->count; i++) {
		if (json_str_is(EXPLAIN_AT(nodes->items[i], "metadata", "name"), pod->node)) {
			const struct json_node *const ready =
				explain_condition(nodes->items[i], "Ready");

			return ready && !explain_condition_is(ready, "True") ? ready : NULL;
		}
	}
	return NULL;
}

static bool node_is_lost(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	const struct json_node *const ready = lost_node(s, pod);

	if (ready == NULL && !str_is(pod->reason, "NodeLost"))
		return false;
	out->reason = json_str(s->in->arena, json_get(ready, "reason"));
	out->message = json_str(s->in->arena, json_get(ready, "message"));
	out->since = time_of(s, ready);
	return true;
}

static const struct explain_container *crashed(const struct explain_pod *pod)
{
	for (size_t i = 0; i < pod->container_count; i++) {
		const struct explain_container *const c = &pod->containers[i];

		if (c->run == EXPLAIN_ENDED && (c->exit_code || !c->init))
			return c;
		if (str_is(c->reason, "CrashLoopBackOff"))
			return c;
	}
	return NULL;
}

static bool has_failed(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	const struct json_node *const target = explain_condition(pod->root, "DisruptionTarget");

	if (!str_is(pod->phase, "Failed") && !str_is(pod->phase, "Succeeded"))
		return false;
	/* Where a container ended by itself, that is what happened. */
	if (pod->reason.len == 0 && target == NULL && crashed(pod))
		return false;
	out->reason =
		pod->reason.len ? pod->reason : json_str(s->in->arena, json_get(target, "reason"));
	out->message = pod->message.len ? pod->message
					: json_str(s->in->arena, json_get(target, "message"));
	return true;
}

static bool crashed_lately(const struct explain_subject *s, const struct explain_container *c)
{
	return c->run == EXPLAIN_RUNS && c->restarts && c->ended_before &&
	       (c->last_exit_code || c->last_reason.len) &&
	       (!c->ready || s->in->now - c->since < CRASHED_S);
}

static bool has_crashed(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	out->container = crashed(pod);
	for (size_t i = 0; i < pod->container_count && out->container == NULL; i++) {
		if (crashed_lately(s, &pod->containers[i]))
			out->container = &pod->containers[i];
	}
	if (out->container == NULL || pod->deleted)
		return false;
	const bool now = out->container->run == EXPLAIN_ENDED;

	out->reason = now ? out->container->reason : out->container->last_reason;
	out->message = now ? out->container->message : out->container->last_message;
	return true;
}

static bool waits_for(
	const struct explain_pod *pod, const char *const reasons[], struct explain_trouble *out)
{
	for (size_t i = 0; i < pod->container_count; i++) {
		const struct explain_container *const c = &pod->containers[i];

		if (c->run != EXPLAIN_WAITING || !is_one_of(c->reason, reasons))
			continue;
		out->container = c;
		out->reason = c->reason;
		out->message = c->message;
		return true;
	}
	return false;
}

static bool lacks_image(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	static const char *const REASONS[] = {"ImagePullBackOff", "ErrImagePull",
		"InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError",
		"SignatureValidationFailed", NULL};

	if (!waits_for(pod, REASONS, out))
		return false;
	out->event = EXPLAIN_EVENT_OF(s, pod, "Failed");
	/* "Back-off pulling image" alone says nothing of why. */
	if (out->event && str_contains(message_of(s, out->event), "pull"))
		take_event(s, out);
	return true;
}

static bool lacks_config(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	static const char *const REASONS[] = {"CreateContainerConfigError", "CreateContainerError",
		"RunContainerError", "ContainerCannotRun", "StartError", "CreatePodSandboxError",
		NULL};

	(void)s;
	return waits_for(pod, REASONS, out);
}

static bool lacks_volume(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	if (!str_is(pod->phase, "Pending") || pod->node.len == 0)
		return false;
	out->event = EXPLAIN_EVENT_OF(
		s, pod, "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");
	take_event(s, out);
	out->reason = json_str(s->in->arena, json_get(out->event, "reason"));
	return out->event != NULL;
}

static bool is_unscheduled(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	if (!explain_condition_is(pod->scheduled, "False") || pod->deleted)
		return false;
	out->reason = json_str(s->in->arena, json_get(pod->scheduled, "reason"));
	out->message = json_str(s->in->arena, json_get(pod->scheduled, "message"));
	out->since = time_of(s, pod->scheduled);
	return !str_is(out->reason, "SchedulingGated");
}

static bool is_gated(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	if (!json_str_is(json_get(pod->scheduled, "reason"), STR("SchedulingGated")))
		return false;
	out->message = json_str(s->in->arena, json_get(pod->scheduled, "message"));
	out->since = time_of(s, pod->scheduled);
	return true;
}

static bool init_runs(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	if (!str_is(pod->phase, "Pending"))
		return false;
	for (size_t i = 0; i < pod->container_count; i++) {
		const struct explain_container *const c = &pod->containers[i];

		if (!c->init || c->sidecar || c->run != EXPLAIN_RUNS)
			continue;
		out->container = c;
		out->since = c->since;
		return true;
	}
	(void)s;
	return false;
}

static bool is_unready(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	if (!str_is(pod->phase, "Running") || pod->ready || pod->deleted)
		return false;
	out->since = time_of(s, pod->readiness);
	out->reason = json_str(s->in->arena, json_get(pod->readiness, "reason"));
	out->message = json_str(s->in->arena, json_get(pod->readiness, "message"));
	for (size_t i = 0; i < pod->container_count && out->container == NULL; i++) {
		if (!pod->containers[i].init && !pod->containers[i].ready)
			out->container = &pod->containers[i];
	}
	out->event = EXPLAIN_EVENT_OF(s, pod, "Unhealthy");
	take_event(s, out);
	return true;
}

static bool does_not_end(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	out->since = pod->deleted;
	return pod->deleted && s->in->now - pod->deleted > TERMINATES_S;
}

/* Of a group that lacks pods: what is to take its place is not there yet. */
static bool ends(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	const struct ray_group *const group = explain_group_of(s, pod);

	out->since = pod->deleted;
	return pod->deleted && group && s->object->meta.deletion_timestamp.node == NULL &&
	       explain_wanted(s, group) > explain_there(s, group);
}

static bool starts(
	const struct explain_subject *s, const struct explain_pod *pod, struct explain_trouble *out)
{
	(void)s;
	out->since = pod->created;
	return !pod->ready && !pod->deleted;
}

/* In the order of asking: what explains the most is asked first. */
static const struct {
	enum explain_trouble_kind kind;
	trouble_fn *is;
} ASKED[] = {
	{TROUBLE_NODE_LOST, node_is_lost},
	{TROUBLE_FAILED, has_failed},
	{TROUBLE_IMAGE, lacks_image},
	{TROUBLE_CONFIG, lacks_config},
	{TROUBLE_CRASH, has_crashed},
	{TROUBLE_TERMINATING, does_not_end},
	{TROUBLE_ENDING, ends},
	{TROUBLE_MOUNT, lacks_volume},
	{TROUBLE_GATED, is_gated},
	{TROUBLE_SCHEDULING, is_unscheduled},
	{TROUBLE_INIT, init_runs},
	{TROUBLE_UNREADY, is_unready},
	{TROUBLE_STARTING, starts},
};

/* What just begins is no trouble yet. */
static bool may_pass(const struct explain_subject *s, const struct explain_trouble *t)
{
	return (t->kind == TROUBLE_INIT || t->kind == TROUBLE_UNREADY) &&
	       s->in->now - t->pod->created < STARTS_S;
}

struct explain_trouble explain_trouble_of(
	const struct explain_subject *s, const struct explain_pod *pod)
{
	for (size_t i = 0; i < ARRAY_LEN(ASKED); i++) {
		struct explain_trouble trouble = {.kind = ASKED[i].kind, .pod = pod};

		if (!ASKED[i].is(s, pod, &trouble))
			continue;
		if (may_pass(s, &trouble))
			return (struct explain_trouble){
				.kind = TROUBLE_STARTING, .pod = pod, .since = pod->created};
		return trouble;
	}
	return (struct explain_trouble){.kind = TROUBLE_NONE, .pod = pod};
}

bool explain_troubles_alike(const struct explain_trouble *a, const struct explain_trouble *b)
{
	if (a->kind != b->kind || a->pod->head != b->pod->head ||
		!str_eq(a->pod->group, b->pod->group) || !str_eq(a->reason, b->reason))
		return false;
	if (a->container && b->container && !str_eq(a->container->name, b->container->name))
		return false;
	if (a->kind == TROUBLE_SCHEDULING || a->kind == TROUBLE_GATED)
		return str_eq(a->message, b->message);
	return a->kind != TROUBLE_NODE_LOST || str_eq(a->pod->node, b->pod->node);
}
