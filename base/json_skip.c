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
	l->closing[l->depth++] = *at + 2; /* '{' is two before '}', and '[' is two before ']' */
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

/* Of the four brackets those that open have this bit. */
static inline const char *pass_bracket(const struct json_lex *lex, struct levels *l, const char *at)
{
	return *at & 2 ? open_bracket(lex, l, at) : close_bracket(lex, l, at);
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

static const char *pass_rest(const struct json_lex *lex, struct levels *l, const char *at)
{
	while (at && l->depth)
		at = pass_one(lex, l, at);
	return at;
}

#ifdef __SSE2__
/* Between blocks: where the string was opened that goes on, and whether its next byte is escaped.
 */
struct seam {
	const char *string; /* its quote, or NULL outside of strings */
	uint64_t carry;
};

/*
 * The brackets outside of strings of a block; false where something odd is in it, which must be
 * looked at one by one.
 */
static inline bool look_at_block(struct seam *seam, const char *at, uint64_t *brackets)
{
	const struct json_scan_block block = json_scan_block(at);
	const uint64_t escaped = block.backslashes | seam->carry
					 ? json_scan_escaped(block.backslashes, &seam->carry)
					 : 0;
	const uint64_t quotes = block.quotes & ~escaped;
	/* Strings, with their first quotes. */
	const uint64_t inside = json_scan_parity(quotes) ^ (seam->string ? UINT64_MAX : 0);

	if (~block.even | (escaped & ~(block.quotes | block.backslashes)) |
		(block.backslashes & ~inside))
		return false;
	*brackets = block.brackets & ~inside;
	if (!(inside >> (JSON_SCAN_BLOCK - 1)))
		seam->string = NULL;
	else if (quotes)
		seam->string = at + JSON_SCAN_BLOCK - 1 - __builtin_clzll(quotes);
	return true;
}

static inline const char *pass_brackets(
	const struct json_lex *lex, struct levels *l, const char *at, uint64_t brackets)
{
	for (; brackets; brackets &= brackets - 1) {
		const char *const behind = pass_bracket(lex, l, at + __builtin_ctzll(brackets));

		if (behind == NULL || l->depth == 0)
			return behind;
	}
	return at + JSON_SCAN_BLOCK;
}

/* As pass_rest(), for a whole block at once where nothing odd is in it. */
static const char *pass_blocks(const struct json_lex *lex, struct levels *l, const char *at)
{
	struct seam seam = {0};

	do {
		uint64_t brackets;

		if (look_at_block(&seam, at, &brackets)) {
			at = pass_brackets(lex, l, at, brackets);
		} else {
			at = pass_one(lex, l, seam.string ? seam.string : at);
			seam = (struct seam){0};
		}
		if (at == NULL || l->depth == 0)
			return at;
	} while (lex->end - at >= JSON_SCAN_BLOCK);
	return seam.string ? seam.string : at;
}
#endif

const char *json_skip(const struct json_lex *lex, const char *at, unsigned depth)
{
	struct levels levels;

	levels.depth = 0;
	levels.most = depth < JSON_SKIP_LEVELS ? depth : JSON_SKIP_LEVELS;
	at = open_bracket(lex, &levels, at);
#ifdef __SSE2__
	if (at && lex->end - at >= JSON_SCAN_BLOCK)
		at = pass_blocks(lex, &levels, at);
#endif
	return pass_rest(lex, &levels, at);
}
