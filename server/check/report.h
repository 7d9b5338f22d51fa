/* The verdicts of a run of `raygate check`, in one of several formats, written as they come. */
#pragma once

#include "base/strmap.h"
#include "server/check/judge.h"

struct report_counts {
	size_t objects, refused, errors, warnings;
	size_t others;     /* documents that are not judged */
	size_t unreadable; /* files or documents that cannot be read */
};

/* Of what is not judged; line and column are 0 when it is the file itself. */
struct report_remark {
	const char *file;
	struct source *source; /* NULL: the file could not be read at all */
	uint32_t line, column;
	struct str text;
};

struct report_format;

/* Start from zero but for format, color and quiet; report_done() frees. */
struct report {
	const struct report_format *format;
	bool color;
	bool quiet; /* errors alone */
	struct report_counts counts;
	struct buf out;       /* what is written so far; the caller may take it out at any time */
	struct buf later;     /* private to the format */
	struct report_suite { /* JUnit's: the file whose cases are in `later` */
		char *file;   /* its own copy; NULL: none is open */
		size_t cases, failures, errors;
	} suite;
	struct strmap rules; /* SARIF's: ids of those that `later` describes */
};

struct report_format {
	const char *name;
	void (*begin)(struct report *report);
	void (*object)(struct report *report, const struct judged *judged);
	void (*unreadable)(struct report *report, const struct report_remark *what);
	void (*note)(struct report *report, const struct report_remark *what); /* or NULL */
	void (*end)(struct report *report);
};

extern const struct report_format REPORT_TEXT, REPORT_JSON, REPORT_SARIF, REPORT_JUNIT,
	REPORT_GITHUB;

/* NULL when there is none of that name; the empty name is text. */
const struct report_format *report_format_find(struct str name);

void report_begin(struct report *report);
void report_object(struct report *report, const struct judged *judged);
void report_unreadable(struct report *report, const struct report_remark *what);
/* What somebody may want to know and is no finding; not told where only errors are. */
void report_note(struct report *report, const struct report_remark *what);
void report_end(struct report *report);
void report_done(struct report *report);

/* Whether a finding is to be told: with `quiet` only errors are. */
bool report_tells(const struct report *report, const struct judged_finding *finding);
/* "spec.x: Invalid value: 3: must be …" */
void report_sentence(const struct finding *finding, struct buf *out);
/* "error" or "warning" */
const char *report_severity(const struct finding *finding);
/*
 * Findings of this severity that are counted and not listed, as there are too many; none where the
 * severity is not told.
 */
size_t report_unlisted(
	const struct report *report, const struct judged *judged, enum field_severity severity);
/* "and 3 more of the same rules" */
void report_unlisted_sentence(size_t count, struct buf *out);
/* "3 objects judged, 1 refused: 2 errors, 1 warning; 4 documents of other kinds" */
void report_summary(const struct report_counts *counts, struct buf *out);
