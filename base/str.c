#include "base/str.h"

#include <string.h>
#include <strings.h>

__attribute__((noinline)) bool str_same_by_call(const char *a, const char *b, size_t len)
{
	return str_same(a, b, len);
}

bool str_same_nocase(struct str s, const char *text)
{
	return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
	const size_t len = strlen(suffix);

	return s.len >= len && (len == 0 || memcmp(s.at + s.len - len, suffix, len) == 0);
}

int str_cmp(struct str a, struct str b)
{
	const size_t common = a.len < b.len ? a.len : b.len;
	const int order = common ? memcmp(a.at, b.at, common) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

size_t str_find(struct str s, char c)
{
	const char *const hit = s.len ? memchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : s.len;
}

size_t str_behind_last(struct str s, char c)
{
	const char *const hit = s.len ? memrchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) + 1 : 0;
}

bool str_contains(struct str s, const char *text)
{
	const size_t first = *text ? str_find(s, *text) : 0;

	/* Most have not even its first byte. */
	return first < s.len && memmem(s.at + first, s.len - first, text, strlen(text)) != NULL;
}

struct str str_from_offset(struct str s, size_t n)
{
	/* The empty str may be at NULL, to which C adds nothing, not even 0. */
	return (struct str){n ? s.at + n : s.at, s.len - n};
}

struct str str_cut(struct str *rest, char c)
{
	const size_t end = str_find(*rest, c);
	const struct str cut = {rest->at, end};

	*rest = str_from_offset(*rest, end < rest->len ? end + 1 : end);
	return cut;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.at[0]))
		s = str_from_offset(s, 1);
	while (s.len && is_space(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool str_to_i64(struct str s, int64_t *out)
{
	const bool negative = s.len && s.at[0] == '-';
	uint64_t value = 0;

	if (s.len && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_from_offset(s, 1);
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		const uint64_t digit = (uint64_t)(s.at[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? (int64_t)(~value + 1) : (int64_t)value;
	return true;
}

uint64_t str_hash(struct str s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	return hash;
}

enum { DISTANCE_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

size_t str_distance(struct str a, struct str b, size_t limit)
{
	size_t row[DISTANCE_MAX + 1];

	if (a.len > b.len + limit || b.len > a.len + limit)
		return limit + 1;
	if (a.len > DISTANCE_MAX)
		a.len = DISTANCE_MAX;
	if (b.len > DISTANCE_MAX)
		b.len = DISTANCE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			const size_t replace = diagonal + (a.at[i - 1] != b.at[j - 1]);

			diagonal = row[j];
			row[j] = min3(row[j] + 1, row[j - 1] + 1, replace);
		}
	}
	return row[b.len] > limit ? limit + 1 : row[b.len];
}

enum { MEANT_LEAST = 3, MEANT_EDITS = 2 };

const char *str_meant(struct str word, const char *const *words)
{
	const char *nearest = NULL;
	size_t limit = MEANT_EDITS;

	for (; *words; words++) {
		const size_t distance = str_distance(word, str_from(*words), limit);

		if (str_is_nocase(word, *words))
			return *words;
		if (word.len >= MEANT_LEAST && distance <= limit &&
			(nearest == NULL || distance < limit)) {
			nearest = *words;
			limit = distance;
		}
	}
	return nearest;
}
