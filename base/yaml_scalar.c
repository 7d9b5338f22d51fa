#include "base/yaml_scalar.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/json_scan.h"
#include "base/utf8.h"
#include "base/yaml_float.h"

enum {
	SHOWN = 40,       /* bytes of a value in a message */
	NUMBER_MAX = 512, /* bytes of a float; what is longer is a string */
};

enum kind { KIND_NULL, KIND_FALSE, KIND_TRUE, KIND_INTEGER, KIND_FLOAT, KIND_STRING };

struct scalar {
	enum kind kind;
	double real;
	struct str digits; /* an integer's, as JSON */
	char room[24];     /* for digits that are not in the text */
};

static const struct {
	const char *word;
	enum kind kind;
	float real; /* as <math.h> types what is not finite */
} WORDS[] = {
	{"y", KIND_TRUE, 0},
	{"Y", KIND_TRUE, 0},
	{"yes", KIND_TRUE, 0},
	{"Yes", KIND_TRUE, 0},
	{"YES", KIND_TRUE, 0},
	{"true", KIND_TRUE, 0},
	{"True", KIND_TRUE, 0},
	{"TRUE", KIND_TRUE, 0},
	{"on", KIND_TRUE, 0},
	{"On", KIND_TRUE, 0},
	{"ON", KIND_TRUE, 0},
	{"n", KIND_FALSE, 0},
	{"N", KIND_FALSE, 0},
	{"no", KIND_FALSE, 0},
	{"No", KIND_FALSE, 0},
	{"NO", KIND_FALSE, 0},
	{"false", KIND_FALSE, 0},
	{"False", KIND_FALSE, 0},
	{"FALSE", KIND_FALSE, 0},
	{"off", KIND_FALSE, 0},
	{"Off", KIND_FALSE, 0},
	{"OFF", KIND_FALSE, 0},
	{"~", KIND_NULL, 0},
	{"null", KIND_NULL, 0},
	{"Null", KIND_NULL, 0},
	{"NULL", KIND_NULL, 0},
	{".nan", KIND_FLOAT, (double)NAN},
	{".NaN", KIND_FLOAT, (double)NAN},
	{".NAN", KIND_FLOAT, (double)NAN},
	{".inf", KIND_FLOAT, (double)INFINITY},
	{".Inf", KIND_FLOAT, (double)INFINITY},
	{".INF", KIND_FLOAT, (double)INFINITY},
	{"+.inf", KIND_FLOAT, (double)INFINITY},
	{"+.Inf", KIND_FLOAT, (double)INFINITY},
	{"+.INF", KIND_FLOAT, (double)INFINITY},
	{"-.inf", KIND_FLOAT, -(double)INFINITY},
	{"-.Inf", KIND_FLOAT, -(double)INFINITY},
	{"-.INF", KIND_FLOAT, -(double)INFINITY},
};

enum { WORD_MAX = 5 };

static const struct {
	const char *tag; /* behind the prefix of YAML's own */
	enum yaml_as as;
	const char *words;
} TAGS[] = {
	{"str", YAML_AS_STRING, "a string"},
	{"int", YAML_AS_INTEGER, "an integer"},
	{"float", YAML_AS_FLOAT, "a number"},
	{"bool", YAML_AS_BOOLEAN, "a boolean"},
	{"null", YAML_AS_NULL, "null"},
	{"binary", YAML_AS_BINARY, "base64 of UTF-8 text"},
	{"merge", YAML_AS_MERGE, "a merge key"},
};

enum yaml_as yaml_scalar_as(const char *tag, bool plain)
{
	static const char PREFIX[] = "tag:yaml.org,2002:";

	if (tag == NULL)
		return plain ? YAML_AS_RESOLVED : YAML_AS_STRING;
	if (strncmp(tag, PREFIX, sizeof(PREFIX) - 1) != 0)
		return YAML_AS_STRING;
	for (size_t i = 0; i < ARRAY_LEN(TAGS); i++) {
		if (strcmp(tag + sizeof(PREFIX) - 1, TAGS[i].tag) == 0)
			return TAGS[i].as;
	}
	return YAML_AS_STRING;
}

bool yaml_scalar_is_merge(struct str value, enum yaml_as as)
{
	return (as == YAML_AS_RESOLVED || as == YAML_AS_MERGE) && value.len == 2 &&
	       memcmp(value.at, "<<", 2) == 0;
}

static bool resolve_word(struct str value, struct scalar *out)
{
	if (value.len > WORD_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (WORDS[i].word[0] == *value.at && str_is(value, WORDS[i].word)) {
			out->kind = WORDS[i].kind;
			out->real = (double)WORDS[i].real;
			return true;
		}
	}
	return false;
}

/* The base a number's prefix names, which is passed over; a 0 in front of others means 8. */
static unsigned base_of(struct str *digits)
{
	static const struct {
		char letter;
		unsigned base;
	} BASES[] = {{'x', 16}, {'o', 8}, {'b', 2}};

	if (digits->len < 2 || digits->at[0] != '0')
		return 10;
	for (size_t i = 0; i < ARRAY_LEN(BASES); i++) {
		if ((digits->at[1] | 0x20) == BASES[i].letter) {
			*digits = str_from_offset(*digits, 2);
			return BASES[i].base;
		}
	}
	return 8;
}

