#include "server/kube/client.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "server/kube/list.h"
#include "tests/support/kube_kit.h"

static const struct kube_resource PODS = {"", "v1", "pods", false};
static const struct kube_call GET = {.verb = KUBE_GET, .at = {&PODS, "a", "b", NULL}};

#define GET_B "GET /api/v1/namespaces/a/pods/b"
#define POST  "POST /api/v1/namespaces/a/pods?fieldManager=raygate"
#define POD   "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}}"
#define STATUS(code, reason, message)                                                              \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"" message \
	"\",\"reason\":\"" reason "\",\"code\":" #code "}"
#define JSON "Content-Type: application/json\r\n"

/* A call, the script that it meets, and what comes of it. */
static bool name_is(const struct kube_kit *kit, const char *name)
{
	return json_str_is(
		json_get(json_get(kit->reply.doc.root, "metadata"), "name"), str_from(name));
}

Test(kube_client, an_object_is_read_over_one_connection_that_is_kept, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .header = "Authorization: Bearer t0ken\r\n",
			.reply = POD),
		API_STEP(.expect = GET_B, .header = "User-Agent: raygate/test\r\n", .reply = POD),
		API_STEP(.expect = GET_B, .header = "Accept: application/json\r\n", .reply = POD),
		API_STEP(.expect = GET_B, .header = "!Content-Type", .reply = POD, .piece = 7),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	for (size_t i = 0; i < ARRAY_LEN(SCRIPT); i++) {
		cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
		cr_assert(name_is(kit, "b"));
		cr_assert_eq(kit->reply.answer.status, 200);
	}
	cr_assert_eq(api_server_connections(kit->server), 1);
	kube_kit_free(&kit);
}

/* True at first. */
static bool may_once(void *context)
{
	int *const asked = context;

	return (*asked)++ == 0;
}

Test(kube_client, what_may_not_be_sent_any_more_is_not_tried_again, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .status = 429,
			.reply = STATUS(429, "TooManyRequests", "later")),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	int asked = 0;
	const struct kube_call call = {.verb = KUBE_CREATE,
		.at = {&PODS, "a", NULL, NULL},
		.body = STR("{}"),
		.may = may_once,
		.context = &asked};

	for (int i = 0; i < 2; i++) {
		cr_expect_not(kube_kit_call(kit, &call));
		cr_expect_eq(kit->reply.answer.fault, KUBE_FAULT_HELD);
		cr_expect_eq(kit->reply.refusal.code, 0);
		cr_expect_eq(kit->err.code, ERR_UNAVAILABLE);
	}
	cr_expect_eq(asked, 3);
	cr_expect_eq(api_server_steps(kit->server), 1u);
	kube_kit_free(&kit);
}

