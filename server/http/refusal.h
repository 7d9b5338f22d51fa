/* Why a request is refused before a handler sees it: one row a reason. */
#pragma once

#include <stdbool.h>

#include "server/http/limits.h"

enum http_refusal {
	HTTP_REFUSAL_NONE,
	HTTP_REFUSAL_TARGET,
	HTTP_REFUSAL_TARGET_LONG,
	HTTP_REFUSAL_HEADER_NAME,
	HTTP_REFUSAL_HOST_MISSING,
	HTTP_REFUSAL_HOST_TWICE,
	HTTP_REFUSAL_LENGTH_TWICE,
	HTTP_REFUSAL_LENGTH_BAD,
	HTTP_REFUSAL_LENGTH_AND_CHUNKED,
	HTTP_REFUSAL_ENCODING,
	HTTP_REFUSAL_EXPECT,
	HTTP_REFUSAL_STRANGER,
	HTTP_REFUSAL_PATH,
	HTTP_REFUSAL_METHOD,
	HTTP_REFUSAL_MEDIA_TYPE,
	HTTP_REFUSAL_CONTENT_ENCODING,
	HTTP_REFUSAL_TOO_LARGE,
	HTTP_REFUSAL_BUSY,
	HTTP_REFUSAL_MEMORY,
	HTTP_REFUSAL_LATE,
	HTTP_REFUSAL_COUNT,
};

struct http_refusal_row {
	int status;
	const char *name; /* for metrics */
	/* The bytes that follow cannot be trusted to be a body or another request. */
	bool hang_up;
	int retry_after; /* seconds; 0 is no advice */
	const char *sentence;
};

const struct http_refusal_row *http_refusal_row(enum http_refusal refusal);
/* The limit that was met, to be told with the sentence; false where it was none. */
bool http_refusal_limit(enum http_refusal refusal, enum http_limit *out);
