/* Pods and other children that the API server did not take: who refused them, in numbers. */
#include "server/explain/looks.h"
#include "validators/preflight.h"

/* A refusal in the API server's words. */
struct refusal {
	struct str text;
	int64_t time; /* 0: it stands in a condition */
};

typedef void refusal_fn(struct look *l, const struct refusal *r);

/* What stands between two marks; the end of the text counts as `behind`. */
static struct str between(struct str text, const char *before, const char *behind)
{
	const size_t skip = strlen(before);

	for (size_t i = 0; i + skip <= text.len; i++) {
		if (memcmp(text.at + i, before, skip) != 0)
			continue;
		struct str rest = str_from_offset(text, i + skip);

		for (size_t end = 0; end + strlen(behind) <= rest.len; end++) {
			if (memcmp(rest.at + end, behind, strlen(behind)) == 0)
				return (struct str){rest.at, end};
		}
		return rest;
	}
	return (struct str){0};
}

/* "requests.cpu=2,pods=1" → the amount of a name. */
static struct str amount_of(struct str list, struct str name)
{
	while (list.len) {
		struct str item = str_cut(&list, ',');

		if (str_eq(str_cut(&item, '='), name) && item.len)
			return item;
	}
	return STR("?");
}

static struct explain_finding *found(struct look *l, const struct refusal *r, const char *who)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG, "%s refuses %s",
		who, l->missing == 1 ? "the pod that is missing" : "pods");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	return f;
}

/* "exceeded quota: NAME, requested: A=1,B=2, used: A=1,B=2, limited: A=1,B=2" */
static void quota(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "exceeded quota: ", ",");
	const struct str used = between(r->text, "used: ", ", limited");
	const struct str hard = between(r->text, "limited: ", "\n");
	struct str asked = between(r->text, "requested: ", ", used");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"ResourceQuota \"%.*s\" has no room for the %s missing", STR_ARG(name),
		l->missing == 1 ? "pod that is" : "pods that are");

	while (asked.len) {
		struct str amount = str_cut(&asked, ',');
		const struct str item = str_cut(&amount, '=');

		explain_tells(l->found, f, "%.*s: %.*s of %.*s used, a pod asks for %.*s",
			STR_ARG(item), STR_ARG(amount_of(used, item)),
			STR_ARG(amount_of(hard, item)), STR_ARG(amount));
	}
	explain_advises(l->found, f,
		"have the quota raised, or ask for less: fewer replicas, or smaller requests; "
		"who uses it: kubectl describe quota %.*s -n %.*s",
		STR_ARG(name), LOOK_NAMESPACE(l));
}

static void quota_values(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "failed quota: ", ":");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"ResourceQuota \"%.*s\" wants every container to say what it needs", STR_ARG(name));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f,
		"set the requests and limits that it names, in every "
		"container, or a LimitRange with defaults");
}

static void pod_security(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = found(l, r, "the PodSecurity level of the namespace");

	explain_advises(l->found, f,
		"give the pods the securityContext that it names, or have the "
		"namespace labelled with a lower level");
	explain_advises(l->found, f,
		"containers that the controller adds are held to it too: the policy's profiles, or "
		"autoscalerOptions.securityContext, set theirs");
}

static void webhook_says_no(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "admission webhook \"", "\"");
	struct explain_finding *const f = found(
		l, r, arena_printf(l->arena, "the webhook %.*s of your cluster", STR_ARG(name)).at);

	explain_advises(l->found, f,
		"do as it says, or ask who runs it: kubectl get "
		"validatingwebhookconfigurations,mutatingwebhookconfigurations");
}

static void webhook_is_away(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "failed calling webhook \"", "\"");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"pods cannot be made while the webhook %.*s does not answer", STR_ARG(name));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f, "see whether what stands behind it runs");
}

static void limit_range(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = found(l, r, "a LimitRange of the namespace");

	explain_advises(l->found, f,
		"bring requests and limits within it: kubectl describe limitrange -n %.*s",
		LOOK_NAMESPACE(l));
}

