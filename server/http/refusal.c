#include "server/http/refusal.h"

#include <assert.h>

#include "base/attr.h"

static const struct http_refusal_row REFUSALS[HTTP_REFUSAL_COUNT] = {
	[HTTP_REFUSAL_NONE] = {200, "none", false, 0, ""},
	[HTTP_REFUSAL_TARGET] = {400, "target", true, 0,
		"the request line names no path; ask for a path that begins with '/'"},
	[HTTP_REFUSAL_TARGET_LONG] = {414, "target_long", false, 0,
		"the path and query are too long; use a path this server has"},
	[HTTP_REFUSAL_HEADER_NAME] = {400, "header_name", true, 0,
		"a header has a name that HTTP does not allow; remove it"},
	[HTTP_REFUSAL_HOST_MISSING] = {400, "host_missing", true, 0,
		"the Host header is missing; HTTP/1.1 requires it"},
	[HTTP_REFUSAL_HOST_TWICE] = {400, "host_twice", true, 0,
		"there is more than one Host header; send one"},
	[HTTP_REFUSAL_LENGTH_TWICE] = {400, "length_twice", true, 0,
		"there is more than one Content-Length header; send one"},
	[HTTP_REFUSAL_LENGTH_BAD] = {400, "length_bad", true, 0,
		"Content-Length is not a decimal number; send the body's size in bytes"},
	[HTTP_REFUSAL_LENGTH_AND_CHUNKED] = {400, "length_and_chunked", true, 0,
		"both Content-Length and Transfer-Encoding are given; send one of them"},
	[HTTP_REFUSAL_ENCODING] = {400, "encoding", true, 0,
		"only one Transfer-Encoding, 'chunked', in HTTP/1.1, is understood"},
	[HTTP_REFUSAL_EXPECT] = {417, "expect", false, 0,
		"the only expectation that can be met is '100-continue'; remove the Expect header"},
	[HTTP_REFUSAL_STRANGER] = {401, "stranger", true, 0,
		"only clients that show a valid certificate of the configured CA are answered"},
	[HTTP_REFUSAL_PATH] = {404, "path", false, 0,
		"there is nothing at this path; check the URL"},
	[HTTP_REFUSAL_METHOD] = {405, "method", false, 0,
		"this path does not take this method; the Allow header lists those it takes"},
	[HTTP_REFUSAL_MEDIA_TYPE] = {415, "media_type", false, 0,
		"the body's type is not accepted here; send Content-Type: application/json"},
	[HTTP_REFUSAL_CONTENT_ENCODING] = {415, "content_encoding", false, 0,
		"compressed bodies are not accepted; send the body without Content-Encoding"},
	[HTTP_REFUSAL_TOO_LARGE] = {413, "too_large", false, 0,
		"the body is larger than this server accepts, and no option raises that; send a "
		"smaller object"},
	[HTTP_REFUSAL_BUSY] = {429, "busy", false, 1,
		"too many requests are being answered; try again in a second"},
	[HTTP_REFUSAL_MEMORY] = {429, "memory", false, 1,
		"the memory for large requests is in use; try again in a second"},
	[HTTP_REFUSAL_LATE] = {408, "late", false, 0,
		"the request took longer to arrive than its own timeout; send it faster or wait "
		"longer"},
};

const struct http_refusal_row *http_refusal_row(enum http_refusal refusal)
{
	assert(refusal < HTTP_REFUSAL_COUNT);
	return &REFUSALS[refusal];
}

bool http_refusal_limit(enum http_refusal refusal, enum http_limit *out)
{
	static const struct {
		enum http_refusal refusal;
		enum http_limit limit;
	} MET[] = {
		{HTTP_REFUSAL_TOO_LARGE, HTTP_LIMIT_BODY},
		{HTTP_REFUSAL_BUSY, HTTP_LIMIT_IN_FLIGHT},
	};

	for (size_t i = 0; i < ARRAY_LEN(MET); i++) {
		if (MET[i].refusal == refusal) {
			*out = MET[i].limit;
			return true;
		}
	}
	return false;
}
