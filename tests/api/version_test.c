#include "api/version.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(version, reads_what_ParseGeneric_reads)
{
	static const struct {
		const char *text;
		bool valid;
		struct version version;
	} CASES[] = {
		{"2.52.0", true, {2, 52, 0}},
		{"2.52.0rc1", true, {2, 52, 0}},
		{"v2.9.3", true, {2, 9, 3}},
		{" \t2.9", true, {2, 9, 0}},
		{"2.9 ", true, {2, 9, 0}},
		{"2.09.03", true, {2, 9, 3}},
		{"0.8", true, {0, 8, 0}},
		{"2.9.3.4", true, {2, 9, 3}},
		{"2.9.", true, {2, 9, 0}},
		{"2.9.x", true, {2, 9, 0}},
		{"2.9-\xff", true, {2, 9, 0}},
		{"2.18446744073709551615", true, {2, UINT64_MAX, 0}},
		{"2.18446744073709551616", false, {0}},
		{"2.9.3.99999999999999999999", false, {0}},
		{"", false, {0}},
		{"2", false, {0}},
		{"2.", false, {0}},
		{"2.x", false, {0}},
		{"02.1", false, {0}},
		{"00.1", false, {0}},
		{".1", false, {0}},
		{"vv2.9", false, {0}},
		{"v 2.9", false, {0}},
		{"V2.9", false, {0}},
		{"-2.9", false, {0}},
		{"nightly", false, {0}},
		{"latest", false, {0}},
		{"2.9\n", false, {0}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct version v = {9, 9, 9};

		cr_expect_eq(version_parse(str_from(CASES[i].text), &v), CASES[i].valid, "'%s'",
			CASES[i].text);
		if (CASES[i].valid)
			cr_expect_eq(version_cmp(v, CASES[i].version), 0, "'%s'", CASES[i].text);
	}
}

Test(version, is_read_from_the_tag_of_an_image)
{
	static const struct {
		const char *image, *tag;
		bool ray, valid;
		struct version version;
	} CASES[] = {
		{"rayproject/ray:2.9.3-py310-gpu", "2.9.3-py310-gpu", true, true, {2, 9, 3}},
		{"rayproject/ray-ml:2.9.3", "2.9.3", true, true, {2, 9, 3}},
		{"ray:2.9", "2.9", true, true, {2, 9, 0}},
		{"localhost:5000/ray:2.9.3@sha256:2.1", "2.9.3", true, true, {2, 9, 3}},
		{"10.0.0.1:5000/ray", "", true, false, {0}},
		{"rayproject/ray@sha256:0123", "", true, false, {0}},
		{"rayproject/ray", "", true, false, {0}},
		{"rayproject/ray:", "", true, false, {0}},
		{"rayproject/ray:nightly", "nightly", true, false, {0}},
		{"rayproject/ray:latest-gpu", "latest-gpu", true, false, {0}},
		{"rayproject/ray:nightly-py310", "nightly-py310", true, false, {0}},
		{"ray/trainer:1.4.2", "1.4.2", false, true, {1, 4, 2}},
		{"acme/array:1.4.2", "1.4.2", false, true, {1, 4, 2}},
		{"", "", false, false, {0}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str image = str_from(CASES[i].image);
		struct version v;

		cr_expect(str_is(version_image_tag(image), CASES[i].tag), "'%s'", CASES[i].image);
		cr_expect_eq(version_image_is_ray(image), CASES[i].ray, "'%s'", CASES[i].image);
		cr_assert_eq(version_of_image(image, &v), CASES[i].valid, "'%s'", CASES[i].image);
		if (CASES[i].valid)
			cr_expect_eq(version_cmp(v, CASES[i].version), 0, "'%s'", CASES[i].image);
	}
}

Test(version, numbers_compare_as_numbers)
{
	const struct version v = {2, 9, 3};

	cr_expect(version_at_least(v, 2, 9, 3));
	cr_expect(version_at_least(v, 1, 10, 0));
	cr_expect(version_at_least(v, 2, 8, 9));
	cr_expect(!version_at_least(v, 2, 9, 4));
	cr_expect(!version_at_least(v, 2, 10, 0));
	cr_expect(!version_at_least(v, 3, 0, 0));
	cr_expect_lt(version_cmp(v, (struct version){2, 10, 0}), 0);
	cr_expect_gt(version_cmp((struct version){10, 0, 0}, v), 0);
}
