#include "tests/support/json_grammar.h"

#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* The rest of the text. Each function below passes what it is named after, or answers false. */
struct rest {
	const unsigned char *at, *end;
};

static bool value(struct rest *r);

static bool byte(struct rest *r, unsigned char least, unsigned char most)
{
	if (r->at == r->end || *r->at < least || *r->at > most)
		return false;
	r->at++;
	return true;
}

static bool one(struct rest *r, char c)
{
	return byte(r, (unsigned char)c, (unsigned char)c);
}

static bool word(struct rest *r, const char *text)
{
	const size_t len = strlen(text);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

static void space(struct rest *r)
{
	while (one(r, ' ') || one(r, '\t') || one(r, '\n') || one(r, '\r'))
		;
}

static bool digits(struct rest *r)
{
	if (!byte(r, '0', '9'))
		return false;
	while (byte(r, '0', '9'))
		;
	return true;
}

static bool number(struct rest *r)
{
	one(r, '-');
	if (!one(r, '0') && !digits(r))
		return false;
	if (one(r, '.') && !digits(r))
		return false;
	if (!one(r, 'e') && !one(r, 'E'))
		return true;
	if (!one(r, '+'))
		one(r, '-');
	return digits(r);
}

static bool four_hex(struct rest *r, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		const unsigned char c = r->at < r->end ? *r->at : 0;

		if (byte(r, '0', '9'))
			*out = *out * 16 + c - '0';
		else if (byte(r, 'a', 'f'))
			*out = *out * 16 + c - 'a' + 10;
		else if (byte(r, 'A', 'F'))
			*out = *out * 16 + c - 'A' + 10;
		else
			return false;
	}
	return true;
}

/* Behind the backslash. A surrogate stands for nothing without the other. */
static bool escape(struct rest *r)
{
	unsigned unit, low;

	if (!one(r, 'u'))
		return r->at < r->end && *r->at && strchr("\"\\/bfnrt", *r->at) && byte(r, 0, 255);
	if (!four_hex(r, &unit))
		return false;
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	return unit < 0xDC00 && word(r, "\\u") && four_hex(r, &low) && low >= 0xDC00 &&
	       low <= 0xDFFF;
}

/* RFC 3629, section 4: the rows of its table. */
static bool character(struct rest *r)
{
	static const struct {
		unsigned char first[2], second[2];
		int more;
	} ROWS[] = {
		{{0xC2, 0xDF}, {0x80, 0xBF}, 0},
		{{0xE0, 0xE0}, {0xA0, 0xBF}, 1},
		{{0xE1, 0xEC}, {0x80, 0xBF}, 1},
		{{0xED, 0xED}, {0x80, 0x9F}, 1},
		{{0xEE, 0xEF}, {0x80, 0xBF}, 1},
		{{0xF0, 0xF0}, {0x90, 0xBF}, 2},
		{{0xF1, 0xF3}, {0x80, 0xBF}, 2},
		{{0xF4, 0xF4}, {0x80, 0x8F}, 2},
	};

	if (byte(r, 0x20, 0x7F))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		if (!byte(r, ROWS[i].first[0], ROWS[i].first[1]))
			continue;
		bool good = byte(r, ROWS[i].second[0], ROWS[i].second[1]);

		for (int k = 0; k < ROWS[i].more; k++)
			good = good && byte(r, 0x80, 0xBF);
		return good;
	}
	return false;
}

static bool string(struct rest *r)
{
	if (!one(r, '"'))
		return false;
	while (!one(r, '"')) {
		if (one(r, '\\') ? !escape(r) : !character(r))
			return false;
	}
	return true;
}

static bool member(struct rest *r)
{
	space(r);
	if (!string(r))
		return false;
	space(r);
	return one(r, ':') && value(r);
}

static bool container(struct rest *r, bool (*element)(struct rest *r), char end)
{
	space(r);
	if (one(r, end))
		return true;
	do {
		if (!element(r))
			return false;
	} while (one(r, ','));
	return one(r, end);
}

/* With the white space around it. */
static bool value(struct rest *r)
{
	bool good;

	space(r);
	if (one(r, '{'))
		good = container(r, member, '}');
	else if (one(r, '['))
		good = container(r, value, ']');
	else if (r->at < r->end && *r->at == '"')
		good = string(r);
	else
		good = word(r, "true") || word(r, "false") || word(r, "null") || number(r);
	space(r);
	return good;
}

bool json_grammar_holds(struct str text)
{
	struct rest rest = {
		(const unsigned char *)text.at, (const unsigned char *)text.at + text.len};

	return value(&rest) && rest.at == rest.end;
}
