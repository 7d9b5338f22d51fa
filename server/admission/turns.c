#include "server/admission/turns.h"

size_t turns_count(struct turns_rests *rests, const struct rule *rule, size_t more)
{
	size_t i = rests->last;

	if (i >= rests->count || rests->items[i].rule != rule) {
		for (i = 0; i < rests->count && rests->items[i].rule != rule;)
			i++;
	}
	if (i == rests->cap) {
		const size_t cap = rests->cap ? rests->cap * 2 : 16;

		rests->items = arena_grow(rests->arena, rests->items,
			rests->cap * sizeof(*rests->items), cap * sizeof(*rests->items));
		rests->cap = cap;
	}
	if (i == rests->count)
		rests->items[rests->count++] = (struct turns_rest){.rule = rule};
	rests->last = i;
	rests->total += more;
	rests->items[i].count += more;
	return rests->items[i].count - more;
}

/* By counting: how many have an earlier turn is where those of a turn begin. */
size_t *turns_of(struct arena *arena, const struct finding *const *findings, size_t count)
{
	struct turns_rests rules = {.arena = arena};
	size_t *const turn = arena_array(arena, count, sizeof(*turn));
	size_t *const begin = arena_array(arena, count + 1, sizeof(*begin));
	size_t *const order = arena_array(arena, count, sizeof(*order));

	for (size_t i = 0; i <= count; i++)
		begin[i] = 0;
	for (size_t i = 0; i < count; i++) {
		turn[i] = turns_count(&rules, findings[i]->rule, 1);
		begin[turn[i] + 1]++;
	}
	for (size_t i = 1; i <= count; i++)
		begin[i] += begin[i - 1];
	for (size_t i = 0; i < count; i++)
		order[begin[turn[i]]++] = i;
	return order;
}

/* "3 of RG0302, 1 of RG1401"; the rules that have no room as "4 of 2 other rules". */
static void add_rules(const struct turns_rests *rests, size_t bytes, struct buf *out)
{
	size_t left = rests->total;

	for (size_t i = 0; i < rests->count; i++) {
		const struct turns_rest *const rest = &rests->items[i];

		if (out->len > bytes) {
			buf_printf(out, ", %zu of %zu other rules", left, rests->count - i);
			return;
		}
		buf_printf(out, "%s%zu of %s", i ? ", " : "", rest->count, rest->rule->id);
		left -= rest->count;
	}
}

struct str turns_rest_text(const struct turns_rests *rests, size_t unlisted, size_t bytes)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_printf(&text, "and %zu more", rests->total);
	if (rests->count == 1) {
		buf_printf(&text, " of %s", rests->items[0].rule->id);
	} else {
		buf_add_cstr(&text, " (");
		add_rules(rests, bytes, &text);
		buf_add_char(&text, ')');
	}
	if (unlisted < rests->total)
		buf_printf(&text, ": `raygate check` shows %s of them", unlisted ? "more" : "all");
	return arena_str(rests->arena, buf_str(&text));
}
