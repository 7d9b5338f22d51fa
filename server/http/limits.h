/*
 * Every limit of HTTP, as rows of one table: name, value, unit and the reason for the value. A
 * listener gets its own copy, so that a test can make one short without touching the others.
 */
#pragma once

#include <stdint.h>

enum http_limit {
	HTTP_LIMIT_BODY,
	HTTP_LIMIT_BODY_SMALL,
	HTTP_LIMIT_BODIES,
	HTTP_LIMIT_BODIES_SMALL,
	HTTP_LIMIT_BODY_FIRST,
	HTTP_LIMIT_BODY_DISCARD,
	HTTP_LIMIT_WORK,
	HTTP_LIMIT_WORK_RATIO,
	HTTP_LIMIT_HEADERS,
	HTTP_LIMIT_IN_FLIGHT,
	HTTP_LIMIT_CONNECTIONS,
	HTTP_LIMIT_BACKLOG,
	HTTP_LIMIT_THREADS,
	HTTP_LIMIT_ARENA,
	HTTP_LIMIT_HEADERS_MS,
	HTTP_LIMIT_CROWDED_MS,
	HTTP_LIMIT_CROWDED_IDLE_MS,
	HTTP_LIMIT_BODY_GRACE_MS,
	HTTP_LIMIT_BODY_MS,
	HTTP_LIMIT_RATE,
	HTTP_LIMIT_REPLY_MS,
	HTTP_LIMIT_IDLE_MS,
	HTTP_LIMIT_REQUEST_MS,
	HTTP_LIMIT_RETIRE_MS,
	HTTP_LIMIT_QUOTA_MS,
	HTTP_LIMIT_SWEEP_MS,
	HTTP_LIMIT_LOG,
	HTTP_LIMIT_COUNT,
};

struct http_limit_row {
	const char *name;
	int64_t value;
	const char *unit;
	const char *reason;
};

struct http_limits {
	int64_t value[HTTP_LIMIT_COUNT];
};

const struct http_limit_row *http_limit_row(enum http_limit limit);
struct http_limits http_limits_default(void);

static inline int64_t http_limit(const struct http_limits *limits, enum http_limit limit)
{
	return limits->value[limit];
}
