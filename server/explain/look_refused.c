/* Pods and other children that the API server did not take: who refused them, in numbers. */
#include <inttypes.h>

#include "server/controller/owner.h"
#include "server/explain/looks.h"
#include "server/explain/refusal.h"
#include "validators/preflight.h"

enum { TOLD_MAX = 16 }; /* of different ones; nobody reads so many */

/* `r` with the text in the API server's words. */
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

/* `Pod "x"` */
static struct str object_of(const struct look *l, const struct refusal *r)
{
	return arena_printf(l->arena, "%.*s \"%.*s\"", STR_ARG(r->kind), STR_ARG(r->name));
}

/* What is refused: "pods", `Service "x"`, `to delete Pod "x"`. */
static struct str what_of(const struct look *l, const struct refusal *r)
{
	if (refusal_is_of_pods(r))
		return l->missing == 1 ? STR("the pod that is missing") : STR("pods");
	if (r->verb.len == 0)
		return object_of(l, r);
	return arena_printf(l->arena, "to %.*s %.*s", STR_ARG(r->verb), STR_ARG(object_of(l, r)));
}

static struct explain_finding *found(struct look *l, const struct refusal *r, const char *who)
{
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "%s refuses %.*s", who, STR_ARG(what_of(l, r)));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	return f;
}

/* What is refused of a replica takes its other hosts along. */
static void show_hosts(struct look *l, struct explain_finding *f, const struct refusal *r)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const struct ray_group *const group =
		cluster && refusal_is_of_pods(r) ? raycluster_worker(cluster, r->name) : NULL;

	if (group && group_hosts(group) > 1)
		explain_shows(l->found, f,
			"a replica of %.*s is %" PRId64
			" pods, which are there together or not at all",
			STR_ARG(look_group(l->arena, group)), (int64_t)group_hosts(group));
}

/* "exceeded quota: NAME, requested: A=1,B=2, used: A=1,B=2, limited: A=1,B=2" */
static void quota(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "exceeded quota: ", ",");
	const struct str used = between(r->text, "used: ", ", limited");
	const struct str hard = between(r->text, "limited: ", "\n");
	struct str asked = between(r->text, "requested: ", ", used");
	const bool pods = refusal_is_of_pods(r);
	const struct str what = !pods             ? object_of(l, r)
				: l->missing == 1 ? STR("the pod that is missing")
						  : STR("the pods that are missing");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"ResourceQuota \"%.*s\" has no room for %.*s", STR_ARG(name), STR_ARG(what));

	while (asked.len) {
		struct str amount = str_cut(&asked, ',');
		const struct str item = str_cut(&amount, '=');

		explain_tells(l->found, f, "%.*s: %.*s of %.*s used, %s asks for %.*s",
			STR_ARG(item), STR_ARG(amount_of(used, item)),
			STR_ARG(amount_of(hard, item)), pods ? "a pod" : "it", STR_ARG(amount));
	}
	show_hosts(l, f, r);
	explain_advises(l->found, f,
		"have the quota raised%s; who uses it: kubectl describe quota %.*s -n %.*s",
		pods ? ", or ask for less: fewer replicas, or smaller requests" : "", STR_ARG(name),
		LOOK_NAMESPACE(l));
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
		"%.*s cannot be %s while the webhook %.*s does not answer",
		STR_ARG(refusal_is_of_pods(r) ? STR("pods") : object_of(l, r)),
		refusal_participle(r), STR_ARG(name));

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

static void invalid(struct look *l, const struct refusal *r)
{
	const bool pods = refusal_is_of_pods(r);
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"the API server does not take %.*s: %s invalid",
		STR_ARG(pods ? STR("the pods") : object_of(l, r)), pods ? "they are" : "it is");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f, "mend the field in the %s",
		pods ? "group's template" : "spec: it is made by that");
}

/* Nothing is taken from who has the name: he goes, or the cluster names its own otherwise. */
static void name_is_taken(struct look *l, const struct refusal *r)
{
	const bool service = str_contains(r->text, "services \"");
	const struct str name = between(r->text, service ? "services \"" : "pods \"", "\"");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"a name that the cluster needs is somebody else's: %.*s",
		STR_ARG(name.len ? name : r->name));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	if (str_contains(r->text, OWNER_GOES))
		explain_advises(l->found, f, "wait: it is made as soon as that one is gone");
	else if (service)
		look_advise_service_taken(l, f, name);
	else if (name.len)
		explain_advises(l->found, f,
			"take metadata.name out of the template: a name is drawn for the pod then");
	else
		explain_advises(l->found, f, "delete or rename what has it, if nobody needs it");
}

static void unknown(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = found(l, r, "the API server");

	explain_advises(l->found, f, "mend what it names: it is tried again by itself then");
}

