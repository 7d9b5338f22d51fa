#include "base/metrics.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/strmap.h"
#include "base/utf8.h"

struct bucket {
	int64_t upto; /* nanoseconds */
	const char *label;
};

/* From half a millisecond, below which the machine is measured, to the API server's 10 s. */
static const struct bucket SHORT[] = {
	{500000, "0.0005"},
	{1000000, "0.001"},
	{2500000, "0.0025"},
	{5000000, "0.005"},
	{10000000, "0.01"},
	{25000000, "0.025"},
	{50000000, "0.05"},
	{100000000, "0.1"},
	{250000000, "0.25"},
	{500000000, "0.5"},
	{1000000000, "1"},
	{2500000000, "2.5"},
	{5000000000, "5"},
	{10000000000, "10"},
};

/* From what a pod takes whose image is there to what nobody waits for. */
static const struct bucket LONG[] = {
	{1000000000, "1"},
	{2500000000, "2.5"},
	{5000000000, "5"},
	{10000000000, "10"},
	{15000000000, "15"},
	{30000000000, "30"},
	{60000000000, "60"},
	{120000000000, "120"},
	{300000000000, "300"},
	{600000000000, "600"},
	{1800000000000, "1800"},
};

struct metrics_series {
	char *labels;            /* as printed: mode="mutate",allowed="true" */
	_Atomic int64_t value;   /* of a histogram: the sum in nanoseconds */
	_Atomic int64_t *counts; /* a histogram's, one a bucket and one for all beyond; else NULL */
	const struct bucket *buckets;
	size_t bucket_count;
};

struct family {
	const struct metrics_row *row;
	size_t label_count;
	struct strmap series; /* by labels */
};

struct metrics {
	pthread_mutex_t lock; /* of the maps; never held while calling out of this file */
	size_t count;
	struct family families[];
};

struct metrics *metrics_new(const struct metrics_row *rows, size_t count)
{
	struct metrics *const metrics =
		mem_alloc(sizeof(*metrics) + count * sizeof(metrics->families[0]));

	pthread_mutex_init(&metrics->lock, NULL);
	metrics->count = count;
	for (size_t i = 0; i < count; i++) {
		struct family *const family = &metrics->families[i];

		family->row = &rows[i];
		while (family->label_count < METRICS_LABELS_MAX &&
			rows[i].labels[family->label_count])
			family->label_count++;
		/* What has no labels is printed from the start. */
		if (family->label_count == 0)
			metrics_series(metrics, i, NULL);
	}
	return metrics;
}

static void series_free(struct metrics_series *series)
{
	free(series->labels);
	free(series->counts);
	free(series);
}

void metrics_free(struct metrics **metrics)
{
	struct metrics *const old = *metrics;

	*metrics = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->count; i++) {
		const struct strmap_entry *entry;

		for (size_t at = 0; (entry = strmap_next(&old->families[i].series, &at)) != NULL;)
			series_free(entry->value);
		strmap_done(&old->families[i].series);
	}
	pthread_mutex_destroy(&old->lock);
	free(old);
}

static bool is_plain(char c)
{
	return (unsigned char)c < 0x80 && c != '\n' && c != '"' && c != '\\';
}

/* Only backslash, quote and line feed are special; what is not UTF-8 becomes U+FFFD. */
static size_t add_special(struct buf *out, struct str value)
{
	const size_t len = utf8_sequence(value);

	if (len == 0)
		buf_add(out, STR("\xEF\xBF\xBD"));
	else if (value.at[0] == '\n')
		buf_add(out, STR("\\n"));
	else if (value.at[0] == '"' || value.at[0] == '\\')
		buf_add(out, (struct str){(const char[]){'\\', value.at[0]}, 2});
	else
		buf_add(out, (struct str){value.at, len});
	return len ? len : 1;
}

static void add_label_value(struct buf *out, struct str value)
{
	while (value.len) {
		size_t plain = 0;

		while (plain < value.len && is_plain(value.at[plain]))
			plain++;
		buf_add(out, (struct str){value.at, plain});
		value = str_from_offset(value, plain);
		if (value.len)
			value = str_from_offset(value, add_special(out, value));
	}
}

/* Whenever something is counted, so that printf() would be too slow. */
static void add_labels(struct buf *out, const struct family *family, const struct str *values)
{
	for (size_t i = 0; i < family->label_count; i++) {
		buf_add_cstr(out, i ? "\"," : "");
		buf_add_cstr(out, family->row->labels[i]);
		buf_add_cstr(out, "=\"");
		add_label_value(out, values ? values[i] : STR("other"));
	}
	buf_add_cstr(out, family->label_count ? "\"" : "");
}

static struct metrics_series *series_new(struct family *family, struct buf *labels)
{
	struct metrics_series *const series = mem_alloc(sizeof(*series));

