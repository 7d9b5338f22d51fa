#include "api/admission.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/attr.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 65536);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(admission, .init = start, .fini = stop);

#define FRAME(request)                                                                             \
	"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/"                         \
	"v1\",\"request\":" request "}"
#define BARE(members)    FRAME("{\"uid\":\"u-1\"," members "}")
#define KIND             "\"kind\":{\"kind\":\"RayCluster\"},"
#define RESOURCE         "\"resource\":{\"group\":\"ray.io\",\"resource\":\"rayclusters\"},"
#define REQUEST(members) BARE(KIND RESOURCE members)

/* Bodies that no API server sends, and what is said of them. */
static const struct {
	const char *body, *words;
} WRONG[] = {
	{"", "the body is empty"},
	{"  ", "the body is not JSON"},
	{"{", "the body is not JSON: line 1"},
	{"[]", "it must be a JSON object"},
	{"null", "it must be a JSON object"},
	{"{}", "its kind must be 'AdmissionReview'"},
	{"{\"kind\":1}", "its kind must be 'AdmissionReview'"},
	{"{\"kind\":\"AdmissionReview\"}", "version '' is not served"},
	{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\"}",
		"version 'admission.k8s.io/v1beta1' is not served"},
	{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}", "has no request"},
	{FRAME("null"), "has no request"},
	{FRAME("[]"), "has no request"},
	{FRAME("{}"), "request.uid is missing"},
	{FRAME("{\"uid\":\"\"}"), "request.uid must not be empty"},
	{FRAME("{\"uid\":5}"), "request.uid must be a string"},
	{FRAME("{\"uid\":null}"), "request.uid is missing"},
	{BARE(RESOURCE "\"operation\":\"DELETE\""), "request.kind.kind is missing"},
	{BARE(RESOURCE "\"kind\":{},\"operation\":\"DELETE\""), "request.kind.kind is missing"},
	{BARE(RESOURCE "\"kind\":{\"kind\":\"\"},\"operation\":\"DELETE\""),
		"request.kind.kind must not be empty"},
	{BARE(KIND "\"operation\":\"DELETE\""),
		"request.resource.group is missing: API servers always send it"},
	{BARE(KIND "\"resource\":null,\"operation\":\"DELETE\""),
		"request.resource.group is missing"},
	{BARE(KIND "\"resource\":{\"resource\":\"rayclusters\"},\"operation\":\"DELETE\""),
		"request.resource.group is missing"},
	{BARE(KIND "\"resource\":{\"group\":\"ray.io\"},\"operation\":\"DELETE\""),
		"request.resource.resource is missing"},
	{BARE(KIND "\"resource\":{\"group\":\"ray.io\",\"resource\":\"\"},"
		   "\"operation\":\"DELETE\""),
		"request.resource.resource must not be empty"},
	{REQUEST("\"name\":\"a\""), "request.operation must be"},
	{REQUEST("\"operation\":\"create\""), "request.operation must be"},
	{REQUEST("\"operation\":7"), "request.operation must be"},
	{REQUEST("\"operation\":\"CREATE\""), "request.object is missing: CREATE needs it"},
	{REQUEST("\"operation\":\"CREATE\",\"object\":null"), "request.object is missing"},
	{REQUEST("\"operation\":\"CREATE\",\"object\":[]"), "request.object must be an object"},
	{REQUEST("\"operation\":\"DELETE\",\"oldObject\":\"x\""),
		"request.oldObject must be an object"},
	{REQUEST("\"operation\":\"UPDATE\",\"oldObject\":{}"), "request.object is missing: UPDATE"},
	{REQUEST("\"operation\":\"UPDATE\",\"object\":{}"), "request.oldObject is missing"},
	{REQUEST("\"operation\":\"CREATE\",\"object\":{},\"dryRun\":\"true\""),
		"request.dryRun must be true or false"},
	{REQUEST("\"operation\":\"CREATE\",\"object\":{},\"dryRun\":1"),
		"request.dryRun must be true or false"},
	{REQUEST("\"operation\":\"DELETE\",\"name\":[]"), "request.name must be a string"},
	{REQUEST("\"operation\":\"DELETE\",\"namespace\":false"),
		"request.namespace must be a string"},
	{REQUEST("\"operation\":\"DELETE\",\"subResource\":{}"),
		"request.subResource must be a string"},
	{BARE("\"operation\":\"DELETE\",\"kind\":1"), "request.kind must be an object"},
	{BARE("\"operation\":\"DELETE\",\"kind\":{\"kind\":[]}"),
		"request.kind.kind must be a string"},
	{BARE(KIND "\"operation\":\"DELETE\",\"resource\":\"rayclusters\""),
		"request.resource must be an object"},
	{BARE(KIND "\"operation\":\"DELETE\",\"resource\":{\"group\":1}"),
		"request.resource.group must be a string"},
	{REQUEST("\"operation\":\"DELETE\",\"userInfo\":[]"), "request.userInfo must be an object"},
	{REQUEST("\"operation\":\"DELETE\",\"userInfo\":{\"username\":2}"),
		"request.userInfo.username must be a string"},
	{REQUEST("\"operation\":\"DELETE\",\"options\":7"), "request.options must be an object"},
	{REQUEST("\"uid\":\"u-2\",\"operation\":\"DELETE\""), "the key 'uid' is already"},
};

