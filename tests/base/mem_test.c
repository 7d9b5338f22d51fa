#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sanitize.h"

Test(mem, memory_is_zeroed_even_of_size_zero)
{
	unsigned char *const some = mem_alloc(1000);
	void *const none = mem_alloc(0);

	for (size_t i = 0; i < 1000; i++)
		cr_assert_eq(some[i], 0);
	cr_assert_not_null(none);
	free(some);
	free(none);
}

Test(mem, freeing_nulls_the_pointer)
{
	char *text = mem_strdup("ray");

	cr_assert_str_eq(text, "ray");
	mem_free(&text);
	cr_assert_null(text);
	mem_free(&text);
}

Test(mem, a_copy_ends_with_a_nul)
{
	char *ray CLEANUP(mem_free) = mem_copy((struct str){"raygate", 3});
	char *none CLEANUP(mem_free) = mem_copy((struct str){NULL, 0});

	cr_assert_str_eq(ray, "ray");
	cr_assert_str_eq(none, "");
}

Test(mem, resizing_keeps_what_was_there)
{
	char *text = mem_resize(NULL, 4);

	memcpy(text, "ray", 4);
	text = mem_resize(text, 100000);
	cr_assert_str_eq(text, "ray");
	mem_free(&text);
}

static size_t resident(void)
{
	FILE *const file = fopen("/proc/self/statm", "r");
	char line[128] = "";

	cr_assert_not_null(file);
	cr_assert_not_null(fgets(line, sizeof(line), file));
	fclose(file);
	return strtoul(strchr(line, ' '), NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

Test(mem, a_trim_gives_back_what_lies_before_something_in_use, .disabled = SANITIZED)
{
	enum { PIECES = 512, SIZE = 32 * 1024 };
	char *pieces[PIECES];

	for (size_t i = 0; i < PIECES; i++)
		memset(pieces[i] = mem_alloc(SIZE), 1, SIZE);
	for (size_t i = 0; i < PIECES - 1; i++)
		free(pieces[i]);
	const size_t before = resident();

	mem_trim();
	cr_assert_leq(resident() + (size_t)PIECES * SIZE / 2, before);
	cr_assert_eq(pieces[PIECES - 1][0], 1);
	free(pieces[PIECES - 1]);
}

Test(arena, what_it_hands_out_is_zeroed_aligned_and_apart)
{
	struct arena arena;
	unsigned char *last = NULL;

	arena_init(&arena, 256);
	for (size_t size = 0; size < 600; size++) {
		unsigned char *const at = arena_alloc(&arena, size);

		cr_assert_eq((uintptr_t)at % 16, 0);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(at[i], 0);
		memset(at, 0xA5, size);
		if (last && size > 1)
			cr_assert_eq(last[size - 2], 0xA5, "at %zu", size);
		last = at;
	}
	arena_done(&arena);
}

Test(arena, what_is_taken_lies_behind_what_was_and_is_not_cleared)
{
	struct arena arena;

	arena_init(&arena, 4096);
	char *const first = arena_take(&arena, 16);

	memset(first, 'x', 16);
	cr_expect_eq((char *)arena_take(&arena, 1), first + 16);
	cr_expect_eq((char *)arena_alloc(&arena, 1), first + 32);
	cr_expect_eq(arena.used, (size_t)48);
	arena_reset(&arena);
	cr_assert_eq((char *)arena_take(&arena, 16), first);
	cr_expect_eq(first[0], 'x');
	cr_expect_eq(*(char *)arena_alloc(&arena, 1), 0);
	arena_done(&arena);
}

Test(arena, reset_makes_used_memory_zero_again)
{
	struct arena arena;

	arena_init(&arena, 1024);
	for (int round = 0; round < 3; round++) {
		unsigned char *const at = arena_alloc(&arena, 500);

		for (size_t i = 0; i < 500; i++)
			cr_assert_eq(at[i], 0);
		memset(at, 0xFF, 500);
		arena_alloc(&arena, 5000);
		cr_assert_geq(arena.used, 5500);
		arena_reset(&arena);
		cr_assert_eq(arena.used, 0);
	}
	arena_done(&arena);
	cr_assert_null(arena.blocks);
}

Test(arena, the_memory_of_a_round_serves_the_next_until_none_needs_it)
{
	struct arena arena;
	char *first[4];

	arena_init(&arena, 1024);
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < 4; i++) {
			char *const at = arena_alloc(&arena, (size_t)1000 << i);

			cr_assert(round == 0 || at == first[i], "round %d, piece %zu", round, i);
			first[i] = at;
		}
		arena_reset(&arena);
		arena_trim(&arena);
	}
	cr_assert_eq((char *)arena_alloc(&arena, 1000), first[0]);
	cr_assert_not_null(arena.spare);
	arena_reset(&arena);
	arena_trim(&arena);
	cr_assert_eq((char *)arena_alloc(&arena, 1000), first[0]);
	cr_assert_null(arena.spare);
	arena_done(&arena);
}

