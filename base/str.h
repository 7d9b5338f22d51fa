/*
 * A borrowed run of bytes. It is not NUL-terminated, may hold any byte, and is owned by whatever
 * it was cut from: a request body, an arena, a literal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *at;
	size_t len;
};

/* A str of a string literal, also as a constant initializer. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).at

/* The str of a NUL-terminated string; NULL gives the empty str. */
static inline struct str str_from(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

static inline uint64_t str_load8(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

static inline uint32_t str_load4(const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

/*
 * Whether both have the same `len` bytes. Most have few, and a call would cost more than to look at
 * the first and the last of them, which overlap.
 */
static inline bool str_same(const char *a, const char *b, size_t len)
{
	if (len > 16)
		return memcmp(a, b, len) == 0;
	if (len >= 8)
		return str_load8(a) == str_load8(b) &&
		       str_load8(a + len - 8) == str_load8(b + len - 8);
	if (len >= 4)
		return str_load4(a) == str_load4(b) &&
		       str_load4(a + len - 4) == str_load4(b + len - 4);
	return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

/* The same, where it is asked in so many places that the code for it would fill the cache. */
bool str_same_by_call(const char *a, const char *b, size_t len);

/*
 * A call also where the length is known when this is compiled: asked for that by
 * __builtin_constant_p, gcc 12 with -flto leaves both ways out, and equal texts are none.
 */
static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && str_same_by_call(a.at, b.at, b.len);
}

/* Most texts differ in their first byte already: then no length is looked for. */
static inline bool str_is(struct str s, const char *text)
{
	if (s.len == 0 || *s.at != *text)
		return s.len == 0 && *text == '\0';
	const size_t len = strlen(text);

	return s.len == len && str_same(s.at, text, len);
}

/* The same of its beginning. */
static inline bool str_starts(struct str s, const char *prefix)
{
	if (s.len == 0 || *s.at != *prefix)
		return *prefix == '\0';
	const size_t len = strlen(prefix);

	return s.len >= len && memcmp(s.at, prefix, len) == 0;
}

bool str_same_nocase(struct str s, const char *text);
/* ASCII letters compare without case: the two of a letter differ in one bit alone. */
static inline bool str_is_nocase(struct str s, const char *text)
{
	return s.len ? ((*s.at ^ *text) & ~0x20) == 0 && str_same_nocase(s, text) : *text == '\0';
}

bool str_ends(struct str s, const char *suffix);
/* Byte order, the shorter first when one is a prefix of the other: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/* Offset of the first `c`, or s.len when there is none. */
size_t str_find(struct str s, char c);
/* Offset behind the last `c`, or 0 when there is none. */
size_t str_behind_last(struct str s, char c);
/* Whether `text` occurs anywhere in `s`. */
bool str_contains(struct str s, const char *text);
/* Takes off and returns what stands before the first `c`; `rest` is what stands behind it then. */
struct str str_cut(struct str *rest, char c);
/* `s` without `n` bytes in front; n <= s.len. */
struct str str_from_offset(struct str s, size_t n);
/* `s` without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* A decimal int64 with optional sign and nothing else around it. */
bool str_to_i64(struct str s, int64_t *out);

/* 64-bit FNV-1a, for tables and fingerprints; never for anything that must resist an attacker. */
uint64_t str_hash(struct str s);

/*
 * Levenshtein distance, for "did you mean": at most `limit` is computed, beyond it limit + 1 is
 * returned. Of the letters only the first 64 count, of the lengths all: a suggestion is about as
 * long as what it is for.
 */
size_t str_distance(struct str a, struct str b, size_t limit);
/*
 * The one of the words (NULL-terminated) that was probably meant: the same but for case, or within
 * two edits; NULL where none is near, and of what has two letters or fewer.
 */
const char *str_meant(struct str word, const char *const *words);
