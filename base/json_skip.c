#include "base/json_skip.h"

#include <assert.h>
#include <string.h>

/* Which brackets are open: a bit for each level, set for an object. */
struct levels {
	unsigned char objects[JSON_SKIP_LEVELS];
	unsigned depth, most;
};

static const char *fail_stray(const struct json_lex *lex, const char *at)
{
	return json_lex_expected(lex, at, "a value, a bracket or a comma");
}

static const char *open_bracket(const struct json_lex *lex, struct levels *l, const char *at)
{
	if (l->depth == l->most)
		return json_lex_fail(
			lex, ERR_TOO_LARGE, at, "objects and arrays are deeper than is allowed");
	l->objects[l->depth++] = *at == '{';
	return at + 1;
}

static const char *close_bracket(const struct json_lex *lex, struct levels *l, const char *at)
{
	assert(l->depth > 0);
	const bool object = l->objects[--l->depth];

	if (object != (*at == '}'))
		return json_lex_expected(
			lex, at, object ? "'}' for the open object" : "']' for the open array");
	return at + 1;
}

/* A string, a bracket or something that cannot stand there; returns what is behind it. */
static const char *pass(const struct json_lex *lex, struct levels *l, const char *at)
{
	bool escaped = false;

	switch (*at) {
	case '"':
		at = json_lex_string(lex, at + 1, &escaped);
		return at ? at + 1 : NULL;
	case '{':
	case '[':
		return open_bracket(lex, l, at);
	case '}':
	case ']':
		return close_bracket(lex, l, at);
	case '\t':
	case '\n':
	case '\r':
		return json_scan_space(at, lex->end);
	default:
		return fail_stray(lex, at);
	}
}

const char *json_skip(const struct json_lex *lex, const char *at, unsigned depth)
{
	struct levels levels;

	levels.depth = 0;
	levels.most = depth < JSON_SKIP_LEVELS ? depth : JSON_SKIP_LEVELS;
	do {
		at = json_scan_outside(at, lex->end);
		if (at == lex->end)
			return json_lex_expected(lex, at, "a closing bracket");
		at = pass(lex, &levels, at);
	} while (at && levels.depth);
	return at;
}
