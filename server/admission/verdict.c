#include "server/admission/verdict.h"

#include "base/utf8.h"

/* "spec.x: Invalid value: 3: … (RG0302)" */
static struct str line_of(struct arena *arena, const struct finding *finding)
{
	const struct field_error *const e = finding->error;

	return arena_printf(
		arena, "%.*s: %.*s (%s)", STR_ARG(e->field), STR_ARG(e->message), e->rule);
}

/* It lists no more of them than we do. */
static const char *shown_by_check(const struct findings *found)
{
	return found->unlisted_errors || found->unlisted_warnings ? "more" : "all";
}

/* Warnings are built up here; a long one goes on in a second, cut at a word. */
struct warnings {
	struct arena *arena;
	struct str *items;
	size_t count;
	size_t cap;
	size_t bytes;
	size_t left_out; /* findings that there is no room for */
};

/* Kept free for the line that says how many are left out. */
enum { ROOM_FOR_THE_REST = ADMISSION_WARNING_MAX };

static void add_warning(struct warnings *w, struct str text)
{
	if (w->count == w->cap) {
		const size_t cap = w->cap ? w->cap * 2 : 8;

		w->items = arena_grow(
			w->arena, w->items, w->cap * sizeof(*w->items), cap * sizeof(*w->items));
		w->cap = cap;
	}
	w->items[w->count++] = text;
	w->bytes += text.len;
}

static bool was_said(const struct warnings *w, struct str text)
{
	for (size_t i = 0; i < w->count; i++) {
		if (str_eq(w->items[i], text))
			return true;
	}
	return false;
}

/* API servers drop a warning whose text came before, so a second half that repeats is moved in. */
static void add_line(struct warnings *w, struct str text, bool first)
{
	while (!first && was_said(w, text) && text.len < ADMISSION_WARNING_MAX)
		text = arena_printf(w->arena, " %.*s", STR_ARG(text));
	add_warning(w, text);
}

/* Where to break: behind the last space that leaves a line worth reading. */
static size_t break_at(struct str text)
{
	const size_t cut = utf8_cut(text, ADMISSION_WARNING_MAX);

	for (size_t i = cut; i > cut / 2; i--) {
		if (text.at[i - 1] == ' ')
			return i;
	}
	return cut;
}

static struct str without_end_space(struct str text)
{
	while (text.len > 0 && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

static void add_long_warning(struct warnings *w, struct str text)
{
	bool first = true;

	while (text.len > ADMISSION_WARNING_MAX) {
		const size_t cut = break_at(text);
		const struct str line = without_end_space((struct str){text.at, cut});

		add_line(w, line, first);
		first = false;
		text = arena_printf(w->arena, "  %.*s", STR_ARG(str_from_offset(text, cut)));
	}
	add_line(w, text, first);
}

/* All lines of a finding, or none; once one had no room, none. */
static void add_whole_warning(struct warnings *w, struct str text)
{
	const struct warnings before = *w;

	if (w->left_out == 0)
		add_long_warning(w, text);
	if (w->left_out || w->bytes > ADMISSION_WARNINGS_MAX - ROOM_FOR_THE_REST) {
		w->count = before.count;
		w->bytes = before.bytes;
		w->left_out++;
	}
}

/* What only the webhook that mutates can know: defaulting's own warnings. */
static bool is_of_defaulting(const struct finding *f)
{
	return f->rule->scope == RULE_BY_ENGINE && !f->rule->policy;
}

static void add_findings(const struct verdict_input *in, struct warnings *w)
{
	const struct findings *const found = in->findings;
	const bool errors_too = in->may_deny && in->policy->enforcement == POLICY_WARN;

	for (size_t i = errors_too ? 0 : found->errors; i < found->count; i++) {
		const struct finding *const f = &found->items[i];

		if (!in->may_deny && !is_of_defaulting(f))
			continue;
		const char *const prefix = i < found->errors ? "would be denied: " : "";
		const char *const was = f->was_there ? " [as before]" : "";
		const struct str line = line_of(w->arena, f);

		add_whole_warning(
			w, arena_printf(w->arena, "%s%.*s%s", prefix, STR_ARG(line), was));
	}
	const size_t more = w->left_out + found->unlisted_warnings;

	if (more)
		add_warning(
			w, arena_printf(w->arena, "and %zu more: `raygate check` shows %s of them",
				   more, shown_by_check(found)));
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

/* Everything in one text, for the clients that print the message alone. */
static struct str full_message(const struct verdict_input *in, bool forbidden)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct findings *const found = in->findings;

	message_head(in, forbidden, &text);
	if (found->errors > 1)
		buf_add_char(&text, '[');
	for (size_t i = 0; i < found->errors && i < ADMISSION_CAUSES_MAX; i++) {
		if (i)
			buf_add_cstr(&text, ", ");
		buf_add(&text, line_of(in->arena, &found->items[i]));
	}
	if (found->errors > ADMISSION_CAUSES_MAX)
		buf_printf(&text, ", and %zu more: `raygate check` shows %s of them",
			found->errors - ADMISSION_CAUSES_MAX + found->unlisted_errors,
			shown_by_check(found));
	if (found->errors > 1)
		buf_add_char(&text, ']');
	return arena_str(in->arena, buf_str(&text));
}

static const struct admission_cause *causes(const struct verdict_input *in)
{
	const struct findings *const found = in->findings;
	struct admission_cause *const list = arena_array(in->arena, found->errors, sizeof(*list));

	for (size_t i = 0; i < found->errors; i++) {
		const struct field_error *const e = found->items[i].error;

		list[i] = (struct admission_cause){
			.message =
				arena_printf(in->arena, "%.*s (%s)", STR_ARG(e->message), e->rule),
			.field = e->field,
			.reason = field_error_reason(e->type),
		};
	}
	return list;
}

static void deny(const struct verdict_input *in, struct admission_answer *out)
{
	const bool forbidden = policy_alone(in->findings);

	out->allowed = false;
	out->code = forbidden ? 403 : 422;
	out->reason = forbidden ? "Forbidden" : "Invalid";
	out->message = full_message(in, forbidden);
	out->details_name = ray_object_name(in->object);
	out->details_group = in->request->group;
	out->details_kind = str_from(ray_kind_name(in->object->kind));
	out->causes = causes(in);
	out->cause_count = in->findings->errors;
}

void verdict_answer(const struct verdict_input *in, struct admission_answer *out)
{
	struct warnings warnings = {.arena = in->arena};
	const enum policy_enforcement enforcement = in->policy->enforcement;
	const bool broken = in->findings->errors > 0 && in->may_deny;

	out->allowed = true;
	if (broken && enforcement == POLICY_DENY)
		deny(in, out);
	if (enforcement != POLICY_AUDIT)
		add_findings(in, &warnings);
	if (broken)
		add_audit(in, out);
	out->warnings = warnings.items;
	out->warning_count = warnings.count;
}
