#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

enum { VALUE_MAX = 1024 };

static const char *const LEVELS[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};
static const char *const LEVEL_COLUMN[] = {
	[LOG_LEVEL_ERROR] = "ERROR",
	[LOG_LEVEL_WARN] = "WARN ",
	[LOG_LEVEL_INFO] = "INFO ",
	[LOG_LEVEL_DEBUG] = "DEBUG",
};
static const char *const FORMATS[] = {
	[LOG_FORMAT_AUTO] = "auto",
	[LOG_FORMAT_TEXT] = "text",
	[LOG_FORMAT_JSON] = "json",
};

/* Written by log_start() alone, before there is a second thread. */
static enum log_level threshold = LOG_LEVEL_INFO;
static bool as_json;

void log_start(enum log_level level, enum log_format format)
{
	threshold = level;
	as_json =
		format == LOG_FORMAT_JSON || (format == LOG_FORMAT_AUTO && !isatty(STDERR_FILENO));
}

bool log_wants(enum log_level level)
{
	return level <= threshold;
}

bool log_level_from_name(struct str name, enum log_level *out)
{
	for (size_t i = LOG_LEVEL_ERROR; i < ARRAY_LEN(LEVELS); i++) {
		if (str_is(name, LEVELS[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool log_format_from_name(struct str name, enum log_format *out)
{
	for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
		if (str_is(name, FORMATS[i])) {
			*out = (enum log_format)i;
			return true;
		}
	}
	return false;
}

/*
 * DEL and the C1 controls (U+0080 to U+009F) are harmless in JSON, but a terminal obeys some of
 * them.
 */
static void disarm(char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char next = i + 1 < len ? (unsigned char)at[i + 1] : 0;

		if (at[i] == '\x7f') {
			at[i] = '?';
		} else if (at[i] == '\xC2' && next >= 0x80 && next < 0xA0) {
			at[i] = '?';
			at[i + 1] = '?';
		}
	}
}

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		const unsigned char c = (unsigned char)s.at[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
			return true;
	}
	return s.len == 0;
}

static void add_str(struct buf *line, struct str s, size_t limit)
{
	const bool cut = s.len > limit;
	const size_t start = line->len;

	s.len = utf8_cut(s, limit);
	if (!as_json && !cut && !needs_quotes(s)) {
		buf_add(line, s);
		return;
	}
	buf_add_json_str(line, s);
	if (cut) {
		line->len--;
		buf_add(line, STR("\xE2\x80\xA6\""));
	}
	if (!as_json)
		disarm(line->at + start, line->len - start);
}

static void add_seconds(struct buf *line, int64_t ns)
{
	const int64_t us = ns / CLOCK_MICROSECOND;

	buf_printf(line, "%s%lld.%06lld", us < 0 ? "-" : "", llabs((long long)us / 1000000),
		llabs((long long)us % 1000000));
}

static void add_value(struct buf *line, const struct log_field *field, size_t limit)
{
	switch (field->kind) {
	case LOG_KIND_STR:
		add_str(line, field->text, limit);
		break;
	case LOG_KIND_INT:
		buf_add_i64(line, field->number);
		break;
	case LOG_KIND_BOOL:
		buf_add_cstr(line, field->number ? "true" : "false");
		break;
	case LOG_KIND_SECONDS:
		add_seconds(line, field->number);
		break;
	case LOG_KIND_END:
		break;
	}
}

/* Escapes can make six bytes of one, so a value that does not fit is tried again at half length. */
static bool add_field(struct buf *line, const struct log_field *field)
{
	static const char LAST[] = ",\"truncated\":true}\n";
	const size_t start = line->len;

	for (size_t limit = VALUE_MAX; limit > 0; limit /= 2) {
		buf_printf(line, as_json ? ",\"%s\":" : " %s=", field->key);
		add_value(line, field, limit);
		if (line->len + sizeof(LAST) <= LOG_LINE_MAX)
			return true;
		line->len = start;
		if (field->kind != LOG_KIND_STR)
			break;
	}
	return false;
}

static void add_head(struct buf *line, enum log_level level, const char *event)
{
	char time[CLOCK_TEXT];

	clock_rfc3339(clock_wall(), time);
	if (as_json) {
		buf_printf(line, "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":", time, LEVELS[level]);
		buf_add_json_str(line, (struct str){event, utf8_cut(str_from(event), VALUE_MAX)});
	} else {
		buf_printf(line, "%s %s %.1024s", time, LEVEL_COLUMN[level], event);
	}
}

/* A log that cannot be written has nobody to be told to. */
static void write_all(struct str line)
{
	while (line.len) {
		const ssize_t written = write(STDERR_FILENO, line.at, line.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		line = str_from_offset(line, (size_t)written);
	}
}

void log_event(enum log_level level, const char *event, ...)
{
	CLEANUP(buf_done) struct buf line = {0};
	bool whole = true;
	va_list fields;

	if (!log_wants(level))
		return;
	add_head(&line, level, event);
	va_start(fields, event);
	for (;;) {
		const struct log_field field = va_arg(fields, struct log_field);

		if (field.kind == LOG_KIND_END)
			break;
		whole = add_field(&line, &field) && whole;
	}
	va_end(fields);
	if (!whole)
		buf_add_cstr(&line, as_json ? ",\"truncated\":true" : " truncated=true");
	buf_add_cstr(&line, as_json ? "}\n" : "\n");

	const int saved = errno;

	write_all(buf_str(&line));
	errno = saved;
}