static bool to_u64(struct str digits, unsigned base, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits.len; i++) {
		const char c = digits.at[i];
		unsigned digit = base;

		if (isdigit((unsigned char)c))
			digit = (unsigned)(c - '0');
		else if (isxdigit((unsigned char)c))
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		if (digit >= base || __builtin_mul_overflow(*out, base, out) ||
			__builtin_add_overflow(*out, digit, out))
			return false;
	}
	return digits.len != 0;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit((unsigned char)s.at[i]))
			return false;
	}
	return s.len != 0;
}

/* `text` is without underscores. */
static bool resolve_integer(struct str text, struct scalar *out)
{
	const bool negative = text.at[0] == '-';
	struct str digits = str_from_offset(text, negative || text.at[0] == '+');
	const uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;
	uint64_t value;

	out->kind = KIND_INTEGER;
	if (is_digits(digits) && (digits.at[0] != '0' || digits.len == 1)) {
		const bool with_sign = negative && digits.at[0] != '0';

		out->digits = with_sign ? text : digits;
		return true;
	}
	const unsigned base = base_of(&digits);

	if (!to_u64(digits, base, &value) || value > most)
		return false;
	const int len = snprintf(out->room, sizeof(out->room), "%s%llu",
		negative && value ? "-" : "", (unsigned long long)value);

	out->digits = (struct str){out->room, (size_t)len};
	return true;
}

static size_t count_digits(const char **at)
{
	const char *const start = *at;

	while (isdigit((unsigned char)**at))
		(*at)++;
	return (size_t)(*at - start);
}

static bool is_float(const char *text)
{
	text += *text == '+' || *text == '-';
	const size_t whole = count_digits(&text);
	const bool point = *text == '.';

	text += point;
	const size_t fraction = point ? count_digits(&text) : 0;

	if (whole == 0 && fraction == 0)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '+' || *text == '-';
		if (count_digits(&text) == 0)
			return false;
	}
	return *text == '\0';
}

static bool resolve_float(const char *text, struct scalar *out)
{
	if (!is_float(text))
		return false;
	out->real = strtod(text, NULL);
	out->kind = KIND_FLOAT;
	return isfinite(out->real);
}

/* In a fraction without digits before it, underscores stand between digits only. */
static bool underscore_fits(struct str value, size_t i)
{
	return value.at[i] != '_' ||
	       (i + 1 < value.len && isdigit((unsigned char)value.at[i - 1]) &&
		       isdigit((unsigned char)value.at[i + 1]));
}

/* `copy` is where the value goes without its underscores. */
static bool resolve_number(struct str value, struct scalar *out, char *copy)
{
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\0' || (value.at[0] == '.' && !underscore_fits(value, i)))
			return false;
		if (value.at[i] != '_')
			copy[len++] = value.at[i];
	}
	copy[len] = '\0';
	return resolve_integer((struct str){copy, len}, out) || resolve_float(copy, out);
}

/* What a plain scalar may be, by its first byte; most can only be strings. */
enum hint { HINT_STRING, HINT_WORD, HINT_NUMBER };
static const unsigned char HINTS[256] = {
	['y'] = HINT_WORD,
	['Y'] = HINT_WORD,
	['n'] = HINT_WORD,
	['N'] = HINT_WORD,
	['t'] = HINT_WORD,
	['T'] = HINT_WORD,
	['f'] = HINT_WORD,
	['F'] = HINT_WORD,
	['o'] = HINT_WORD,
	['O'] = HINT_WORD,
	['~'] = HINT_WORD,
	['+'] = HINT_NUMBER,
	['-'] = HINT_NUMBER,
	['.'] = HINT_NUMBER,
	['0'] = HINT_NUMBER,
	['1'] = HINT_NUMBER,
	['2'] = HINT_NUMBER,
	['3'] = HINT_NUMBER,
	['4'] = HINT_NUMBER,
	['5'] = HINT_NUMBER,
	['6'] = HINT_NUMBER,
	['7'] = HINT_NUMBER,
	['8'] = HINT_NUMBER,
	['9'] = HINT_NUMBER,
};

static void resolve(struct str value, struct scalar *out, char copy[NUMBER_MAX])
{
	const enum hint hint = value.len ? HINTS[(unsigned char)*value.at] : HINT_WORD;

	out->kind = KIND_STRING;
	if (value.len == 0)
		out->kind = KIND_NULL;
	else if (hint == HINT_STRING || resolve_word(value, out) || hint == HINT_WORD)
		return;
	else if (is_digits(value) && *value.at != '0')
		*out = (struct scalar){.kind = KIND_INTEGER, .digits = value};
	else if (value.len >= NUMBER_MAX || !resolve_number(value, out, copy))
		out->kind = KIND_STRING;
}

