/* The pods that are there and do not do their work. */
#include "server/explain/bunch.h"

static void show_message(struct look *l, struct explain_finding *f, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;

	if (t->message.len)
		explain_shows(l->found, f, "%.*s%s%.*s", STR_ARG(t->reason),
			t->reason.len ? ": " : "", STR_ARG(t->message));
	else if (t->reason.len)
		explain_shows(l->found, f, "%.*s", STR_ARG(t->reason));
}

static void tell_node_lost(struct look *l, const struct bunch *b)
{
	const struct str node = b->first.pod->node;
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "node %.*s, where %.*s %s, does not answer",
			STR_ARG(node), STR_ARG(bunch_name(l->arena, b)), bunch_are(b));

	bunch_show_pods(l, f, b);
	show_message(l, f, b);
	explain_advises(l->found, f,
		"see whether it comes back: kubectl describe node %.*s; where it does not, kubectl "
		"delete node %.*s frees its pods to be made elsewhere",
		STR_ARG(node), STR_ARG(node));
}

static void tell_failed(struct look *l, const struct bunch *b)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"%.*s %s over: %.*s", STR_ARG(bunch_name(l->arena, b)), bunch_are(b),
		STR_ARG(b->first.reason.len ? b->first.reason : b->first.pod->phase));

	bunch_show_pods(l, f, b);
	if (b->first.message.len)
		explain_shows(l->found, f, "%.*s", STR_ARG(b->first.message));
	if (str_is(b->first.reason, "Evicted"))
		explain_advises(l->found, f,
			"the node ran short of what the message names: ask for "
			"what the pod needs (requests), so that it is counted");
	if (str_is(b->first.reason, "PreemptionByScheduler"))
		explain_advises(l->found, f,
			"a pod of a higher priority took its place: give Ray's pods a "
			"priorityClassName");
	/* The kubelet's, which no priority of a user's holds off. */
	if (str_is(b->first.reason, "Preempting"))
		explain_advises(l->found, f,
			"a pod without which the node does not work took its place: ask for less "
			"than a whole node, so that there is room for what runs on each");
}

/* A Secret, ConfigMap or key that a container names; or a command that cannot be run. */
static void tell_config(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "container %.*s of %.*s cannot be made",
			STR_ARG(t->container->name), STR_ARG(bunch_name(l->arena, b)));

	show_message(l, f, b);
	bunch_show_pods(l, f, b);
	if (str_contains(t->message, "not found") || str_contains(t->message, "find key"))
		explain_advises(l->found, f,
			"make what it names in namespace %.*s, or mend the name: the pod starts by "
			"itself then",
			LOOK_NAMESPACE(l));
	else if (str_contains(t->message, "executable file not found"))
		explain_advises(l->found, f,
			"the image has no such program: mend command, or the "
			"image");
	else if (str_contains(t->message, "runAsNonRoot"))
		explain_advises(l->found, f,
			"set securityContext.runAsUser to a number that is "
			"not 0");
}

static void tell_mount(struct look *l, const struct bunch *b)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		str_is(b->first.reason, "FailedCreatePodSandBox")
			? "the network of %.*s cannot be set up"
			: "a volume of %.*s cannot be mounted",
		STR_ARG(bunch_name(l->arena, b)));

	show_message(l, f, b);
	bunch_show_pods(l, f, b);
	if (str_contains(b->first.message, "not found"))
		explain_advises(l->found, f,
			"make what it names in namespace %.*s, or mend the name: the pod starts by "
			"itself then",
			LOOK_NAMESPACE(l));
	else if (str_contains(b->first.message, "Multi-Attach"))
		explain_advises(l->found, f,
			"another node holds the volume: use one that several "
			"nodes can mount (ReadWriteMany), or end the pod there");
}

