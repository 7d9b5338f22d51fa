/*
 * The head of a request, judged more strictly than the HTTP library does: what two programs could
 * understand differently is refused (RFC 9112, sections 3.2 and 6).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "server/http/refusal.h"

/* Start from zero, set method, version and target, add each header, then judge. Borrows all. */
struct http_head {
	struct str method;
	struct str version; /* "HTTP/1.1" */
	struct str target;  /* path and query as sent, not decoded */

	struct str host;
	struct str length;
	struct str encoding;
	struct str content_type;
	struct str content_encoding;
	struct str expect;
	unsigned hosts, lengths, encodings, content_types;
	bool bad_name;
	bool is_strangers; /* the client had to show a certificate, and did not show a good one */
};

void http_head_add(struct http_head *head, struct str name, struct str value);

/* Whether the framing can be trusted: HTTP_REFUSAL_NONE, or why not. */
enum http_refusal http_head_judge(const struct http_head *head);
/* Content-Length, or -1 when there is none. Of a head that was judged; beyond int64 it is
 * INT64_MAX. */
long long http_head_length(const struct http_head *head);
bool http_head_is_chunked(const struct http_head *head);

/* Cuts the target into path and query (without '?'); "http://host/x" has the path "/x". */
bool http_head_split_target(struct str target, struct str *path, struct str *query);
/* The raw value of `key` in a query "a=1&b=2"; the first one counts. */
bool http_query_get(struct str query, const char *key, struct str *value);
/* Whether a Content-Type is `type`, with or without parameters, in any case of letters. */
bool http_media_type_is(struct str content_type, const char *type);
