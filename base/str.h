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

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool str_is(struct str s, const char *text)
{
	return str_eq(s, str_from(text));
}

/* ASCII letters compare without case. */
bool str_is_nocase(struct str s, const char *text);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Byte order, the shorter first when one is a prefix of the other: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/* Offset of the first `c`, or s.len when there is none. */
size_t str_find(struct str s, char c);
/* Whether `text` occurs anywhere in `s`. */
bool str_contains(struct str s, const char *text);
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
 * returned. Only the first 64 bytes of each count.
 */
size_t str_distance(struct str a, struct str b, size_t limit);
