#include "server/controller/intern.h"

#include <criterion/criterion.h>

Test(intern, a_word_is_kept_once_and_until_nobody_holds_it)
{
	struct interns interns = {0};
	const struct intern *const one = intern_take(&interns, STR("workers"));
	const struct intern *const two = intern_take(&interns, STR("workers"));

	cr_expect_eq(one, two);
	cr_expect_null(intern_take(&interns, STR("")));
	intern_give(&interns, one);
	cr_expect(str_is(intern_str(two), "workers"));
	intern_give(&interns, two);
	cr_expect_eq(interns.words.count, 0u);
	interns_done(&interns);
}
