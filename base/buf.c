#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/utf8.h"

void buf_done(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){0};
}

char *buf_reserve(struct buf *buf, size_t more)
{
	if (buf->cap - buf->len < more) {
		size_t cap = buf->cap ? buf->cap * 2 : 512;

		while (cap - buf->len < more)
			cap *= 2;
		buf->at = mem_resize(buf->at, cap);
		buf->cap = cap;
	}
	return buf->at + buf->len;
}

void buf_add(struct buf *buf, struct str bytes)
{
	if (bytes.len == 0)
		return;
	memcpy(buf_reserve(buf, bytes.len), bytes.at, bytes.len);
	buf->len += bytes.len;
}

void buf_add_cstr(struct buf *buf, const char *text)
{
	buf_add(buf, str_from(text));
}

void buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	/* Mostly it fits in what room there is, and is not put together twice. */
	char *const at = buf_reserve(buf, 1);
	const size_t room = buf->cap - buf->len;
	const int len = vsnprintf(at, room, format, args);

	va_end(args);
	assert(len >= 0);
	if ((size_t)len >= room)
		vsnprintf(buf_reserve(buf, (size_t)len + 1), (size_t)len + 1, format, again);
	va_end(again);
	buf->len += (size_t)len;
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){buf->at ? buf->at : "", buf->len};
}

char *buf_take(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
	char *const text = mem_resize(buf->at, buf->len + 1);

	*buf = (struct buf){0};
	return text;
}

static void add_escape(struct buf *buf, unsigned char c)
{
	static const char SHORT[][2] = {
		{'"', '"'},
		{'\\', '\\'},
		{'\n', 'n'},
		{'\t', 't'},
		{'\r', 'r'},
		{'\b', 'b'},
		{'\f', 'f'},
	};

	for (size_t i = 0; i < ARRAY_LEN(SHORT); i++) {
		if ((unsigned char)SHORT[i][0] == c) {
			buf_add(buf, (struct str){(const char[]){'\\', SHORT[i][1]}, 2});
			return;
		}
	}
	buf_printf(buf, "\\u%04x", c);
}

void buf_add_json_str(struct buf *buf, struct str s)
{
	buf_reserve(buf, s.len + 2);
	buf_add_char(buf, '"');
	for (size_t i = 0; i < s.len;) {
		const char *const from = s.at + i;
		const size_t run = (size_t)(json_scan_string(from, s.at + s.len) - from);

		buf_add(buf, (struct str){from, run});
		i += run;
		if (i == s.len)
			break;
		const unsigned char c = (unsigned char)s.at[i];
		const size_t sequence = c < 0x80 ? 0 : utf8_sequence(str_from_offset(s, i));

		if (c < 0x80) {
			add_escape(buf, c);
			i++;
		} else if (sequence == 0) {
			buf_add(buf, STR("\xEF\xBF\xBD"));
			i++;
		} else {
			buf_add(buf, (struct str){s.at + i, sequence});
			i += sequence;
		}
	}
	buf_add_char(buf, '"');
}

void buf_add_i64(struct buf *buf, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? ~(uint64_t)value + 1 : (uint64_t)value;

	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		digits[--at] = '-';
	buf_add(buf, (struct str){digits + at, sizeof(digits) - at});
}

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_add_base64(struct buf *buf, struct str bytes)
{
	char *out = buf_reserve(buf, (bytes.len + 2) / 3 * 4);
	const unsigned char *in = (const unsigned char *)bytes.at;
	size_t left = bytes.len;

	buf->len += (bytes.len + 2) / 3 * 4;
	for (; left >= 3; left -= 3, in += 3, out += 4) {
		out[0] = BASE64[in[0] >> 2];
		out[1] = BASE64[(in[0] & 3) << 4 | in[1] >> 4];
		out[2] = BASE64[(in[1] & 15) << 2 | in[2] >> 6];
		out[3] = BASE64[in[2] & 63];
	}
	if (left == 0)
		return;
	const int second = left == 2 ? in[1] : 0;

	out[0] = BASE64[in[0] >> 2];
	out[1] = BASE64[(in[0] & 3) << 4 | second >> 4];
	out[2] = left == 2 ? BASE64[(second & 15) << 2] : '=';
	out[3] = '=';
}
