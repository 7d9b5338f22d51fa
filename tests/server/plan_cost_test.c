#include "server/plan_cost.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/review.h"

static const char POLICY[] =
	"{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"prices\":{\"cpu\":0.04,"
	"\"memory\":0.005,\"nvidia.com/gpu\":2.5,\"example.com/free\":0}}";

/* A line of a footprint as texts; "" is unbounded. */
struct amount {
	const char *name, *value;
};

static const struct {
	const char *name;
	struct amount amounts[4];
	const char *cost;
} CASES[] = {
	{"nothing", {{NULL, NULL}}, "0.000"},
	{"a CPU", {{"requests.cpu", "1"}}, "0.040"},
	{"half a CPU", {{"requests.cpu", "500m"}}, "0.020"},
	{"memory is counted in GiB", {{"requests.memory", "4Gi"}}, "0.020"},
	{"all together",
		{{"requests.cpu", "8"}, {"requests.memory", "64Gi"},
			{"requests.nvidia.com/gpu", "2"}},
		"5.640"},
	{"what has no price", {{"requests.example.com/fpga", "9"}, {"pods", "9"}}, "0.000"},
	{"limits are not paid for", {{"limits.cpu", "9"}}, "0.000"},
	{"no bound", {{"requests.cpu", "1"}, {"requests.memory", ""}}, "unbounded"},
	{"no bound of what costs nothing", {{"requests.example.com/free", ""}}, "0.000"},
	{"a million CPUs", {{"requests.cpu", "1M"}}, "40000.000"},
	{"more than there are", {{"requests.cpu", "100000000P"}}, "4.000e+21"},
};

static struct quantity amount_of(const char *text)
{
	struct quantity quantity = quantity_unbounded();
	struct err err;

	if (*text)
		cr_assert(quantity_parse(str_from(text), &quantity, &err), "%s", err.text);
	return quantity;
}

Test(plan_cost, what_is_requested_times_its_price)
{
	struct policy *policy = review_policy(POLICY);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct footprint_line lines[4] = {0};
		struct footprint footprint = {.lines = lines};

		for (size_t a = 0; a < 4 && CASES[i].amounts[a].name; a++)
			lines[footprint.count++] = (struct footprint_line){
				.name = str_from(CASES[i].amounts[a].name),
				.most = amount_of(CASES[i].amounts[a].value),
			};
		cr_expect_str_eq(plan_cost(policy, &footprint, FOOTPRINT_MOST).at, CASES[i].cost,
			"%s", CASES[i].name);
		cr_expect_str_eq(plan_cost(policy, &footprint, FOOTPRINT_LEAST).at, "0.000", "%s",
			CASES[i].name);
	}
	policy_free(&policy);
}
