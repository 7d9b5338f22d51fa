/*
 * What explain has to say: findings, the most important first, each with what shows it and what to
 * do. All of it lives in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/mem.h"

enum explain_grade {
	EXPLAIN_NOTE,  /* good to know; the cluster is what was asked for all the same */
	EXPLAIN_WRONG, /* it is not */
};

enum { EXPLAIN_LINES_MAX = 6 }; /* of evidence and of advice in one finding; more is dropped */

struct explain_line {
	struct str text;
	bool whole; /* no end of it is left out on a screen */
};

struct explain_lines {
	struct explain_line items[EXPLAIN_LINES_MAX];
	size_t count;
};

struct explain_finding {
	enum explain_grade grade;
	struct str headline;
	struct explain_lines evidence; /* what was seen, in the words of who said it */
	struct explain_lines advice;
};

enum { EXPLAIN_FINDINGS_MAX = 64 }; /* more is dropped: nobody reads so many */

struct explain_findings {
	struct arena *arena;
	struct explain_finding items[EXPLAIN_FINDINGS_MAX];
	size_t count;
};

/* Appends one; valid as long as the list. */
struct explain_finding *explain_found(struct explain_findings *findings, enum explain_grade grade,
	const char *format, ...) PRINTF_LIKE(3, 4);
/*
 * A line more: of what was seen, which a screen may cut; of a verdict, ours or of who refused it,
 * whose end may say what to mend, and has the rule's id; of what to do. `finding` may be NULL: then
 * nothing happens.
 */
void explain_shows(struct explain_findings *findings, struct explain_finding *finding,
	const char *format, ...) PRINTF_LIKE(3, 4);
void explain_tells(struct explain_findings *findings, struct explain_finding *finding,
	const char *format, ...) PRINTF_LIKE(3, 4);
void explain_advises(struct explain_findings *findings, struct explain_finding *finding,
	const char *format, ...) PRINTF_LIKE(3, 4);

/* How long ago, or how long, as kubectl says it: 45s, 7m, 3h, 2d. */
struct str explain_age(struct arena *arena, int64_t seconds);
/* "1 pod", "3 pods" */
struct str explain_count(struct arena *arena, int64_t count, const char *noun);
