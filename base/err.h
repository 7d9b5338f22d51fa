/*
 * Why an operation failed, as a value in the caller's frame: nothing to release. Functions that
 * can fail return bool (true is success) and take `struct err *` last.
 *
 * A message is lower case without a full stop, names the thing in single quotes, and does not
 * repeat what the caller knows. A user's wrong object is not an err: see api/field.h.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"

enum err_code {
	ERR_NONE = 0,
	ERR_INVALID,     /* malformed input */
	ERR_NOT_FOUND,   /* it does not exist */
	ERR_TOO_LARGE,   /* beyond a limit of ours */
	ERR_UNAVAILABLE, /* not now; a retry may help */
	ERR_CONFLICT,    /* somebody else changed it first */
	ERR_FORBIDDEN,   /* whoever decides does not let us */
	ERR_IO,          /* the system refused; errno is in the text */
	ERR_INTERNAL,    /* a library failed in a way that no input explains */
};

struct err {
	enum err_code code;
	char text[256];
};

/* Both return false, so that a failure is one line: return err_set(err, …). */
bool err_set(struct err *err, enum err_code code, const char *format, ...) COLD PRINTF_LIKE(3, 4);
/* As err_set with ": " and the words of errno behind it. */
bool err_errno(struct err *err, const char *format, ...) COLD PRINTF_LIKE(2, 3);
/* Puts context in front of an error that is set: "context: text". Returns false. */
bool err_wrap(struct err *err, const char *format, ...) COLD PRINTF_LIKE(2, 3);
