#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(err, setting_returns_false_so_that_a_failure_is_one_line)
{
	struct err err;

	cr_assert_not(err_set(&err, ERR_TOO_LARGE, "'%s' has %d bytes", "body", 9));
	cr_assert_eq(err.code, ERR_TOO_LARGE);
	cr_assert_str_eq(err.text, "'body' has 9 bytes");
}

Test(err, the_words_of_errno_stand_behind_and_tell_the_code)
{
	struct err err;

	errno = ENOENT;
	cr_assert_not(err_errno(&err, "open '%s'", "/x"));
	cr_assert_eq(err.code, ERR_NOT_FOUND);
	cr_assert_str_eq(err.text, "open '/x': No such file or directory");
	errno = EACCES;
	err_errno(&err, "open '/x'");
	cr_assert_eq(err.code, ERR_IO);
	cr_assert_str_eq(err.text, "open '/x': Permission denied");
}

Test(err, context_is_put_in_front_and_the_code_stays)
{
	struct err err;

	err_set(&err, ERR_CONFLICT, "inner");
	cr_assert_not(err_wrap(&err, "load %s", "policy"));
	cr_assert_eq(err.code, ERR_CONFLICT);
	cr_assert_str_eq(err.text, "load policy: inner");
}

Test(err, a_text_that_is_too_long_is_cut_and_ends)
{
	struct err err;
	char much[1000];

	memset(much, 'z', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	err_set(&err, ERR_INVALID, "%s", much);
	cr_assert_eq(strlen(err.text), sizeof(err.text) - 1);
	err_wrap(&err, "%s", much);
	cr_assert_eq(strlen(err.text), sizeof(err.text) - 1);
	errno = EIO;
	err_errno(&err, "%s", much);
	cr_assert_eq(strlen(err.text), sizeof(err.text) - 1);
	err_wrap(&err, "short");
	cr_assert_eq(strncmp(err.text, "short: zzz", 10), 0);
}
