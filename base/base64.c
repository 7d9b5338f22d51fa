#include "base/base64.h"

#include <stdint.h>

/* The value of a letter, or -1. */
static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four letters at a time; `count` of them are there and `bits` holds their values. */
struct group {
	uint32_t bits;
	int count, padding;
};

static bool take_letter(struct group *group, char c)
{
	const int value = value_of(c);

	if (c == '=' && group->count >= 2)
		group->padding++;
	else if (value < 0 || group->padding)
		return false;
	group->bits = group->bits << 6 | (uint32_t)(value < 0 ? 0 : value);
	group->count++;
	return true;
}

static void put_group(const struct group *group, struct buf *out)
{
	for (int i = 0; i < 3 - group->padding; i++)
		buf_add_char(out, (char)(group->bits >> (16 - 8 * i) & 0xFF));
}

bool base64_read(struct str text, struct buf *out)
{
	const size_t before = out->len;
	struct group group = {0};
	bool good = true, ended = false;

	for (size_t i = 0; i < text.len && good; i++) {
		if (text.at[i] == '\n' || text.at[i] == '\r')
			continue;
		good = !ended && take_letter(&group, text.at[i]);
		if (!good || group.count < 4)
			continue;
		put_group(&group, out);
		ended = group.padding > 0;
		group = (struct group){0};
	}
	if (good && group.count == 0)
		return true;
	out->len = before;
	return false;
}