static void service_account(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "a service account that pods name is not there");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f,
		"make it, or mend serviceAccountName: kubectl get "
		"serviceaccounts -n %.*s",
		LOOK_NAMESPACE(l));
}

static void priority_class(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_WRONG, "a class that pods name is not there");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f,
		"make it, or mend the name: kubectl get priorityclasses,runtimeclasses");
}

static void controller_rights(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "the controller lacks a right that it needs here");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f,
		"give its account that right in namespace %.*s: the chart's RBAC has it",
		LOOK_NAMESPACE(l));
}

static void namespace_ends(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"namespace %.*s is being deleted: nothing new is made in it", LOOK_NAMESPACE(l));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
}

static void pod_invalid(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "the API server does not take the pods: they are invalid");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f, "mend the field in the group's template");
}

/* Nothing is taken from who has the name: he goes, or the cluster names its own otherwise. */
static void name_is_taken(struct look *l, const struct refusal *r)
{
	const bool service = str_contains(r->text, "services \"");
	const struct str name = between(r->text, service ? "services \"" : "\"", "\"");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"a name that the cluster needs is somebody else's: %.*s", STR_ARG(name));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	if (service)
		explain_advises(l->found, f, LOOK_SERVICE_TAKEN, STR_ARG(name));
	else if (str_contains(r->text, "pods \""))
		explain_advises(l->found, f,
			"take metadata.name out of the template: a name is drawn for the pod then");
	else
		explain_advises(l->found, f, "delete or rename what has it, if nobody needs it");
}

static void unknown(struct look *l, const struct refusal *r)
{
	found(l, r, "the API server");
}

/* By the words of who refuses; the first that fits. The last fits all. */
static const struct {
	const char *words;
	refusal_fn *tell;
} REFUSALS[] = {
	{"exceeded quota: ", quota},
	{"failed quota: ", quota_values},
	{"violates PodSecurity", pod_security},
	{"failed calling webhook", webhook_is_away},
	{"admission webhook \"", webhook_says_no},
	{"is being terminated", namespace_ends},
	{"error looking up service account", service_account},
	{"serviceaccount \"", service_account},
	{"no PriorityClass", priority_class},
	{"RuntimeClass \"", priority_class},
	{" usage per ", limit_range},
	{"limit to request ratio", limit_range},
	{"is forbidden: User \"", controller_rights},
	{"is invalid:", pod_invalid},
	{" already exists", name_is_taken},
	{"", unknown},
};

/* Without the pod's own name, which is another one at each try. */
static size_t kind_of(struct str text)
{
	size_t i = 0;

	while (!str_contains(text, REFUSALS[i].words))
		i++;
	return i;
}

/* Only the API server's own words: controllers put theirs, and the pod's name, in front. */
static struct str own_words(struct str text)
{
	const struct str mark = STR("is forbidden: ");
	struct str rest = text;

	/* "Failed to create head Pod for the cluster NAMESPACE/NAME, …" */
	if (str_starts(text, "Failed to create ") && str_contains(text, ", "))
		text = rest = str_from_offset(text, str_find(text, ',') + 2);
	if (str_contains(text, "is forbidden: User") || str_contains(text, "admission webhook"))
		return text;
	for (size_t i = 0; i + mark.len <= text.len; i++) {
		if (memcmp(text.at + i, mark.at, mark.len) == 0)
			rest = str_from_offset(text, i + mark.len);
	}
	return str_trim(rest);
}

struct seen {
	bool kinds[ARRAY_LEN(REFUSALS)];
};

static void tell(struct look *l, struct seen *seen, struct str text, int64_t time)
{
	const struct refusal r = {own_words(text), time};
	const size_t kind = kind_of(text);

	if (text.len == 0 || seen->kinds[kind])
		return;
	seen->kinds[kind] = true;
	REFUSALS[kind].tell(l, &r);
	l->refused = true;
}

