#include "server/serve/ca_bundle.h"

#include <criterion/criterion.h>

#include "certs/mint.h"
#include "tests/support/certs_kit.h"

static const struct json_limits LIMITS = {1 << 20, 64, 1 << 16, NULL, NULL};

static const struct ca_bundle *read_text(struct arena *arena, const char *text, size_t *count)
{
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, str_from(text), &LIMITS, &doc, &err), "%s", err.text);
	return ca_bundle_read(doc.root, arena, count);
}

Test(ca_bundle, odd_configurations_have_as_many_bundles_as_webhooks)
{
	static const struct {
		const char *json;
		size_t count;
	} CASES[] = {
		{"{}", 0},
		{"{\"webhooks\":null}", 0},
		{"{\"webhooks\":{}}", 0},
		{"{\"webhooks\":[]}", 0},
		{"{\"webhooks\":[{}]}", 1},
		{"{\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":\"!\"}}]}", 1},
		{"{\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":7}},3]}", 2},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct arena arena CLEANUP(arena_done);
		size_t count;

		arena_init(&arena, 1024);
		const struct ca_bundle *const bundles = read_text(&arena, CASES[i].json, &count);

		cr_expect_eq(count, CASES[i].count, "%s", CASES[i].json);
		for (size_t n = 0; n < count; n++)
			cr_expect_eq(bundles[n].pem.len, 0, "%s", CASES[i].json);
	}
}

Test(ca_bundle, only_webhooks_with_another_bundle_are_patched_each_under_its_name)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	const struct ca_bundle bundles[] = {
		{STR("a.raygate.dev"), str_from(ca.cert_pem)},
		{STR("b\".raygate.dev"), STR("")},
	};
	struct buf patch CLEANUP(buf_done) = {0};
	struct buf expected CLEANUP(buf_done) = {0};

	buf_add_cstr(&expected,
		"[{\"op\":\"test\",\"path\":\"/webhooks/1/name\",\"value\":\"b\\\".raygate.dev\"},"
		"{\"op\":\"add\",\"path\":\"/webhooks/1/clientConfig/caBundle\",\"value\":\"");
	buf_add_base64(&expected, str_from(ca.cert_pem));
	buf_add_cstr(&expected, "\"}]");
	cr_expect(ca_bundle_patch(bundles, 2, str_from(ca.cert_pem), &patch));
	cr_expect(str_eq(buf_str(&patch), buf_str(&expected)), "%.*s", STR_ARG(buf_str(&patch)));
	cr_expect_not(ca_bundle_patch(bundles, 1, str_from(ca.cert_pem), &patch));
	cr_expect_not(ca_bundle_patch(bundles, 0, str_from(ca.cert_pem), &patch));
}