Test(kube_client, each_verb_has_its_method_type_and_body, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .header = "Content-Type: application/json\r\n",
			.body = "{\"a\":1}", .status = 201, .reply = POD),
		API_STEP(.expect = "PUT /api/v1/namespaces/a/pods/b?fieldManager=raygate",
			.header = "Content-Type: application/json\r\n", .body = "{\"a\":1}",
			.reply = POD),
		API_STEP(.expect = "PATCH /api/v1/namespaces/a/pods/b?fieldManager=raygate",
			.header = "Content-Type: application/json-patch+json\r\n",
			.body = "{\"a\":1}", .reply = POD),
		API_STEP(.expect = "PATCH /api/v1/namespaces/a/pods/b/status?fieldManager=raygate",
			.header = "Content-Type: application/merge-patch+json\r\n",
			.body = "{\"a\":1}", .reply = POD),
		API_STEP(.expect = "PATCH /api/v1/namespaces/a/pods/b?fieldManager=me&force=true",
			.header = "Content-Type: application/apply-patch+yaml\r\n",
			.body = "{\"a\":1}", .reply = POD),
		API_STEP(.expect = "DELETE /api/v1/namespaces/a/pods/b",
			.header = "Content-Type: application/json\r\n",
			.body = "\"preconditions\":{\"uid\":\"u\"}", .reply = POD),
	};
	static const struct kube_call CALLS[] = {
		{.verb = KUBE_CREATE,
			.at = {&PODS, "a", NULL, NULL},
			.body = STR_INIT("{\"a\":1}")},
		{.verb = KUBE_UPDATE, .at = {&PODS, "a", "b", NULL}, .body = STR_INIT("{\"a\":1}")},
		{.verb = KUBE_PATCH_JSON,
			.at = {&PODS, "a", "b", NULL},
			.body = STR_INIT("{\"a\":1}")},
		{.verb = KUBE_PATCH_MERGE,
			.at = {&PODS, "a", "b", "status"},
			.body = STR_INIT("{\"a\":1}")},
		{.verb = KUBE_APPLY,
			.at = {&PODS, "a", "b", NULL},
			.body = STR_INIT("{\"a\":1}"),
			.force = true,
			.field_manager = "me"},
		{.verb = KUBE_DELETE, .at = {&PODS, "a", "b", NULL}, .only_uid = "u"},
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	for (size_t i = 0; i < ARRAY_LEN(CALLS); i++)
		cr_assert(kube_kit_call(kit, &CALLS[i]) && name_is(kit, "b"), "call %zu: %s", i,
			kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_client, metadata_alone_is_asked_for_by_its_own_type, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD,
			.header = "Accept: application/json;as=PartialObjectMetadata;"
				  "g=meta.k8s.io;v=v1\r\n"),
		API_STEP(.expect = "GET /api/v1/pods", .reply = POD,
			.header = "Accept: application/json;as=PartialObjectMetadataList;"
				  "g=meta.k8s.io;v=v1\r\n"),
	};
	static const struct kube_call LIST_ALL = {
		.verb = KUBE_LIST, .at = {.resource = &PODS}, .metadata_only = true};
	struct kube_call get = GET;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	get.metadata_only = true;
	cr_assert(kube_kit_call(kit, &get), "%s", kit->err.text);
	cr_assert(kube_kit_call(kit, &LIST_ALL), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_client, a_refusal_is_told_for_people_and_for_programs, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .status = 404,
			.reply = STATUS(404, "NotFound", "pods b not found")),
		API_STEP(.expect = POST, .status = 409,
			.reply = STATUS(409, "AlreadyExists", "is there")),
		API_STEP(.expect = POST, .status = 409,
			.reply = STATUS(409, "Conflict", "was changed")),
		API_STEP(.expect = POST, .status = 403, .headers = "Content-Type: text/html\r\n",
			.reply = "<html>no</html>"),
		API_STEP(.expect = GET_B, .status = 302, .headers = "Location: /login\r\n"),
	};
	static const struct kube_call CREATE = {
		.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}, .body = STR_INIT("{}")};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->err.code, ERR_NOT_FOUND);
	cr_assert_str_eq(kit->err.text, "GET pods 'b': pods b not found");
	cr_assert_eq(kit->reply.refusal.code, 404);
	cr_assert_not(kube_kit_call(kit, &CREATE));
	cr_assert_eq(kit->err.code, ERR_CONFLICT);
	cr_assert(kube_status_is_already_exists(&kit->reply.refusal));
	cr_assert_not(kube_kit_call(kit, &CREATE));
	cr_assert_eq(kit->err.code, ERR_CONFLICT);
	cr_assert_not(kube_status_is_already_exists(&kit->reply.refusal));
	cr_assert_not(kube_kit_call(kit, &CREATE));
	cr_assert_eq(kit->err.code, ERR_FORBIDDEN);
	cr_assert(str_contains(str_from(kit->err.text), "<html>no</html>"), "%s", kit->err.text);
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->reply.refusal.code, 302);
	kube_kit_free(&kit);
}

Test(kube_client, what_the_server_did_not_begin_is_tried_again, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .status = 429,
			.reply = STATUS(429, "TooManyRequests", "wait")),
		API_STEP(.expect = POST, .status = 503, .headers = JSON "Retry-After: 1\r\n",
			.reply = STATUS(503, "ServiceUnavailable", "wait")),
		API_STEP(.expect = POST, .status = 201, .body = "{\"a\":1}", .reply = POD),
		API_STEP(.expect = GET_B, .status = 500, .reply = "oops", .headers = "X: y\r\n"),
		API_STEP(.expect = GET_B, .fault = API_FAULT_CLOSE),
		API_STEP(.expect = GET_B, .fault = API_FAULT_RESET),
		API_STEP(.expect = GET_B, .fault = API_FAULT_CUT, .reply = POD),
		API_STEP(.expect = GET_B, .reply = POD),
	};
	static const struct kube_call CREATE = {
		.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}, .body = STR_INIT("{\"a\":1}")};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	const int64_t from = clock_now();

	cr_assert(kube_kit_call(kit, &CREATE), "%s", kit->err.text);
	cr_assert_geq(clock_now() - from, CLOCK_SECOND + 200 * CLOCK_MILLISECOND);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	cr_assert(name_is(kit, "b"));
	kube_kit_free(&kit);
}

