#include "server/controller/table.h"

#include <criterion/criterion.h>

#include "server/controller/intern.h"

struct number {
	struct table_item item;
	unsigned value;
};

static bool is_value(const struct table_item *item, const void *key)
{
	return ((const struct number *)item)->value == *(const unsigned *)key;
}

enum { NUMBERS = 1000 };

/* Few hashes for many items, so that runs of them grow into each other and around the end. */
Test(table, what_is_removed_hides_nothing_behind_it)
{
	static struct number numbers[NUMBERS];
	static bool there[NUMBERS];
	struct table table = {0};
	unsigned dice = 1;

	for (unsigned i = 0; i < NUMBERS; i++)
		numbers[i] = (struct number){{.hash = i % 37 * 7919}, i};
	for (unsigned step = 0; step < 20000; step++) {
		dice = dice * 1103515245 + 12345;
		struct number *const number = &numbers[(dice >> 8) % NUMBERS];

		if (there[number->value])
			table_remove(&table, &number->item);
		else
			table_add(&table, &number->item);
		there[number->value] = !there[number->value];
	}
	size_t count = 0;

	for (unsigned i = 0; i < NUMBERS; i++) {
		const struct number *const found =
			table_find(&table, numbers[i].item.hash, is_value, &i);

		cr_assert_eq(found, there[i] ? &numbers[i] : NULL);
		count += there[i];
	}
	cr_expect_eq(table.count, count);
	for (size_t at = 0; table_next(&table, &at);)
		count--;
	cr_expect_eq(count, 0u);
	table_done(&table);
}

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
