#include "server/check/source.h"

#include <string.h>

#include "base/attr.h"

/* YAML 1.1 knows more ends of a line than editors do. */
static bool has_odd_lines(struct str text)
{
	static const char *const ENDS[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};

	for (size_t i = 0; i < ARRAY_LEN(ENDS) && text.len; i++) {
		if (memmem(text.at, text.len, ENDS[i], strlen(ENDS[i])))
			return true;
	}
	for (size_t at = 0; (at += str_find(str_from_offset(text, at), '\r')) < text.len; at++) {
		if (at + 1 == text.len || text.at[at + 1] != '\n')
			return true;
	}
	return false;
}

static void enter_line(struct source *s, size_t offset, uint32_t line)
{
	s->offset = offset;
	s->length = str_find(str_from_offset(s->text, offset), '\n');
	s->line = line;
	s->place = 0;
	s->column = 1;
}

void source_init(struct source *s, const char *name, struct str text)
{
	static const char MARK[] = "\xEF\xBB\xBF"; /* editors of Windows put it in front */

	if (str_starts(text, MARK))
		text = str_from_offset(text, strlen(MARK));
	*s = (struct source){.name = name, .text = text};
	enter_line(s, 0, 1);
}

static bool step_forward(struct source *s)
{
	if (s->offset + s->length == s->text.len)
		return false;
	enter_line(s, s->offset + s->length + 1, s->line + 1);
	return true;
}

static void step_back(struct source *s)
{
	const char *const end = s->offset > 1 ? memrchr(s->text.at, '\n', s->offset - 1) : NULL;

	enter_line(s, end ? (size_t)(end - s->text.at) + 1 : 0, s->line - 1);
}

static bool begins_character(const struct source *s, size_t place)
{
	return ((unsigned char)s->text.at[s->offset + place] & 0xC0) != 0x80;
}

static void step_left(struct source *s)
{
	s->column -= begins_character(s, --s->place);
}

static void step_right(struct source *s)
{
	s->column += begins_character(s, s->place++);
}

static void find_column(struct source *s, uint32_t column)
{
	while (s->place && s->column > column)
		step_left(s);
	while (s->place < s->length && (s->column < column || !begins_character(s, s->place)))
		step_right(s);
}

static bool find_line(struct source *s, uint32_t line)
{
	if (s->lines == SOURCE_LINES_UNSEEN)
		s->lines = has_odd_lines(s->text) ? SOURCE_LINES_ODD : SOURCE_LINES_PLAIN;
	if (line == 0 || s->lines == SOURCE_LINES_ODD)
		return false;
	while (s->line > line)
		step_back(s);
	while (s->line < line) {
		if (!step_forward(s))
			return false;
	}
	return true;
}

struct str source_line(struct source *s, uint32_t line)
{
	if (!find_line(s, line))
		return (struct str){0};
	const char *const at = s->text.at + s->offset;
	const bool carriage = s->length && at[s->length - 1] == '\r';

	return (struct str){at, s->length - carriage};
}

bool source_split(
	struct source *s, uint32_t line, uint32_t column, struct str *before, struct str *rest)
{
	const struct str all = source_line(s, line);

	if (all.at == NULL)
		return false;
	find_column(s, column);
	*before = (struct str){all.at, s->place < all.len ? s->place : all.len};
	*rest = str_from_offset(all, before->len);
	return true;
}

void source_place(struct source *s, const char *at, uint32_t *line, uint32_t *column)
{
	const size_t offset = (size_t)(at - s->text.at);

	while (s->offset > offset)
		step_back(s);
	while (s->offset + s->length < offset && step_forward(s))
		;
	const size_t place = offset - s->offset;

	while (s->place > place)
		step_left(s);
	while (s->place < place)
		step_right(s);
	*line = s->line;
	*column = s->column;
}

uint32_t source_characters(struct str s)
{
	uint32_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.at[i] & 0xC0) != 0x80;
	return count;
}
