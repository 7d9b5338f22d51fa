#include "server/http/budget.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"

enum { KI = 1024 };

static struct http_budgets budgets_of(size_t small, size_t large)
{
	struct http_limits limits = http_limits_default();
	struct http_budgets budgets;

	limits.value[HTTP_LIMIT_BODIES_SMALL] = (int64_t)small;
	limits.value[HTTP_LIMIT_BODIES] = (int64_t)large;
	http_budgets_init(&budgets, &limits);
	return budgets;
}

static bool add(struct http_body *body, struct http_budgets *budgets, size_t len)
{
	char *bytes CLEANUP(mem_free) = mem_alloc(len);

	memset(bytes, 'x', len);
	return http_body_add(body, budgets, (struct str){bytes, len});
}

Test(budget, all_is_taken_or_nothing)
{
	struct http_budget budget;

	http_budget_init(&budget, 10);
	cr_assert(http_budget_take(&budget, 7));
	cr_assert_not(http_budget_take(&budget, 4));
	cr_assert(http_budget_take(&budget, 3));
	cr_assert_not(http_budget_take(&budget, 1));
	cr_assert(http_budget_take(&budget, 0));
	http_budget_give(&budget, 10);
	cr_assert_not(http_budget_take(&budget, SIZE_MAX));
	cr_assert_eq(atomic_load(&budget.used), 0);
}

Test(budget, a_promise_costs_nothing_until_bytes_arrive)
{
	struct http_budgets budgets = budgets_of(1024 * KI, 8192 * KI);
	struct http_body body;

	http_body_begin(&body, 8192 * KI);
	cr_assert_eq(atomic_load(&budgets.large.used), 0);
	cr_assert(add(&body, &budgets, 1));
	cr_assert_eq(atomic_load(&budgets.large.used), 64 * KI);
	cr_assert_eq(atomic_load(&budgets.small.used), 0, "it said that it is large");
	cr_assert(add(&body, &budgets, 100 * KI));
	cr_assert_eq(atomic_load(&budgets.large.used), 128 * KI);
	http_body_drop(&body);
	cr_assert_eq(atomic_load(&budgets.large.used), 0);
}

Test(budget, a_known_small_length_is_allocated_once_and_exactly)
{
	struct http_budgets budgets = budgets_of(1024 * KI, 8192 * KI);
	struct http_body body;

	http_body_begin(&body, 12345);
	cr_assert(add(&body, &budgets, 1));
	const char *const at = body.at;

	cr_assert_eq(body.cap, 12345);
	cr_assert(add(&body, &budgets, 12344));
	cr_assert_eq(body.at, at);
	cr_assert_eq(http_body_str(&body).len, 12345);
	cr_assert_eq(atomic_load(&budgets.small.used), 12345);
	http_body_drop(&body);
	cr_assert_eq(atomic_load(&budgets.small.used), 0);
}

Test(budget, a_length_of_zero_holds_nothing)
{
	struct http_budgets budgets = budgets_of(KI, KI);
	struct http_body body;

	http_body_begin(&body, 0);
	cr_assert(http_body_add(&body, &budgets, (struct str){"", 0}));
	cr_assert_eq(http_body_str(&body).len, 0);
	cr_assert_not_null(http_body_str(&body).at);
	http_body_drop(&body);
}

Test(budget, more_than_was_promised_still_fits)
{
	struct http_budgets budgets = budgets_of(KI, KI);
	struct http_body body;

	http_body_begin(&body, 2);
	cr_assert(http_body_add(&body, &budgets, STR("abcde")));
	cr_assert(str_is(http_body_str(&body), "abcde"));
	http_body_drop(&body);
	cr_assert_eq(atomic_load(&budgets.small.used), 0);
}

Test(budget, a_body_of_unknown_length_moves_to_the_large_budget_as_it_grows)
{
	struct http_budgets budgets = budgets_of(1024 * KI, 8192 * KI);
	struct http_body body;

	http_body_begin(&body, HTTP_BODY_UNKNOWN);
	cr_assert(add(&body, &budgets, 200 * KI));
	cr_assert_eq(atomic_load(&budgets.small.used), 256 * KI);
	cr_assert_eq(atomic_load(&budgets.large.used), 0);
	cr_assert(add(&body, &budgets, 100 * KI));
	cr_assert_eq(atomic_load(&budgets.small.used), 0);
	cr_assert_eq(atomic_load(&budgets.large.used), 512 * KI);
	http_body_drop(&body);
	cr_assert_eq(atomic_load(&budgets.large.used), 0);
}

Test(budget, large_bodies_cannot_take_what_small_ones_need)
{
	struct http_budgets budgets = budgets_of(512 * KI, 1024 * KI);
	struct http_body large, refused, small;

	http_body_begin(&large, 1024 * KI);
	cr_assert(add(&large, &budgets, 1024 * KI));
	http_body_begin(&refused, 300 * KI);
	cr_assert_not(add(&refused, &budgets, 1));
	http_body_begin(&small, 256 * KI);
	cr_assert(add(&small, &budgets, 256 * KI));
	http_body_drop(&large);
	cr_assert(add(&refused, &budgets, 1), "there is room again");
	http_body_drop(&refused);
	http_body_drop(&small);
	cr_assert_eq(atomic_load(&budgets.small.used) + atomic_load(&budgets.large.used), 0);
}

Test(budget, a_body_that_is_refused_more_keeps_what_it_has)
{
	struct http_budgets budgets = budgets_of(10 * KI, 10 * KI);
	struct http_body body;

	http_body_begin(&body, HTTP_BODY_UNKNOWN);
	cr_assert(add(&body, &budgets, 8 * KI));
	cr_assert_not(add(&body, &budgets, 1));
	cr_assert_eq(http_body_str(&body).len, 8 * KI);
	cr_assert_eq(atomic_load(&budgets.small.used), 8 * KI);
	http_body_drop(&body);
	http_body_drop(&body);
	cr_assert_eq(atomic_load(&budgets.small.used), 0);
}

Test(budget, work_on_a_body_costs_by_its_size_and_never_more_than_half)
{
	static const struct {
		size_t body, charged;
	} CASES[] = {
		{0, 0},
		{256 * KI, 0},
		{256 * KI + 1, (256 * KI + 1) * 90},
		{2048 * KI, 2048 * KI * 90},
		{8192 * KI, 256 * KI * KI},
	};
	struct http_budgets budgets = budgets_of(1024 * KI, 8192 * KI);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		size_t charged;

		cr_assert(http_work_begin(&budgets, CASES[i].body, &charged));
		cr_expect_eq(charged, CASES[i].charged, "%zu", CASES[i].body);
		http_work_end(&budgets, charged);
	}
	cr_expect_eq(atomic_load(&budgets.work.used), 0);
}

Test(budget, the_largest_bodies_are_worked_on_two_at_a_time)
{
	struct http_budgets budgets = budgets_of(1024 * KI, 8192 * KI);
	size_t first, second, third;

	cr_assert(http_work_begin(&budgets, 8192 * KI, &first));
	cr_assert(http_work_begin(&budgets, 8192 * KI, &second));
	cr_expect_not(http_work_begin(&budgets, 8192 * KI, &third));
	cr_expect_not(http_work_begin(&budgets, 256 * KI + 1, &third));
	cr_expect(http_work_begin(&budgets, 256 * KI, &third));
	http_work_end(&budgets, first);
	cr_expect(http_work_begin(&budgets, 8192 * KI, &third));
	http_work_end(&budgets, second);
	http_work_end(&budgets, third);
	cr_expect_eq(atomic_load(&budgets.work.used), 0);
}
