#include "base/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"

enum {
	EXPONENT_MAX = 1 << 30, /* beyond any number of digits that a text can have */
	NUMBER_ON_STACK = 128,
	SHORT_KEY = 16, /* what str_same() compares without a call */
};

void json_position(struct str text, const char *at, uint32_t *line, uint32_t *column)
{
	const char *start = text.at;
	uint32_t lines = 1;

	for (const char *newline;
		start < at && (newline = memchr(start, '\n', (size_t)(at - start))) != NULL;
		start = newline + 1)
		lines++;
	*line = lines;
	*column = (uint32_t)(at - start) + 1;
}

size_t json_count(const struct json_node *container)
{
	const bool object = json_is(container, JSON_OBJECT);
	size_t count = 0;

	if (!object && !json_is(container, JSON_ARRAY))
		return 0;
	for (const struct json_node *at = container + 1, *const end = json_next(container);
		at != end; at = json_next(at + object))
		count++;
	return count;
}

/* Among what stands from `at` on; any key, also one with escapes. */
NOINLINE static const struct json_node *find_any(
	const struct json_node *at, const struct json_node *end, struct str key)
{
	for (; at != end; at = json_next(at + 1)) {
		if (json_key_is(at, key))
			return at + 1;
	}
	return NULL;
}

/* Nearly all keys are short and have no escapes: for these nothing is called. */
const struct json_node *json_get_str(const struct json_node *object, struct str key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	const struct json_node *const end = json_next(object);
	const struct json_node *at = object + 1;

	for (; at != end; at = json_next(at + 1)) {
		const bool same_len = at->len == key.len;

		if (at->escaped || (same_len && key.len > SHORT_KEY))
			return find_any(at, end, key);
		if (same_len && str_same(at->at, key.at, key.len))
			return at + 1;
	}
	return NULL;
}

const struct json_node *json_item(const struct json_node *array, size_t index)
{
	for (struct json_iter it = json_iter(array); json_next_item(&it);) {
		if (it.index == index)
			return it.value;
	}
	return NULL;
}

static uint32_t hex4(const char *at)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		const uint32_t c = (unsigned char)at[i];

		value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

/* Decodes the escape at `at`, which json_read has seen to be right; returns its end. */
static const char *decode_escape(const char *at, char out[4], size_t *len)
{
	static const char LETTERS[] = "bfnrt";
	static const char MEANT[] = "\b\f\n\r\t";
	const char *const letter = strchr(LETTERS, at[1]);

	*len = 1;
	if (at[1] != 'u') {
		out[0] = letter ? MEANT[letter - LETTERS] : at[1];
		return at + 2;
	}
	const uint32_t unit = hex4(at + 2);

	if (unit < 0xD800 || unit > 0xDFFF) {
		*len = utf8_encode(unit, out);
		return at + 6;
	}
	*len = utf8_encode(0x10000 + ((unit - 0xD800) << 10) + (hex4(at + 8) - 0xDC00), out);
	return at + 12;
}

/* A string's value byte by byte. */
struct cursor {
	const char *at, *end;
	char out[4];
	size_t used, len; /* of out */
};

static struct cursor cursor_of(const struct json_node *string)
{
	return (struct cursor){.at = string->at, .end = string->at + string->len};
}

/* -1 at the end. */
static int cursor_next(struct cursor *c)
{
	if (c->used < c->len)
		return (unsigned char)c->out[c->used++];
	if (c->at == c->end)
		return -1;
	if (*c->at != '\\')
		return (unsigned char)*c->at++;
	c->at = decode_escape(c->at, c->out, &c->len);
	c->used = 1;
	return (unsigned char)c->out[0];
}

/* `out` has room for node->len bytes: no escape is shorter than what it means. */
static struct str unescape(const struct json_node *node, char *out)
{
	const char *at = node->at, *const end = at + node->len;
	struct str s = {out, 0};

	while (at < end) {
		const char *const backslash = memchr(at, '\\', (size_t)(end - at));
		const size_t plain = (size_t)((backslash ? backslash : end) - at);
		char decoded[4];
		size_t len = 0;

		memcpy(out + s.len, at, plain);
		s.len += plain;
		at = backslash ? decode_escape(backslash, decoded, &len) : end;
		memcpy(out + s.len, decoded, len);
		s.len += len;
	}
	return s;
}

struct str json_unescape(struct arena *arena, const struct json_node *node)
{
	return unescape(node, arena_alloc(arena, node->len));
}