static void still_there(struct look *l, const struct refusal *r)
{
	const struct str name = between(r->text, "is being deleted: ", " already exists");
	const struct str quoted = between(name, "\"", "\"");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"what had the name before is still being deleted: %.*s",
		STR_ARG(quoted.len ? quoted : r->name));

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f, "wait: it is made as soon as that one is gone");
}

static void labels_change(struct look *l, const struct refusal *r)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"a webhook of your cluster changes the labels by which pods are found");

	explain_tells(l->found, f, "%.*s", STR_ARG(r->text));
	explain_advises(l->found, f,
		"have it leave Ray's pods alone: kubectl get mutatingwebhookconfigurations");
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
	{"is invalid:", invalid},
	{"object is being deleted: ", still_there},
	{" already exists", name_is_taken},
	{"it came back with the label ", labels_change},
	{"", unknown},
};

static size_t row_of(struct str text)
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

/* One row of what was told: the refusals of pods stand for one another. */
struct told {
	struct {
		size_t row;
		struct refusal what;
	} items[TOLD_MAX];
	size_t count;
};

static bool is_told(const struct told *told, size_t row, const struct refusal *r)
{
	for (size_t i = 0; i < told->count; i++) {
		const struct refusal *const before = &told->items[i].what;

		if (told->items[i].row != row)
			continue;
		if (refusal_is_of_pods(r)
				? refusal_is_of_pods(before)
				: str_eq(before->verb, r->verb) && str_eq(before->kind, r->kind) &&
					  (str_is(r->kind, "Pod") || str_eq(before->name, r->name)))
			return true;
	}
	return told->count == TOLD_MAX;
}

static void tell(struct look *l, struct told *told, const struct refusal *r)
{
	const size_t row = row_of(r->text);
	struct refusal own = *r;

	if (is_told(told, row, r))
		return;
	told->items[told->count].row = row;
	told->items[told->count++].what = *r;
	own.text = own_words(r->text);
	REFUSALS[row].tell(l, &own);
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

static bool amount_at(
	const struct json_node *quota, const char *list, struct str item, struct quantity *out)
{
	struct err err;

	return quantity_read(json_get_str(EXPLAIN_AT(quota, "status", list), item), out, &err);
}

/* Whether there is room for what was asked for, by what the quota says now. */
static bool has_room(const struct json_node *quota, struct str text)
{
	struct str asked = between(text, "requested: ", ", used");
	bool fits = asked.len > 0;

	while (fits && asked.len) {
		struct str amount = str_cut(&asked, ',');
		const struct str item = str_cut(&amount, '=');
		struct quantity more, used, hard;

		fits = quantity_parse_plain(amount, &more) &&
		       amount_at(quota, "used", item, &used) &&
		       amount_at(quota, "hard", item, &hard) &&
		       quantity_cmp(quantity_add(used, more), hard) <= 0;
	}
	return fits;
}

/* The quota that it tells of has gone since, or has room again. */
static bool is_over(const struct look *l, struct str text)
{
	const struct str name = between(text, "exceeded quota: ", ",");
	const struct explain_objects *const quotas = &l->s->in->of[EXPLAIN_QUOTA];

	for (size_t i = 0; i < quotas->count; i++) {
		if (json_str_is(EXPLAIN_AT(quotas->items[i], "metadata", "name"), name))
			return has_room(quotas->items[i], text);
	}
	return name.len && quotas->looked;
}

/* Of a list of refusals those that last: `past` is one that may be of earlier times. */
static void tell_each(struct look *l, struct told *told, struct str list, bool past)
{
	struct refusal r;

	while (refusal_next(&list, &r)) {
		if (!past || !is_over(l, r.text))
			tell(l, told, &r);
	}
}

/* The condition is there while a refusal lasts. */
static void tell_condition(struct look *l, struct told *told)
{
	const struct json_node *const condition = explain_condition(l->s->root, "ReplicaFailure");

	if (explain_condition_is(condition, "True"))
		tell_each(l, told, json_str(l->arena, json_get(condition, "message")), false);
}

/*
 * An Event outlives what it tells of, which is over when all that was asked for is there. Where it
 * is known why that is missing, by the condition too, it tells of earlier times.
 */
void look_at_refusals(struct look *l)
{
	struct told told = {0};

	tell_condition(l, &told);
	const bool known = l->refused;

	for (size_t i = 0; i < l->s->event_count && l->missing > 0 && !known; i++) {
		const struct json_node *const event = l->s->events[i];
		const struct str text = json_str(l->arena, json_get(event, "message"));

		if (tells_of_refusal(l->arena, event))
			tell_each(l, &told, text, true);
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
