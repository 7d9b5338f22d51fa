/* What the API server and its clients may rely on, whatever is in the object. */
#include <criterion/criterion.h>

#include "base/utf8.h"
#include "server/admission/verdict.h"
#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;

static void start(void)
{
	arena_init(&arena, 65536);
	policy = policy_empty();
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(contract, .init = start, .fini = stop);

static void use_policy(const char *more)
{
	policy_free(&policy);
	policy = review_policy(
		arena_printf(&arena, "apiVersion: raygate.dev/v1\nkind: Policy\n%s", more).at);
}

/* managedBy is wrong, and CPU 500m is worth a warning. */
#define SPEC                                                                                       \
	"\"spec\":{\"managedBy\":\"nobody\",\"headGroupSpec\":{\"template\":{\"spec\":{"           \
	"\"containers\":[{\"name\":\"h\",\"image\":\"rayproject/ray:2.46.0\",\"resources\":{"      \
	"\"limits\":{\"cpu\":\"500m\",\"memory\":\"4Gi\"}}}]}}}}"
#define WRONG(meta)                                                                                \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{" meta                \
	"\"name\":\"c\",\"namespace\":\"n\"}," SPEC "}"

static struct review_result review(const char *object, const char *old)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_VALIDATE,
			.object = str_from(object),
			.old = str_from(old),
			.namespace = STR("n"),
			.policy = policy},
		&result);
	return result;
}

static const struct json_node *response(struct str reply)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 22, .depth = 64, .nodes = 100000};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, reply, &LIMITS, &doc, &err), "%s", err.text);
	return json_get(doc.root, "response");
}

/* A long one goes on in a second line, which is indented. */
static size_t warnings_of(struct review_result r)
{
	size_t count = 0;

	for (struct json_iter it = json_iter(json_get(response(r.reply), "warnings"));
		json_next_item(&it);)
		count += !str_starts(json_str(&arena, it.value), "  ");
	return count;
}

Test(contract, a_denial_says_all_that_clients_print)
{
	const struct review_result r = review(WRONG(""), "");
	const struct json_node *const status = json_get(response(r.reply), "status");
	const struct json_node *const details = json_get(status, "details");
	const struct json_node *const cause = json_item(json_get(details, "causes"), 0);

	cr_assert_not(r.allowed);
	cr_expect(json_str_is(json_get(status, "status"), STR("Failure")));
	cr_expect(json_str_is(json_get(status, "reason"), STR("Invalid")));
	cr_expect(str_is(json_raw(json_get(status, "code")), "422"));
	cr_expect(json_str_is(json_get(details, "name"), STR("c")));
	cr_expect(json_str_is(json_get(details, "group"), STR("ray.io")));
	cr_expect(json_str_is(json_get(details, "kind"), STR("RayCluster")));
	cr_expect(json_str_is(json_get(cause, "field"), STR("spec.managedBy")));
	cr_expect(json_str_is(json_get(cause, "reason"), STR("FieldValueNotSupported")));
	cr_expect(str_starts(json_str(&arena, json_get(status, "message")),
		"RayCluster.ray.io \"c\" is invalid: spec.managedBy: Unsupported value: "
		"\"nobody\""));
	cr_expect_eq(warnings_of(r), 1u, "%.*s", STR_ARG(r.reply));
}

