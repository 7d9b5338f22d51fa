#include "server/http/head.h"

#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* token of RFC 9110, section 5.6.2 */
static bool is_token(struct str s)
{
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		const char c = s.at[i];
		const char lower = (char)(c | 0x20);

		if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9'))
			continue;
		if (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)
			return false;
	}
	return true;
}

struct wanted {
	const char *name;
	size_t value;  /* offset of a struct str */
	size_t counts; /* offset of an unsigned; 0 when nobody asks */
};

static const struct wanted WANTED[] = {
	{"Host", offsetof(struct http_head, host), offsetof(struct http_head, hosts)},
	{"Content-Length", offsetof(struct http_head, length), offsetof(struct http_head, lengths)},
	{"Transfer-Encoding", offsetof(struct http_head, encoding),
		offsetof(struct http_head, encodings)},
	{"Content-Type", offsetof(struct http_head, content_type),
		offsetof(struct http_head, content_types)},
	{"Content-Encoding", offsetof(struct http_head, content_encoding), 0},
	{"Expect", offsetof(struct http_head, expect), 0},
};

void http_head_add(struct http_head *head, struct str name, struct str value)
{
	char *const base = (char *)head;

	if (!is_token(name))
		head->bad_name = true;
	for (size_t i = 0; i < ARRAY_LEN(WANTED); i++) {
		if (!str_is_nocase(name, WANTED[i].name))
			continue;
		*(struct str *)(void *)(base + WANTED[i].value) = str_trim(value);
		if (WANTED[i].counts)
			++*(unsigned *)(void *)(base + WANTED[i].counts);
		return;
	}
}

static bool is_decimal(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	}
	return s.len > 0;
}

static bool target_is_clean(struct str target)
{
	struct str path, query;

	for (size_t i = 0; i < target.len; i++) {
		if ((unsigned char)target.at[i] <= ' ' || target.at[i] == 0x7f)
			return false;
	}
	return http_head_split_target(target, &path, &query);
}

static enum http_refusal judge_length(const struct http_head *head)
{
	if (head->lengths > 1)
		return HTTP_REFUSAL_LENGTH_TWICE;
	if (head->lengths && head->encodings)
		return HTTP_REFUSAL_LENGTH_AND_CHUNKED;
	if (head->lengths && !is_decimal(head->length))
		return HTTP_REFUSAL_LENGTH_BAD;
	if (head->encodings && (head->encodings > 1 || !str_is(head->version, "HTTP/1.1") ||
				       !str_is_nocase(head->encoding, "chunked")))
		return HTTP_REFUSAL_ENCODING;
	return HTTP_REFUSAL_NONE;
}

enum http_refusal http_head_judge(const struct http_head *head)
{
	if (head->bad_name)
		return HTTP_REFUSAL_HEADER_NAME;
	if (head->hosts > 1)
		return HTTP_REFUSAL_HOST_TWICE;
	if (head->hosts == 0 && str_is(head->version, "HTTP/1.1"))
		return HTTP_REFUSAL_HOST_MISSING;
	if (!target_is_clean(head->target))
		return HTTP_REFUSAL_TARGET;
	return judge_length(head);
}

long long http_head_length(const struct http_head *head)
{
	int64_t length;

	if (head->lengths == 0)
		return -1;
	return str_to_i64(head->length, &length) ? length : INT64_MAX;
}

bool http_head_is_chunked(const struct http_head *head)
{
	return head->encodings > 0;
}

bool http_head_split_target(struct str target, struct str *path, struct str *query)
{
	static const char *const SCHEMES[] = {"http://", "https://"};

	for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++) {
		if (!str_starts(target, SCHEMES[i]))
			continue;
		target = str_from_offset(target, strlen(SCHEMES[i]));
		target = str_from_offset(target, str_find(target, '/'));
	}
	const size_t mark = str_find(target, '?');

	*path = (struct str){target.at, mark};
	*query = mark < target.len ? str_from_offset(target, mark + 1) : (struct str){"", 0};
	return path->len && path->at[0] == '/';
}

bool http_query_get(struct str query, const char *key, struct str *value)
{
	while (query.len) {
		struct str pair = str_cut(&query, '&');

		if (str_is(str_cut(&pair, '='), key)) {
			*value = pair;
			return true;
		}
	}
	return false;
}

bool http_media_type_is(struct str content_type, const char *type)
{
	return str_is_nocase(
		str_trim((struct str){content_type.at, str_find(content_type, ';')}), type);
}
