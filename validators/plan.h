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
	uint64_t needs; /* everything where the rule names nothing */
	const struct rule *rule;
	union rule_check check;
	enum rule_scope scope;
	bool by_pod;
	bool off; /* unless the validation is strict or the policy says otherwise */
};

struct plan {
	const struct plan_row *rows;
	size_t count;
};

/* The rules of a dialect, those aside that the decoder and the engine report. */
struct plan plan_of(enum dialect dialect);

/* The tables, for `raygate rules`, metrics and tests. */
const struct rule_table *const *plan_tables(size_t *count);
/* NULL when there is no such id. */
const struct rule *plan_rule_find(struct str id);