static bool tells_of_refusal(struct arena *arena, const struct json_node *event)
{
	const struct str reason = json_str(arena, json_get(event, "reason"));

	return json_str_is(json_get(event, "type"), STR("Warning")) &&
	       json_str_is(EXPLAIN_AT(event, "involvedObject", "kind"), STR("RayCluster")) &&
	       (str_starts(reason, "FailedToCreate") || str_starts(reason, "FailedCreate") ||
		       str_is(reason, "AutoscalerServiceAccountNotFound"));
}

/* Where Raygate's list of refusals goes on: "…; Pod of \"workers\": exceeded quota: …" */
static size_t next_refusal(struct str text)
{
	static const char *const STARTS[] = {"; Pod of \"", "; Pod \"", "; delete Pod",
		"; Service \"", "; Secret \"", "; Role", "; ControllerRevision \""};

	for (size_t i = 0; i < text.len; i++) {
		for (size_t k = 0; k < ARRAY_LEN(STARTS); k++) {
			if (str_starts(str_from_offset(text, i), STARTS[k]))
				return i;
		}
	}
	return text.len;
}

/* The condition is there while a refusal lasts. */
static void tell_condition(struct look *l, struct seen *seen)
{
	const struct json_node *const condition = explain_condition(l->s->root, "ReplicaFailure");
	struct str rest = json_str(l->arena, json_get(condition, "message"));

	if (!explain_condition_is(condition, "True"))
		return;
	while (rest.len) {
		const size_t end = next_refusal(rest);

		tell(l, seen, (struct str){rest.at, end}, 0);
		rest = str_from_offset(rest, end < rest.len ? end + 2 : end);
	}
}

/* The quota that it tells of has gone since. */
static bool is_over(const struct look *l, struct str text)
{
	const struct str name = between(text, "exceeded quota: ", ",");
	const struct explain_objects *const quotas = &l->s->in->of[EXPLAIN_QUOTA];

	for (size_t i = 0; i < quotas->count; i++) {
		if (json_str_is(EXPLAIN_AT(quotas->items[i], "metadata", "name"), name))
			return false;
	}
	return name.len && quotas->looked;
}

/*
 * An Event outlives what it tells of, which is over when all that was asked for is there. Where it
 * is known why that is missing it tells of earlier times.
 */
void look_at_refusals(struct look *l)
{
	const bool known = l->refused;
	struct seen seen = {0};

	tell_condition(l, &seen);
	for (size_t i = 0; i < l->s->event_count && l->missing > 0 && !known; i++) {
		const struct json_node *const event = l->s->events[i];
		const struct str text = json_str(l->arena, json_get(event, "message"));

		if (tells_of_refusal(l->arena, event) && !is_over(l, text))
			tell(l, &seen, text, explain_event_time(l->arena, event));
	}
}

static bool is_about_limits(struct str rule)
{
	static const char *const RULES[] = {PREFLIGHT_RULE_RANGE_CONTAINER,
		PREFLIGHT_RULE_RANGE_POD, PREFLIGHT_RULE_RANGE_INJECTED,
		PREFLIGHT_RULE_QUOTA_VALUES};

	for (size_t i = 0; i < ARRAY_LEN(RULES); i++) {
		if (str_is(rule, RULES[i]))
			return true;
	}
	return false;
}

/* LimitRanges and what quotas want said, told of the spec: also before a pod was tried. */
void look_at_limits(struct look *l)
{
	struct explain_finding *f = NULL;

	if (l->missing <= 0 || l->refused)
		return;
	for (size_t i = 0; i < l->preflight->count; i++) {
		const struct field_error *const e = &l->preflight->items[i];

		if (is_about_limits(str_from(e->rule))) {
			if (f == NULL)
				f = explain_found(l->found, EXPLAIN_WRONG,
					"the limits of namespace %.*s do not take these pods",
					LOOK_NAMESPACE(l));
			explain_tells(l->found, f, "%.*s: %.*s (%s)", STR_ARG(e->field),
				STR_ARG(e->message), e->rule);
		}
	}
	if (f == NULL)
		return;
	explain_advises(
		l->found, f, "kubectl describe limitrange,quota -n %.*s", LOOK_NAMESPACE(l));
	l->refused = true;
}