	if (family->row->kind == METRICS_HISTOGRAM) {
		series->buckets = SHORT;
		series->bucket_count = ARRAY_LEN(SHORT);
	} else if (family->row->kind == METRICS_LONG_HISTOGRAM) {
		series->buckets = LONG;
		series->bucket_count = ARRAY_LEN(LONG);
	}
	if (series->buckets)
		series->counts = mem_alloc((series->bucket_count + 1) * sizeof(*series->counts));
	strmap_set(&family->series, buf_str(labels), series);
	series->labels = buf_take(labels);
	return series;
}

/* One that is not there yet: of its own, or the one of all that come too late. */
static struct metrics_series *make(struct family *family, struct buf *labels)
{
	const bool is_full = family->label_count && family->series.count >= family->row->series_max;
	struct metrics_series *others = NULL;

	if (is_full) {
		labels->len = 0;
		add_labels(labels, family, NULL);
		others = strmap_find(&family->series, buf_str(labels));
	}
	return others ? others : series_new(family, labels);
}

struct metrics_series *metrics_series(struct metrics *metrics, size_t row, const struct str *values)
{
	CLEANUP(buf_done) struct buf labels = {0};

	assert(row < metrics->count);
	struct family *const family = &metrics->families[row];

	assert((values == NULL) == (family->label_count == 0));
	add_labels(&labels, family, values);
	pthread_mutex_lock(&metrics->lock);
	struct metrics_series *series = strmap_find(&family->series, buf_str(&labels));

	if (series == NULL)
		series = make(family, &labels);
	pthread_mutex_unlock(&metrics->lock);
	return series;
}

void metrics_add(struct metrics_series *series, int64_t n)
{
	atomic_fetch_add_explicit(&series->value, n, memory_order_relaxed);
}

void metrics_set(struct metrics_series *series, int64_t value)
{
	atomic_store_explicit(&series->value, value, memory_order_relaxed);
}

void metrics_observe(struct metrics_series *histogram, int64_t nanoseconds)
{
	size_t bucket = 0;

	while (bucket < histogram->bucket_count && nanoseconds > histogram->buckets[bucket].upto)
		bucket++;
	atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
	metrics_add(histogram, nanoseconds);
}

int64_t metrics_value(const struct metrics_series *series)
{
	int64_t count = 0;

	if (series->counts == NULL)
		return atomic_load_explicit(&series->value, memory_order_relaxed);
	for (size_t i = 0; i <= series->bucket_count; i++)
		count += atomic_load_explicit(&series->counts[i], memory_order_relaxed);
	return count;
}

void metrics_count(struct metrics *metrics, size_t row, const struct str *values)
{
	metrics_add(metrics_series(metrics, row, values), 1);
}

static void print_scalar(
	struct buf *out, const struct metrics_row *row, const struct metrics_series *series)
{
	const char *const labels = series->labels;

	buf_printf(out, labels[0] ? "%s{%s} " : "%s%s ", row->name, labels);
	buf_add_i64(out, metrics_value(series));
	buf_add_char(out, '\n');
}

/* The count comes from the buckets themselves, so that the last one always agrees with it. */
static void print_histogram(
	struct buf *out, const struct metrics_row *row, const struct metrics_series *series)
{
	const char *const labels = series->labels, *const comma = labels[0] ? "," : "";
	const int64_t sum = atomic_load_explicit(&series->value, memory_order_relaxed);
	long long seen = 0;

	for (size_t i = 0; i <= series->bucket_count; i++) {
		const char *const upto =
			i < series->bucket_count ? series->buckets[i].label : "+Inf";

		seen += atomic_load_explicit(&series->counts[i], memory_order_relaxed);
		buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %lld\n", row->name, labels, comma, upto,
			seen);
	}
	buf_printf(out, labels[0] ? "%s_sum{%s} " : "%s_sum%s ", row->name, labels);
	buf_printf(out, "%.9f\n", (double)sum / 1e9);
	buf_printf(out, labels[0] ? "%s_count{%s} " : "%s_count%s ", row->name, labels);
	buf_printf(out, "%lld\n", seen);
}

static void print_family(struct buf *out, const struct family *family)
{
	static const char *const KINDS[] = {
		[METRICS_COUNTER] = "counter",
		[METRICS_GAUGE] = "gauge",
		[METRICS_HISTOGRAM] = "histogram",
		[METRICS_LONG_HISTOGRAM] = "histogram",
	};
	const struct metrics_row *const row = family->row;
	const struct strmap_entry *entry;

	if (family->series.count == 0)
		return;
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
		KINDS[row->kind]);
	for (size_t at = 0; (entry = strmap_next(&family->series, &at)) != NULL;) {
		if (row->kind == METRICS_HISTOGRAM || row->kind == METRICS_LONG_HISTOGRAM)
			print_histogram(out, row, entry->value);
		else
			print_scalar(out, row, entry->value);
	}
}

void metrics_print(struct metrics *metrics, struct buf *out)
{
	pthread_mutex_lock(&metrics->lock);
	for (size_t i = 0; i < metrics->count; i++)
		print_family(out, &metrics->families[i]);
	pthread_mutex_unlock(&metrics->lock);
}
