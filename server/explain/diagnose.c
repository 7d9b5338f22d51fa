#include "server/explain/diagnose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "server/admission/preflight.h"
#include "server/explain/looks.h"
#include "server/explain/service.h"
#include "server/plan/status_modern.h"

typedef void look_fn(struct look *l);

/* In the order of importance: what stands higher explains what stands lower. */
static const struct {
	look_fn *look;
	bool while_deleted; /* a cluster on its way out is asked for nothing else */
} LOOKS[] = {
	{look_at_deletion, true},
	{look_at_manager, false},
	{look_at_spec, false},
	{look_at_support, false},
	{look_at_controller, false},
	{look_at_suspension, false},
	{look_at_absent_head, false},
	{look_at_refusals, false},
	{look_at_quotas, false},
	{look_at_limits, false},
	{look_at_policy_quota, false},
	{look_at_pods, true},
	{look_at_missing, false},
	{look_at_service, false},
	{look_at_templates, false},
	{look_at_strays, false},
	{look_at_autoscaler, false},
	{look_at_account, false},
	{look_at_status, false},
	{look_at_owner, true},
};

static void put_all(const struct explain_input *in, struct facts *facts, enum explain_kind kind,
	enum facts_kind as)
{
	for (size_t i = 0; i < in->of[kind].count; i++)
		facts_put(facts, as, in->of[kind].items[i]);
	if (in->of[kind].looked)
		facts_set_known(facts, as);
}

static struct facts *facts_of(const struct explain_input *in)
{
	struct facts *const facts = facts_new();

	put_all(in, facts, EXPLAIN_QUOTA, FACTS_RESOURCE_QUOTA);
	put_all(in, facts, EXPLAIN_RANGE, FACTS_LIMIT_RANGE);
	put_all(in, facts, EXPLAIN_NODE, FACTS_NODE);
	return facts;
}

static void preflight(
	const struct explain_subject *s, struct facts *facts, struct field_errors *errors)
{
	const struct preflight_input in = {
		.arena = s->in->arena,
		.policy = s->in->policy,
		.facts = facts,
		.namespace = s->namespace,
		.object = s->object,
	};

	field_errors_init(errors, s->in->arena, s->root);
	preflight_run(&in, errors);
}

static int64_t missing_of(const struct explain_subject *s)
{
	const struct raycluster *const cluster = s->object->cluster;
	int64_t missing = 0;

	for (size_t i = 0; cluster && i < cluster->group_count; i++) {
		const int64_t lacks = explain_wanted(s, cluster->groups[i]) -
				      explain_there(s, cluster->groups[i]);

		missing += lacks > 0 ? lacks : 0;
	}
	return missing;
}

/* Stable: what is wrong in front of what is only good to know. */
static void sort(struct explain_findings *found)
{
	struct explain_finding notes[EXPLAIN_FINDINGS_MAX];
	size_t wrong = 0, note = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].grade == EXPLAIN_WRONG)
			found->items[wrong++] = found->items[i];
		else
			notes[note++] = found->items[i];
	}
	for (size_t i = 0; i < note; i++)
		found->items[wrong + i] = notes[i];
}

static size_t count_wrong(const struct explain_findings *found)
{
	size_t wrong = 0;

	while (wrong < found->count && found->items[wrong].grade == EXPLAIN_WRONG)
		wrong++;
	return wrong;
}

/* Those that are over are none. */
static int64_t count_ready(const struct explain_subject *s)
{
	int64_t ready = 0;

	for (size_t i = 0; i < s->pod_count; i++)
		ready += s->pods[i].ready && !explain_pod_is_over(&s->pods[i]);
	return ready;
}

static int64_t count_wanted(const struct explain_subject *s)
{
	const struct raycluster *const cluster = s->object->cluster;
	int64_t wanted = 0;

	for (size_t i = 0; cluster && i < cluster->group_count; i++)
		wanted += explain_wanted(s, cluster->groups[i]);
	return wanted;
}