static void tell_gated(struct look *l, const struct bunch *b)
{
	const struct json_node *const gates =
		EXPLAIN_AT(b->first.pod->root, "spec", "schedulingGates");
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "%.*s %s held back before scheduling",
			STR_ARG(bunch_name(l->arena, b)), bunch_are(b));

	for (struct json_iter it = json_iter(gates); json_next_item(&it);)
		explain_shows(l->found, f, "scheduling gate %.*s",
			STR_ARG(json_str(l->arena, json_get(it.value, "name"))));
	bunch_show_pods(l, f, b);
	explain_advises(l->found, f,
		"whoever put the gate there takes it away: Kueue does when "
		"its queue has room");
}

static bool head_is_ready(const struct look *l)
{
	const struct explain_pod *const head = explain_head(l->s);

	return head && head->ready && !explain_pod_is_over(head);
}

/* Workers wait for the head by an init container. */
static void tell_wait_for_head(struct look *l, const struct bunch *b)
{
	const char *const waits = b->count == 1 ? "waits" : "wait";

	if (l->head)
		explain_shows(l->found, l->head, "%.*s %s for it", STR_ARG(bunch_name(l->arena, b)),
			waits);
	else if (l->missing == 0)
		explain_found(l->found, EXPLAIN_WRONG, "%.*s %s for the head to be ready",
			STR_ARG(bunch_name(l->arena, b)), waits);
}

static void tell_cannot_reach_head(struct look *l, const struct bunch *b)
{
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "%.*s %s not reach the head, which is ready",
			STR_ARG(bunch_name(l->arena, b)), b->count == 1 ? "does" : "do");

	bunch_show_pods(l, f, b);
	explain_shows(
		l->found, f, "init container %.*s still waits", STR_ARG(b->first.container->name));
	bunch_show_log(l, f, b, false);
	explain_advises(l->found, f,
		"see whether the head's Service has an endpoint, DNS answers, "
		"and no network policy stands between");
}

static void advise_log(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	explain_advises(l->found, f, "kubectl logs %.*s -c %.*s -n %.*s", STR_ARG(t->pod->name),
		STR_ARG(t->container->name), LOOK_NAMESPACE(l));
}

static void tell_init(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;

	if (str_is(t->container->name, "wait-gcs-ready")) {
		if (head_is_ready(l))
			tell_cannot_reach_head(l, b);
		else
			tell_wait_for_head(l, b);
		return;
	}
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"%.*s %s for init container %.*s", STR_ARG(bunch_name(l->arena, b)),
		b->count == 1 ? "waits" : "wait", STR_ARG(t->container->name));

	bunch_show_pods(l, f, b);
	if (!bunch_show_log(l, f, b, false))
		advise_log(l, f, t);
}

static const char *unready_words(const struct look *l, const struct bunch *b)
{
	if (!b->first.pod->head && head_is_ready(l))
		return b->count == 1 ? "runs, but does not join the cluster"
				     : "run, but do not join the cluster";
	return b->count == 1 ? "runs, but is not ready" : "run, but are not ready";
}

static void tell_unready(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG, "%.*s %s",
		STR_ARG(bunch_name(l->arena, b)), unready_words(l, b));

	bunch_show_pods(l, f, b);
	show_message(l, f, b);
	if (!t->pod->head && !head_is_ready(l))
		explain_advises(l->found, f, "mend the head first: workers need it");
	else if (!bunch_show_log(l, f, b, false) && t->container)
		advise_log(l, f, t);
}

static void show_finalizers(
	struct look *l, struct explain_finding *f, const struct explain_pod *pod)
{
	struct str first = STR("");

	for (struct json_iter it = json_iter(EXPLAIN_AT(pod->root, "metadata", "finalizers"));
		json_next_item(&it);) {
		const struct str name = json_str(l->arena, it.value);

		first = first.len ? first : name;
		explain_shows(l->found, f, "finalizer %.*s", STR_ARG(name));
	}
	if (first.len)
		explain_advises(l->found, f,
			"whoever put %.*s there must take it off; by hand: kubectl patch pod %.*s "
			"-n %.*s --type=merge -p '{\"metadata\":{\"finalizers\":null}}'",
			STR_ARG(first), STR_ARG(pod->name), LOOK_NAMESPACE(l));
}

