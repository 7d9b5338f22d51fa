/* Calls that share a thread and a connection end as those do that have their own. */
#include "server/kube/shared.h"

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/kube_kit.h"

static const struct kube_resource PODS = {"", "v1", "pods", false};
static const struct kube_call GET = {
	.verb = KUBE_GET, .at = {&PODS, "a", "b", NULL}, .shares = true};

#define GET_B "GET /api/v1/namespaces/a/pods/b"
#define POST  "POST /api/v1/namespaces/a/pods?fieldManager=raygate"
#define POD   "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}}"

Test(kube_shared, each_has_its_own_patience, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .fault = API_FAULT_SILENT),
		API_STEP(.expect = GET_B, .fault = API_FAULT_TRICKLE),
		API_STEP(.expect = GET_B, .reply = POD),
	};
	struct kube_call hasty = GET;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	hasty.patience = 300 * CLOCK_MILLISECOND;
	for (size_t i = 0; i < 2; i++) {
		cr_assert_not(kube_kit_call(kit, &hasty));
		cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_TIMEOUT, "%s", kit->err.text);
	}
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_shared, a_stop_ends_one_that_waits, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .fault = API_FAULT_SILENT)};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	cr_assert_not(kube_kit_call_stopped(kit, &GET));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_ENDED, "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_shared, a_write_whose_kept_connection_breaks_is_not_repeated, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .reply = POD),
		API_STEP(.expect = POST, .body = "{\"a\":1}", .fault = API_FAULT_CLOSE),
		API_STEP(.expect = GET_B, .reply = POD),
	};
	static const struct kube_call CREATE = {.verb = KUBE_CREATE,
		.at = {&PODS, "a", NULL, NULL},
		.body = STR_INIT("{\"a\":1}"),
		.shares = true};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	cr_assert_not(kube_kit_call(kit, &CREATE));
	cr_assert_eq(kit->reply.answer.fault, KUBE_FAULT_BROKEN, "%s", kit->err.text);
	cr_assert_eq(api_server_steps(kit->server), 2);
	cr_assert(kube_kit_call(kit, &GET), "%s", kit->err.text);
	kube_kit_free(&kit);
}

Test(kube_shared, an_answer_without_end_is_cut_at_its_limit, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET_B, .fault = API_FAULT_ENDLESS, .reply = POD),
	};
	struct kube_call small = GET;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);

	small.reply_limit = 1 << 20;
	cr_assert_not(kube_kit_call(kit, &small));
	cr_assert_eq(kit->err.code, ERR_TOO_LARGE, "%s", kit->err.text);
	kube_kit_free(&kit);
}
