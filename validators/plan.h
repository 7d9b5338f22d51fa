/*
 * All rules there are, in the order in which they report, and the lists of them that an object of a
 * dialect is walked by. Both are made once from the tables and never change.
 */
#pragma once

#include "validators/rule.h"

/*
 * A rule that something walks by, with copies of what decides whether and how it runs: rows are
 * read one after the other, and the rules themselves lie anywhere in memory.
 */
struct plan_row {
	const struct rule *rule;
	union rule_check check;
	enum rule_scope scope;
	bool by_pod;
};

enum {
	PLAN_ROWS_MAX = 384,
	PLAN_WORDS = PLAN_ROWS_MAX / 64,
};

/* Rows of a plan: a bit for each, in the order of the tables. */
struct plan_set {
	uint64_t words[PLAN_WORDS];
};

/* The rules of a dialect, those aside that the decoder and the engine report. */
struct plan {
	struct plan_row rows[PLAN_ROWS_MAX];
	size_t count;
	struct plan_set by_part[64]; /* what any of the parts makes due */
	struct plan_set off;         /* unless the validation is strict or the policy says so */
};

const struct plan *plan_of(enum dialect dialect);

/* Those rows that need one of `parts`, or nothing; and with `off_too` those that are off. */
struct plan_set plan_due(const struct plan *plan, uint64_t parts, bool off_too);

/* The tables, for `raygate rules`, metrics and tests. */
const struct rule_table *const *plan_tables(size_t *count);
/* NULL when there is no such id. */
const struct rule *plan_rule_find(struct str id);
