#include "base/base64.h"

#include <criterion/criterion.h>

Test(base64, text_is_read_back)
{
	static const struct {
		const char *text, *bytes;
	} CASES[] = {
		{"", ""},
		{"Zg==", "f"},
		{"Zm8=", "fo"},
		{"Zm9v", "foo"},
		{"Zm9vYg==", "foob"},
		{"Zm9v\nYmE=\r\n", "fooba"},
		{"+/+/", "\xfb\xff\xbf"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf out = {0};

		buf_add_cstr(&out, "kept ");
		cr_assert(base64_read(str_from(CASES[i].text), &out), "%s", CASES[i].text);
		cr_assert(str_eq(str_from_offset(buf_str(&out), 5), str_from(CASES[i].bytes)), "%s",
			CASES[i].text);
	}
}

Test(base64, what_is_not_base64_is_refused_and_leaves_nothing)
{
	static const char *const CASES[] = {"Z", "Zg", "Zg=", "Zg===", "=",
		"====", "Z===", "Zm9v=", "Zg==Zg==", "Zm 9v", "Zm9-", "Zm9_", "Zm9v\xff",
		"Zm9vYg=a"};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf out = {0};

		buf_add_cstr(&out, "kept");
		cr_assert_not(base64_read(str_from(CASES[i]), &out), "%s", CASES[i]);
		cr_assert(str_is(buf_str(&out), "kept"), "%s", CASES[i]);
	}
}

Test(base64, whatever_is_written_is_read_back)
{
	char bytes[256];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 167);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		CLEANUP(buf_done) struct buf text = {0}, out = {0};

		buf_add_base64(&text, (struct str){bytes, len});
		cr_assert(base64_read(buf_str(&text), &out));
		cr_assert(str_eq(buf_str(&out), (struct str){bytes, len}));
	}
}
