/* Objects that are made to hide something, or to cost much: what may be bounded is bounded. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;

static const char POLICY[] = "{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\","
			     "\"quotas\":{\"n\":{\"requests.cpu\":\"4\"}}}";

static void start(void)
{
	arena_init(&arena, 65536);
	policy = review_policy(POLICY);
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(hostile, .init = start, .fini = stop);

/* A cluster in parts: members of metadata, of spec, of the head's limits. */
struct parts {
	struct str metadata, spec, limits;
};

static struct str cluster_of(const struct parts *p)
{
	return arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{%.*s"
		"\"name\":\"c\",\"namespace\":\"n\"},\"spec\":{%.*s\"headGroupSpec\":{"
		"\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":"
		"\"rayproject/ray:2.46.0\",\"resources\":{\"limits\":{%.*s}}}]}}}}}",
		STR_ARG(p->metadata), STR_ARG(p->spec), STR_ARG(p->limits));
}

static struct review_result review(struct str object)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_VALIDATE,
			.object = object,
			.namespace = STR("n"),
			.policy = policy},
		&result);
	return result;
}

/* `format` has one %zu. */
static struct str repeated(const char *format, size_t count)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < count; i++) {
		for (const char *c = format; *c; c++) {
			if (*c == '#')
				buf_printf(&text, "%zu", i);
			else
				buf_add_char(&text, *c);
		}
	}
	return arena_str(&arena, buf_str(&text));
}

Test(hostile, many_warnings_hide_no_error)
{
	const struct str unknown = repeated("\"unknown#\":1,", 3000);
	const struct review_result r = review(cluster_of(&(struct parts){
		.spec = arena_printf(&arena, "%.*s\"suspend\":true,\"managedBy\":\"nobody\",",
			STR_ARG(unknown))}));

	cr_assert(!r.allowed);
}

Test(hostile, many_warnings_hide_no_quota)
{
	const struct review_result r = review(cluster_of(&(struct parts){
		.spec = repeated("\"unknown#\":1,", 3000), .limits = STR("\"cpu\":\"5\"")}));

	cr_assert(!r.allowed);
}

Test(hostile, many_resource_names_hide_no_cpu)
{
	const struct str names = repeated("\"example.com/r#\":\"0\",", 200);
	const struct review_result r = review(cluster_of(&(struct parts){
		.limits = arena_printf(&arena, "%.*s\"cpu\":\"5\"", STR_ARG(names))}));

	cr_assert(!r.allowed);
	cr_assert(str_contains(r.reply, "requests.cpu"));
}

static struct str long_text(size_t len)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < len; i++)
		buf_add_char(&text, 'k');
	return arena_str(&arena, buf_str(&text));
}

/* What an admission of the object takes from the arena beyond the object itself. */
static size_t cost_of(struct str object)
{
	const size_t before = arena.used;

	review(object);
	return arena.used - before;
}

Test(hostile, a_long_name_of_a_field_is_cut_where_it_is_told)
{
	const struct str name = long_text(400000);
	const struct str object = cluster_of(
		&(struct parts){.spec = arena_printf(&arena, "\"%.*s\":1,", STR_ARG(name))});

	cr_assert_lt(cost_of(object), 20u << 20);
	cr_assert_lt(review(object).reply.len, 10000u);
}

Test(hostile, a_long_list_of_silenced_rules_is_read_once)
{
	const struct str ids = long_text(400000);
	const struct str object = cluster_of(&(struct parts){
		.metadata = arena_printf(&arena,
			"\"annotations\":{\"raygate.dev/silence\":\"\\u0041%.*s,RG0102\"},",
			STR_ARG(ids)),
		.spec = repeated("\"unknown#\":1,", 1000)});

	cr_assert_lt(cost_of(object), 40u << 20);
}

Test(hostile, a_million_things_that_are_no_groups_cost_no_gigabyte)
{
	static const char *const LISTS[] = {"workerGroupSpecs", "headServiceAnnotations"};

	for (size_t i = 0; i < ARRAY_LEN(LISTS); i++) {
		const struct str items = repeated("0,", 700000);
		const struct str object = cluster_of(&(struct parts){
			.spec = arena_printf(&arena, "\"%s\":[%.*s0],", LISTS[i], STR_ARG(items))});
		const size_t cost = cost_of(object);

		cr_expect_lt(cost, 200u << 20, "%s: %zu", LISTS[i], cost);
		cr_expect(!review(object).allowed);
	}
}

Test(hostile, a_denial_can_be_read)
{
	const struct str object = cluster_of(
		&(struct parts){.spec = arena_printf(&arena, "\"workerGroupSpecs\":[%.*s{}],",
					STR_ARG(repeated("{\"groupName\":7},", 5000)))});
	const struct review_result r = review(object);

	cr_assert(!r.allowed);
	cr_assert_lt(r.reply.len, 100u << 10, "%zu", r.reply.len);
}

/* Each of them is a finding: none may walk the list to find its place in it. */
Test(hostile, a_list_of_duplicates_is_judged_in_time, .timeout = 20)
{
	const struct str env = repeated("{\"name\":\"A\",\"value\":\"#\"},", 200000);
	const struct str object = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/"
		"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\"},"
		"\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"h\",\"image\":\"i\",\"env\":[%.*s{\"name\":\"B\"}]}]}}}}}",
		STR_ARG(env));

	cr_assert_not(review(object).allowed);
}
