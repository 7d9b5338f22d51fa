#include "base/buf.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/mem.h"

static void assert_holds(struct buf *buf, const char *expected)
{
	char *const text = buf_take(buf);

	cr_assert_str_eq(text, expected);
	free(text);
}

Test(buf, an_empty_buffer_is_an_empty_str)
{
	struct buf buf = {0};

	buf_add(&buf, str_from(NULL));
	cr_assert_eq(buf_str(&buf).len, 0);
	cr_assert_not_null(buf_str(&buf).at);
	assert_holds(&buf, "");
	cr_assert_null(buf.at);
	buf_done(&buf);
	buf_done(&buf);
}

Test(buf, what_is_added_in_small_pieces_is_all_there)
{
	struct buf buf = {0};

	for (int i = 0; i < 10000; i++)
		buf_printf(&buf, "%d,", i % 10);
	buf_add_char(&buf, '\0');
	cr_assert_eq(buf.len, 20001);
	for (size_t i = 0; i < 10000; i++)
		cr_assert_eq(buf.at[2 * i], (char)('0' + i % 10));
	buf_done(&buf);
}

Test(buf, a_text_of_any_length_is_printed_whole)
{
	for (int len = 0; len < 1200; len++) {
		struct buf buf = {0};

		buf_printf(&buf, "x%0*d", len, 0);
		buf_add_char(&buf, '\0');
		cr_assert_eq(buf.len, (len ? (size_t)len : 1) + 2);
		cr_assert_eq(strspn(buf.at + 1, "0"), buf.len - 2);
		buf_done(&buf);
	}
}

Test(buf, room_is_made_for_more_than_twice_the_size)
{
	struct buf buf = {0};
	static char much[100000];

	buf_add_char(&buf, 'x');
	memset(buf_reserve(&buf, sizeof(much)), 'y', sizeof(much));
	buf.len += sizeof(much);
	cr_assert_geq(buf.cap, sizeof(much) + 1);
	cr_assert_eq(buf.at[0], 'x');
	cr_assert_eq(buf.at[sizeof(much)], 'y');
	buf_done(&buf);
}

Test(buf, what_is_taken_has_no_room_that_nobody_uses)
{
	struct buf buf = {0};

	buf_add_cstr(&buf, "QuotaExceeded");
	char *text CLEANUP(mem_free) = buf_take(&buf);

	cr_assert_str_eq(text, "QuotaExceeded");
	cr_assert_leq(malloc_usable_size(text), 64);
}

Test(buf, whatever_bytes_come_a_json_string_goes_out)
{
	static const struct {
		struct str in;
		const char *out;
	} CASES[] = {
		{STR_INIT(""), "\"\""},
		{STR_INIT("plain"), "\"plain\""},
		{STR_INIT("\"\\/"), "\"\\\"\\\\/\""},
		{STR_INIT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
		{{"\0\x01\x1f", 3}, "\"\\u0000\\u0001\\u001f\""},
		{STR_INIT("\x7f"), "\"\x7f\""},
		{STR_INIT("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\""},
		{STR_INIT("a\xFF"
			  "b"),
			"\"a\xEF\xBF\xBD"
			"b\""},
		{STR_INIT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{STR_INIT("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct buf buf = {0};

		buf_add_json_str(&buf, CASES[i].in);
		assert_holds(&buf, CASES[i].out);
	}
}

Test(buf, integers_are_written_to_both_ends_of_their_range)
{
	struct buf buf = {0};

	buf_add_i64(&buf, 0);
	buf_add_char(&buf, ' ');
	buf_add_i64(&buf, INT64_MAX);
	buf_add_char(&buf, ' ');
	buf_add_i64(&buf, INT64_MIN);
	buf_add_char(&buf, ' ');
	buf_add_i64(&buf, -10);
	assert_holds(&buf, "0 9223372036854775807 -9223372036854775808 -10");
}

/* RFC 4648 section 10, and the two last letters of the alphabet. */
Test(buf, base64_is_that_of_the_rfc)
{
	static const struct {
		const char *in, *out;
	} CASES[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xFB\xFF\xBF", "+/+/"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct buf buf = {0};

		buf_add_base64(&buf, str_from(CASES[i].in));
		assert_holds(&buf, CASES[i].out);
	}
}
