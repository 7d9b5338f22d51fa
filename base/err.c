#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF_LIKE(3, 0)
static void put(struct err *err, enum err_code code, const char *format, va_list args)
{
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), format, args);
}

static void append(struct err *err, const char *text)
{
	const size_t len = strlen(err->text);

	snprintf(err->text + len, sizeof(err->text) - len, ": %s", text);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(err, code, format, args);
	va_end(args);
	return false;
}

bool err_errno(struct err *err, const char *format, ...)
{
	const int saved = errno;
	char words[96];
	va_list args;

	va_start(args, format);
	put(err, saved == ENOENT ? ERR_NOT_FOUND : ERR_IO, format, args);
	va_end(args);
	append(err, strerror_r(saved, words, sizeof(words)));
	return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
	struct err inner = *err;
	va_list args;

	va_start(args, format);
	put(err, inner.code, format, args);
	va_end(args);
	append(err, inner.text);
	return false;
}
