#include "server/serve/follower.h"

#include <criterion/criterion.h>
#include <stdatomic.h>

#include "tests/support/kube_kit.h"

#define JSON_STATUS(code, reason)                                                                  \
	"{\"kind\":\"Status\",\"message\":\"words\",\"reason\":\"" reason "\",\"code\":" #code "}"
#define LIST  "GET /api/v1/nodes?limit=500"
#define WATCH "GET /api/v1/nodes?watch=true*"
#define NONE  "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}"

/* How often it was told that there is nothing to be had, that all was told, and so on. */
struct counts {
	atomic_int absent, there, broken, mended;
};

static void ignore_object(void *context, const struct json_node *object, struct arena *arena)
{
	(void)context, (void)object, (void)arena;
}

static void ignore_gone(void *context, struct str namespace, struct str name)
{
	(void)context, (void)namespace, (void)name;
}

static void count(void *context, bool there)
{
	struct counts *const counts = context;

	atomic_fetch_add(there ? &counts->there : &counts->absent, 1);
}

static void note(void *context, bool broken)
{
	struct counts *const counts = context;

	atomic_fetch_add(broken ? &counts->broken : &counts->mended, 1);
}

/* Plays the script to its end. */
static void follow_patiently(const struct api_step *steps, size_t step_count, int64_t forbidden_for,
	struct counts *counts)
{
	struct kube_kit *kit = kube_kit_new(steps, step_count, false);
	struct follower follower = {
		.resource = {"", "v1", "nodes", true},
		.context = counts,
		.object = ignore_object,
		.gone = ignore_gone,
		.told = count,
		.broken = note,
		.forbidden_for = forbidden_for,
	};

	cr_assert(follower_start(&follower, kit->client, &kit->err), "%s", kit->err.text);
	cr_expect(api_server_wait(kit->server, step_count), "not all was asked for");
	follower_stop(&follower);
	kube_kit_free(&kit);
}

static void follow(const struct api_step *steps, size_t step_count, struct counts *counts)
{
	follow_patiently(steps, step_count, 0, counts);
}

Test(follower, what_is_forbidden_for_long_is_told_as_not_there, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .status = 403, .reply = JSON_STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .status = 403, .reply = JSON_STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .hold = true),
	};
	struct counts counts = {0};

	follow_patiently(SCRIPT, ARRAY_LEN(SCRIPT), 1, &counts);
	cr_expect_eq(counts.absent, 1);
	cr_expect_eq(counts.there, 1);
}

Test(follower, what_is_forbidden_at_first_is_waited_for, .timeout = 60)
{
	/* An API server that has just begun knows of no rights. */
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .status = 403, .reply = JSON_STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .status = 403, .reply = JSON_STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .hold = true),
	};
	struct counts counts = {0};

	follow(SCRIPT, ARRAY_LEN(SCRIPT), &counts);
	cr_expect_eq(counts.absent, 0);
	cr_expect_eq(counts.there, 1);
}

Test(follower, a_kind_that_is_none_is_told_at_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .status = 404, .reply = JSON_STATUS(404, "NotFound")),
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .hold = true),
	};
	struct counts counts = {0};

	follow(SCRIPT, ARRAY_LEN(SCRIPT), &counts);
	cr_expect_eq(counts.absent, 1);
	cr_expect_eq(counts.there, 1);
}

Test(follower, what_was_there_once_is_told_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .status = 410, .reply = JSON_STATUS(410, "Gone")),
		API_STEP(.expect = LIST, .status = 404, .reply = JSON_STATUS(404, "NotFound")),
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .hold = true),
	};
	struct counts counts = {0};

	follow(SCRIPT, ARRAY_LEN(SCRIPT), &counts);
	cr_expect_eq(counts.absent, 0);
	cr_expect_eq(counts.there, 1);
}

Test(follower, each_break_and_each_recovery_is_told_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .status = 410, .reply = JSON_STATUS(410, "Gone")),
		API_STEP(.expect = LIST, .status = 404, .reply = JSON_STATUS(404, "NotFound")),
		API_STEP(.expect = LIST, .status = 403, .reply = JSON_STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .reply = NONE),
		API_STEP(.expect = WATCH, .hold = true),
	};
	struct counts counts = {0};

	follow(SCRIPT, ARRAY_LEN(SCRIPT), &counts);
	cr_expect_eq(counts.broken, 1);
	cr_expect_eq(counts.mended, 1);
}
