#include "api/field_prints.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(field_prints, an_error_is_found_among_those_that_were_added)
{
	static const uint64_t PLACES[] = {9, 1, 7, 3, 3, 5};
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	struct field_prints prints = field_prints_for(&arena, ARRAY_LEN(PLACES));
	struct field_error error = {.rule = "RG0101"};

	cr_expect_not(field_prints_have(&prints, &error), "there is none");
	for (size_t i = 0; i < ARRAY_LEN(PLACES); i++) {
		error.place = PLACES[i];
		field_prints_add(&prints, &error);
	}
	field_prints_sort(&prints);
	for (uint64_t place = 0; place < 12; place++) {
		error.place = place;
		cr_expect_eq(field_prints_have(&prints, &error), place % 2 == 1 && place < 10, "%d",
			(int)place);
	}
	error = (struct field_error){.rule = "RG0102", .place = 1};
	cr_expect_not(field_prints_have(&prints, &error), "of another rule");
}

static struct field_error nameless(uint64_t place)
{
	return (struct field_error){.rule = "RG0101", .place = place, .moved = 100};
}

static struct field_prints prints_of(struct arena *arena, uint64_t first, uint64_t last)
{
	struct field_prints prints = field_prints_for(arena, 16);

	for (uint64_t place = first; place <= last; place++) {
		const struct field_error error = nameless(place);

		field_prints_add(&prints, &error);
	}
	field_prints_sort(&prints);
	return prints;
}

Test(field_prints, as_many_as_there_were_may_have_moved_and_no_more)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const struct field_prints old = prints_of(&arena, 1, 2);
	const struct field_prints as_many = prints_of(&arena, 2, 3);
	const struct field_prints one_more = prints_of(&arena, 1, 3);
	const struct field_prints none = field_prints_for(&arena, 0);
	struct field_error error = nameless(3);

	cr_expect(field_prints_have_moved(&old, &as_many, &error));
	cr_expect_not(field_prints_have_moved(&old, &one_more, &error));
	cr_expect_not(field_prints_have_moved(&none, &as_many, &error));
	error.rule = "RG0102";
	cr_expect_not(field_prints_have_moved(&old, &as_many, &error), "of another rule");
	error = nameless(3);
	error.place = error.moved;
	cr_expect_not(field_prints_have_moved(&old, &as_many, &error), "it is in no such list");
}
