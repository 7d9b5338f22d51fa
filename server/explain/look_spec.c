/* Whether the spec is accepted: by its controller, by KubeRay's own checks, by today's rules. */
#include "server/admission/mutation.h"
#include "server/explain/looks.h"
#include "server/plan/accept.h"
#include "server/plan/status_modern.h"

enum { SHOWN = 3 }; /* mistakes; `check` has the others */

struct str look_sentence(const struct field_error *error)
{
	const struct str mark = STR("Forbidden: ");

	return str_starts(error->message, mark.at) ? str_from_offset(error->message, mark.len)
						   : error->message;
}

static const struct mutation *judge(const struct look *l)
{
	const struct mutation_input in = {
		.arena = l->arena,
		.policy = l->s->in->policy,
		.namespace = l->s->namespace,
		.kind = RAY_CLUSTER,
		.dialect = l->s->object->dialect,
		.object = l->s->root,
		.crd_defaults = true,
	};

	return mutation_run(&in);
}

static void show_mistakes(
	struct look *l, struct explain_finding *f, const struct findings *mistakes)
{
	const size_t shown = mistakes->errors < SHOWN ? mistakes->errors : SHOWN;

	for (size_t i = 0; i < shown; i++) {
		const struct field_error *const e = mistakes->items[i].error;

		explain_tells(l->found, f, "%.*s: %.*s (%s)", STR_ARG(e->field),
			STR_ARG(e->message), e->rule);
	}
	const size_t more = mistakes->errors - shown + mistakes->unlisted_errors;

	if (more)
		explain_tells(l->found, f, "and %.*s more: raygate check -n %.*s",
			STR_ARG(explain_count(l->arena, (int64_t)more, "mistake")),
			LOOK_NAMESPACE(l));
}

/* What stands there for KubeRay, which stops at its first finding; only while it is the latest. */
static const struct json_node *complaint(const struct look *l)
{
	return EXPLAIN_EVENT_OF(l->s, NULL, "InvalidRayClusterSpec", "InvalidRayClusterMetadata",
		"InvalidRayClusterStatus");
}

static struct explain_finding *tell_verdict(
	struct look *l, const struct json_node *accepted, size_t mistakes)
{
	const struct json_node *const event = complaint(l);
	const struct str message = str_trim(json_str(
		l->arena, accepted ? json_get(accepted, "message") : json_get(event, "message")));
	const struct str reason = json_str(l->arena, json_get(accepted, "reason"));
	struct explain_finding *f;

	if (accepted)
		f = explain_found(l->found, EXPLAIN_WRONG, "its spec is not accepted%s%.*s",
			reason.len ? ": " : "", STR_ARG(reason));
	else if (event && l->missing)
		f = explain_found(l->found, EXPLAIN_WRONG, "KubeRay does not accept its spec");
	else if (mistakes)
		f = explain_found(l->found, l->missing ? EXPLAIN_WRONG : EXPLAIN_NOTE,
			"its spec would be refused today: %.*s",
			STR_ARG(explain_count(l->arena, (int64_t)mistakes, "mistake")));
	else
		return NULL;
	/* The rules tell the same, each mistake with its place. */
	if (mistakes == 0 && message.len)
		explain_tells(l->found, f, "%.*s", STR_ARG(accept_message_told(message)));
	return f;
}

/* Pods that are lost are not made anew of a refused spec: whatever else is told, that is why. */
static bool show_withheld(struct look *l, struct explain_finding *f)
{
	const struct json_node *const condition = explain_condition(l->s->root, STATUS_WITHHELD);

	if (!explain_condition_is(condition, "True"))
		return false;
	explain_shows(l->found, f, "%.*s",
		STR_ARG(str_trim(json_str(l->arena, json_get(condition, "message")))));
	return true;
}

static const char *what_is_kept(bool refused, bool withheld)
{
	if (withheld)
		return ": what runs stays until then, and what is lost is made anew then";
	return refused ? ": what runs is kept up to the size that was accepted last" : "";
}

static void advise_mending(struct look *l, struct explain_finding *f,
	const struct findings *mistakes, const char *kept)
{
	size_t names = 0;

	for (size_t i = 0; i < mistakes->errors; i++)
		names += str_is(mistakes->items[i].error->field, "metadata.name");
	if (names)
		explain_advises(l->found, f,
			"delete it, and apply it under another name: a name cannot be changed");
	if (names == 0 || names < mistakes->errors + mistakes->unlisted_errors)
		explain_advises(
			l->found, f, "mend the spec and apply it again%s", names ? "" : kept);
}

void look_at_spec(struct look *l)
{
	const struct json_node *const condition = explain_condition(l->s->root, "Accepted");
	const struct json_node *const refused =
		explain_condition_is(condition, "False") ? condition : NULL;
	const struct findings *const mistakes = &judge(l)->findings;
	struct explain_finding *const f =
		tell_verdict(l, refused, mistakes->errors + mistakes->unlisted_errors);

	if (f == NULL)
		return;
	show_mistakes(l, f, mistakes);
	const bool withheld = show_withheld(l, f);

	if (json_str_is(json_get(refused, "reason"), STR("QuotaExceeded")))
		explain_advises(l->found, f, "ask for less, or have the quota raised%s",
			what_is_kept(true, withheld));
	else
		advise_mending(l, f, mistakes, what_is_kept(refused, withheld));
	l->refused = l->refused || f->grade == EXPLAIN_WRONG;
}

/* What its controller does not do, though the spec asks for it. */
void look_at_support(struct look *l)
{
	const struct json_node *const condition = explain_condition(l->s->root, "Supported");
	const struct str message = json_str(l->arena, json_get(condition, "message"));
	const bool is_legacy = l->s->object->dialect == DIALECT_LEGACY;
	struct explain_finding *f;

	if (!explain_condition_is(condition, "False"))
		return;
	/* A chart of 2022 asks for an autoscaler in any case, and runs without one. */
	f = explain_found(l->found, is_legacy ? EXPLAIN_NOTE : EXPLAIN_WRONG,
		"it asks for what its controller does not do");
	explain_tells(l->found, f, "%.*s", STR_ARG(message));
	if (str_contains(message, STATUS_CHANGING))
		explain_advises(l->found, f,
			"what is there is made anew once it is deleted, a claim without the state "
			"that it holds; or put the spec back");
	else
		explain_advises(l->found, f, "%s",
			is_legacy ? "it may stay in the spec; more workers come by a larger "
				    "minWorkers"
				  : "take it out of the spec, or leave the cluster to KubeRay");
}