static void tell_terminating(struct look *l, const struct bunch *b)
{
	const struct explain_pod *const pod = b->first.pod;
	const struct explain_pod *const head = explain_head(l->s);
	const bool replaced = pod->head && head != pod;
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "%.*s %s to end, and %s still there",
			STR_ARG(replaced ? STR("an earlier head") : bunch_name(l->arena, b)),
			bunch_are(b), bunch_are(b));

	bunch_show_pods(l, f, b);
	show_finalizers(l, f, pod);
	if (replaced && !explain_pod_is_over(head))
		explain_shows(l->found, f, "a new head is there: %.*s", STR_ARG(head->name));
	if (json_count(EXPLAIN_AT(pod->root, "metadata", "finalizers")) == 0)
		explain_advises(l->found, f,
			"see whether node %.*s runs; if it is gone for good: kubectl delete pod "
			"%.*s -n %.*s --force --grace-period=0",
			STR_ARG(pod->node), STR_ARG(pod->name), LOOK_NAMESPACE(l));
}

/* Where somebody has told why pods are missing these are no news. */
static void tell_ending(struct look *l, const struct bunch *b)
{
	const struct explain_pod *const pod = b->first.pod;
	const int64_t left = pod->deleted - l->s->in->now;

	if (l->refused)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"%.*s %s being deleted, and not replaced yet", STR_ARG(bunch_name(l->arena, b)),
		bunch_are(b));

	explain_shows(l->found, f, "pod %.*s, its grace %s %.*s%s", STR_ARG(pod->name),
		left > 0 ? "ends in" : "ended",
		STR_ARG(explain_age(l->arena, left > 0 ? left : -left)), left > 0 ? "" : " ago");
	explain_advises(l->found, f, "wait: a new one is made %s",
		pod->head ? "once it has gone" : "in its place");
}

static void tell_starting(struct look *l, const struct bunch *b)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG, "%.*s %s starting",
		STR_ARG(bunch_name(l->arena, b)), bunch_are(b));
	const struct json_node *const pulls = EXPLAIN_EVENT_OF(l->s, b->first.pod, "Pulling");

	bunch_show_pods(l, f, b);
	if (pulls && EXPLAIN_EVENT_OF(l->s, b->first.pod, "Pulled") == NULL)
		explain_shows(l->found, f, "%.*s, for %.*s",
			STR_ARG(json_str(l->arena, json_get(pulls, "message"))),
			STR_ARG(explain_age(
				l->arena, l->s->in->now - explain_event_time(l->arena, pulls))));
}

static bunch_fn *const TELL[TROUBLE_NONE] = {
	[TROUBLE_NODE_LOST] = tell_node_lost,
	[TROUBLE_FAILED] = tell_failed,
	[TROUBLE_CRASH] = bunch_tell_crash,
	[TROUBLE_IMAGE] = bunch_tell_image,
	[TROUBLE_CONFIG] = tell_config,
	[TROUBLE_MOUNT] = tell_mount,
	[TROUBLE_SCHEDULING] = bunch_tell_scheduling,
	[TROUBLE_GATED] = tell_gated,
	[TROUBLE_INIT] = tell_init,
	[TROUBLE_UNREADY] = tell_unready,
	[TROUBLE_TERMINATING] = tell_terminating,
	[TROUBLE_ENDING] = tell_ending,
	[TROUBLE_STARTING] = tell_starting,
};

void look_at_pods(struct look *l)
{
	size_t count;
	const struct bunch *const bunches = bunches_of(l->s, &count);

	for (size_t i = 0; i < count; i++) {
		const size_t before = l->found->count;

		TELL[bunches[i].first.kind](l, &bunches[i]);
		if (bunches[i].first.pod == explain_head(l->s) && l->found->count > before &&
			l->head == NULL)
			l->head = &l->found->items[before];
	}
}