Test(kube_client, a_write_that_may_have_been_done_is_not_repeated, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .fault = API_FAULT_CLOSE),
		API_STEP(.expect = POST, .fault = API_FAULT_CUT, .reply = POD),
		API_STEP(.expect = POST, .status = 500,
			.reply = STATUS(500, "InternalError", "oops")),
	};
	static const struct kube_call CREATE = {
		.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}, .body = STR_INIT("{}")};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	for (size_t i = 0; i < ARRAY_LEN(SCRIPT); i++) {
		cr_assert_not(kube_kit_call(kit, &CREATE));
		cr_assert_eq(kit->err.code, ERR_UNAVAILABLE, "%s", kit->err.text);
		cr_assert_eq(api_server_steps(kit->server), i + 1);
	}
	kube_kit_free(&kit);
}

Test(kube_client, nor_when_a_connection_that_was_kept_breaks_under_it, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD),
		API_STEP(.expect = POST, .body = "{\"a\":1}", .fault = API_FAULT_CLOSE),
		API_STEP(.expect = GET_B, .reply = POD),
		API_STEP(.expect = GET_B, .fault = API_FAULT_RESET),
		API_STEP(.expect = GET_B, .reply = POD),
	};
	static const struct kube_call CREATE = {
		.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}, .body = STR_INIT("{\"a\":1}")};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	cr_assert_not(kube_kit_call(kit, &CREATE));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_BROKEN, "%s", kit->err.text);
	cr_assert_eq(api_server_steps(kit->server), 2);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	cr_assert(kube_kit_call(kit, &GET), "a read is: %s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_client, a_body_of_many_pieces_arrives_whole, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .body = "xxxxxxxxxxxxxxxxx the end", .reply = POD),
	};
	struct kube_call create = {.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	CLEANUP(buf_done) struct buf body = {0};

	memset(buf_reserve(&body, 3 << 20), 'x', 3 << 20);
	body.len = 3 << 20;
	buf_add_cstr(&body, " the end");
	create.body = buf_str(&body);
	cr_assert(kube_kit_call(kit, &create), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_client, nobody_waits_longer_than_his_patience, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .status = 429, .headers = JSON "Retry-After: 3600\r\n",
			.reply = STATUS(429, "TooManyRequests", "wait")),
		API_STEP(.expect = GET_B, .fault = API_FAULT_SILENT),
		API_STEP(.expect = GET_B, .fault = API_FAULT_TRICKLE),
	};
	struct kube_call hasty = GET;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	const int64_t from = clock_now();

	hasty.patience = 300 * CLOCK_MILLISECOND;
	for (size_t i = 0; i < ARRAY_LEN(SCRIPT); i++) {
		cr_assert_not(kube_kit_call(kit, &hasty));
		cr_assert_eq(kit->err.code, ERR_UNAVAILABLE, "%s", kit->err.text);
	}
	cr_assert_lt(clock_now() - from, 20 * CLOCK_SECOND);
	kube_kit_free(&kit);
}

Test(kube_client, an_answer_without_end_is_cut_at_its_limit, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .fault = API_FAULT_ENDLESS, .reply = POD),
	};
	struct kube_call small = GET;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	small.reply_limit = 1 << 20;
	cr_assert_not(kube_kit_call(kit, &small));
	cr_assert_eq(kit->err.code, ERR_TOO_LARGE, "%s", kit->err.text);
	cr_assert_leq(kit->reply.answer.body.len, 1 << 20);
	kube_kit_free(&kit);
}

Test(kube_client, an_answer_that_is_no_json_is_an_error_but_not_for_a_bare_path, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = "ok", .headers = "Content-Type: text/plain\r\n"),
		API_STEP(.expect = GET_B, .reply = "{\"a\":"),
		API_STEP(.expect = "GET /readyz", .reply = "ok",
			.headers = "Content-Type: text/plain\r\n"),
	};
	static const struct kube_call READY = {.verb = KUBE_GET, .path = "/readyz"};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert(str_contains(str_from(kit->err.text), "text/plain"), "%s", kit->err.text);
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->err.code, ERR_INVALID);
	cr_assert(kube_kit_call(kit, &READY), "%s", kit->err.text);
	cr_assert(str_is(buf_str(&kit->reply.answer.body), "ok"));
	cr_assert_null(kit->reply.doc.root);
	kube_kit_free(&kit);
}