static void add_string(struct buf *out, struct str value)
{
	if (json_scan_string(value.at, value.at + value.len) != value.at + value.len) {
		buf_add_json_str(out, value);
		return;
	}
	char *const at = buf_reserve(out, value.len + 2);

	at[0] = '"';
	memcpy(at + 1, value.at, value.len);
	at[value.len + 1] = '"';
	out->len += value.len + 2;
}

static bool fail_as(struct str value, enum yaml_as as, struct err *err)
{
	const size_t shown = utf8_cut(value, SHOWN);

	for (size_t i = 0; i < ARRAY_LEN(TAGS); i++) {
		if (TAGS[i].as == as)
			return err_set(err, ERR_INVALID, "'!!%s' needs %s, not '%.*s%s'",
				TAGS[i].tag, TAGS[i].words, (int)shown, value.at,
				shown < value.len ? "…" : "");
	}
	return false;
}

/* Six bits, or -1; padding stands for none. */
static int base64_bits(char c)
{
	static const char ALPHABET[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *const found = memchr(ALPHABET, c, sizeof(ALPHABET) - 1);

	if (c == '=')
		return 0;
	return found ? (int)(found - ALPHABET) : -1;
}

/* Standard base64, in any number of lines. */
static bool decode_base64(struct str value, struct buf *out)
{
	uint32_t group = 0;
	size_t count = 0, padding = 0;

	for (size_t i = 0; i < value.len; i++) {
		const char c = value.at[i];
		const int bits = base64_bits(c);

		if (c == '\n' || c == '\r')
			continue;
		if (bits < 0 || (padding && c != '='))
			return false;
		padding += c == '=';
		group = group << 6 | (uint32_t)bits;
		if (++count % 4 == 0)
			buf_add(out, (struct str){(const char[]){(char)(group >> 16),
							  (char)(group >> 8), (char)group},
					     3});
	}
	if (count % 4 || padding > 2)
		return false;
	out->len -= padding;
	return utf8_is_valid(buf_str(out));
}

static bool add_binary(struct buf *out, struct str value, struct err *err)
{
	CLEANUP(buf_done) struct buf decoded = {0};

	if (!decode_base64(value, &decoded))
		return fail_as(value, YAML_AS_BINARY, err);
	buf_add_json_str(out, buf_str(&decoded));
	return true;
}

static bool fits(enum kind kind, enum yaml_as as)
{
	switch (as) {
	case YAML_AS_INTEGER:
		return kind == KIND_INTEGER;
	case YAML_AS_FLOAT:
		return kind == KIND_INTEGER || kind == KIND_FLOAT;
	case YAML_AS_BOOLEAN:
		return kind == KIND_TRUE || kind == KIND_FALSE;
	case YAML_AS_NULL:
		return kind == KIND_NULL;
	case YAML_AS_RESOLVED:
	case YAML_AS_STRING:
	case YAML_AS_BINARY:
	case YAML_AS_MERGE:
		break;
	}
	return true;
}

bool yaml_scalar_add(struct buf *out, struct str value, enum yaml_as as, struct err *err)
{
	struct scalar scalar = {.kind = KIND_STRING};
	char copy[NUMBER_MAX];

	if (as == YAML_AS_BINARY)
		return add_binary(out, value, err);
	if (as != YAML_AS_STRING && as != YAML_AS_MERGE)
		resolve(value, &scalar, copy);
	if (!fits(scalar.kind, as))
		return fail_as(value, as, err);
	switch (scalar.kind) {
	case KIND_NULL:
		buf_add_cstr(out, "null");
		break;
	case KIND_FALSE:
		buf_add_cstr(out, "false");
		break;
	case KIND_TRUE:
		buf_add_cstr(out, "true");
		break;
	case KIND_INTEGER:
		buf_add(out, scalar.digits);
		break;
	case KIND_FLOAT:
		if (!isfinite(scalar.real))
			return err_set(
				err, ERR_INVALID, "'%.*s' cannot be said in JSON", STR_ARG(value));
		yaml_float_add(out, scalar.real);
		break;
	case KIND_STRING:
		add_string(out, value);
		break;
	}
	return true;
}

bool yaml_scalar_add_key(struct buf *out, struct str value, enum yaml_as as, struct err *err)
{
	struct scalar scalar = {.kind = KIND_STRING};
	char copy[NUMBER_MAX];
	const size_t start = out->len;

	if (as != YAML_AS_STRING && as != YAML_AS_MERGE && as != YAML_AS_BINARY)
		resolve(value, &scalar, copy);
	if (scalar.kind == KIND_NULL && fits(scalar.kind, as))
		return err_set(err, ERR_INVALID, "a key cannot be null");
	if (scalar.kind == KIND_STRING)
		return yaml_scalar_add(out, value, as, err);
	buf_add_char(out, '"');
	if (scalar.kind == KIND_FLOAT && fits(scalar.kind, as))
		yaml_float_add_key(out, scalar.real);
	else if (!yaml_scalar_add(out, value, as, err))
		return false;
	buf_add_char(out, '"');
	return out->len > start;
}
