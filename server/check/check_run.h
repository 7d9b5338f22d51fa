/* A run of `raygate check` without its command line: files in, a report out. */
#pragma once

#include "server/check/judge.h"
#include "server/check/report.h"

struct check_run {
	struct judge judge;
	struct report report;
	struct arena arena;                   /* of one document */
	bool (*flush)(struct report *report); /* NULL: the report is kept until the end */
	bool failed;                          /* a flush did */
};

/* The policy and the format stay the caller's; `policy` NULL: rules alone. */
void check_run_init(
	struct check_run *check, const struct policy *policy, const struct report_format *format);
void check_run_done(struct check_run *check);

/* Judges all documents of a text, whose file is called `name`. */
void check_run_text(struct check_run *check, const char *name, struct str text);
/* Reads a file, or standard input for "-"; what cannot be read is in the report. */
void check_run_file(struct check_run *check, const char *path);
