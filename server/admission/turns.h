/*
 * Of very many findings some have room in an answer. Each rule has its first one told before any
 * has its second, so that hundreds of mistakes of one rule never hide what another has to say; the
 * others are counted by rule.
 */
#pragma once

#include "validators/validate.h"

/*
 * Indices of the findings, which are `count`, in the order of their turns: the first of each rule,
 * then the second of each, and so on; within a turn as they stand.
 */
size_t *turns_of(struct arena *arena, const struct finding *const *findings, size_t count);

/* How many of a rule are not told. */
struct turns_rest {
	const struct rule *rule;
	size_t count;
};

/* What is not told, by rules, in the order in which they were counted first. */
struct turns_rests {
	struct arena *arena;
	struct turns_rest *items;
	size_t count;
	size_t cap;
	size_t last;  /* rules report one after the other: mostly the next is the same */
	size_t total; /* of all rules */
};

/* Adds `more` to what is counted of a rule; how many there were before. */
size_t turns_count(struct turns_rests *rests, const struct rule *rule, size_t more);

/*
 * "and 3 more of RG0302: `raygate check` shows all of them", "and 9 more (8 of RG0302, 1 of
 * RG1401): …". Rules that do not fit into `bytes` are told by their number. `unlisted` of them
 * `raygate check` does not list either.
 */
struct str turns_rest_text(const struct turns_rests *rests, size_t unlisted, size_t bytes);
