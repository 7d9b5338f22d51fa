#include "base/table.h"

#include <criterion/criterion.h>

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

/* Each is met, however those behind one that is removed move up. */
Test(table, a_walk_may_remove_what_it_meets)
{
	static struct number numbers[NUMBERS];
	bool met[NUMBERS] = {false};
	struct number *number;
	struct table table = {0};
	size_t left = 0;

	for (unsigned i = 0; i < NUMBERS; i++) {
		/* The last of them begin at the end and go on at the front. */
		numbers[i] = (struct number){{.hash = i % 41 * 4001 + (i > 900 ? 2047 : 0)}, i};
		table_add(&table, &numbers[i].item);
	}
	for (size_t at = 0; (number = table_next(&table, &at)) != NULL;) {
		met[number->value] = true;
		if (number->value % 3)
			table_remove_at(&table, &at);
	}
	for (unsigned i = 0; i < NUMBERS; i++) {
		cr_expect(met[i], "%u", i);
		cr_expect_eq(table_find(&table, numbers[i].item.hash, is_value, &i),
			i % 3 ? NULL : &numbers[i]);
		left += i % 3 == 0;
	}
	cr_expect_eq(table.count, left);
	table_done(&table);
}
