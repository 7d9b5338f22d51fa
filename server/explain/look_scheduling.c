/* Pods that no node takes: the scheduler's words, and what would have to be different. */
#include "server/explain/bunch.h"
#include "validators/preflight.h"

/* The taint that `kubectl cordon` leaves. */
#define CORDON "node.kubernetes.io/unschedulable"

typedef void advice_fn(struct look *l, struct explain_finding *f, const struct explain_trouble *t);

/* "Insufficient nvidia.com/gpu" → the resource. */
static struct str resource_of(struct str message)
{
	const struct str mark = STR("Insufficient ");

	for (size_t i = 0; i + mark.len <= message.len; i++) {
		if (memcmp(message.at + i, mark.at, mark.len) != 0)
			continue;
		struct str rest = str_from_offset(message, i + mark.len);
		size_t end = 0;

		while (end < rest.len && rest.at[end] != ',' && rest.at[end] != ' ')
			end++;
		while (end && rest.at[end - 1] == '.')
			end--;
		return (struct str){rest.at, end};
	}
	return STR("resources");
}

/* What the preflight says of the pod's group: that no node is large enough, were it empty. */
static const struct field_error *too_large(const struct look *l, const struct explain_trouble *t)
{
	const struct ray_group *const group = explain_group_of(l->s, t->pod);
	CLEANUP(buf_done) struct buf path = {0};

	if (group == NULL || group->template.self.at == NULL)
		return NULL;
	field_path_print(group->template.self.at, &path);
	for (size_t i = 0; i < l->preflight->count; i++) {
		const struct field_error *const e = &l->preflight->items[i];

		if (str_is(str_from(e->rule), PREFLIGHT_RULE_NODE) &&
			str_eq(e->field, buf_str(&path)) && str_contains(e->message, "too small"))
			return e;
	}
	return NULL;
}

static void too_little(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	const struct str resource = resource_of(t->message);

	if (!facts_known(l->facts, FACTS_NODE))
		explain_advises(l->found, f,
			"ask for less %.*s in a pod, add nodes, or end something that uses it",
			STR_ARG(resource));
	else if (too_large(l, t))
		explain_advises(l->found, f,
			"ask for no more %.*s in a pod than a node has, or add larger nodes",
			STR_ARG(resource));
	else
		explain_advises(l->found, f,
			"the nodes' %.*s is taken by other pods: add a node, end something, or ask "
			"for less",
			STR_ARG(resource));
}

/* The taints of nodes, each once. */
static void show_taints(struct look *l, struct explain_finding *f)
{
	const struct node_shape *node;

	for (size_t at = 0; (node = facts_next_node(l->facts, &at)) != NULL;) {
		for (size_t i = 0; i < node->taint_count; i++) {
			if (str_is(node->taints[i].key, CORDON))
				continue;
			explain_shows(l->found, f, "taint %.*s%s%.*s:%.*s",
				STR_ARG(node->taints[i].key), node->taints[i].value.len ? "=" : "",
				STR_ARG(node->taints[i].value), STR_ARG(node->taints[i].effect));
		}
	}
}

static void taints(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	show_taints(l, f);
	explain_advises(l->found, f,
		"add a toleration for the taint to the group's template, or use other nodes");
}

static void selection(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	const struct json_node *const selector = EXPLAIN_AT(t->pod->root, "spec", "nodeSelector");

	for (struct json_iter it = json_iter(selector); json_next_member(&it);)
		explain_shows(l->found, f, "nodeSelector: %.*s=%.*s",
			STR_ARG(json_str(l->arena, it.key)), STR_ARG(json_str(l->arena, it.value)));
	explain_advises(l->found, f,
		"label a node so, or mend nodeSelector or affinity: kubectl "
		"get nodes --show-labels");
}

static const struct json_node *find_claim(const struct look *l, struct str name)
{
	const struct explain_objects *const known = &l->s->in->of[EXPLAIN_CLAIM];

	for (size_t i = 0; i < known->count; i++) {
		const struct json_node *const meta = json_get(known->items[i], "metadata");

		if (json_str_is(json_get(meta, "name"), name) &&
			json_str_is(json_get(meta, "namespace"), l->s->namespace))
			return known->items[i];
	}
	return NULL;
}

/* What the provisioner says of a claim, newest last in the list as it was read. */
static struct str claim_words(const struct look *l, struct str name)
{
	const struct explain_objects *const events = &l->s->in->of[EXPLAIN_EVENT];
	struct str words = {0};
	int64_t newest = -1;

	for (size_t i = 0; i < events->count; i++) {
		const struct json_node *const about = json_get(events->items[i], "involvedObject");
		const int64_t time = explain_event_time(l->arena, events->items[i]);

		if (!json_str_is(json_get(about, "kind"), STR("PersistentVolumeClaim")) ||
			!json_str_is(json_get(about, "name"), name) ||
			!json_str_is(json_get(about, "namespace"), l->s->namespace) ||
			time < newest)
			continue;
		newest = time;
		words = json_str(l->arena, json_get(events->items[i], "message"));
	}
	return words;
}

