#include "server/check/excerpt.h"

#include "base/attr.h"
#include "base/utf8.h"

/* Characters that take two columns: the wide and full-width ranges of UAX #11, and emoji. */
static const struct {
	uint32_t first, last;
} WIDE[] = {
	{0x1100, 0x115F},
	{0x2E80, 0xA4CF},
	{0xAC00, 0xD7A3},
	{0xF900, 0xFAFF},
	{0xFE30, 0xFE6F},
	{0xFF00, 0xFF60},
	{0xFFE0, 0xFFE6},
	{0x1F300, 0x1F64F},
	{0x1F900, 0x1F9FF},
	{0x20000, 0x3FFFD},
};

/* One character of the line: its bytes, and the columns that it takes. */
struct glyph {
	struct str bytes;
	uint32_t columns;
};

static uint32_t columns_of(uint32_t point)
{
	for (size_t i = 0; i < ARRAY_LEN(WIDE); i++) {
		if (point >= WIDE[i].first && point <= WIDE[i].last)
			return 2;
	}
	/* combining marks, joiners and variation selectors */
	return !((point >= 0x300 && point <= 0x36F) || (point >= 0x200B && point <= 0x200F) ||
		 (point >= 0xFE00 && point <= 0xFE0F));
}

/* What a terminal could take for a command is not passed on. */
static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7F && point < 0xA0) ||
	       (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static struct glyph glyph_at(struct str line, size_t *at)
{
	const struct str rest = str_from_offset(line, *at);
	const size_t length = utf8_sequence(rest);

	*at += length ? length : 1;
	if (length == 0)
		return (struct glyph){STR("?"), 1};
	const uint32_t point = utf8_point((struct str){rest.at, length});

	if (point == '\t')
		return (struct glyph){STR(" "), 1};
	if (is_control(point))
		return (struct glyph){STR("?"), 1};
	return (struct glyph){{rest.at, length}, columns_of(point)};
}

/* Enough for EXCERPT_WIDTH columns, whatever the characters. */
enum { NEAR_BYTES = 8 * EXCERPT_WIDTH };

static struct str end_of(struct str s)
{
	if (s.len <= NEAR_BYTES)
		return s;
	s = str_from_offset(s, s.len - NEAR_BYTES);
	while (s.len && ((unsigned char)s.at[0] & 0xC0) == 0x80)
		s = str_from_offset(s, 1);
	return s;
}

static struct str start_of(struct str s)
{
	return (struct str){s.at, utf8_cut(s, NEAR_BYTES)};
}

/* What is near the place, in columns: where the mark begins and ends, and how long it all is. */
struct extent {
	uint32_t mark, mark_end, end;
};

static uint32_t columns_in(struct str s)
{
	uint32_t columns = 0;

	for (size_t at = 0; at < s.len;)
		columns += glyph_at(s, &at).columns;
	return columns;
}

static struct extent measure(struct str before, struct str text, uint32_t length)
{
	struct extent x = {.mark = columns_in(before)};
	uint32_t character = 0;

	x.end = x.mark;
	x.mark_end = x.mark + 1;
	for (size_t at = 0; at < text.len; character++) {
		x.end += glyph_at(text, &at).columns;
		if (character < length)
			x.mark_end = x.end;
	}
	if (x.mark_end <= x.mark)
		x.mark_end = x.mark + 1;
	return x;
}

/* The first column that is shown, so that the mark is in sight with what stands before it. */
static uint32_t first_column(const struct extent *x)
{
	const uint32_t before = EXCERPT_WIDTH / 2;

	if (x->end <= EXCERPT_WIDTH || x->mark <= before)
		return 0;
	return x->mark - before;
}

static void print_text(struct str line, uint32_t from, uint32_t to, struct buf *out)
{
	uint32_t column = 0;

	if (from)
		buf_add_cstr(out, "…");
	for (size_t at = 0; at < line.len && column < to;) {
		const struct glyph g = glyph_at(line, &at);

		if (column >= from && column + g.columns <= to)
			buf_add(out, g.bytes);
		/* half of a wide character at the cut */
		else if (column < from && column + g.columns > from)
			buf_add_char(out, ' ');
		column += g.columns;
	}
}

static void add_many(struct buf *out, char c, uint32_t count)
{
	while (count--)
		buf_add_char(out, c);
}

static void print_mark(const struct excerpt *e, uint32_t before, uint32_t length, struct buf *out)
{
	buf_add_cstr(out, "      | ");
	add_many(out, ' ', before);
	buf_add_cstr(out, e->color ? "\033[1;32m^" : "^");
	add_many(out, '~', length - 1);
	buf_add_cstr(out, e->color ? "\033[0m\n" : "\n");
}

void excerpt_print(const struct excerpt *e, struct buf *out)
{
	const struct str before = end_of(e->before), text = start_of(e->text);
	const struct extent x = measure(before, text, e->length ? e->length : 1);
	const uint32_t from = first_column(&x);
	const uint32_t to = from + EXCERPT_WIDTH;
	const uint32_t mark_end = x.mark_end < to ? x.mark_end : to;
	const struct str near = {before.at, before.len + text.len};

	buf_printf(out, "%5u | ", e->line);
	print_text(near, from, to, out);
	buf_add_cstr(out, x.end > to ? "…\n" : "\n");
	print_mark(e, x.mark - from + (from > 0), mark_end > x.mark ? mark_end - x.mark : 1, out);
}
