/* How we say who we are, and know who answers. */
#include "server/kube/transport.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tests/support/certs_kit.h"
#include "tests/support/kube_kit.h"

static const struct kube_resource PODS = {"", "v1", "pods", false};
static const struct kube_call GET = {.verb = KUBE_GET, .at = {&PODS, "a", "b", NULL}};

#define GET_B "GET /api/v1/namespaces/a/pods/b"
#define POD   "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}}"
#define JSON  "Content-Type: application/json\r\n"

Test(kube_transport, a_certificate_of_another_ca_is_not_trusted, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD, .headers = JSON "Connection: close\r\n",
			.swap = true),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->err.code, ERR_UNAVAILABLE);
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_TRUST, "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_transport, a_new_ca_in_the_file_is_trusted_within_a_minute, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD, .headers = JSON "Connection: close\r\n",
			.swap = true),
		API_STEP(.expect = GET_B, .reply = POD),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	char *folder = kit_folder();
	char file[512];

	snprintf(file, sizeof(file), "%s/ca.crt", folder);
	kit_write(folder, "ca.crt", api_server_ca(kit->server));
	kit->config.ca = (struct kube_material){.file = file};
	clock_hold(1000 * CLOCK_SECOND, 0);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kit_write(folder, "ca.crt", api_server_other_ca(kit->server));
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_TRUST, "%s", kit->err.text);
	clock_advance(60 * CLOCK_SECOND);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kit_folder_done(&folder);
	kube_kit_free(&kit);
}

Test(kube_transport, a_client_certificate_of_the_config_is_taken_and_one_that_is_none_is_told,
	.timeout = 60)
{
	static const struct api_step SCRIPT[] = {API_STEP(.expect = GET_B, .reply = POD)};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	struct mint_pair ca = kit_ca(KIT_NOW), pair = kit_pair(&ca, "us", KIT_NOW);

	kit->config.client_cert.text = "no certificate";
	kit->config.client_key.text = pair.key_pem;
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_TRUST, "%s", kit->err.text);
	kit->config.client_cert.text = pair.cert_pem;
	cr_assert_not(kube_kit_call(kit, &GET), "what was read is good for a minute");
	clock_hold(clock_now() + 61 * CLOCK_SECOND, 0);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	clock_release();
	mint_pair_done(&ca);
	mint_pair_done(&pair);
	kube_kit_free(&kit);
}

Test(kube_transport, a_tls_server_name_is_what_the_certificate_must_have, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD, .header = "Host: 127.0.0.1:")};
	static const char *const NAMES[] = {"elsewhere.test", "api.test"};

	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		kit->config.tls_server_name = NAMES[i];
		kube_client_free(&kit->client);
		kit->client = kube_client_new(&(struct kube_client_options){
			.transport = kube_transport_new(&kit->config, "t")});
		cr_assert_eq(kube_kit_call(kit, &GET), i == 1, "%s: %s", NAMES[i], kit->err.text);
	}
	kube_kit_free(&kit);
}

Test(kube_transport, somebody_may_act_as_another, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD,
			.header = "Impersonate-User: jane\r\nImpersonate-Uid: 7\r\n"
				  "Impersonate-Group: a\r\nImpersonate-Group: b\r\n"
				  "Impersonate-Extra-why: asked\r\n"),
	};
	static const char *const GROUPS[] = {"a", "b", NULL};
	static const struct kube_extra EXTRA[] = {{"Impersonate-Extra-why: ", "asked"}, {0}};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	kit->config.act_as = "jane";
	kit->config.act_as_uid = "7";
	kit->config.act_as_groups = GROUPS;
	kit->config.act_as_extra = EXTRA;
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_transport, a_proxy_is_asked_for_the_server, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = "GET http://api.test/prefix/api/v1/namespaces/a/pods/b",
			.header = "Host: api.test\r\n", .reply = POD),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	setenv("NO_PROXY", "*", 1);
	kit->config.proxy_url = api_server_url(kit->server);
	kit->config.server = "http://api.test/prefix";
	kube_client_free(&kit->client);
	kit->client = kube_client_new(
		&(struct kube_client_options){.transport = kube_transport_new(&kit->config, "t")});
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_transport, a_credential_that_the_server_refuses_is_read_again_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .header = "Authorization: Bearer one\r\n", .reply = POD),
		API_STEP(.expect = GET_B, .header = "Authorization: Bearer one\r\n", .status = 401,
			.reply = "{\"kind\":\"Status\",\"message\":\"who?\",\"code\":401}"),
		API_STEP(.expect = GET_B, .header = "Authorization: Bearer two\r\n", .reply = POD),
		API_STEP(.expect = GET_B, .header = "Authorization: Bearer two\r\n", .status = 401,
			.reply = "{\"kind\":\"Status\",\"message\":\"who?\",\"code\":401}"),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	char *folder = kit_folder();
	char file[512];

	snprintf(file, sizeof(file), "%s/token", folder);
	kit_write(folder, "token", "one");
	kit->config.token = NULL;
	kit->config.token_file = file;
	clock_hold(1000 * CLOCK_SECOND, 0);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kit_write(folder, "token", "two");
	clock_advance(10 * CLOCK_SECOND);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	/* What was read a moment ago is not read again. */
	cr_assert_not(kube_kit_call(kit, &GET));
	cr_assert_eq(kit->err.code, ERR_FORBIDDEN, "%s", kit->err.text);
	kit_folder_done(&folder);
	kube_kit_free(&kit);
}