static void show_claim(struct look *l, struct explain_finding *f, struct str name)
{
	const struct json_node *const claim = find_claim(l, name);
	const struct str words = claim_words(l, name);
	const struct str storage =
		json_str(l->arena, EXPLAIN_AT(claim, "spec", "storageClassName"));

	if (claim == NULL && !l->s->in->of[EXPLAIN_CLAIM].looked)
		return;
	if (claim == NULL)
		explain_shows(l->found, f, "claim %.*s is not there", STR_ARG(name));
	else if (!json_str_is(EXPLAIN_AT(claim, "status", "phase"), STR("Bound")))
		explain_shows(l->found, f, "claim %.*s (storage class %.*s) is not bound%s%.*s",
			STR_ARG(name), STR_ARG(storage.len ? storage : STR("none")),
			words.len ? ": " : "", STR_ARG(words));
}

static void claims(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	for (struct json_iter it = json_iter(EXPLAIN_AT(t->pod->root, "spec", "volumes"));
		json_next_item(&it);) {
		const struct json_node *const name =
			EXPLAIN_AT(it.value, "persistentVolumeClaim", "claimName");

		if (json_present(name))
			show_claim(l, f, json_str(l->arena, name));
	}
	explain_advises(l->found, f,
		"make the claim, or mend its storage class: kubectl get pvc,storageclass -n %.*s",
		LOOK_NAMESPACE(l));
}

static void cordoned(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	explain_advises(
		l->found, f, "nodes are cordoned: kubectl uncordon NODE lets pods in again");
}

static void too_many(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	explain_advises(l->found, f, "the nodes hold as many pods as they may: add a node");
}

static void ports(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	explain_advises(l->found, f,
		"hostPort or hostNetwork allows one such pod a node: take it "
		"out, or add nodes");
}

static void spread(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	explain_advises(l->found, f,
		"topologySpreadConstraints or podAntiAffinity leave no node: loosen them, or add "
		"nodes");
}

static void volume_place(struct look *l, struct explain_finding *f, const struct explain_trouble *t)
{
	(void)t;
	explain_advises(l->found, f,
		"the volume is in a zone or on a node where the pod cannot "
		"run: add a node there, or use another volume");
}

/* By the scheduler's words: all that fit. `what` ends the headline of the first. */
static const struct {
	const char *words, *what;
	advice_fn *advise;
} REASONS[] = {
	{"persistentvolumeclaim \"", "a volume claim is missing", claims},
	{"unbound immediate PersistentVolumeClaims", "a volume claim is not bound", claims},
	{"Insufficient ", "no node has enough room", too_little},
	{"untolerated taint", "nodes have taints that are not tolerated", taints},
	{"node affinity/selector", "no node is selected", selection},
	{"were unschedulable", "nodes are cordoned", cordoned},
	{"Too many pods", "the nodes are full of pods", too_many},
	{"free ports", "a port of the node is taken", ports},
	{"topology spread", "its pods may not stand together", spread},
	{"anti-affinity", "its pods may not stand together", spread},
	{"volume node affinity", "its volume is elsewhere", volume_place},
};

/* Without what preemption would not help either. */
static struct str words_of(struct str message)
{
	static const char *const ENDS[] = {". no new claims", ". preemption:", " preemption:"};

	for (size_t i = 0; i < message.len; i++) {
		for (size_t k = 0; k < ARRAY_LEN(ENDS); k++) {
			if (str_starts(str_from_offset(message, i), ENDS[k]))
				return (struct str){message.at, i};
		}
	}
	return message;
}

static const char *first_reason(struct str message)
{
	for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
		if (str_contains(message, REASONS[i].words))
			return REASONS[i].what;
	}
	return "no node takes it";
}

/* What a cluster autoscaler does about it, where there is one. */
static void show_autoscaler(struct look *l, struct explain_finding *f, const struct bunch *b)
{
	const struct json_node *const event = EXPLAIN_EVENT_OF(l->s, b->first.pod,
		"TriggeredScaleUp", "NotTriggerScaleUp", "FailedScaleUp", "Nominated");

	if (event)
		explain_shows(l->found, f, "%.*s: %.*s",
			STR_ARG(json_str(l->arena, json_get(event, "reason"))),
			STR_ARG(json_str(l->arena, json_get(event, "message"))));
}

void bunch_tell_scheduling(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	const struct str words = words_of(t->message);
	const struct field_error *const large = too_large(l, t);
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"%.*s %s pending: %s", STR_ARG(bunch_name(l->arena, b)), bunch_are(b),
		large       ? "no node is large enough"
		: words.len ? first_reason(words)
			    : "not scheduled yet");

	bunch_show_pods(l, f, b);
	explain_shows(l->found, f, "scheduler: %.*s", STR_ARG(words));
	if (large)
		explain_tells(l->found, f, "%.*s", STR_ARG(look_sentence(large)));
	for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
		if (str_contains(words, REASONS[i].words))
			REASONS[i].advise(l, f, t);
	}
	show_autoscaler(l, f, b);
}
