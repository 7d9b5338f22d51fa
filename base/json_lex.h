/*
 * The words of JSON: strings, numbers, literals and the space between them. For json_read.c and
 * json_skip.c alone; each function is strict, and returns NULL once it has told `err` what is
 * wrong.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/json_scan.h"

struct json_lex {
	const char *begin, *end; /* of the whole text */
	struct err *err;
};

/* Always NULL. The message begins with the line and column of `at`. */
const char *json_lex_fail(const struct json_lex *lex, enum err_code code, const char *at,
	const char *format, ...) COLD PRINTF_LIKE(4, 5);
/* "expected …, found …" */
const char *json_lex_expected(
	const struct json_lex *lex, const char *at, const char *expected) COLD;

/* The byte at `at`, NUL at the end of the text. */
static inline char json_lex_peek(const struct json_lex *lex, const char *at)
{
	return at < lex->end ? *at : '\0';
}

/* The first byte from `at` on that is not white space; of text without any it is not asked. */
const char *json_lex_pass_space(const struct json_lex *lex, const char *at);

static inline const char *json_lex_space(const struct json_lex *lex, const char *at)
{
	return at < lex->end && (unsigned char)*at > ' ' ? at : json_lex_pass_space(lex, at);
}

/* The byte behind white space, NUL at the end of the text; `at` is where it stands. */
static inline char json_lex_next(const struct json_lex *lex, const char **at)
{
	*at = json_lex_space(lex, *at);
	return json_lex_peek(lex, *at);
}

/* The rest of json_lex_string() from `at` on, the first byte that is not plain. */
const char *json_lex_odd_string(
	const struct json_lex *lex, const char *start, const char *at, bool *escaped);

/* `start` is behind the opening quote; returns the closing one. `escaped` becomes true or stays. */
static inline const char *json_lex_string(
	const struct json_lex *lex, const char *start, bool *escaped)
{
	const char *const at = json_scan_string(start, lex->end);

	return json_lex_peek(lex, at) == '"' ? at : json_lex_odd_string(lex, start, at, escaped);
}

/* Each returns the byte behind what begins at its second argument. */
const char *json_lex_number(const struct json_lex *lex, const char *start);
const char *json_lex_word(const struct json_lex *lex, const char *at, const char *word);