Test(admission, what_no_api_server_sends_is_refused_with_a_sentence)
{
	for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
		struct admission_request request;
		struct err err = {0};

		cr_expect_not(admission_read(&arena, str_from(WRONG[i].body), &request, &err), "%s",
			WRONG[i].body);
		cr_expect_eq(err.code, ERR_INVALID, "%s", WRONG[i].body);
		cr_expect(str_contains(str_from(err.text), WRONG[i].words), "%s: %s", WRONG[i].body,
			err.text);
	}
}

static struct admission_request read(const char *body)
{
	struct admission_request request;
	struct err err = {0};

	cr_assert(admission_read(&arena, str_from(body), &request, &err), "%s", err.text);
	return request;
}

Test(admission, every_field_is_read)
{
	const struct admission_request r = read(
		BARE("\"kind\":{\"group\":\"k\",\"version\":\"k\",\"kind\":\"RayCluster\"},"
		     "\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\",\"resource\":"
		     "\"rayclusters\"},"
		     "\"subResource\":\"scale\",\"name\":\"n\",\"namespace\":\"ns\","
		     "\"operation\":\"UPDATE\",\"userInfo\":{\"username\":\"me\"},\"dryRun\":true,"
		     "\"object\":{\"a\":1},\"oldObject\":{\"b\":2},\"options\":{\"c\":3}"));

	cr_expect(str_is(r.uid, "u-1"));
	cr_expect(str_is(r.group, "ray.io") && str_is(r.version, "v1"));
	cr_expect(str_is(r.resource, "rayclusters") && str_is(r.kind, "RayCluster"));
	cr_expect(str_is(r.subresource, "scale"));
	cr_expect(str_is(r.name, "n") && str_is(r.namespace, "ns") && str_is(r.username, "me"));
	cr_expect_eq(r.operation, ADMISSION_UPDATE);
	cr_expect(r.dry_run);
	cr_expect_not_null(json_get(r.object, "a"));
	cr_expect_not_null(json_get(r.old_object, "b"));
	cr_expect_not_null(json_get(r.options, "c"));
}

Test(admission, what_is_left_out_or_null_is_empty)
{
	static const char *const BODIES[] = {
		REQUEST("\"operation\":\"DELETE\""),
		REQUEST("\"operation\":\"DELETE\",\"subResource\":null,"
			"\"name\":null,\"namespace\":null,\"userInfo\":null,\"dryRun\":null,"
			"\"object\":null,\"oldObject\":null,\"options\":null"),
		REQUEST("\"operation\":\"CONNECT\","
			"\"userInfo\":{\"username\":null},\"dryRun\":false"),
	};

	for (size_t i = 0; i < ARRAY_LEN(BODIES); i++) {
		const struct admission_request r = read(BODIES[i]);

		cr_expect_eq(r.version.len + r.subresource.len + r.name.len + r.namespace.len, 0,
			"%zu", i);
		cr_expect_eq(r.username.len, 0, "%zu", i);
		cr_expect_not(r.dry_run, "%zu", i);
		cr_expect(r.object == NULL && r.old_object == NULL && r.options == NULL, "%zu", i);
	}
}

/* Of pods, say: no matter of ours, but nothing is missing. */
Test(admission, the_group_may_be_the_one_without_a_name)
{
	const struct admission_request r = read(BARE(KIND
		"\"resource\":{\"group\":\"\",\"resource\":\"pods\"},\"operation\":\"DELETE\""));

	cr_expect_eq(r.group.len, 0);
	cr_expect(str_is(r.resource, "pods"));
}

Test(admission, status_and_managed_fields_are_passed_over)
{
	const struct admission_request r = read(REQUEST(
		"\"operation\":\"CREATE\",\"object\":{\"status\":{\"a\":[1,2]},\"metadata\":{"
		"\"name\":\"n\",\"managedFields\":[{\"f\":{}}]},\"spec\":{\"status\":{\"b\":1}}}"));
	const struct json_node *const spec = json_get(r.object, "spec");

	cr_expect(json_is(json_get(r.object, "status"), JSON_SKIPPED));
	cr_expect(json_is(json_get(json_get(r.object, "metadata"), "managedFields"), JSON_SKIPPED));
	cr_expect_not_null(json_get(json_get(spec, "status"), "b"), "a status elsewhere is not");
}

