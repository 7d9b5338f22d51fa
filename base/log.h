/*
 * One event a line on standard error, as text for people or as JSON for machines:
 *
 *	LOG(INFO, "denied", KV("uid", uid), KV_INT("errors", n));
 *
 * ERROR: a person must act. WARN: we coped. INFO: a decision. DEBUG: how it came about.
 *
 * A line is one write(2) of at most LOG_LINE_MAX bytes, so lines of several threads never mix. A
 * value is cut where it is too long, a field that finds no room is left out and the line says
 * truncated. Values are escaped, never trusted; keys and events are literals of ours. Never log a
 * token, a key or an environment variable's value.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { LOG_LINE_MAX = 4096 }; /* what a pipe takes in one piece (PIPE_BUF) */

/* NONE has no name: only tests ask for silence. */
enum log_level {
	LOG_LEVEL_NONE,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/*
 * Called once, before the first thread. AUTO is text where standard error is a terminal. Without a
 * call: level info, text.
 */
void log_start(enum log_level level, enum log_format format);
/* Whether an event of this level is written, for what is dear to gather. */
bool log_wants(enum log_level level);

/* "error", "warn", "info", "debug"; "auto", "text", "json". False for any other name. */
bool log_level_from_name(struct str name, enum log_level *out);
bool log_format_from_name(struct str name, enum log_format *out);

enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_INT, LOG_KIND_BOOL, LOG_KIND_SECONDS };

struct log_field {
	enum log_kind kind;
	const char *key;
	struct str text;
	int64_t number;
};

/* `event` and then struct log_field by value; the last one is LOG_END. LOG() adds it. */
void log_event(enum log_level level, const char *event, ...);

#define LOG(level, ...) log_event(LOG_LEVEL_##level, __VA_ARGS__, LOG_END)
#define LOG_END         ((struct log_field){.kind = LOG_KIND_END})

/* The value is a struct str or a C string (NULL is the empty string). */
#define KV(name, value)                                                                            \
	((struct log_field){.kind = LOG_KIND_STR,                                                  \
		.key = (name),                                                                     \
		.text = _Generic((value), struct str                                               \
				 : log_str, default                                                \
				 : str_from)(value)})
#define KV_INT(name, value)                                                                        \
	((struct log_field){.kind = LOG_KIND_INT, .key = (name), .number = (int64_t)(value)})
#define KV_BOOL(name, value)                                                                       \
	((struct log_field){.kind = LOG_KIND_BOOL, .key = (name), .number = (value) ? 1 : 0})
/* Nanoseconds, written as seconds with six digits. */
#define KV_SECONDS(name, ns)                                                                       \
	((struct log_field){.kind = LOG_KIND_SECONDS, .key = (name), .number = (ns)})

static inline struct str log_str(struct str s)
{
	return s;
}
