#include "server/admission/verdict.h"

#include "server/admission/turns.h"
#include "server/admission/warnings.h"

/* "spec.x: Invalid value: 3: … (RG0302)" */
struct str verdict_line(struct arena *arena, const struct finding *finding)
{
	const struct field_error *const e = finding->error;

	return arena_printf(
		arena, "%.*s: %.*s (%s)", STR_ARG(e->field), STR_ARG(e->message), e->rule);
}

/* The rules that were broken, each once, for the audit log: "RG0302,RG1401". */
static struct str broken_rules(struct arena *arena, const struct findings *found)
{
	CLEANUP(buf_done) struct buf ids = {0};

	for (size_t i = 0; i < found->errors; i++) {
		const char *const id = found->items[i].rule->id;

		if (!str_contains(buf_str(&ids), id))
			buf_printf(&ids, "%s%s", ids.len ? "," : "", id);
	}
	return arena_str(arena, buf_str(&ids));
}

static void add_audit(const struct verdict_input *in, struct admission_answer *out)
{
	struct admission_audit *const audit = arena_array(in->arena, 2, sizeof(*audit));

	audit[0] = (struct admission_audit){
		"decision", str_from(out->allowed ? "would-deny" : "denied")};
	audit[1] = (struct admission_audit){"rules", broken_rules(in->arena, in->findings)};
	out->audit = audit;
	out->audit_count = 2;
}

static bool policy_alone(const struct findings *found)
{
	for (size_t i = 0; i < found->errors; i++) {
		if (!found->items[i].rule->policy)
			return false;
	}
	return true;
}

/* The words of apierrors.NewInvalid and NewForbidden. */
static void message_head(const struct verdict_input *in, bool forbidden, struct buf *text)
{
	const struct str name = ray_object_name(in->object);

	if (forbidden)
		buf_printf(text,
			"%.*s.%.*s \"%.*s\" is forbidden: ", STR_ARG(in->request->resource),
			STR_ARG(in->request->group), STR_ARG(name));
	else
		buf_printf(text, "%s.%.*s \"%.*s\" is invalid: ", ray_kind_name(in->object->kind),
			STR_ARG(in->request->group), STR_ARG(name));
}

/* What a denial tells of the errors, in their order, and how many more of which rules there are. */
struct told {
	const struct finding **items;
	size_t count;
	struct str rest; /* "" where all are told */
};

/* So many, and the first of each rule, of which there are no more than rows in the tables. */
static size_t room_for(const struct verdict_input *in, const struct told *told)
{
	struct turns_rests rules = {.arena = in->arena};

	for (size_t i = 0; i < told->count; i++)
		turns_count(&rules, told->items[i]->rule, 1);
	return rules.count > VERDICT_CAUSES_MAX ? rules.count : VERDICT_CAUSES_MAX;
}

/* Pushes those that have their turn to the front. */
static void choose(const struct verdict_input *in, struct told *told, struct turns_rests *rests)
{
	const size_t *const order = turns_of(in->arena, told->items, told->count);
	bool *const chosen = arena_array(in->arena, told->count, sizeof(*chosen));
	const size_t room = room_for(in, told);
	size_t at = 0;

	for (size_t i = 0; i < room; i++)
		chosen[order[i]] = true;
	for (size_t i = 0; i < told->count; i++) {
		if (chosen[i])
			told->items[at++] = told->items[i];
		else
			turns_count(rests, told->items[i]->rule, 1);
	}
	told->count = at;
}

static struct told tell(const struct verdict_input *in)
{
	const struct findings *const found = in->findings;
	struct turns_rests rests = {.arena = in->arena};
	struct told told = {
		.items = arena_array(in->arena, found->errors, sizeof(struct finding *)),
		.count = found->errors,
	};

	for (size_t i = 0; i < found->errors; i++)
		told.items[i] = &found->items[i];
	if (told.count > VERDICT_CAUSES_MAX)
		choose(in, &told, &rests);
	for (size_t i = 0; i < found->unlisted_count; i++) {
		if (found->unlisted[i].severity == FIELD_SEVERITY_ERROR)
			turns_count(&rests, found->unlisted[i].rule, found->unlisted[i].count);
	}
	if (rests.total)
		told.rest = turns_rest_text(&rests, found->unlisted_errors, SIZE_MAX);
	return told;
}

/* Everything in one text, for the clients that print the message alone. */
static struct str full_message(
	const struct verdict_input *in, const struct told *told, bool forbidden)
{
	CLEANUP(buf_done) struct buf text = {0};
	const bool many = told->count > 1 || told->rest.len;

	message_head(in, forbidden, &text);
	if (many)
		buf_add_char(&text, '[');
	for (size_t i = 0; i < told->count; i++) {
		if (i)
			buf_add_cstr(&text, ", ");
		buf_add(&text, verdict_line(in->arena, told->items[i]));
	}
	if (told->rest.len)
		buf_printf(&text, ", %.*s", STR_ARG(told->rest));
	if (many)
		buf_add_char(&text, ']');
	return arena_str(in->arena, buf_str(&text));
}

/* The same for programs; what is only counted is the last one, which has no field. */
static void add_causes(
	const struct verdict_input *in, const struct told *told, struct admission_answer *out)
{
	struct admission_cause *const list = arena_array(in->arena, told->count + 1, sizeof(*list));

	for (size_t i = 0; i < told->count; i++) {
		const struct field_error *const e = told->items[i]->error;

		list[i] = (struct admission_cause){
			.message =
				arena_printf(in->arena, "%.*s (%s)", STR_ARG(e->message), e->rule),
			.field = e->field,
			.reason = field_error_reason(e->type),
		};
	}
	list[told->count] = (struct admission_cause){
		.message = told->rest, .reason = field_error_reason(FIELD_INVALID)};
	out->causes = list;
	out->cause_count = told->count + (told->rest.len ? 1 : 0);
}

static void deny(const struct verdict_input *in, struct admission_answer *out)
{
	const bool forbidden = policy_alone(in->findings);
	const struct told told = tell(in);

	out->allowed = false;
	out->code = forbidden ? 403 : 422;
	out->reason = forbidden ? "Forbidden" : "Invalid";
	out->message = full_message(in, &told, forbidden);
	out->details_name = ray_object_name(in->object);
	out->details_group = in->request->group;
	out->details_kind = str_from(ray_kind_name(in->object->kind));
	add_causes(in, &told, out);
}

void verdict_answer(const struct verdict_input *in, struct admission_answer *out)
{
	const enum policy_enforcement enforcement = in->policy->enforcement;
	const bool broken = in->findings->errors > 0 && in->may_deny;

	out->allowed = true;
	if (broken && enforcement == POLICY_DENY)
		deny(in, out);
	if (enforcement != POLICY_AUDIT)
		warnings_add(in, out);
	if (broken)
		add_audit(in, out);
}
