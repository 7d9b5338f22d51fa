/*
 * Counters, gauges and histograms from one table of rows, printed as Prometheus text (exposition
 * format 0.0.4).
 *
 * Any thread may count at any time. The number of series of a row is bounded: once it is reached,
 * label values not seen before are counted together under "other", so that no client can grow the
 * process by inventing names. Labels hold what comes in small numbers (a rule, a verdict, a
 * namespace), never the name of an object.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum metrics_kind {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_HISTOGRAM,      /* of durations in nanoseconds, printed in seconds */
	METRICS_LONG_HISTOGRAM, /* the same, of what takes seconds and minutes */
};

enum { METRICS_LABELS_MAX = 4 };

struct metrics_row {
	enum metrics_kind kind;
	const char *name; /* ends in _total, _seconds, _bytes, … as Prometheus has it */
	const char *help;
	const char *labels[METRICS_LABELS_MAX]; /* names; NULL behind the last */
	size_t series_max;                      /* with labels: how many, before "other" */
};

struct metrics;
struct metrics_series;

/* `rows` is not copied. A row is named by its index in what follows. */
struct metrics *metrics_new(const struct metrics_row *rows, size_t count);
void metrics_free(struct metrics **metrics);

/*
 * The series of a row with these label values, one for each label of the row (NULL when it has
 * none). It is there for the life of `metrics`, and printed from now on, with 0 if need be. Keep
 * it where the values never change; looking it up takes a lock.
 */
struct metrics_series *metrics_series(
	struct metrics *metrics, size_t row, const struct str *values);

/* Without locks. A counter only grows. */
void metrics_add(struct metrics_series *series, int64_t n);
/* Of a gauge, or of a counter that somebody else counts for us. */
void metrics_set(struct metrics_series *series, int64_t value);
void metrics_observe(struct metrics_series *histogram, int64_t nanoseconds);
int64_t metrics_value(const struct metrics_series *series); /* of a histogram: how many */

/* Look-up and count in one. */
void metrics_count(struct metrics *metrics, size_t row, const struct str *values);

/* Label values: metrics_count(m, REQUESTS, METRICS_VALUES(STR("mutate"), kind)). */
#define METRICS_VALUES(...) ((const struct str[]){__VA_ARGS__})

void metrics_print(struct metrics *metrics, struct buf *out);
/* The process_* metrics every Prometheus client library has. */
void metrics_print_process(struct buf *out);
