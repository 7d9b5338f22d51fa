#include "server/serve/tls_secret.h"

#include <criterion/criterion.h>

static const struct json_limits LIMITS = {1 << 20, 64, 1 << 16, NULL, NULL};

static const struct json_node *read_text(struct arena *arena, struct str text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(
		json_read(arena, text, &LIMITS, &doc, &err), "%s in %.*s", err.text, STR_ARG(text));
	return doc.root;
}

Test(tls_secret, what_is_created_is_read_back)
{
	struct managed_store store = {.tls_crt = (char[]){"a certificate\n"},
		.tls_key = (char[]){"a key"},
		.ca_crt = (char[]){""},
		.ca_key = (char[]){"\xff\x00"}};
	struct buf body CLEANUP(tls_secret_body_done) = {0};
	struct tls_secret read CLEANUP(tls_secret_done) = {0};
	struct arena arena CLEANUP(arena_done);
	struct err err;

	arena_init(&arena, 1024);
	tls_secret_create_body("raygate-tls", &store, &body);
	const struct json_node *const object = read_text(&arena, buf_str(&body));

	cr_assert(tls_secret_decode(object, &read, &err), "%s", err.text);
	cr_expect(read.exists);
	cr_expect(managed_store_equals(&read.store, &store));
	cr_expect_null(read.store.ca_previous);
	cr_expect(json_str_is(json_get(object, "type"), STR("Opaque")));
	cr_expect(json_str_is(json_get(json_get(object, "metadata"), "name"), STR("raygate-tls")));
}

Test(tls_secret, a_patch_names_the_version_and_removes_what_is_not_there)
{
	struct managed_store store = {.tls_crt = (char[]){"x"}};
	struct buf body CLEANUP(tls_secret_body_done) = {0};

	tls_secret_patch_body("41", &store, &body);
	cr_expect(str_is(buf_str(&body),
		"{\"metadata\":{\"resourceVersion\":\"41\"},\"data\":{\"tls.crt\":\"eA==\","
		"\"tls.key\":null,\"ca.crt\":null,\"ca.key\":null,\"ca-previous.crt\":null}}"));
}

Test(tls_secret, odd_secrets_are_read_or_refused)
{
	static const struct {
		const char *json;
		bool fine, empty;
	} CASES[] = {
		{"{}", true, true},
		{"{\"metadata\":{\"resourceVersion\":\"7\"}}", true, true},
		{"{\"data\":null}", true, true},
		{"{\"data\":{}}", true, true},
		{"{\"data\":[]}", true, true},
		{"{\"data\":{\"tls.crt\":null}}", true, true},
		{"{\"data\":{\"tls.crt\":\"\"}}", true, true},
		{"{\"data\":{\"other\":\"not base64!\"}}", true, true},
		{"{\"data\":{\"tls.crt\":\"eA==\"}}", true, false},
		{"{\"data\":{\"tls.crt\":\"not base64!\"}}", false, true},
		{"{\"data\":{\"tls.crt\":7}}", false, true},
		{"{\"data\":{\"tls.crt\":{}}}", false, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct tls_secret read CLEANUP(tls_secret_done) = {0};
		struct arena arena CLEANUP(arena_done);
		struct err err;

		arena_init(&arena, 1024);
		cr_expect_eq(
			tls_secret_decode(read_text(&arena, str_from(CASES[i].json)), &read, &err),
			CASES[i].fine, "%s", CASES[i].json);
		cr_expect_eq(
			managed_store_is_empty(&read.store), CASES[i].empty, "%s", CASES[i].json);
	}
}