Test(arena, rounds_that_use_little_of_much_do_not_keep_it)
{
	struct arena arena;

	arena_init(&arena, 1024);
	arena_alloc(&arena, 1000 * 1000);
	arena_reset(&arena);
	arena_trim(&arena);
	cr_assert_not_null(arena.spare);
	arena_alloc(&arena, 2000);
	arena_reset(&arena);
	arena_trim(&arena);
	cr_assert_null(arena.spare);
	arena_done(&arena);
}

Test(arena, a_spare_block_that_is_too_small_is_given_back)
{
	struct arena arena;

	arena_init(&arena, 256);
	for (size_t size = 100; size < 100000; size += 1000) {
		arena_alloc(&arena, size);
		arena_reset(&arena);
		arena_alloc(&arena, size);
		arena_reset(&arena);
	}
	/* Only the last block is there, and it is larger than an arena's first. */
	arena_trim(&arena);
	arena_trim(&arena);
	cr_assert_null(arena.spare);
	arena_done(&arena);
}

Test(arena, the_last_piece_grows_in_place_another_is_moved)
{
	struct arena arena;

	arena_init(&arena, 4096);
	char *const first = arena_alloc(&arena, 10);

	memcpy(first, "123456789", 10);
	cr_assert_eq(arena_grow(&arena, first, 10, 100), first);
	arena_alloc(&arena, 1);
	char *const moved = arena_grow(&arena, first, 100, 200);

	cr_assert_neq(moved, first);
	cr_assert_str_eq(moved, "123456789");
	char *const large = arena_grow(&arena, moved, 200, 100000);

	cr_assert_str_eq(large, "123456789");
	large[99999] = 'x';
	cr_assert_not_null(arena_grow(&arena, NULL, 0, 10));
	arena_done(&arena);
}

Test(arena, what_the_last_piece_does_not_need_is_handed_out_again)
{
	struct arena arena;

	arena_init(&arena, 1024);
	char *const first = arena_alloc(&arena, 100);
	char *const last = arena_alloc(&arena, 500);

	memset(last, 0xA5, 500);
	arena_shrink(&arena, first, 100, 10);
	cr_expect_eq(arena.used, 112 + 512, "it is not the last one");
	arena_shrink(&arena, last, 500, 40);
	cr_expect_eq(arena.used, 112 + 48);
	char *const next = arena_alloc(&arena, 100);

	cr_expect_eq(next, last + 48);
	for (size_t i = 0; i < 100; i++)
		cr_assert_eq(next[i], 0);
	for (size_t i = 0; i < 40; i++)
		cr_assert_eq((unsigned char)last[i], 0xA5);
	arena_shrink(&arena, next, 100, 0);
	cr_expect_eq(arena_alloc(&arena, 1), next + 16);
	arena_done(&arena);
}

Test(arena, growing_by_nothing_loses_nothing)
{
	struct arena arena;

	arena_init(&arena, 64);
	char *const at = arena_alloc(&arena, 16);

	memcpy(at, "0123456789abcde", 16);
	cr_assert_str_eq(arena_grow(&arena, at, 16, 16), "0123456789abcde");
	arena_done(&arena);
}

Test(arena, copies_are_c_strings_too)
{
	struct arena arena;

	arena_init(&arena, 64);
	const struct str copy = arena_str(&arena, (struct str){"workers", 4});
	const struct str printed = arena_printf(&arena, "%s-%d", "head", 7);
	const struct str empty = arena_str(&arena, str_from(NULL));

	cr_assert_str_eq(copy.at, "work");
	cr_assert_eq(copy.len, 4);
	cr_assert_str_eq(printed.at, "head-7");
	cr_assert_eq(printed.len, 6);
	cr_assert_str_eq(empty.at, "");
	arena_done(&arena);
}

Test(arena, a_text_of_any_length_is_printed_whole)
{
	struct arena arena;

	arena_init(&arena, 64);
	for (int len = 0; len < 600; len++) {
		const struct str printed = arena_printf(&arena, "%0*d", len, 0);

		cr_assert_eq(printed.len, len ? (size_t)len : 1);
		cr_assert_eq(strspn(printed.at, "0"), printed.len);
	}
	arena_done(&arena);
}
