#include "base/metrics.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"

enum { REQUESTS, INFLIGHT, LATENCY, PATIENCE, SIZES };

static const struct metrics_row ROWS[] = {
	[REQUESTS] = {METRICS_COUNTER, "requests_total", "Requests.", {"mode", "code"}, 3},
	[INFLIGHT] = {METRICS_GAUGE, "inflight", "Now.", {NULL}, 0},
	[LATENCY] = {METRICS_HISTOGRAM, "latency_seconds", "How long.", {"mode"}, 4},
	[PATIENCE] = {METRICS_LONG_HISTOGRAM, "patience_seconds", "How very long.", {"mode"}, 4},
	[SIZES] = {METRICS_COUNTER, "dropped_total", "Dropped.", {"why"}, 1},
};

static char *printed(struct metrics *metrics)
{
	struct buf out = {0};

	metrics_print(metrics, &out);
	return buf_take(&out);
}

static void assert_prints(struct metrics *metrics, const char *expected)
{
	char *const text = printed(metrics);

	cr_assert(strstr(text, expected), "not there: %s\nin: %s", expected, text);
	free(text);
}

static void assert_prints_not(struct metrics *metrics, const char *unexpected)
{
	char *const text = printed(metrics);

	cr_assert_null(strstr(text, unexpected), "there: %s\nin: %s", unexpected, text);
	free(text);
}

Test(metrics, a_row_without_labels_is_there_from_the_start)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	char *const text = printed(metrics);

	cr_assert_str_eq(text, "# HELP inflight Now.\n# TYPE inflight gauge\ninflight 0\n");
	free(text);
	metrics_free(&metrics);
	cr_assert_null(metrics);
	metrics_free(&metrics);
}

Test(metrics, counters_and_gauges_print_what_was_counted)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	struct metrics_series *const inflight = metrics_series(metrics, INFLIGHT, NULL);

	metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("mutate"), STR("200")));
	metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("mutate"), STR("200")));
	metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("validate"), STR("400")));
	metrics_set(inflight, 7);
	metrics_add(inflight, -9);
	assert_prints(metrics, "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
			       "requests_total{mode=\"mutate\",code=\"200\"} 2\n"
			       "requests_total{mode=\"validate\",code=\"400\"} 1\n");
	assert_prints(metrics, "inflight -2\n");
	metrics_free(&metrics);
}

Test(metrics, label_values_cannot_break_out_of_their_quotes)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));

	metrics_count(metrics, SIZES, METRICS_VALUES(STR("a\"} 1\nx\\\xFF\xC3\xA9")));
	assert_prints(metrics, "dropped_total{why=\"a\\\"} 1\\nx\\\\\xEF\xBF\xBD\xC3\xA9\"} 1\n");
	metrics_free(&metrics);
}

Test(metrics, invented_label_values_end_in_other)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	char code[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(code, sizeof(code), "%d", i);
		metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("m"), str_from(code)));
	}
	metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("m"), STR("1")));
	assert_prints(metrics, "requests_total{mode=\"m\",code=\"1\"} 2\n"
			       "requests_total{mode=\"m\",code=\"2\"} 1\n"
			       "requests_total{mode=\"other\",code=\"other\"} 997\n");
	assert_prints_not(metrics, "code=\"3\"");
	metrics_free(&metrics);
}

Test(metrics, a_histogram_counts_up_to_and_with_each_bound)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	struct metrics_series *const latency =
		metrics_series(metrics, LATENCY, METRICS_VALUES(STR("mutate")));

	metrics_observe(latency, 0);
	metrics_observe(latency, 500000);
	metrics_observe(latency, 500001);
	metrics_observe(latency, 60000000000);
	cr_assert_eq(metrics_value(latency), 4);
	assert_prints(metrics, "# TYPE latency_seconds histogram\n"
			       "latency_seconds_bucket{mode=\"mutate\",le=\"0.0005\"} 2\n"
			       "latency_seconds_bucket{mode=\"mutate\",le=\"0.001\"} 3\n");
	assert_prints(metrics, "latency_seconds_bucket{mode=\"mutate\",le=\"10\"} 3\n"
			       "latency_seconds_bucket{mode=\"mutate\",le=\"+Inf\"} 4\n"
			       "latency_seconds_sum{mode=\"mutate\"} 60.001000001\n"
			       "latency_seconds_count{mode=\"mutate\"} 4\n");
	metrics_free(&metrics);
}

static void *count_many(void *metrics)
{
	static const struct str CODES[] = {STR_INIT("200"), STR_INIT("400"), STR_INIT("500")};

	for (size_t i = 0; i < 30000; i++) {
		const struct str code = CODES[i % ARRAY_LEN(CODES)];

		metrics_count(metrics, REQUESTS, METRICS_VALUES(STR("m"), code));
		metrics_add(metrics_series(metrics, INFLIGHT, NULL), 1);
	}
	return NULL;
}

Test(metrics, nothing_is_lost_when_many_threads_count)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	pthread_t threads[4];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, count_many, metrics);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_prints(metrics, "code=\"400\"} 40000\n");
	assert_prints(metrics, "inflight 120000\n");
	metrics_free(&metrics);
}

static double process_value(const char *name)
{
	struct buf out = {0};

	metrics_print_process(&out);
	char *const text = buf_take(&out);
	char line[64];

	snprintf(line, sizeof(line), "\n%s ", name);
	const char *const at = strstr(text, line);

	cr_assert(at, "%s is not in %s", name, text);
	const double value = strtod(at + strlen(line), NULL);

	free(text);
	return value;
}

Test(metrics, what_the_process_says_of_itself_is_plausible)
{
	const double fds = process_value("process_open_fds");
	const int fd = dup(0);

	cr_assert_float_eq(process_value("process_open_fds"), fds + 1, 0.01);
	close(fd);
	cr_assert_gt(process_value("process_resident_memory_bytes"), 100e3);
	cr_assert_gt(process_value("process_virtual_memory_bytes"),
		process_value("process_resident_memory_bytes"));
	cr_assert_float_eq(process_value("process_start_time_seconds"), (double)time(NULL), 60);
	cr_assert_lt(process_value("process_cpu_seconds_total"), 60);
	cr_assert_geq(process_value("process_max_fds"), fds);
}

Test(metrics, what_takes_minutes_is_told_apart)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	struct metrics_series *const series =
		metrics_series(metrics, PATIENCE, METRICS_VALUES(STR("m")));

	metrics_observe(series, 12000000000);
	metrics_observe(series, 45000000000);
	metrics_observe(series, 7200000000000);
	assert_prints(metrics, "# TYPE patience_seconds histogram\n"
			       "patience_seconds_bucket{mode=\"m\",le=\"1\"} 0\n");
	assert_prints(metrics, "patience_seconds_bucket{mode=\"m\",le=\"15\"} 1\n"
			       "patience_seconds_bucket{mode=\"m\",le=\"30\"} 1\n"
			       "patience_seconds_bucket{mode=\"m\",le=\"60\"} 2\n");
	assert_prints(metrics, "patience_seconds_bucket{mode=\"m\",le=\"1800\"} 2\n"
			       "patience_seconds_bucket{mode=\"m\",le=\"+Inf\"} 3\n"
			       "patience_seconds_sum{mode=\"m\"} 7257.000000000\n"
			       "patience_seconds_count{mode=\"m\"} 3\n");
	cr_expect_eq(metrics_value(series), 3);
	metrics_free(&metrics);
}
