#include "server/http/head.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/attr.h"

/* Headers as "Name: value|Name: value". */
static struct http_head head_of(const char *version, const char *target, const char *headers)
{
	struct http_head head = {
		.method = STR("POST"), .version = str_from(version), .target = str_from(target)};
	struct str rest = str_from(headers);

	while (rest.len) {
		const struct str line = {rest.at, str_find(rest, '|')};
		const size_t colon = str_find(line, ':');

		http_head_add(&head, (struct str){line.at, colon},
			str_from_offset(line, colon < line.len ? colon + 1 : colon));
		rest = str_from_offset(rest, line.len < rest.len ? line.len + 1 : line.len);
	}
	return head;
}

Test(head, framing_that_two_programs_could_read_differently_is_refused)
{
	static const struct {
		const char *version, *target, *headers;
		enum http_refusal refusal;
	} CASES[] = {
		{"HTTP/1.1", "/", "Host: a", HTTP_REFUSAL_NONE},
		{"HTTP/1.1", "/", "host:a|content-length: 5", HTTP_REFUSAL_NONE},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding: Chunked", HTTP_REFUSAL_NONE},
		{"HTTP/1.1", "/", "Host: ", HTTP_REFUSAL_NONE},
		{"HTTP/1.0", "/", "", HTTP_REFUSAL_NONE},
		{"HTTP/1.1", "http://a/x?y", "Host: a", HTTP_REFUSAL_NONE},
		{"HTTP/1.1", "/", "", HTTP_REFUSAL_HOST_MISSING},
		{"HTTP/1.1", "/", "Host: a|Host: a", HTTP_REFUSAL_HOST_TWICE},
		{"HTTP/1.0", "/", "Host: a|HOST: b", HTTP_REFUSAL_HOST_TWICE},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 5|Content-Length: 5",
			HTTP_REFUSAL_LENGTH_TWICE},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 5|Content-Length: 6",
			HTTP_REFUSAL_LENGTH_TWICE},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 5|Transfer-Encoding: chunked",
			HTTP_REFUSAL_LENGTH_AND_CHUNKED},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding: x|Content-Length: 5",
			HTTP_REFUSAL_LENGTH_AND_CHUNKED},
		{"HTTP/1.1", "/", "Host: a|Content-Length: +5", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Content-Length: -5", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 5,5", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 0x5", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Content-Length: 5 6", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Content-Length:", HTTP_REFUSAL_LENGTH_BAD},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding: gzip, chunked",
			HTTP_REFUSAL_ENCODING},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding: identity", HTTP_REFUSAL_ENCODING},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding:", HTTP_REFUSAL_ENCODING},
		{"HTTP/1.1", "/", "Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked",
			HTTP_REFUSAL_ENCODING},
		{"HTTP/1.0", "/", "Transfer-Encoding: chunked", HTTP_REFUSAL_ENCODING},
		{"HTTP/1.1", "/", "Host: a|Content-Length : 5", HTTP_REFUSAL_HEADER_NAME},
		{"HTTP/1.1", "/", "Host: a| Content-Length: 5", HTTP_REFUSAL_HEADER_NAME},
		{"HTTP/1.1", "/", "Host: a|: 5", HTTP_REFUSAL_HEADER_NAME},
		{"HTTP/1.1", "/", "Host: a|B\xC3\xA4r: 5", HTTP_REFUSAL_HEADER_NAME},
		{"HTTP/1.1", "", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "x", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "*", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "a:443", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "http://a", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "/a b", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "/a\tb", "Host: a", HTTP_REFUSAL_TARGET},
		{"HTTP/1.1", "/a\x7f", "Host: a", HTTP_REFUSAL_TARGET},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct http_head head =
			head_of(CASES[i].version, CASES[i].target, CASES[i].headers);

		cr_assert_eq(http_head_judge(&head), CASES[i].refusal, "'%s' '%s': %s",
			CASES[i].target, CASES[i].headers,
			http_refusal_row(http_head_judge(&head))->name);
	}
}

Test(head, a_length_beyond_all_bounds_is_large_and_not_negative)
{
	static const struct {
		const char *headers;
		long long length;
	} CASES[] = {
		{"", -1},
		{"Content-Length: 0", 0},
		{"Content-Length: 007", 7},
		{"Content-Length: 9223372036854775807", LLONG_MAX},
		{"Content-Length: 9223372036854775808", LLONG_MAX},
		{"Content-Length: 99999999999999999999999999", LLONG_MAX},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct http_head head = head_of("HTTP/1.1", "/", CASES[i].headers);

		cr_assert_eq(http_head_length(&head), CASES[i].length, "%s", CASES[i].headers);
	}
}

Test(head, a_target_is_cut_into_path_and_query)
{
	static const struct {
		const char *target, *path, *query;
	} CASES[] = {
		{"/mutate?timeout=5s", "/mutate", "timeout=5s"},
		{"/", "/", ""},
		{"/a?", "/a", ""},
		{"/a?b?c", "/a", "b?c"},
		{"https://host:1/a?b", "/a", "b"},
		{"http://host/", "/", ""},
		{"//a", "//a", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct str path, query;

		cr_assert(http_head_split_target(str_from(CASES[i].target), &path, &query));
		cr_assert(str_is(path, CASES[i].path), "%s", CASES[i].target);
		cr_assert(str_is(query, CASES[i].query), "%s", CASES[i].target);
	}
}

Test(head, a_query_gives_the_first_value_of_a_key)
{
	static const struct {
		const char *query, *value; /* NULL: not there */
	} CASES[] = {
		{"timeout=5s", "5s"},
		{"a=1&timeout=5s&timeout=9s", "5s"},
		{"timeout", ""},
		{"timeout=", ""},
		{"&&timeout=1=2&", "1=2"},
		{"", NULL},
		{"xtimeout=5s", NULL},
		{"timeoutx=5s&a", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct str value;
		const bool found = http_query_get(str_from(CASES[i].query), "timeout", &value);

		cr_assert_eq(found, CASES[i].value != NULL, "%s", CASES[i].query);
		cr_assert(!found || str_is(value, CASES[i].value), "%s", CASES[i].query);
	}
}

Test(head, a_media_type_is_compared_without_its_parameters)
{
	static const struct {
		const char *type;
		bool is_json;
	} CASES[] = {
		{"application/json", true},
		{"Application/JSON", true},
		{"application/json; charset=utf-8", true},
		{"application/json ;x", true},
		{"", false},
		{"application/jsonp", false},
		{"text/plain; application/json", false},
		{"application/yaml", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(http_media_type_is(str_from(CASES[i].type), "application/json"),
			CASES[i].is_json, "'%s'", CASES[i].type);
}
