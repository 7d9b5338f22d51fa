#include "server/admission/warnings.h"

#include "base/utf8.h"
#include "server/admission/turns.h"

/* The lines are built up here; a long one goes on in a second, cut at a word. */
struct lines {
	struct arena *arena;
	struct str *items;
	size_t count;
	size_t cap;
	size_t bytes;
};

enum {
	/* Those of both webhooks count together, and the one that mutates is asked first. */
	ROOM_OF_DEFAULTING = 1024,
	ROOM = ADMISSION_WARNINGS_MAX - ROOM_OF_DEFAULTING,
	/* Kept free for the lines that count, by rules, what there is no room for. */
	ROOM_FOR_THE_REST = 4 * ADMISSION_WARNING_MAX,
	REST_RULES_BYTES = 3 * ADMISSION_WARNING_MAX,
};

static void add_text(struct lines *w, struct str text)
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

static bool was_said(const struct lines *w, struct str text)
{
	for (size_t i = 0; i < w->count; i++) {
		if (str_eq(w->items[i], text))
			return true;
	}
	return false;
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

/* The first line of a text, which takes `*cut` bytes of it. */
static struct str line_of(struct str text, size_t *cut)
{
	*cut = text.len;
	if (text.len <= ADMISSION_WARNING_MAX)
		return text;
	*cut = break_at(text);
	return without_end_space((struct str){text.at, *cut});
}

/* API servers drop a warning whose text came before, so a second half that repeats is moved in. */
static void add_rest(struct lines *w, struct str text)
{
	while (text.len) {
		size_t cut;

		text = arena_printf(w->arena, "  %.*s", STR_ARG(text));
		struct str line = line_of(text, &cut);

		while (was_said(w, line)) {
			text = arena_printf(w->arena, " %.*s", STR_ARG(text));
			line = line_of(text, &cut);
		}
		add_text(w, line);
		text = str_from_offset(text, cut);
	}
}

static void add_long(struct lines *w, struct str text)
{
	size_t cut;

	add_text(w, line_of(text, &cut));
	add_rest(w, str_from_offset(text, cut));
}

/* All lines of a finding, or none. */
static bool add_whole(struct lines *w, const struct finding *f, size_t room)
{
	const struct lines before = *w;
	const char *const prefix = f->severity == FIELD_SEVERITY_ERROR ? "would be denied: " : "";
	const char *const was = f->was_there ? " [as before]" : "";
	const struct str line = verdict_line(w->arena, f);

	add_long(w, arena_printf(w->arena, "%s%.*s%s", prefix, STR_ARG(line), was));
	if (w->bytes <= room)
		return true;
	w->count = before.count;
	w->bytes = before.bytes;
	return false;
}

/* What only the webhook that mutates can know: defaulting's own warnings. */
static bool is_of_defaulting(const struct rule *rule)
{
	return rule->scope == RULE_BY_ENGINE && !rule->policy;
}

static bool is_told(
	const struct verdict_input *in, const struct rule *rule, enum field_severity severity)
{
	if (!in->may_deny)
		return severity == FIELD_SEVERITY_WARN && is_of_defaulting(rule);
	return severity == FIELD_SEVERITY_WARN || in->policy->enforcement == POLICY_WARN;
}

/* The findings to be told. */
struct candidates {
	const struct finding **items;
	size_t count;
};

static struct candidates candidates_of(const struct verdict_input *in)
{
	const struct findings *const found = in->findings;
	struct candidates out = {
		.items = arena_array(in->arena, found->count, sizeof(struct finding *))};

	for (size_t i = 0; i < found->count; i++) {
		if (is_told(in, found->items[i].rule, found->items[i].severity))
			out.items[out.count++] = &found->items[i];
	}
	return out;
}

static bool add_all(struct lines *w, const struct candidates *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (!add_whole(w, all->items[i], ROOM))
			return false;
	}
	return true;
}

static void start_again(struct lines *w)
{
	w->count = 0;
	w->bytes = 0;
}

/* First by turns, to see which have room; then those in the order in which they stand. */
static void add_by_turns(struct lines *w, const struct candidates *all, struct turns_rests *rests)
{
	const size_t *const order = turns_of(w->arena, all->items, all->count);
	bool *const chosen = arena_array(w->arena, all->count, sizeof(*chosen));
	const size_t room = ROOM - ROOM_FOR_THE_REST;

	start_again(w);
	for (size_t i = 0; i < all->count && w->bytes + ADMISSION_WARNING_MAX <= room; i++)
		chosen[order[i]] = add_whole(w, all->items[order[i]], room);
	start_again(w);
	for (size_t i = 0; i < all->count; i++) {
		if (!chosen[i] || !add_whole(w, all->items[i], room))
			turns_count(rests, all->items[i]->rule, 1);
	}
}

/* How many more `raygate check` does not list either. */
static size_t count_unlisted(const struct verdict_input *in, struct turns_rests *rests)
{
	const struct findings *const found = in->findings;
	const size_t before = rests->total;

	for (size_t i = 0; i < found->unlisted_count; i++) {
		const struct unlisted *const u = &found->unlisted[i];

		if (is_told(in, u->rule, u->severity))
			turns_count(rests, u->rule, u->count);
	}
	return rests->total - before;
}

void warnings_add(const struct verdict_input *in, struct admission_answer *out)
{
	struct lines lines = {.arena = in->arena};
	struct turns_rests rests = {.arena = in->arena};
	const struct candidates all = candidates_of(in);

	if (!add_all(&lines, &all) || in->findings->unlisted_count)
		add_by_turns(&lines, &all, &rests);
	const size_t unlisted = count_unlisted(in, &rests);

	if (rests.total)
		add_long(&lines, turns_rest_text(&rests, unlisted, REST_RULES_BYTES));
	out->warnings = lines.items;
	out->warning_count = lines.count;
}