static struct str count_pods(const struct explain_verdict *v)
{
	const struct explain_subject *const s = &v->subject;
	const struct json_node *const accepted = explain_condition(s->root, STATUS_ACCEPTED);
	const int64_t ready = count_ready(s), wanted = count_wanted(s);
	const char *const well = v->wrong ? "" : "well: ";

	if (ready <= wanted)
		return arena_printf(s->in->arena, "%s%" PRId64 " of %" PRId64 " pods ready", well,
			ready, wanted);
	/* Pods are kept by another spec. */
	if (explain_condition_is(accepted, "False"))
		return arena_printf(s->in->arena, "%" PRId64 " pods ready", ready);
	return arena_printf(s->in->arena, "%s%" PRId64 " pods ready, %" PRId64 " asked for", well,
		ready, wanted);
}

static struct str state_of(const struct explain_verdict *v)
{
	const struct explain_subject *const s = &v->subject;
	const struct raycluster *const cluster = s->object->cluster;

	if (s->object->meta.deletion_timestamp.node)
		return STR("being deleted");
	if (cluster && cluster->suspend.v)
		return s->pod_count ? STR("being suspended") : STR("suspended");
	return count_pods(v);
}

static void say_well(struct explain_verdict *v, bool aside)
{
	const struct explain_subject *const s = &v->subject;
	struct arena *const arena = s->in->arena;
	const struct explain_pod *const head = explain_head(s);
	const int64_t since =
		head ? explain_time(arena, json_get(head->readiness, "lastTransitionTime")) : 0;
	const struct str service = explain_head_service(s);

	if (v->wrong || head == NULL)
		return;
	v->well.items[0].text =
		arena_printf(arena, "%s: the head and %.*s are ready, the head for %.*s.",
			aside ? "Nothing is wrong" : "All is as asked",
			STR_ARG(explain_count(arena, count_ready(s) - 1, "worker")),
			STR_ARG(explain_age(arena, s->in->now - since)));
	v->well.items[1].text = arena_printf(arena,
		"Reach it at %.*s.%.*s.svc; from here: kubectl port-forward -n %.*s service/%.*s "
		"8265 10001",
		STR_ARG(service), STR_ARG(s->namespace), STR_ARG(s->namespace), STR_ARG(service));
	v->well.count = 2;
}

/* Nothing was found, and yet not all is there: that is told, whatever the reason. */
static void look_at_rest(struct look *l)
{
	const int64_t ready = count_ready(l->s), wanted = count_wanted(l->s);

	for (size_t i = 0; i < l->found->count; i++) {
		if (l->found->items[i].grade == EXPLAIN_WRONG)
			return;
	}
	if (ready >= wanted)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"%" PRId64 " of %" PRId64 " pods are ready, and nothing says why", ready, wanted);

	explain_advises(l->found, f, "kubectl describe pods -n %.*s -l %.*s", LOOK_NAMESPACE(l),
		STR_ARG(explain_pod_selector(
			l->arena, l->s->object->dialect, arena_str(l->arena, l->s->name).at)));
}

static void run(struct look *l, bool deleted)
{
	for (size_t i = 0; i < ARRAY_LEN(LOOKS); i++) {
		if (!deleted || LOOKS[i].while_deleted)
			LOOKS[i].look(l);
	}
	look_at_rest(l);
}

void explain_diagnose(
	const struct explain_input *in, const struct json_node *root, struct explain_verdict *out)
{
	struct facts *facts = facts_of(in);
	struct field_errors errors;

	*out = (struct explain_verdict){.findings = {.arena = in->arena}};
	explain_subject_init(&out->subject, in, root);
	preflight(&out->subject, facts, &errors);
	struct look look = {
		.s = &out->subject,
		.found = &out->findings,
		.arena = in->arena,
		.facts = facts,
		.preflight = &errors,
		.missing = missing_of(&out->subject),
	};

	facts_lock(facts);
	run(&look, out->subject.object->meta.deletion_timestamp.node != NULL);
	facts_unlock(facts);
	facts_free(&facts);
	sort(&out->findings);
	out->wrong = count_wrong(&out->findings);
	out->state = state_of(out);
	say_well(out, look.aside);
}
