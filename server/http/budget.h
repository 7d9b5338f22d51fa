/*
 * How much memory the bodies of all requests may hold together, and the body of one request.
 *
 * Memory is charged as bytes arrive, not as Content-Length promises, so that a promise costs
 * nothing. Small bodies have a budget of their own: clients that send much, or slowly, cannot shut
 * out the reviews of the API server.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "server/http/limits.h"

/* Any thread may take and give. */
struct http_budget {
	atomic_size_t used;
	size_t limit;
};

void http_budget_init(struct http_budget *budget, size_t limit);
/* All of `bytes` or none. */
MUST_CHECK bool http_budget_take(struct http_budget *budget, size_t bytes);
void http_budget_give(struct http_budget *budget, size_t bytes);

struct http_budgets {
	struct http_budget small;
	struct http_budget large;
	struct http_budget work; /* what handlers make of large bodies */
	size_t work_ratio;       /* bytes of it for each byte of a body */
	size_t small_body;       /* at most so many bytes is a small body */
	size_t first;            /* most that is allocated before a byte is there */
};

void http_budgets_init(struct http_budgets *budgets, const struct http_limits *limits);

enum { HTTP_BODY_UNKNOWN = -1 };

/* One thread at a time. */
struct http_body {
	char *at;
	size_t len;
	size_t cap;               /* this is what is charged */
	size_t expected;          /* SIZE_MAX when the client did not say */
	struct http_budget *from; /* NULL while nothing is charged */
};

/* `expected` is the Content-Length, or HTTP_BODY_UNKNOWN. */
void http_body_begin(struct http_body *body, long long expected);
/* False when the budget is spent; the body is as before then, and may be dropped. */
MUST_CHECK bool http_body_add(
	struct http_body *body, struct http_budgets *budgets, struct str bytes);
/* Frees it and gives back what it was charged. */
void http_body_drop(struct http_body *body);
struct str http_body_str(const struct http_body *body);

/*
 * Charges what a handler may need for a body of so many bytes, as long as it runs: nothing for a
 * small one, of which there are no more at work than threads, and half of the budget at most. False
 * when that is not left.
 */
MUST_CHECK bool http_work_begin(struct http_budgets *budgets, size_t body, size_t *charged);
void http_work_end(struct http_budgets *budgets, size_t charged);
