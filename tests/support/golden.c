#include "tests/support/golden.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/files.h"

#define PRINT_PATH(out, format)                                                                    \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		vsnprintf(out, sizeof(out), format, args);                                         \
		va_end(args);                                                                      \
	} while (0)

static struct str read(struct arena *arena, const char *path, struct err *err)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct str nothing = {0};

	return files_read(path, &text, err) ? arena_str(arena, buf_str(&text)) : nothing;
}

struct str golden_read(struct arena *arena, const char *format, ...)
{
	char path[512];
	struct err err;

	PRINT_PATH(path, format);
	return read(arena, path, &err);
}

struct str golden_need(struct arena *arena, const char *format, ...)
{
	char path[512];
	struct err err;

	PRINT_PATH(path, format);
	const struct str text = read(arena, path, &err);

	cr_assert(text.at, "%s", err.text);
	return text;
}

struct policy *golden_policy(struct arena *arena, const char *format, ...)
{
	struct field_errors errors;
	char path[512];
	struct err err;

	PRINT_PATH(path, format);
	const struct str text = read(arena, path, &err);

	if (text.at == NULL)
		return NULL;
	field_errors_init(&errors, arena, NULL);
	struct policy *const policy = policy_decode(text, path, &errors, &err);

	cr_assert(policy, "%s: %s", path, err.text);
	return policy;
}

void golden_expect(struct str actual, const char *format, ...)
{
	CLEANUP(buf_done) struct buf expected = {0};
	char path[512];
	struct err err;

	PRINT_PATH(path, format);
	if (getenv("GOLDEN")) {
		cr_assert(files_write(path, actual, &err), "%s", err.text);
		return;
	}
	cr_expect(files_read(path, &expected, &err), "%s", err.text);
	cr_expect(str_eq(buf_str(&expected), actual), "%s: expected\n%.*sis\n%.*s", path,
		STR_ARG(buf_str(&expected)), STR_ARG(actual));
}
