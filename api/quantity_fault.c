#include "api/quantity_fault.h"

#include <stdio.h>

#include "api/quantity.h"
#include "base/utf8.h"

enum { TEXT_MAX = 60 };

/* Suffixes that people write, without case, and the ones of Kubernetes in their place. */
static const struct {
	const char *written;
	const char *meant;
	const char *or_else; /* NULL when there is only one */
} MISTAKES[] = {
	{"k", "k", "Ki"},
	{"ki", "Ki", NULL},
	{"kb", "k", "Ki"},
	{"kib", "Ki", NULL},
	{"m", "M", "Mi"},
	{"mi", "Mi", NULL},
	{"mb", "M", "Mi"},
	{"mib", "Mi", NULL},
	{"g", "G", "Gi"},
	{"gi", "Gi", NULL},
	{"gb", "G", "Gi"},
	{"gib", "Gi", NULL},
	{"gig", "G", "Gi"},
	{"t", "T", "Ti"},
	{"ti", "Ti", NULL},
	{"tb", "T", "Ti"},
	{"tib", "Ti", NULL},
	{"p", "P", "Pi"},
	{"pi", "Pi", NULL},
	{"pb", "P", "Pi"},
	{"pib", "Pi", NULL},
	{"ei", "Ei", NULL},
	{"eb", "E", "Ei"},
	{"eib", "Ei", NULL},
	{"b", "", NULL},
	{"byte", "", NULL},
	{"bytes", "", NULL},
	{"c", "", NULL},
	{"cpu", "", NULL},
	{"cpus", "", NULL},
	{"core", "", NULL},
	{"cores", "", NULL},
	{"gpu", "", NULL},
	{"gpus", "", NULL},
	{"mcpu", "m", NULL},
	{"mcore", "m", NULL},
	{"mcores", "m", NULL},
	{"milli", "m", NULL},
	{"millis", "m", NULL},
	{"\u00b5", "u", NULL},
	{"\u03bc", "u", NULL},
};

/* A text cut to what a message shows, and how it ends there. */
struct shown {
	struct str text;
	const char *end;
};

static struct shown show(struct str text)
{
	const size_t len = utf8_cut(text, TEXT_MAX);

	return (struct shown){{text.at, len}, len < text.len ? "…" : ""};
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The text without blanks, and with a point where one comma stands. */
static struct str clean(struct str text, char out[TEXT_MAX])
{
	struct str cleaned = {out, 0};

	for (size_t i = 0; i < text.len && cleaned.len < TEXT_MAX; i++) {
		if (!is_blank(text.at[i]))
			out[cleaned.len++] = text.at[i] == ',' ? '.' : text.at[i];
	}
	return cleaned;
}

/* How many bytes in front are a sign, digits and points; `points` counts those. */
static size_t number_length(struct str text, size_t *points, size_t *digits)
{
	size_t len = text.len && (text.at[0] == '+' || text.at[0] == '-');

	*points = *digits = 0;
	for (; len < text.len; len++) {
		if (text.at[len] == '.')
			++*points;
		else if (text.at[len] >= '0' && text.at[len] <= '9')
			++*digits;
		else
			break;
	}
	return len;
}

/* Writes "2G or 2Gi", or nothing when there is nothing to propose; what it takes is a number. */
static bool propose(struct str number, struct str suffix, char *out, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(MISTAKES); i++) {
		if (!str_is_nocase(suffix, MISTAKES[i].written))
			continue;
		if (MISTAKES[i].or_else)
			snprintf(out, size, "%.*s%s or %.*s%s", STR_ARG(number), MISTAKES[i].meant,
				STR_ARG(number), MISTAKES[i].or_else);
		else
			snprintf(out, size, "%.*s%s", STR_ARG(number), MISTAKES[i].meant);
		return true;
	}
	return false;
}

/* What a text without blanks and commas was probably meant to be. */
static bool guess(struct str text, char *out, size_t size)
{
	size_t points, digits;
	struct quantity ignored;
	struct err err;

	if (text.len == 0 || text.len >= TEXT_MAX)
		return false;
	if (quantity_parse(text, &ignored, &err)) {
		snprintf(out, size, "%.*s", STR_ARG(text));
		return true;
	}
	const size_t len = number_length(text, &points, &digits);

	return digits > 0 && points <= 1 &&
	       propose((struct str){text.at, len}, str_from_offset(text, len), out, size);
}

static bool fault_of_suffix(struct str number, struct str suffix, struct err *err)
{
	const struct shown shown = show(suffix);
	char meant[2 * TEXT_MAX + 16];

	if (number.len < TEXT_MAX && propose(number, suffix, meant, sizeof(meant)))
		return err_set(err, ERR_INVALID,
			"'%.*s' is no suffix of a quantity; did you mean %s?", STR_ARG(suffix),
			meant);
	if (suffix.at[0] == 'e' || suffix.at[0] == 'E')
		return err_set(err, ERR_INVALID,
			"'%.*s%s' is no exponent: a whole number stands behind the e, as in 1e3",
			STR_ARG(shown.text), shown.end);
	return err_set(err, ERR_INVALID,
		"'%.*s%s' is no suffix of a quantity: there are n u m k M G T P E and Ki Mi Gi Ti "
		"Pi Ei",
		STR_ARG(shown.text), shown.end);
}

/* What blanks or commas `text` has; NULL for neither. */
static const char *strange_mark(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_blank(text.at[i]))
			return "space";
		if (text.at[i] == ',')
			return "comma";
	}
	return NULL;
}

bool quantity_fault(struct str text, struct err *err)
{
	const struct shown shown = show(text);
	const char *const mark = strange_mark(text);
	char cleaned[TEXT_MAX], meant[2 * TEXT_MAX + 16];
	size_t points, digits;

	if (text.len == 0)
		return err_set(err, ERR_INVALID, "is empty: write an amount such as 500m or 2Gi");
	if (mark && guess(clean(text, cleaned), meant, sizeof(meant)))
		return err_set(err, ERR_INVALID, "'%.*s%s' has a %s; did you mean %s?",
			STR_ARG(shown.text), shown.end, mark, meant);
	if (mark)
		return err_set(err, ERR_INVALID, "'%.*s%s' has a %s: write it as 500m, 0.5 or 2Gi",
			STR_ARG(shown.text), shown.end, mark);
	const size_t len = number_length(text, &points, &digits);

	if (digits == 0)
		return err_set(err, ERR_INVALID,
			"'%.*s%s' does not begin with a number, as 500m and 2Gi do",
			STR_ARG(shown.text), shown.end);
	if (points > 1)
		return err_set(err, ERR_INVALID, "'%.*s%s' has more than one point",
			STR_ARG(shown.text), shown.end);
	return fault_of_suffix((struct str){text.at, len}, str_from_offset(text, len), err);
}