Test(kube_client, a_server_that_is_not_there_is_asked_until_patience_ends, .timeout = 60)
{
	struct kube_call hasty = GET;
	struct kube_kit *kit = kube_kit_new(NULL, 0, false);
	int64_t from;

	kit->config.server = "http://127.0.0.1:1";
	hasty.patience = 600 * CLOCK_MILLISECOND;
	kube_client_free(&kit->client);
	kit->client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(&kit->config, "t"), .stop = kit->stop});
	from = clock_now();
	cr_assert_not(kube_kit_call(kit, &hasty));
	cr_assert_geq(clock_now() - from, 200 * CLOCK_MILLISECOND);
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_CONNECT, "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_client, a_stop_ends_a_call_that_waits, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .fault = API_FAULT_SILENT)};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	cr_assert_not(kube_kit_call_stopped(kit, &GET));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_ENDED, "%s", kit->err.text);
	kube_kit_free(&kit);
}

/* Counts what a list tells. */
struct count {
	int items, restarts;
};

static void count_item(void *context, const struct json_node *object, struct arena *arena)
{
	struct count *const count = context;

	(void)arena;
	cr_assert(json_is(object, JSON_OBJECT));
	count->items++;
}

static void count_restart(void *context)
{
	struct count *const count = context;

	count->restarts++;
}

#define PAGE(token)                                                                                \
	"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"" token      \
	"\"},\"items\":[{},{}]}"
#define LAST "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"8\"},\"items\":[{}]}"
#define LIST "GET /api/v1/pods?limit=2"

Test(kube_client, a_list_is_read_page_by_page_and_anew_when_its_token_expires, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = PAGE("a=b")),
		API_STEP(.expect = LIST "&continue=a%3Db", .reply = PAGE("c")),
		API_STEP(.expect = LIST "&continue=c", .status = 410,
			.reply = STATUS(410, "Expired", "old")),
		API_STEP(.expect = LIST, .reply = PAGE("d")),
		API_STEP(.expect = LIST "&continue=d", .reply = LAST),
	};
	static const struct kube_call CALL = {
		.verb = KUBE_LIST, .at = {.resource = &PODS}, .limit = 2};
	struct count count = {0};
	const struct kube_list_handler handler = {count_item, count_restart, &count};
	char version[KUBE_VERSION_SIZE];
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	cr_assert(kube_list(kit->client, &CALL, &handler, version, &kit->err), "%s", kit->err.text);
	cr_assert_eq(count.items, 4 + 3);
	cr_assert_eq(count.restarts, 1);
	cr_assert_str_eq(version, "8");
	kube_kit_free(&kit);
}

Test(kube_client, a_list_whose_tokens_always_expire_ends, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .status = 410, .reply = STATUS(410, "Expired", "old"),
			.repeat = true),
	};
	static const struct kube_call CALL = {
		.verb = KUBE_LIST, .at = {.resource = &PODS}, .limit = 2};
	struct count count = {0};
	const struct kube_list_handler handler = {count_item, NULL, &count};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	cr_assert_not(kube_list(kit->client, &CALL, &handler, NULL, &kit->err));
	cr_assert_eq(kit->err.code, ERR_UNAVAILABLE);
	kube_kit_free(&kit);
}

Test(kube_client, a_page_that_is_too_long_is_asked_for_in_parts, .timeout = 60)
{
	static const char LONG[] = PAGE("c") "                                                  ";
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = "GET /api/v1/pods?limit=20", .reply = PAGE("b")),
		API_STEP(.expect = "GET /api/v1/pods?limit=20&continue=b", .reply = LONG),
		API_STEP(.expect = "GET /api/v1/pods?limit=5&continue=b", .reply = LONG),
		API_STEP(.expect = "GET /api/v1/pods?limit=1&continue=b", .reply = PAGE("d")),
		API_STEP(.expect = "GET /api/v1/pods?limit=1&continue=d", .reply = LONG),
	};
	static const struct kube_call CALL = {.verb = KUBE_LIST,
		.at = {.resource = &PODS},
		.limit = 20,
		.reply_limit = sizeof(PAGE("c")) - 1};
	struct count count = {0};
	const struct kube_list_handler handler = {count_item, NULL, &count};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	cr_assert_not(kube_list(kit->client, &CALL, &handler, NULL, &kit->err));
	cr_assert_eq(kit->err.code, ERR_TOO_LARGE, "%s", kit->err.text);
	cr_assert_eq(count.items, 4);
	kube_kit_free(&kit);
}
