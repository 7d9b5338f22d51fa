#include "tests/support/review.h"

#include <criterion/criterion.h>

#include "api/patch.h"
#include "api/ray_object.h"
#include "tests/support/base64.h"

static const struct json_limits LIMITS = {.bytes = 16u << 20, .depth = 300, .nodes = 4000000};

static const struct json_node *read(struct arena *arena, struct str text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, text, &LIMITS, &doc, &err), "%s: %.*s", err.text,
		(int)(text.len < 2000 ? text.len : 2000), text.at);
	return doc.root;
}

/* group, resource and kind from the object itself. */
static void add_identity(struct arena *arena, const struct json_node *object, struct buf *out)
{
	enum ray_kind kind;
	enum dialect dialect;
	static const char *const RESOURCES[] = {
		"rayclusters", "rayjobs", "rayservices", "raycronjobs"};

	cr_assert(ray_object_recognise(object, &kind, &dialect));
	const char *const group = dialect == DIALECT_LEGACY ? "cluster.ray.io" : "ray.io";
	const struct str name = json_str(arena, json_get(json_get(object, "metadata"), "name"));

	buf_printf(out,
		"\"kind\":{\"group\":\"%s\",\"version\":\"v1\",\"kind\":\"%s\"},\"resource\":{"
		"\"group\":\"%s\",\"version\":\"v1\",\"resource\":\"%s\"},\"name\":\"%.*s\",",
		group, ray_kind_name(kind), group, RESOURCES[kind], STR_ARG(name));
}

static const char *uid_of(const struct review_case *it)
{
	return it->uid ? it->uid : "f-1";
}

static struct str body_of(struct arena *arena, const struct review_case *it)
{
	CLEANUP(buf_done) struct buf body = {0};
	const bool update = it->old.len > 0;

	buf_add_cstr(&body, "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
			    "\"request\":{");
	buf_printf(&body, "\"uid\":\"%s\",", uid_of(it));
	add_identity(arena, read(arena, it->object), &body);
	buf_printf(&body, "\"namespace\":\"%.*s\",\"operation\":\"%s\",\"dryRun\":%s,\"object\":",
		STR_ARG(it->namespace), update ? "UPDATE" : "CREATE",
		it->dry_run ? "true" : "false");
	buf_add(&body, it->object);
	buf_add_cstr(&body, ",\"oldObject\":");
	buf_add(&body, update ? it->old : STR("null"));
	if (it->user)
		buf_printf(&body, ",\"userInfo\":{\"username\":\"%s\"}", it->user);
	buf_add_cstr(&body, "}}");
	return arena_str(arena, buf_str(&body));
}

struct str review_patch_of(struct arena *arena, struct str reply)
{
	const struct json_node *const patch =
		json_get(json_get(read(arena, reply), "response"), "patch");

	return patch ? base64_decode(arena, json_str(arena, patch)) : (struct str){0};
}

static struct str apply(struct arena *arena, struct str object, struct str patch_text)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct patch patch;
	struct err err;

	cr_assert(patch_read(arena, read(arena, patch_text), &patch, &err), "%s", err.text);
	cr_assert(patch_apply(arena, read(arena, object), &patch, &text, &err), "%s: %.*s",
		err.text, STR_ARG(patch_text));
	return arena_str(arena, buf_str(&text));
}

void review_run(struct arena *arena, const struct review_case *it, struct review_result *out)
{
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = it->phase,
		.body = body_of(arena, it),
		.arena = arena,
		.policy = it->policy,
		.ledger = it->ledger,
	};
	struct err err;

	*out = (struct review_result){.object = it->object};
	cr_assert(admit(&in, &reply, &out->outcome, &err), "%s", err.text);
	out->reply = arena_str(arena, buf_str(&reply));
	const struct json_node *const response = json_get(read(arena, out->reply), "response");
	const struct json_node *const patch = json_get(response, "patch");

	cr_assert(json_str_is(json_get(response, "uid"), str_from(uid_of(it))));
	out->allowed = json_is(json_get(response, "allowed"), JSON_TRUE);
	cr_assert(out->allowed || patch == NULL, "a denial has no patch");
	if (patch) {
		out->patch = base64_decode(arena, json_str(arena, patch));
		out->object = apply(arena, it->object, out->patch);
	}
}

struct policy *review_policy(const char *text)
{
	struct arena arena;
	struct field_errors errors;
	struct err err;

	arena_init(&arena, 4096);
	field_errors_init(&errors, &arena, NULL);
	struct policy *const policy = policy_decode(str_from(text), "test", &errors, &err);

	cr_assert(policy != NULL, "%s", err.text);
	arena_done(&arena);
	return policy;
}
