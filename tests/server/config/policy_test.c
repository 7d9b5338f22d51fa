#include "server/config/policy.h"

#include <criterion/criterion.h>

#include "tests/support/review.h"

Test(policy_store, rules_that_nobody_has_are_named)
{
	struct policy *policy =
		review_policy("apiVersion: raygate.dev/v1\nkind: Policy\n"
			      "rules: {RG0104: warn, RG104: \"off\", rg0104: error}\n");
	size_t at = 0;

	cr_expect(str_is(policy_next_unknown_rule(policy, &at), "RG104"));
	cr_expect(str_is(policy_next_unknown_rule(policy, &at), "rg0104"));
	cr_expect_eq(policy_next_unknown_rule(policy, &at).len, 0u);
	policy_free(&policy);
}
