#include "tests/e2e/reviews.h"

#include <criterion/criterion.h>

#include "base/json_read.h"
#include "tests/support/base64.h"
#include "tests/support/files.h"

static const char * or (const char *text, const char *fallback)
{
	return text ? text : fallback;
}

static struct str cluster(struct arena *arena, const struct review_text *it)
{
	const char *const cpu = or (it->cpu, "1");

	return arena_printf(arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"%s\",\"namespace\":\"ray\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":"
		"{\"containers\":[{\"name\":\"ray-head\",\"image\":\"rayproject/ray:2.52.0\","
		"\"resources\":{\"requests\":{\"cpu\":\"%s\",\"memory\":\"512Mi\"},\"limits\":{"
		"\"cpu\":\"%s\",\"memory\":\"512Mi\"}}}]}}}}}",
		or (it->name, "demo"), cpu, cpu);
}

struct str review_text(struct arena *arena, const struct review_text *it)
{
	const struct str object = cluster(arena, it);
	const char *const operation = or (it->operation, "CREATE");
	const bool is_delete = strcmp(operation, "DELETE") == 0;
	const bool has_old = strcmp(operation, "CREATE") != 0;

	return arena_printf(arena,
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":"
		"{\"uid\":\"%s\",\"kind\":{\"group\":\"ray.io\",\"version\":\"v1\",\"kind\":"
		"\"RayCluster\"},\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\",\"resource\""
		":\"rayclusters\"},\"name\":\"%s\",\"namespace\":\"ray\",\"operation\":\"%s\","
		"\"userInfo\":{\"username\":\"ada\"},\"object\":%.*s,\"oldObject\":%.*s,"
		"\"dryRun\":%s}}",
		or (it->uid, "u-1"), or (it->name, "demo"), operation,
		STR_ARG(is_delete ? STR("null") : object), STR_ARG(has_old ? object : STR("null")),
		it->dry_run ? "true" : "false");
}

bool post(struct http_client *client, const char *path, struct str body)
{
	return http_client_printf(client,
		       "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
		       "Content-Length: %zu\r\n\r\n",
		       path, body.len) &&
	       http_client_send(client, body);
}

/* A Status says what is wrong in a sentence of its own, not only by its code. */
static void read_status(
	struct arena *arena, const struct json_node *root, struct str text, struct answer *out)
{
	cr_assert(json_str_is(json_get(root, "kind"), STR("Status")), "%d: %.*s", out->status,
		STR_ARG(text));
	cr_assert(json_str_is(json_get(root, "status"), STR("Failure")), "%.*s", STR_ARG(text));
	cr_assert(json_i64(json_get(root, "code"), &out->code), "%.*s", STR_ARG(text));
	cr_assert_eq(out->code, out->status, "%.*s", STR_ARG(text));
	out->message = json_str(arena, json_get(root, "message"));
	cr_assert_gt(out->message.len, 10, "%.*s", STR_ARG(text));
}

static void read_review(struct arena *arena, const struct json_node *root, struct answer *out)
{
	const struct json_node *const response = json_get(root, "response");
	const struct json_node *const status = json_get(response, "status");
	const struct json_node *const patch = json_get(response, "patch");

	out->is_review = true;
	out->allowed = json_is(json_get(response, "allowed"), JSON_TRUE);
	out->uid = json_str(arena, json_get(response, "uid"));
	out->message = json_str(arena, json_get(status, "message"));
	out->causes = json_count(json_get(json_get(status, "details"), "causes"));
	if (!json_i64(json_get(status, "code"), &out->code))
		out->code = 0;
	if (patch)
		out->patch = base64_decode(arena, json_str(arena, patch));
	cr_assert(out->allowed || out->message.len, "a denial says why");
}

struct answer read_answer(struct arena *arena, const struct http_reply *reply)
{
	static const struct json_limits LIMITS = {.bytes = 8 << 20, .depth = 64, .nodes = 100000};
	const struct str text = arena_str(arena, buf_str(&reply->body));
	struct answer answer = {.status = reply->status};
	struct json_doc doc;
	struct err err;

	cr_assert(str_is(http_reply_header(reply, "Content-Type"), "application/json"), "%d: %.*s",
		reply->status, STR_ARG(text));
	cr_assert(json_read(arena, text, &LIMITS, &doc, &err), "%s: %.*s", err.text, STR_ARG(text));
	if (reply->status == 200)
		read_review(arena, doc.root, &answer);
	else
		read_status(arena, doc.root, text, &answer);
	return answer;
}

struct answer ask_review(
	struct arena *arena, struct http_client *client, const char *path, struct str body)
{
	struct http_reply reply = {0};

	cr_assert(post(client, path, body), "the request could not be sent");
	cr_assert(http_client_read(client, &reply), "no answer to %.200s", body.at);
	const struct answer answer = read_answer(arena, &reply);

	http_reply_done(&reply);
	return answer;
}

struct str read_text(struct arena *arena, const char *name)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;

	cr_assert(files_read(name, &text, &err), "%s", err.text);
	return arena_str(arena, buf_str(&text));
}
