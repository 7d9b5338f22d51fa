#include "server/http/budget.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_UNKNOWN = 8 * 1024 };

void http_budget_init(struct http_budget *budget, size_t limit)
{
	atomic_init(&budget->used, 0);
	budget->limit = limit;
}

bool http_budget_take(struct http_budget *budget, size_t bytes)
{
	size_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);

	do {
		if (bytes > budget->limit || used > budget->limit - bytes)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(
		&budget->used, &used, used + bytes, memory_order_relaxed, memory_order_relaxed));
	return true;
}

void http_budget_give(struct http_budget *budget, size_t bytes)
{
	const size_t used = atomic_fetch_sub_explicit(&budget->used, bytes, memory_order_relaxed);

	assert(used >= bytes);
	(void)used;
}

void http_budgets_init(struct http_budgets *budgets, const struct http_limits *limits)
{
	http_budget_init(&budgets->small, (size_t)http_limit(limits, HTTP_LIMIT_BODIES_SMALL));
	http_budget_init(&budgets->large, (size_t)http_limit(limits, HTTP_LIMIT_BODIES));
	http_budget_init(&budgets->work, (size_t)http_limit(limits, HTTP_LIMIT_WORK));
	budgets->work_ratio = (size_t)http_limit(limits, HTTP_LIMIT_WORK_RATIO);
	budgets->small_body = (size_t)http_limit(limits, HTTP_LIMIT_BODY_SMALL);
	budgets->first = (size_t)http_limit(limits, HTTP_LIMIT_BODY_FIRST);
}

void http_body_begin(struct http_body *body, long long expected)
{
	*body = (struct http_body){.expected = expected < 0 ? SIZE_MAX : (size_t)expected};
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The least doubling that holds `needed`, never beyond what the client said it would send. */
static size_t next_cap(
	const struct http_body *body, const struct http_budgets *budgets, size_t needed)
{
	const size_t first = body->expected == SIZE_MAX ? FIRST_UNKNOWN : budgets->first;
	size_t cap = body->cap ? body->cap : min_size(first, body->expected);

	if (cap == 0)
		cap = 1;
	while (cap < needed)
		cap *= 2;
	return needed <= body->expected ? min_size(cap, body->expected) : cap;
}

/* Charges the body for `cap` bytes in all, in the budget where a body of that size belongs. */
static bool charge(struct http_body *body, struct http_budgets *budgets, size_t cap)
{
	const bool known = body->expected != SIZE_MAX;
	const bool is_small = (known ? body->expected : cap) <= budgets->small_body;
	struct http_budget *const to = is_small ? &budgets->small : &budgets->large;
	const size_t held = body->from == to ? body->cap : 0;

	if (!http_budget_take(to, cap - held))
		return false;
	if (body->from && body->from != to)
		http_budget_give(body->from, body->cap);
	body->from = to;
	return true;
}

bool http_body_add(struct http_body *body, struct http_budgets *budgets, struct str bytes)
{
	if (bytes.len == 0)
		return true;
	if (body->cap - body->len < bytes.len) {
		const size_t cap = next_cap(body, budgets, body->len + bytes.len);

		if (!charge(body, budgets, cap))
			return false;
		body->at = mem_resize(body->at, cap);
		body->cap = cap;
	}
	memcpy(body->at + body->len, bytes.at, bytes.len);
	body->len += bytes.len;
	return true;
}

void http_body_drop(struct http_body *body)
{
	if (body->from)
		http_budget_give(body->from, body->cap);
	free(body->at);
	*body = (struct http_body){.expected = body->expected};
}

struct str http_body_str(const struct http_body *body)
{
	return (struct str){body->at ? body->at : "", body->len};
}

bool http_work_begin(struct http_budgets *budgets, size_t body, size_t *charged)
{
	const size_t most = budgets->work.limit / 2;

	*charged = body <= budgets->small_body ? 0 : min_size(body * budgets->work_ratio, most);
	return http_budget_take(&budgets->work, *charged);
}

void http_work_end(struct http_budgets *budgets, size_t charged)
{
	http_budget_give(&budgets->work, charged);
}
