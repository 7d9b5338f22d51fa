#include "server/source.h"

#include <string.h>

#include "base/attr.h"
#include "base/utf8.h"

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

void source_init(struct source *s, const char *name, struct str text)
{
	static const char MARK[] = "\xEF\xBB\xBF"; /* editors of Windows put it in front */

	if (str_starts(text, MARK))
		text = str_from_offset(text, strlen(MARK));
	*s = (struct source){.name = name, .text = text, .line = 1};
}

static bool step_forward(struct source *s)
{
	const struct str rest = str_from_offset(s->text, s->offset);
	const size_t end = str_find(rest, '\n');

	if (end == rest.len)
		return false;
	s->offset += end + 1;
	s->line++;
	return true;
}

static void step_back(struct source *s)
{
	const char *const end = s->offset > 1 ? memrchr(s->text.at, '\n', s->offset - 1) : NULL;

	s->offset = end ? (size_t)(end - s->text.at) + 1 : 0;
	s->line--;
}

struct str source_line(struct source *s, uint32_t line)
{
	if (s->lines == SOURCE_LINES_UNSEEN)
		s->lines = has_odd_lines(s->text) ? SOURCE_LINES_ODD : SOURCE_LINES_PLAIN;
	if (line == 0 || s->lines == SOURCE_LINES_ODD)
		return (struct str){0};
	while (s->line > line)
		step_back(s);
	while (s->line < line) {
		if (!step_forward(s))
			return (struct str){0};
	}
	const struct str rest = str_from_offset(s->text, s->offset);
	size_t len = str_find(rest, '\n');

	if (len && rest.at[len - 1] == '\r')
		len--;
	return (struct str){rest.at, len};
}

void source_place(struct source *s, const char *at, uint32_t *line, uint32_t *column)
{
	const size_t offset = (size_t)(at - s->text.at);

	while (s->offset > offset)
		step_back(s);
	for (;;) {
		const struct str rest = str_from_offset(s->text, s->offset);

		if (s->offset + str_find(rest, '\n') >= offset || !step_forward(s))
			break;
	}
	*line = s->line;
	*column = source_characters((struct str){s->text.at + s->offset, offset - s->offset}) + 1;
}

size_t source_bytes(struct str line, uint32_t characters)
{
	size_t at = 0;

	for (; characters && at < line.len; characters--) {
		const size_t length = utf8_sequence(str_from_offset(line, at));

		at += length ? length : 1;
	}
	return at;
}

uint32_t source_characters(struct str s)
{
	uint32_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.at[i] & 0xC0) != 0x80;
	return count;
}
