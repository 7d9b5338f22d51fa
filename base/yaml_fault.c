#include "base/yaml_fault.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/odd_text.h"

/* What libyaml's words contain, what stands there (0: anything), and what helps more. */
static const struct {
	const char *problem;
	char found;
	const char *words;
} PROBLEMS[] = {
	{"start any token", '\t', "a tab cannot indent, only spaces can"},
	{"tab character", 0, "a tab cannot indent, only spaces can"},
	{"start any token", '@', "a value that begins with '@' needs quotes"},
	{"start any token", '`', "a value that begins with '`' needs quotes"},
	{"start any token", '%', "a value that begins with '%' needs quotes"},
	{"alphabetic or numeric", 0, "a value that begins with '*' or '&' needs quotes"},
	{"unknown escape", 0, "'\\' needs single quotes around the value, or another '\\'"},
	{"mapping values", 0, "a ':' here needs other indentation, or quotes"},
	{"block sequence entries", 0, "a list begins in a line of its own, below its key"},
	{"'-' indicator", 0, "expected '- ' that is indented like those above it"},
	{"<document start>", 0, "expected nothing behind the value"},
	{"expected node content", 0,
		"a value is missing here, or a bracket before it is not closed"},
};

/* What is found at its end, or far below, and has to be mended where it begins. */
static const struct {
	const char *problem;
	const char *words;
} BEGUN[] = {
	{"expected ':'", "expected a key with ':' behind it"},
	{"unexpected end of stream", "a quote that begins here is not closed"},
	{"unexpected document indicator", "a quote that begins here is not closed"},
};

static struct str line_of(struct str text, size_t line)
{
	for (; line > 0; line--) {
		const size_t end = str_find(text, '\n');

		text = str_from_offset(text, end + (end < text.len));
	}
	text.len = str_find(text, '\n');
	return text;
}

static size_t characters_in(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return count;
}

/* Bytes in front of that column. */
static size_t offset_of(struct str line, size_t column)
{
	size_t at = 0;

	for (; at < line.len; at++) {
		const bool begins = ((unsigned char)line.at[at] & 0xc0) != 0x80;

		if (begins && column-- == 0)
			break;
	}
	return at;
}

static bool tell(
	const struct yaml_fault *fault, struct yaml_mark at, const char *words, struct err *err)
{
	return err_set(err, ERR_INVALID, "line %zu, column %zu: %s", fault->first_line + at.line,
		at.column + 1, words);
}

/* The first mark of a template in a line, outside of quotes and comments; NULL where there is none.
 */
static const char *template_in(struct str line, size_t *column)
{
	char quote = '\0';

	*column = 0;
	for (size_t at = 0; at + 1 < line.len; at++) {
		const char c = line.at[at];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '#')
			return NULL;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '{' && line.at[at + 1] == '{')
			return "{{" YAML_UNFILLED;
		else if (c == '{' && line.at[at + 1] == '%')
			return "{%" YAML_UNFILLED;
		*column += ((unsigned char)line.at[at + 1] & 0xc0) != 0x80;
	}
	return NULL;
}

/* Outside of quotes and comments, where YAML would take its like for its own. */
static bool odd_in(struct str line, struct odd_character *odd)
{
	const char *const mark = memchr(line.at, '#', line.len);
	const char *const quote = memchr(line.at, '"', line.len);

	return odd_text_find(line, odd) && strcmp(odd->like, "nothing") != 0 &&
	       !(mark && mark < line.at + odd->at) && !(quote && quote < line.at + odd->at);
}

static const char *foreign_in(struct str line, size_t *column)
{
	static const char *const CONFLICT[] = {"<<<<<<< ", "=======", ">>>>>>> ", "||||||| "};

	*column = 0;
	for (size_t i = 0; i < ARRAY_LEN(CONFLICT); i++) {
		if (str_starts(line, CONFLICT[i]))
			return "a conflict of a merge was left here: keep one side of it";
	}
	if (str_starts(line, "```"))
		return "``` is Markdown: leave it out";
	return template_in(line, column);
}

static bool tell_odd(
	struct str line, const struct yaml_fault *fault, size_t number, struct err *err)
{
	struct odd_character odd;
	char words[64];

	if (!odd_in(line, &odd))
		return false;
	snprintf(words, sizeof(words), "U+%04X looks like %s and is none: type it anew",
		(unsigned)odd.point, odd.like);
	tell(fault, (struct yaml_mark){number, characters_in((struct str){line.at, odd.at})}, words,
		err);
	return true;
}

/* What is no YAML at all is told where it stands, and not what a parser thinks of it. */
static bool tell_foreign(struct str text, const struct yaml_fault *fault, struct err *err)
{
	const size_t last = fault->at.line;
	const size_t lines[] = {
		fault->context ? fault->from.line : last, last ? last - 1 : 0, last};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		size_t column;
		const char *const words = foreign_in(line_of(text, lines[i]), &column);

		if (words) {
			tell(fault, (struct yaml_mark){lines[i], column}, words, err);
			return true;
		}
	}
	for (size_t i = ARRAY_LEN(lines); i-- > 0;) {
		if (tell_odd(line_of(text, lines[i]), fault, lines[i], err))
			return true;
	}
	return false;
}

/* Something stands before it in its line: behind what was a whole value already. */
static bool is_behind_value(struct str line, size_t column)
{
	const struct str before = str_trim((struct str){line.at, offset_of(line, column)});

	return before.len > 0;
}

static const char *words_of(const struct yaml_fault *fault, struct str line)
{
	const char *const problem = fault->problem ? fault->problem : "not YAML";
	const size_t at = offset_of(line, fault->at.column);
	const char found = at < line.len ? line.at[at] : '\0';

	if (strstr(problem, "expected key"))
		return is_behind_value(line, fault->at.column)
			       ? "expected nothing behind the value: a quote within quotes is "
				 "written twice, or as \\\""
			       : "expected a key that is indented like those above it";
	for (size_t i = 0; i < ARRAY_LEN(PROBLEMS); i++) {
		if (strstr(problem, PROBLEMS[i].problem) &&
			(PROBLEMS[i].found == found || PROBLEMS[i].found == 0))
			return PROBLEMS[i].words;
	}
	return problem;
}

bool yaml_fault_tell(struct str text, const struct yaml_fault *fault, struct err *err)
{
	if (tell_foreign(text, fault, err))
		return false;
	if (fault->context && fault->problem) {
		for (size_t i = 0; i < ARRAY_LEN(BEGUN); i++) {
			if (strstr(fault->problem, BEGUN[i].problem))
				return tell(fault, fault->from, BEGUN[i].words, err);
		}
	}
	const char *const words = words_of(fault, line_of(text, fault->at.line));

	if (fault->context == NULL || fault->from.line == fault->at.line)
		return tell(fault, fault->at, words, err);
	return err_set(err, ERR_INVALID, "line %zu, column %zu: %s (%s that begins at line %zu)",
		fault->first_line + fault->at.line, fault->at.column + 1, words, fault->context,
		fault->first_line + fault->from.line);
}
