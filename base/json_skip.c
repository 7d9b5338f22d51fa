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

/* A string, white space or something that cannot stand there; returns what is behind it. */
static const char *pass_other(const struct json_lex *lex, const char *at)
{
	bool escaped = false;

	switch (*at) {
	case '"':
		at = json_lex_string(lex, at + 1, &escaped);
		return at ? at + 1 : NULL;
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
 * As pass_one() again and again, for a whole block at once. `at` is outside of strings, and so is
 * what is returned: the end of the block, of a string that goes on behind it, or of all brackets.
 */
static const char *pass_block(const struct json_lex *lex, struct levels *l, const char *at)
{
	const struct json_scan_block block = json_scan_block(at);
	const uint64_t not_plain = block.quotes | block.backslashes | block.odd;
	uint64_t left = block.quotes | block.brackets | block.odd;

	while (left) {
		const uint64_t here = left & -left;
		const uint64_t behind = not_plain & -(here << 1);
		const uint64_t stop = behind & -behind;
		const char *next = at + __builtin_ctzll(here);

		if (here & block.quotes && stop & block.quotes) {
			left &= -(stop << 1);
			continue;
		}
		next = here & block.brackets ? pass_bracket(lex, l, next) : pass_other(lex, next);
		if (next == NULL || l->depth == 0 || next - at >= JSON_SCAN_BLOCK)
			return next;
		left &= UINT64_MAX << (next - at);
	}
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
