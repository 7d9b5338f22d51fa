#include "server/http/exchange.h"

#include <string.h>

#include <criterion/criterion.h>

enum { SMALL = 8, LARGE = 40, DEEP = 3 };

static const char BYTES[LARGE + 1] = "0123456789012345678901234567890123456789";

/* A server whose handler asks it for another answer while it is at work on one: three at once. */
struct nested {
	struct http_core core;
	size_t bodies[DEEP];
	int statuses[DEEP];
	size_t depth;
};

static void ask(struct nested *n)
{
	const size_t depth = n->depth++;
	struct http_exchange x = {.open = false};
	struct http_head head = {
		.method = STR("POST"), .version = STR("HTTP/1.1"), .host = STR("a"), .hosts = 1};
	struct http_response response;

	http_exchange_begin(&x, &n->core, STR("/"));
	cr_assert_eq(http_exchange_head(&x, &n->core, &head, 0), HTTP_NEXT_READ);
	cr_assert(http_exchange_body(&x, &n->core, (struct str){BYTES, n->bodies[depth]}));
	http_exchange_answer(&x, &n->core, 1, &response);
	http_exchange_end(&x, &n->core);
	buf_done(&response.body);
	n->statuses[depth] = response.status;
}

static void handle(const struct http_request *request, struct http_response *response, void *data)
{
	struct nested *const n = data;

	(void)request;
	if (n->depth < DEEP)
		ask(n);
	response->status = 200;
	buf_add_cstr(&response->body, "ok");
}

Test(exchange, large_bodies_beyond_the_memory_for_work_are_429_until_others_are_done)
{
	static const struct {
		size_t bodies[DEEP];
		int64_t work;
		int innermost;
	} CASES[] = {
		{{LARGE, LARGE, LARGE}, 2 * LARGE, 429},
		{{LARGE, LARGE, LARGE}, 5 * LARGE, 429},
		{{LARGE, LARGE, LARGE}, 6 * LARGE, 200},
		{{LARGE, LARGE, SMALL}, 2 * LARGE, 200},
		{{LARGE, SMALL, LARGE}, 2 * LARGE, 200},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct nested n = {.depth = 0};
		const struct http_route route = {"POST", "/", NULL, handle, &n};
		const struct http_router router = {&route, 1};
		struct http_limits limits = http_limits_default();

		memcpy(n.bodies, CASES[i].bodies, sizeof(n.bodies));
		limits.value[HTTP_LIMIT_BODY_SMALL] = SMALL;
		limits.value[HTTP_LIMIT_WORK_RATIO] = 2;
		limits.value[HTTP_LIMIT_WORK] = CASES[i].work;
		http_core_init(&n.core, &router, &limits);
		ask(&n);
		cr_expect_eq(n.statuses[0], 200, "%zu", i);
		cr_expect_eq(n.statuses[2], CASES[i].innermost, "%zu", i);
		cr_expect_eq(n.core.counters.refused[HTTP_REFUSAL_MEMORY],
			CASES[i].innermost == 429, "%zu", i);
		cr_expect_eq(atomic_load(&n.core.budgets.work.used), 0, "%zu", i);
		http_core_done(&n.core);
	}
}
