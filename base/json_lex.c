#include "base/json_lex.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/json_read.h"
#include "base/utf8.h"

const char *json_lex_fail(
	const struct json_lex *lex, enum err_code code, const char *at, const char *format, ...)
{
	char what[200];
	uint32_t line, column;
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	json_position(
		(struct str){lex->begin, (size_t)(lex->end - lex->begin)}, at, &line, &column);
	err_set(lex->err, code, "line %u, column %u: %s", line, column, what);
	return NULL;
}

const char *json_lex_expected(const struct json_lex *lex, const char *at, const char *expected)
{
	if (at == lex->end)
		return json_lex_fail(
			lex, ERR_INVALID, at, "expected %s, found the end of the text", expected);
	const size_t len = utf8_sequence((struct str){at, (size_t)(lex->end - at)});

	if (len == 0 || (unsigned char)*at < 0x20 || *at == 0x7F)
		return json_lex_fail(lex, ERR_INVALID, at, "expected %s, found the byte 0x%02x",
			expected, (unsigned char)*at);
	return json_lex_fail(
		lex, ERR_INVALID, at, "expected %s, found '%.*s'", expected, (int)len, at);
}

NOINLINE const char *json_lex_pass_space(const struct json_lex *lex, const char *at)
{
	return json_scan_space(at, lex->end);
}

/* The value of the four hex digits at `at`, -1 when they are not there. */
static int32_t hex4(const struct json_lex *lex, const char *at)
{
	int32_t value = 0;

	if (lex->end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const int c = at[i] | 0x20;

		if (at[i] >= '0' && at[i] <= '9')
			value = value * 16 + (at[i] - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return value;
}

static const char *unicode_end(const struct json_lex *lex, const char *at)
{
	const int32_t unit = hex4(lex, at + 2);

	if (unit < 0)
		return json_lex_fail(lex, ERR_INVALID, at, "'\\u' needs four hexadecimal digits");
	if (unit < 0xD800 || unit > 0xDFFF)
		return at + 6;
	if (unit <= 0xDBFF && lex->end - at >= 12 && at[6] == '\\' && at[7] == 'u') {
		const int32_t low = hex4(lex, at + 8);

		if (low >= 0xDC00 && low <= 0xDFFF)
			return at + 12;
	}
	return json_lex_fail(lex, ERR_INVALID, at, "'%.6s' is half of a surrogate pair", at);
}

static const char *escape_end(const struct json_lex *lex, const char *at)
{
	const char c = json_lex_peek(lex, at + 1);

	if (c == 'u')
		return unicode_end(lex, at);
	if (JSON_SCAN_ESCAPES[(unsigned char)c])
		return at + 2;
	return json_lex_expected(lex, at + 1, "one of \"\\/bfnrtu behind a backslash");
}

static const char *fail_in_string(const struct json_lex *lex, const char *start, const char *at)
{
	if (at == lex->end)
		return json_lex_fail(lex, ERR_INVALID, start - 1, "a string without an end");
	if ((unsigned char)*at < 0x20)
		return json_lex_fail(lex, ERR_INVALID, at,
			"the control character 0x%02x must be escaped in a string", *at);
	return json_lex_fail(
		lex, ERR_INVALID, at, "the byte 0x%02x is not UTF-8", (unsigned char)*at);
}

const char *json_lex_odd_string(
	const struct json_lex *lex, const char *start, const char *at, bool *escaped)
{
	while (at < lex->end && *at != '"') {
		if (*at == '\\') {
			*escaped = true;
			at = escape_end(lex, at);
			if (at == NULL)
				return NULL;
		} else {
			const size_t len = utf8_sequence((struct str){at, (size_t)(lex->end - at)});

			if (len == 0 || (unsigned char)*at < 0x20)
				return fail_in_string(lex, start, at);
			at += len;
		}
		/* The quick way over escapes does not tell of them: only once they are known of. */
		at = *escaped ? json_scan_long_string(at, lex->end)
			      : json_scan_string(at, lex->end);
	}
	return at < lex->end ? at : fail_in_string(lex, start, at);
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *digits_end(const struct json_lex *lex, const char *at)
{
	if (!is_digit(json_lex_peek(lex, at)))
		return json_lex_expected(lex, at, "a digit");
	while (is_digit(json_lex_peek(lex, at)))
		at++;
	return at;
}

const char *json_lex_number(const struct json_lex *lex, const char *const start)
{
	const char *at = start + (*start == '-');

	if (json_lex_peek(lex, at) == '0') {
		if (is_digit(json_lex_peek(lex, ++at)))
			return json_lex_fail(
				lex, ERR_INVALID, start, "a number must not begin with a zero");
	} else {
		at = digits_end(lex, at);
	}
	if (at && json_lex_peek(lex, at) == '.')
		at = digits_end(lex, at + 1);
	if (at && (json_lex_peek(lex, at) | 0x20) == 'e') {
		at++;
		if (json_lex_peek(lex, at) == '+' || json_lex_peek(lex, at) == '-')
			at++;
		at = digits_end(lex, at);
	}
	return at;
}

const char *json_lex_word(const struct json_lex *lex, const char *at, const char *word)
{
	const size_t len = strlen(word);

	if ((size_t)(lex->end - at) < len || memcmp(at, word, len) != 0)
		return json_lex_fail(lex, ERR_INVALID, at, "expected '%s'", word);
	return at + len;
}