/* clang-format off */
/* Of each update the version before and after; none of them is ever refused. */
static const struct {
	const char *name, *old, *object;
} UPDATES[] = {
	{"nothing", WRONG(""), WRONG("")},
	{"a finalizer comes", WRONG(""), WRONG("\"finalizers\":[\"a/b\"],")},
	{"a finalizer goes", WRONG("\"finalizers\":[\"a/b\"],"), WRONG("")},
	{"a label comes", WRONG(""), WRONG("\"labels\":{\"a\":\"b\"},")},
	{"an annotation comes", WRONG(""), WRONG("\"annotations\":{\"a\":\"b\"},")},
	{"an owner comes", WRONG(""), WRONG("\"ownerReferences\":[{\"name\":\"x\"}],")},
	{"it is being deleted, and changed",
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"c\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"},\"spec\":{}}",
		WRONG("\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",")},
	{"its status",
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"c\",\"namespace\":\"n\"}," SPEC ",\"status\":{\"state\":\"ready\"}}",
		WRONG("")},
};
/* clang-format on */

Test(contract, what_leaves_the_mistakes_alone_passes)
{
	for (size_t i = 0; i < ARRAY_LEN(UPDATES); i++) {
		const struct review_result r = review(UPDATES[i].object, UPDATES[i].old);

		cr_expect(r.allowed, "%s: %.*s", UPDATES[i].name, STR_ARG(r.reply));
	}
}

/* clang-format off */
/* What of the policy and of the object decides on how a finding ends. */
static const struct {
	const char *name, *policy, *object;
	bool allowed;
	size_t warnings;
} SEVERITIES[] = {
	{"as the table says", "", WRONG(""), false, 1},
	{"enforcement: warn", "enforcement: warn\n", WRONG(""), true, 2},
	{"enforcement: audit", "enforcement: audit\n", WRONG(""), true, 0},
	{"off, which YAML 1.1 reads as false", "rules: {RG0104: off}\n", WRONG(""), true, 1},
	{"\"off\"", "rules: {RG0104: \"off\"}\n", WRONG(""), true, 1},
	{"warn", "rules: {RG0104: warn}\n", WRONG(""), true, 2},
	{"a warning made an error", "rules: {RG0104: off, RG0512: error}\n", WRONG(""), false, 0},
	{"a warning that the object silences", "",
		WRONG("\"annotations\":{\"raygate.dev/silence\":\"RG0513, RG0512\"},"), false, 0},
	{"an error that it cannot silence", "",
		WRONG("\"annotations\":{\"raygate.dev/silence\":\"RG0104\"},"), false, 2},
	{"a warning made an error, which it cannot silence either",
		"rules: {RG0104: off, RG0512: error}\n",
		WRONG("\"annotations\":{\"raygate.dev/silence\":\"RG0512\"},"), false, 1},
};
/* clang-format on */

Test(contract, policy_and_annotation_decide_how_grave_a_finding_is)
{
	for (size_t i = 0; i < ARRAY_LEN(SEVERITIES); i++) {
		use_policy(SEVERITIES[i].policy);
		const struct review_result r = review(SEVERITIES[i].object, "");

		cr_expect_eq(r.allowed, SEVERITIES[i].allowed, "%s: %.*s", SEVERITIES[i].name,
			STR_ARG(r.reply));
		cr_expect_eq(warnings_of(r), SEVERITIES[i].warnings, "%s: %.*s", SEVERITIES[i].name,
			STR_ARG(r.reply));
	}
}

Test(contract, what_would_be_denied_stands_in_the_audit_log)
{
	static const char *const FORMS[] = {"", "enforcement: warn\n", "enforcement: audit\n"};

	for (size_t i = 0; i < ARRAY_LEN(FORMS); i++) {
		use_policy(FORMS[i]);
		const struct review_result r = review(WRONG(""), "");
		const struct json_node *const audit =
			json_get(response(r.reply), "auditAnnotations");

		cr_expect(json_str_is(json_get(audit, "decision"),
				  r.allowed ? STR("would-deny") : STR("denied")),
			"%.*s", STR_ARG(r.reply));
		cr_expect(json_str_is(json_get(audit, "rules"), STR("RG0104")));
	}
}

/* Names of two and four bytes a character, at every offset to where a line is cut. */
Test(contract, warnings_are_short_and_never_cut_a_character)
{
	for (size_t shift = 0; shift < 8; shift++) {
		CLEANUP(buf_done) struct buf key = {0};

		for (size_t i = 0; i < shift; i++)
			buf_add_char(&key, 'k');
		for (size_t i = 0; i < 150; i++)
			buf_add_cstr(&key, i % 2 ? "ä" : "𝛼");
		const struct str object = arena_printf(&arena,
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			"\"name\":\"c\"},\"spec\":{\"%.*s\":1,\"headGroupSpec\":{\"template\":{"
			"\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":\"i\"}]}}}}}",
			STR_ARG(buf_str(&key)));
		const struct review_result r = review(object.at, "");

		cr_expect_geq(warnings_of(r), 1u);
		for (struct json_iter it = json_iter(json_get(response(r.reply), "warnings"));
			json_next_item(&it);) {
			const struct str line = json_str(&arena, it.value);

			cr_expect_leq(
				line.len, (size_t)ADMISSION_WARNING_MAX, "%.*s", STR_ARG(line));
			cr_expect(utf8_is_valid(line), "%.*s", STR_ARG(line));
		}
	}
}

/* How many lines go on from another; each stands there once. */
static size_t halves_of(struct review_result r)
{
	const struct json_node *const warnings = json_get(response(r.reply), "warnings");
	size_t halves = 0;

	for (struct json_iter it = json_iter(warnings); json_next_item(&it);) {
		const struct str line = json_str(&arena, it.value);
		size_t same = 0;

		for (struct json_iter other = json_iter(warnings); json_next_item(&other);)
			same += str_eq(line, json_str(&arena, other.value));
		cr_expect_eq(same, 1u, "%.*s", STR_ARG(line));
		halves += str_starts(line, "  ");
		cr_expect(
			str_starts(line, "  ") || str_starts(line, "spec."), "%.*s", STR_ARG(line));
	}
	return halves;
}

/* API servers drop a warning whose text came before. */
Test(contract, the_second_half_of_a_warning_is_never_the_same_as_another)
{
	static const char GROUP[] = "\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\","
				    "\"image\":\"i\"}]}}}";
	const struct str object = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"c\"},\"spec\":{\"headGroupSpec\":{%s,\"workerGroupSpecs\":["
		"{\"groupName\":\"a\",%s,{\"groupName\":\"b\",%s]}}",
		GROUP, GROUP, GROUP);
	const struct review_result r = review(object.at, "");

	cr_expect_geq(halves_of(r), 3u, "%.*s", STR_ARG(r.reply));
}

