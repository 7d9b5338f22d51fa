/*
 * A growing run of bytes, and the writer of JSON text into it: replies and patches are written
 * straight into the buffer that is sent.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/* Start from `struct buf b = {0}`; buf_done() frees. `at` moves when the buffer grows. */
struct buf {
	char *at;
	size_t len;
	size_t cap;
};

void buf_done(struct buf *buf);
/* Makes room for `more` bytes behind len and returns where they go. */
char *buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct str bytes);
void buf_add_cstr(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
struct str buf_str(const struct buf *buf);
/*
 * Ends the text with a NUL that len does not count, hands it to the caller (free()), without the
 * room that was left, and empties buf.
 */
char *buf_take(struct buf *buf);

/*
 * A JSON string with its quotes. Control characters, quotes and backslashes are escaped; bytes
 * that are not UTF-8 become U+FFFD, so that what is written is always JSON.
 */
void buf_add_json_str(struct buf *buf, struct str s);
void buf_add_i64(struct buf *buf, int64_t value);
/* Standard base64 with padding (RFC 4648 section 4). */
void buf_add_base64(struct buf *buf, struct str bytes);
