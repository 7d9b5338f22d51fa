/*
 * What the tested code logs on standard error is not to be read through where all tests pass:
 * nothing, unless TEST_LOG names a level, such as debug.
 */
#include <stdlib.h>

#include "base/log.h"

static void be_quiet(void) __attribute__((constructor));

static void be_quiet(void)
{
	const char *const name = getenv("TEST_LOG");
	enum log_level level = LOG_LEVEL_NONE;

	if (name && !log_level_from_name(str_from(name), &level))
		abort();
	log_start(level, LOG_FORMAT_TEXT);
}