/* Nearly as long as a line may be, they cannot be told apart by much. */
Test(contract, long_second_halves_are_never_the_same_either)
{
	static const char GROUP[] = "\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\","
				    "\"image\":\"i\"}]}}}";

	for (int length = 1; length <= 63; length++) {
		const struct str object = arena_printf(&arena,
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			"\"name\":\"overwrite-cmd\"},\"spec\":{\"headGroupSpec\":{%s,"
			"\"workerGroupSpecs\":[{\"groupName\":\"%0*d\",\"scaleStrategy\":{"
			"\"workersToDelete\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]},%s]}}",
			GROUP, length, 0, GROUP);
		const struct review_result r = review(object.at, "");

		cr_expect_geq(halves_of(r), 6u, "%.*s", STR_ARG(r.reply));
	}
}

/* The API server drops all warnings of a request that has more than 4096 bytes of them. */
Test(contract, warnings_that_have_no_room_are_counted)
{
	enum { FIELDS = 200 };
	CLEANUP(buf_done) struct buf fields = {0};
	size_t bytes = 0;
	size_t told = 0;
	struct str last = {0};

	for (size_t i = 0; i < FIELDS; i++)
		buf_printf(&fields, "\"flavour%zu\":1,", i);
	const struct str object = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		"\"name\":\"c\"},\"spec\":{%.*s\"headGroupSpec\":{\"rayStartParams\":{"
		"\"num-cpus\":\"1\"},\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\","
		"\"image\":\"i\",\"resources\":{\"limits\":{\"memory\":\"4Gi\"}}}]}}}}}",
		STR_ARG(buf_str(&fields)));
	const struct review_result r = review(object.at, "");

	for (struct json_iter it = json_iter(json_get(response(r.reply), "warnings"));
		json_next_item(&it);) {
		last = json_str(&arena, it.value);
		bytes += last.len;
		told += str_contains(last, "flavour");
	}
	cr_expect_leq(bytes, (size_t)ADMISSION_WARNINGS_MAX);
	cr_expect(str_eq(last, arena_printf(&arena,
				       "and %zu more of RG0102: `raygate check` shows all of them",
				       FIELDS - told)),
		"%zu are told, then: %.*s", told, STR_ARG(last));
}