Test(admission, bodies_beyond_the_bounds_are_too_large)
{
	CLEANUP(buf_done) struct buf deep = {0};
	CLEANUP(buf_done) struct buf large = {0};
	struct admission_request request;
	struct err err;

	for (int i = 0; i < 10000; i++)
		buf_add_char(&deep, '[');
	cr_expect_not(admission_read(&arena, buf_str(&deep), &request, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
	buf_printf(&large, "\"%*s\"", 8 * 1024 * 1024, "");
	cr_expect_not(admission_read(&arena, buf_str(&large), &request, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
}

static struct str write(const struct admission_request *request, const struct admission_answer *a)
{
	CLEANUP(buf_done) struct buf out = {0};

	admission_write(request, a, &out);
	return arena_str(&arena, buf_str(&out));
}

static const struct json_node *response_of(struct str text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, text, &ADMISSION_LIMITS, &doc, &err), "%s: %.*s", err.text,
		STR_ARG(text));
	return json_get(doc.root, "response");
}

Test(admission, the_uid_comes_back_as_it_was)
{
	const struct admission_request request = read(FRAME(
		"{\"uid\":\"a\\\"\\\\\\u00fc\\n\"," KIND RESOURCE "\"operation\":\"DELETE\"}"));
	const struct json_node *const response =
		response_of(write(&request, &(struct admission_answer){.allowed = true}));

	cr_expect(str_is(json_str(&arena, json_get(response, "uid")), "a\"\\\xC3\xBC\n"));
	cr_expect(json_is(json_get(response, "allowed"), JSON_TRUE));
	cr_expect_null(json_get(response, "patch"));
	cr_expect_null(json_get(response, "warnings"));
}

Test(admission, a_denial_has_code_reason_and_all_causes)
{
	enum { CAUSES = 65 };
	struct admission_cause causes[CAUSES];
	const struct admission_request request = {.uid = STR("u")};

	for (size_t i = 0; i < CAUSES; i++)
		causes[i] = (struct admission_cause){
			STR("must be \"x\""), STR("spec.a"), "FieldValueInvalid"};
	const struct str text = write(&request, &(struct admission_answer){.code = 422,
							.reason = "Invalid",
							.message = STR("no"),
							.details_name = STR("n"),
							.causes = causes,
							.cause_count = CAUSES});
	const struct json_node *const status = json_get(response_of(text), "status");
	const struct json_node *const shown = json_get(json_get(status, "details"), "causes");

	cr_expect(json_str_is(json_get(status, "reason"), STR("Invalid")));
	cr_expect(json_str_is(json_get(status, "message"), STR("no")));
	cr_expect_eq(json_count(shown), (size_t)CAUSES);
	cr_expect(str_contains(text, "\"code\":422"), "%.*s", STR_ARG(text));
}

Test(admission, warnings_are_cut_before_the_api_server_drops_them_all)
{
	struct str warnings[100];
	const struct admission_request request = {.uid = STR("u")};
	char *const much = mem_alloc(400);
	size_t total = 0;

	/* two bytes a letter, which are not parted */
	for (size_t i = 0; i < 398; i += 2) {
		much[i] = '\xC3';
		much[i + 1] = '\xBC';
	}
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++)
		warnings[i] = str_from(much);
	const struct json_node *const shown = json_get(
		response_of(write(&request, &(struct admission_answer){.allowed = true,
						    .warnings = warnings,
						    .warning_count = ARRAY_LEN(warnings)})),
		"warnings");

	for (struct json_iter it = json_iter(shown); json_next_item(&it);) {
		cr_expect_leq(it.value->len, ADMISSION_WARNING_MAX);
		total += it.value->len;
	}
	cr_expect_leq(total, ADMISSION_WARNINGS_MAX);
	cr_expect_eq(json_count(shown), ADMISSION_WARNINGS_MAX / ADMISSION_WARNING_MAX);
	free(much);
}

Test(admission, a_patch_is_base64_and_typed)
{
	const struct admission_request request = {.uid = STR("u")};
	const struct json_node *const response = response_of(
		write(&request, &(struct admission_answer){.allowed = true,
					.patch = STR("[{}]"),
					.audit = &(struct admission_audit){"k", STR("\"v\"")},
					.audit_count = 1}));

	cr_expect(json_str_is(json_get(response, "patchType"), STR("JSONPatch")));
	cr_expect(json_str_is(json_get(response, "patch"), STR("W3t9XQ==")));
	cr_expect(str_is(
		json_str(&arena, json_get(json_get(response, "auditAnnotations"), "k")), "\"v\""));
}
