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
