#include "tests/support/base64.h"

#include "base/buf.h"

static unsigned value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0' + 52);
	return c == '+' ? 62 : 63;
}

struct str base64_decode(struct arena *arena, struct str text)
{
	CLEANUP(buf_done) struct buf out = {0};
	unsigned bits = 0;
	int have = 0;

	for (size_t i = 0; i < text.len && text.at[i] != '='; i++) {
		bits = bits << 6 | value_of(text.at[i]);
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_add_char(&out, (char)(bits >> have & 0xFF));
		}
	}
	return arena_str(arena, buf_str(&out));
}
