#include "base/json_skip.h"

#include <assert.h>
#include <string.h>

/* Which brackets are open: for each level the one that closes it. */
struct levels {
	char closing[JSON_SKIP_LEVELS];
	unsigned depth, most;
};

static inline const char *open_bracket(const struct json_lex *lex, struct levels *l, const char *at)
{
	if (l->depth == l->most)
		return json_lex_fail(
			lex, ERR_TOO_LARGE, at, "objects and arrays are deeper than is allowed");
	l->closing[l->depth++] = *at == '{' ? '}' : ']';
	return at + 1;
}

static inline const char *close_bracket(
	const struct json_lex *lex, struct levels *l, const char *at)
{
	assert(l->depth > 0);
	const char closing = l->closing[--l->depth];

	if (*at != closing)
		return json_lex_expected(lex, at,
			closing == '}' ? "'}' for the open object" : "']' for the open array");
	return at + 1;
}

static inline const char *pass_bracket(const struct json_lex *lex, struct levels *l, const char *at)
{
	return *at == '{' || *at == '[' ? open_bracket(lex, l, at) : close_bracket(lex, l, at);
}

/* From behind the quote that opens a string to behind the one that closes it. */
static const char *pass_string(const struct json_lex *lex, const char *at)
{
	bool escaped = false;

	at = json_lex_string(lex, at, &escaped);
	return at ? at + 1 : NULL;
}

/* A string, white space or something that cannot stand there; returns what is behind it. */
static const char *pass_other(const struct json_lex *lex, const char *at)
{
	switch (*at) {
	case '"':
		return pass_string(lex, at + 1);
	case '\t':
	case '\n':
	case '\r':
		return json_scan_space(at, lex->end);
	default:
		return json_lex_expected(lex, at, "a value, a bracket or a comma");
	}
}

/* The next string, bracket or odd byte, with what is plain in front of it. */
static const char *pass_one(const struct json_lex *lex, struct levels *l, const char *at)
{
	at = json_scan_outside(at, lex->end);
	if (at == lex->end)
		return json_lex_expected(lex, at, "a closing bracket");
	return (*at | 0x20) == '{' || (*at | 0x20) == '}' ? pass_bracket(lex, l, at)
							  : pass_other(lex, at);
}

#ifdef __SSE2__
/*
 * As pass_one() again and again, for a whole block at once where nothing odd is in it. `at` is
 * outside of strings, and so is what is returned: the end of the block, of a string that goes on
 * behind it, or of all brackets.
 */
static const char *pass_block(const struct json_lex *lex, struct levels *l, const char *at)
{
	const struct json_scan_block block = json_scan_block(at);
	uint64_t carry = 0;
	const uint64_t escaped = json_scan_escaped(block.backslashes, &carry);
	const uint64_t quotes = block.quotes & ~escaped;
	const uint64_t inside = json_scan_parity(quotes); /* strings, with their first quotes */

	if (block.odd | (escaped & ~(block.quotes | block.backslashes)) |
		(block.backslashes & ~inside))
		return pass_one(lex, l, at);
	for (uint64_t left = block.brackets & ~inside; left; left &= left - 1) {
		const char *const next = pass_bracket(lex, l, at + __builtin_ctzll(left));

		if (next == NULL || l->depth == 0)
			return next;
	}
	if (inside >> (JSON_SCAN_BLOCK - 1))
		return pass_string(lex, at + JSON_SCAN_BLOCK - __builtin_clzll(quotes));
	return at + JSON_SCAN_BLOCK;
}
#endif

/* As much as is quick; returns what is behind it. */
static const char *pass(const struct json_lex *lex, struct levels *l, const char *at)
{
#ifdef __SSE2__
	if (lex->end - at >= JSON_SCAN_BLOCK)
		return pass_block(lex, l, at);
#endif
	return pass_one(lex, l, at);
}

const char *json_skip(const struct json_lex *lex, const char *at, unsigned depth)
{
	struct levels levels;

	levels.depth = 0;
	levels.most = depth < JSON_SKIP_LEVELS ? depth : JSON_SKIP_LEVELS;
	do
		at = pass(lex, &levels, at);
	while (at && levels.depth);
	return at;
}
