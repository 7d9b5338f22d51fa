#include "server/serve/welcome.h"

#include <criterion/criterion.h>

static const char *const PROMISES[] = {
	"given the policy's defaults", "refused, with every mistake", "over the quota"};

static void expect(const char *policy, const char *words, bool promised)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct welcome lines = {
		.webhook_port = 9443, .ops_port = 8080, .cert_dir = "/c", .policy = policy};

	welcome_print(&lines, &text);
	cr_expect(str_contains(buf_str(&text), words), "%s: %.*s", words, STR_ARG(buf_str(&text)));
	for (size_t i = 0; i < ARRAY_LEN(PROMISES); i++)
		cr_expect_eq(str_contains(buf_str(&text), PROMISES[i]), promised, "%s: %.*s",
			PROMISES[i], STR_ARG(buf_str(&text)));
}

/* What the samples are to show is what the policy that ships makes of them. */
Test(welcome, of_a_policy_of_ones_own_nothing_is_promised)
{
	expect("", "\nbuild/raygate check manifests/samples/*.yaml\n", true);
	expect("my.yaml", "\nbuild/raygate check --policy my.yaml manifests/samples/*.yaml\n",
		false);
}