bool json_str_is(const struct json_node *node, struct str value)
{
	if (!json_is(node, JSON_STRING))
		return false;
	if (!node->escaped)
		return node->len == value.len && str_same(node->at, value.at, value.len);
	struct cursor c = cursor_of(node);

	for (size_t i = 0; i < value.len; i++) {
		if (cursor_next(&c) != (unsigned char)value.at[i])
			return false;
	}
	return cursor_next(&c) < 0;
}

int json_str_cmp(const struct json_node *a, const struct json_node *b)
{
	struct cursor left = cursor_of(a), right = cursor_of(b);
	int c, d;

	do {
		c = cursor_next(&left);
		d = cursor_next(&right);
	} while (c == d && c >= 0);
	return (c > d) - (c < d);
}

bool json_str_equal(const struct json_node *a, const struct json_node *b)
{
	if (!json_is(a, JSON_STRING) || !json_is(b, JSON_STRING))
		return false;
	if (!b->escaped)
		return json_str_is(a, (struct str){b->at, b->len});
	if (!a->escaped)
		return json_str_is(b, (struct str){a->at, a->len});
	return json_str_cmp(a, b) == 0;
}

uint64_t json_str_hash(const struct json_node *node, const struct hash_key *key)
{
	CLEANUP(mem_free) char *value = NULL;

	if (!json_is(node, JSON_STRING))
		return 0;
	if (!node->escaped)
		return hash_str(key, (struct str){node->at, node->len});
	value = mem_alloc(node->len);
	return hash_str(key, unescape(node, value));
}

/* The exponent of a number's text, saturating; `at` is behind the 'e'. */
static int64_t exponent_of(const char *at, const char *end)
{
	const bool negative = *at == '-';
	int64_t value = 0;

	if (*at == '-' || *at == '+')
		at++;
	for (; at < end && value < EXPONENT_MAX; at++)
		value = value * 10 + (*at - '0');
	return negative ? -value : value;
}

/*
 * A number is its digits, of which the first `whole` (more or fewer than there are) stand before
 * the decimal point once the exponent is applied.
 */
static int64_t whole_digits(struct str s, const char **digits_end)
{
	const char *const end = s.at + s.len;
	const char *at = s.at;

	while (at < end && (*at | 0x20) != 'e')
		at++;
	*digits_end = at;
	const char *const point = memchr(s.at, '.', (size_t)(at - s.at));

	return ((point ? point : at) - s.at) + (at < end ? exponent_of(at + 1, end) : 0);
}

/* One digit more, below zero, where there is one number more than above. */
static bool append_digit(int64_t *value, int digit)
{
	return !__builtin_mul_overflow(*value, 10, value) &&
	       !__builtin_sub_overflow(*value, digit, value);
}

/* Of the digits only the first `left` may be other than zero; it is what remains of them after. */
static bool append_whole(const char *at, const char *end, int64_t *left, int64_t *value)
{
	for (; at < end; at++) {
		if (*at == '.')
			continue;
		if ((*left)-- > 0 ? !append_digit(value, *at - '0') : *at != '0')
			return false;
	}
	return true;
}

/* A number that is negative or long, or has a point or an exponent. */
NOINLINE static bool any_i64(const struct json_node *node, int64_t *out)
{
	const bool negative = *node->at == '-';
	const char *end;
	int64_t value = 0;
	int64_t left = whole_digits((struct str){node->at + negative, node->len - negative}, &end);

	if (!append_whole(node->at + negative, end, &left, &value))
		return false;
	for (; left > 0 && value != 0; left--) {
		if (!append_digit(&value, 0))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*out = negative ? value : -value;
	return true;
}

bool json_i64(const struct json_node *node, int64_t *out)
{
	return json_plain_i64(node, out) || (json_is(node, JSON_NUMBER) && any_i64(node, out));
}

bool json_double(const struct json_node *node, double *out)
{
	char on_stack[NUMBER_ON_STACK];
	CLEANUP(mem_free) char *on_heap = NULL;

	if (!json_is(node, JSON_NUMBER))
		return false;
	if (node->len >= sizeof(on_stack))
		on_heap = mem_alloc(node->len + 1);
	char *const copy = on_heap ? on_heap : on_stack;

	memcpy(copy, node->at, node->len);
	copy[node->len] = '\0';
	const double value = strtod(copy, NULL);

	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}
