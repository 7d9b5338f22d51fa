#include "server/serve/stored.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "server/serve/telemetry.h"
#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;
static struct metrics *metrics;
static struct stored *stored;

static void start(void)
{
	arena_init(&arena, 65536);
	policy = policy_empty();
	metrics = telemetry_new();
	stored = stored_new(metrics, DIALECT_MODERN);
}

static void stop(void)
{
	stored_free(&stored);
	metrics_free(&metrics);
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(stored, .init = start, .fini = stop);

static void use_policy(const char *more)
{
	policy_free(&policy);
	policy = review_policy(arena_printf(
		&arena, "{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",%s}", more)
				       .at);
}

struct object {
	const char *name;
	int generation;
	int least; /* minReplicas, of at most 1 */
	bool ends; /* has a deletionTimestamp */
	const char *uid;
	const char *labels; /* members of them */
};

static void see(struct object o)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 64, .nodes = 4096};
	const char *const pod = "{\"spec\":{\"containers\":[{\"name\":\"r\",\"image\":"
				"\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":"
				"{\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}";
	const struct str text = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"%s\",\"namespace\":\"n\",\"uid\":\"%s\",\"generation\":%d%s,\"labels\":"
		"{%s}},\"spec\":{"
		"\"headGroupSpec\":"
		"{\"template\":%s},\"workerGroupSpecs\":[{\"groupName\":\"w\",\"minReplicas\":%d,"
		"\"maxReplicas\":1,\"template\":%s}]}}",
		o.name, o.uid ? o.uid : "u", o.generation,
		o.ends ? ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"" : "",
		o.labels ? o.labels : "", pod, o.least, pod);
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, text, &LIMITS, &doc, &err), "%s", err.text);
	stored_see(stored, policy, doc.root, &arena);
}

#define BROKEN(name, generation) ((struct object){(name), (generation), 2, false, NULL, NULL})
#define GOOD(name, generation)   ((struct object){(name), (generation), 1, false, NULL, NULL})

static long long broken(const char *rule)
{
	return metrics_value(metrics_series(
		metrics, TELEMETRY_STORED_VIOLATIONS, METRICS_VALUES(str_from(rule))));
}

static long long of(const char *rules)
{
	return metrics_value(metrics_series(metrics, TELEMETRY_STORED_CLUSTERS,
		METRICS_VALUES(STR("ray.io"), str_from(rules))));
}

#define EXPECT(wrong, kept)                                                                        \
	do {                                                                                       \
		cr_expect_eq(of("broken"), (wrong), "wrong: %lld", of("broken"));                  \
		cr_expect_eq(of("kept"), (kept), "kept: %lld", of("kept"));                        \
		cr_expect_eq(broken("RG0302"), (wrong), "RG0302: %lld", broken("RG0302"));         \
	} while (0)

Test(stored, an_object_counts_by_what_it_is_now)
{
	see(GOOD("good", 1));
	see(BROKEN("bad", 1));
	see(BROKEN("worse", 1));
	EXPECT(2, 1);
	see(GOOD("bad", 2));
	see(BROKEN("good", 2));
	EXPECT(2, 1);
	stored_unsee(stored, STR("n"), STR("good"));
	stored_unsee(stored, STR("n"), STR("never-there"));
	EXPECT(1, 1);
	see((struct object){"worse", 2, 2, true, NULL, NULL});
	EXPECT(0, 2);
}

/* A status that is written comes as the same generation. */
Test(stored, a_generation_is_judged_once)
{
	see(BROKEN("a", 3));
	see(GOOD("a", 3));
	EXPECT(1, 0);
	see(GOOD("a", 4));
	EXPECT(0, 1);
	see((struct object){"a", 4, 2, false, "another of that name", NULL});
	EXPECT(1, 0);
}

/* Rules read them, and no generation counts them. */
Test(stored, new_labels_are_judged)
{
	see((struct object){"a", 1, 1, false, NULL, "\"-\":\"b\""});
	cr_expect_eq(broken("RG0204"), 1);
	see((struct object){"a", 1, 1, false, NULL, "\"a\":\"b\""});
	cr_expect_eq(broken("RG0204"), 0);
	EXPECT(0, 1);
}

Test(stored, a_new_policy_judges_all_anew_and_finds_out_who_is_gone)
{
	see(BROKEN("stays", 1));
	see(BROKEN("goes", 1));
	EXPECT(2, 0);
	use_policy("\"rules\":{\"RG0302\":\"warn\"}");
	stored_start_over(stored);
	EXPECT(2, 0);
	see(BROKEN("stays", 1));
	stored_told(stored);
	EXPECT(0, 1);
}

/* What would be denied, though nothing is. */
Test(stored, under_audit_it_is_told_too)
{
	use_policy("\"enforcement\":\"audit\",\"limits\":{\"cluster\":{\"pods\":\"1\"}}");
	see(BROKEN("a", 1));
	EXPECT(1, 0);
	cr_expect_eq(broken("RG1413"), 1);
}

static size_t count_lines(FILE *file, const char *words)
{
	char line[8192];
	size_t count = 0;

	rewind(file);
	while (fgets(line, sizeof(line), file))
		count += str_contains(str_from(line), words);
	return count;
}

Test(stored, each_is_a_line_in_the_log_but_for_a_crowd_of_them)
{
	FILE *const log = tmpfile();

	cr_assert_not_null(log);
	dup2(fileno(log), STDERR_FILENO);
	log_start(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	see(BROKEN("a", 1));
	see(BROKEN("a", 2));
	see(GOOD("b", 1));
	cr_expect_eq(count_lines(log, "a stored object breaks rules"), 1);
	cr_expect_eq(count_lines(log, "n/a"), 1);
	for (int i = 0; i < 120; i++)
		see(BROKEN(arena_printf(&arena, "of-many-%d", i).at, 1));
	stored_told(stored);
	cr_expect_eq(count_lines(log, "a stored object breaks rules"), 100);
	cr_expect_eq(count_lines(log, "objects=21"), 1);
	fclose(log);
}
