#include "base/strmap.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/hash.h"

/* Appendix A of the SipHash paper: key 00 01 … 0f, message 00 01 … 0e. */
Test(hash, the_vectors_of_its_authors_come_out)
{
	static const struct hash_key KEY = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
	char message[15];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (char)i;
	cr_assert_eq(hash_str(&KEY, (struct str){message, 15}), 0xa129ca6149be45e5u);
	cr_assert_eq(hash_str(&KEY, (struct str){message, 0}), 0x726fdb47dd0e0e31u);
	cr_assert_eq(hash_str(&KEY, (struct str){message, 8}), 0x93f5f5799a932462u);
}

Test(hash, the_key_of_the_process_stays_and_is_not_zero)
{
	const struct hash_key first = *hash_process_key();

	cr_assert(first.low | first.high);
	cr_assert_eq(first.low, hash_process_key()->low);
}

Test(strmap, an_empty_map_finds_and_frees_nothing)
{
	struct strmap map = {0};
	size_t at = 0;

	cr_assert_null(strmap_find(&map, STR("a")));
	cr_assert_null(strmap_remove(&map, STR("a")));
	cr_assert_null(strmap_next(&map, &at));
	strmap_done(&map);
	cr_assert_eq(map.count, 0);
}

Test(strmap, keys_are_copied_and_compared_by_all_their_bytes)
{
	struct strmap map = {0};
	char key[] = "head";
	int one, two, three;

	strmap_set(&map, str_from(key), &one);
	key[0] = 'X';
	strmap_set(&map, (struct str){"a\0b", 3}, &two);
	strmap_set(&map, STR(""), &three);
	cr_assert_eq(strmap_find(&map, STR("head")), &one);
	cr_assert_eq(strmap_find(&map, (struct str){"a\0b", 3}), &two);
	cr_assert_null(strmap_find(&map, STR("a")));
	cr_assert_eq(strmap_find(&map, str_from(NULL)), &three);
	strmap_done(&map);
}

Test(strmap, setting_again_returns_the_old_value_and_keeps_the_place)
{
	struct strmap map = {0};
	int one, two, other;
	size_t at = 0;

	cr_assert_null(strmap_set(&map, STR("a"), &one));
	strmap_set(&map, STR("b"), &other);
	cr_assert_eq(strmap_set(&map, STR("a"), &two), &one);
	cr_assert_eq(map.count, 2);
	cr_assert(str_is(strmap_next(&map, &at)->key, "a"));
	cr_assert_eq(strmap_find(&map, STR("a")), &two);
	strmap_done(&map);
}

Test(strmap, a_key_taken_out_and_set_again_goes_to_the_end)
{
	struct strmap map = {0};
	int value;
	size_t at = 0;

	strmap_set(&map, STR("a"), &value);
	strmap_set(&map, STR("b"), &value);
	cr_assert_eq(strmap_remove(&map, STR("a")), &value);
	cr_assert_null(strmap_remove(&map, STR("a")));
	cr_assert_null(strmap_find(&map, STR("a")));
	strmap_set(&map, STR("a"), &value);
	cr_assert(str_is(strmap_next(&map, &at)->key, "b"));
	cr_assert(str_is(strmap_next(&map, &at)->key, "a"));
	cr_assert_null(strmap_next(&map, &at));
	strmap_done(&map);
}

static struct str name(char *text, size_t size, size_t i)
{
	snprintf(text, size, "cluster-%zu", i);
	return str_from(text);
}

Test(strmap, thousands_of_keys_stay_in_order_while_others_leave)
{
	enum { MANY = 20000 };
	static char values[MANY];
	struct strmap map = {0};
	char text[32];
	const struct strmap_entry *entry;
	size_t at = 0, i = 1;

	for (size_t n = 0; n < MANY; n++)
		strmap_set(&map, name(text, sizeof(text), n), &values[n]);
	for (size_t n = 0; n < MANY; n += 2)
		cr_assert_eq(strmap_remove(&map, name(text, sizeof(text), n)), &values[n]);
	cr_assert_eq(map.count, MANY / 2);
	for (; (entry = strmap_next(&map, &at)) != NULL; i += 2)
		cr_assert(str_eq(entry->key, name(text, sizeof(text), i)), "%zu", i);
	cr_assert_eq(i, MANY + 1);
	strmap_done(&map);
}

Test(strmap, keys_that_come_and_go_for_ever_take_no_more_memory)
{
	struct strmap map = {0};
	char text[32];
	int value;

	for (size_t n = 0; n < 100000; n++) {
		strmap_set(&map, name(text, sizeof(text), n), &value);
		if (n >= 10)
			strmap_remove(&map, name(text, sizeof(text), n - 10));
	}
	cr_assert_eq(map.count, 10);
	cr_assert_leq(map.slot_count, 64);
	strmap_done(&map);
}

Test(strmap, keys_may_be_removed_while_walking)
{
	struct strmap map = {0};
	char text[32];
	int value;
	const struct strmap_entry *entry;

	for (size_t n = 0; n < 100; n++)
		strmap_set(&map, name(text, sizeof(text), n), &value);
	for (size_t at = 0; (entry = strmap_next(&map, &at)) != NULL;)
		strmap_remove(&map, entry->key);
	cr_assert_eq(map.count, 0);
	strmap_done(&map);
}