/* Those beyond a thousand, too, which no command lists. */
Test(contract, errors_that_were_only_counted_are_in_the_count)
{
	enum { REPLICAS = 1200 };
	CLEANUP(buf_done) struct buf groups = {0};

	for (size_t i = 0; i < REPLICAS; i++)
		buf_printf(&groups,
			"%s{\"groupName\":\"g%zu\",\"replicas\":\"x\",\"template\":{\"spec\":{"
			"\"containers\":[{\"name\":\"w\",\"image\":\"i\"}]}}}",
			i ? "," : "", i);
	const struct str object = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		"\"name\":\"c\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{"
		"\"containers\":[{\"name\":\"h\",\"image\":\"i\"}]}}},\"workerGroupSpecs\":[%.*s]}"
		"}",
		STR_ARG(buf_str(&groups)));
	const struct review_result r = review(object.at, "");
	const struct str message =
		json_str(&arena, json_get(json_get(response(r.reply), "status"), "message"));

	cr_expect(str_contains(message,
			  arena_printf(&arena,
				  "and %d more of RG0101: `raygate check` shows more of them",
				  REPLICAS - VERDICT_CAUSES_MAX)
				  .at),
		"%.*s",
		STR_ARG(str_from_offset(message, message.len > 300 ? message.len - 300 : 0)));
}

Test(contract, delete_and_connect_and_foreign_kinds_pass)
{
	static const char *const REQUESTS[] = {
		"\"operation\":\"DELETE\",\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\","
		"\"resource\":\"rayclusters\"},\"oldObject\":{\"spec\":7}",
		"\"operation\":\"CONNECT\",\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\","
		"\"resource\":\"rayclusters\"},\"object\":{\"spec\":7}",
		"\"operation\":\"CREATE\",\"resource\":{\"group\":\"\",\"version\":\"v1\","
		"\"resource\":\"pods\"},\"object\":{\"spec\":7}",
		"\"operation\":\"UPDATE\",\"subResource\":\"status\",\"resource\":{\"group\":"
		"\"ray.io\",\"version\":\"v1\",\"resource\":\"rayclusters\"},\"object\":{\"spec\":"
		"7},\"oldObject\":{}",
	};

	for (size_t i = 0; i < ARRAY_LEN(REQUESTS); i++) {
		CLEANUP(buf_done) struct buf reply = {0};
		const struct admit_input in = {
			.phase = ADMIT_VALIDATE,
			.body = arena_printf(&arena,
				"{\"kind\":\"AdmissionReview\",\"apiVersion\":"
				"\"admission.k8s.io/"
				"v1\",\"request\":{\"uid\":\"\\u00e4\\\"7\",\"kind\":{\"kind\":"
				"\"X\"},%s}}",
				REQUESTS[i]),
			.arena = &arena,
			.policy = policy,
		};
		struct admit_outcome outcome;
		struct err err;

		cr_assert(admit(&in, &reply, &outcome, &err), "%s", err.text);
		cr_expect(str_contains(buf_str(&reply), "\"allowed\":true"), "%s", REQUESTS[i]);
		/* the uid comes back as it was, whatever is in it */
		cr_expect(json_str_is(json_get(response(buf_str(&reply)), "uid"), STR("ä\"7")));
	}
}

Test(contract, a_quota_that_is_not_known_yet_asks_to_come_again)
{
	struct ledger *ledger = ledger_new_watched(10);
	struct review_result result;

	use_policy("quotas: {\"n\": {pods: 1}}\n");
	const struct review_case it = {
		.phase = ADMIT_VALIDATE,
		.object = STR("{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			      "\"name\":\"c\",\"namespace\":\"n\"},\"spec\":{\"headGroupSpec\":{"
			      "\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":"
			      "\"rayproject/ray:2.46.0\"}]}}}}}"),
		.namespace = STR("n"),
		.policy = policy,
		.ledger = ledger,
	};

	review_run(&arena, &it, &result);
	const struct json_node *const status = json_get(response(result.reply), "status");
	int64_t seconds = 0;

	cr_expect_not(result.allowed);
	cr_expect(json_str_is(json_get(status, "reason"), STR("TooManyRequests")), "%.*s",
		STR_ARG(result.reply));
	cr_expect(json_i64(json_get(json_get(status, "details"), "retryAfterSeconds"), &seconds));
	cr_expect_eq(seconds, 1, "%.*s", STR_ARG(result.reply));
	ledger_set_known(ledger);
	review_run(&arena, &it, &result);
	cr_expect(result.allowed, "%.*s", STR_ARG(result.reply));
	ledger_free(&ledger);
}
