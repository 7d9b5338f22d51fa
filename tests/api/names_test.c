#include "api/names.h"

#include <string.h>

#include <criterion/criterion.h>

#include "base/attr.h"

#define A15  "aaaaaaaaaaaaaaa"
#define A16  A15 "a"
#define A63  A16 A16 A16 A15
#define A64  A63 "a"
#define A253 A63 "." A63 "." A63 "." A16 A16 A16 "aaaaaaaaaaaaa"
#define A254 A253 "a"

static const struct {
	enum name_kind kind;
	const char *name;
	bool valid;
} CASES[] = {
	{NAME_DNS1035_LABEL, "a", true},
	{NAME_DNS1035_LABEL, "my-name", true},
	{NAME_DNS1035_LABEL, "abc-123", true},
	{NAME_DNS1035_LABEL, "a--b", true},
	{NAME_DNS1035_LABEL, A63, true},
	{NAME_DNS1035_LABEL, A64, false},
	{NAME_DNS1035_LABEL, "", false},
	{NAME_DNS1035_LABEL, "1a", false},
	{NAME_DNS1035_LABEL, "-a", false},
	{NAME_DNS1035_LABEL, "a-", false},
	{NAME_DNS1035_LABEL, "A", false},
	{NAME_DNS1035_LABEL, "a.b", false},
	{NAME_DNS1035_LABEL, "a_b", false},
	{NAME_DNS1035_LABEL, "a b", false},
	{NAME_DNS1035_LABEL, "a\n", false},
	{NAME_DNS1035_LABEL, "\xc3\xa9", false},
	{NAME_DNS1123_LABEL, "123-abc", true},
	{NAME_DNS1123_LABEL, "0", true},
	{NAME_DNS1123_LABEL, A63, true},
	{NAME_DNS1123_LABEL, A64, false},
	{NAME_DNS1123_LABEL, "a.b", false},
	{NAME_DNS1123_LABEL, "a-", false},
	{NAME_DNS1123_LABEL, "Ab", false},
	{NAME_DNS1123_SUBDOMAIN, "example.com", true},
	{NAME_DNS1123_SUBDOMAIN, "1.2.3-4", true},
	{NAME_DNS1123_SUBDOMAIN, A253, true},
	{NAME_DNS1123_SUBDOMAIN, A254, false},
	{NAME_DNS1123_SUBDOMAIN, A64, true},
	{NAME_DNS1123_SUBDOMAIN, "a..b", false},
	{NAME_DNS1123_SUBDOMAIN, ".a", false},
	{NAME_DNS1123_SUBDOMAIN, "a.", false},
	{NAME_DNS1123_SUBDOMAIN, "a.-b", false},
	{NAME_DNS1123_SUBDOMAIN, "a-.b", false},
	{NAME_DNS1123_SUBDOMAIN, "a_b", false},
	{NAME_DNS1123_SUBDOMAIN, "", false},
	{NAME_QUALIFIED, "simple", true},
	{NAME_QUALIFIED, "MyName", true},
	{NAME_QUALIFIED, "a_b.c-D", true},
	{NAME_QUALIFIED, "1", true},
	{NAME_QUALIFIED, "example.com/MyName", true},
	{NAME_QUALIFIED, A63 "/" A63, true},
	{NAME_QUALIFIED, A253 "/" A63, true},
	{NAME_QUALIFIED, A254 "/a", false},
	{NAME_QUALIFIED, "a/" A64, false},
	{NAME_QUALIFIED, A64, false},
	{NAME_QUALIFIED, "Example.com/a", false},
	{NAME_QUALIFIED, "/a", false},
	{NAME_QUALIFIED, "a/", false},
	{NAME_QUALIFIED, "a/b/c", false},
	{NAME_QUALIFIED, "-a", false},
	{NAME_QUALIFIED, "a.", false},
	{NAME_QUALIFIED, "_a", false},
	{NAME_QUALIFIED, "a@b", false},
	{NAME_QUALIFIED, "", false},
	{NAME_ANNOTATION_KEY, "Example.COM/A", true},
	{NAME_ANNOTATION_KEY, "raygate.dev/defaulted", true},
	{NAME_ANNOTATION_KEY, A254 "/a", false},
	{NAME_ANNOTATION_KEY, "a/b/c", false},
	{NAME_ANNOTATION_KEY, "/a", false},
	{NAME_ANNOTATION_KEY, "a/", false},
	{NAME_ANNOTATION_KEY, "a_b/c", false},
	{NAME_LABEL_VALUE, "", true},
	{NAME_LABEL_VALUE, "MyValue", true},
	{NAME_LABEL_VALUE, "a_b.c-d", true},
	{NAME_LABEL_VALUE, A63, true},
	{NAME_LABEL_VALUE, A64, false},
	{NAME_LABEL_VALUE, "-a", false},
	{NAME_LABEL_VALUE, "a_", false},
	{NAME_LABEL_VALUE, "a/b", false},
	{NAME_LABEL_VALUE, "a b", false},
	{NAME_ENV, "MY_ENV.NAME-1", true},
	{NAME_ENV, "_", true},
	{NAME_ENV, "-a", true},
	{NAME_ENV, ".a", true},
	{NAME_ENV, A254, true},
	{NAME_ENV, "1A", false},
	{NAME_ENV, ".", false},
	{NAME_ENV, "..", false},
	{NAME_ENV, "..a", false},
	{NAME_ENV, "A B", false},
	{NAME_ENV, "A=B", false},
	{NAME_ENV, "", false},
	{NAME_ENV_RELAXED, "1A b:c..", true},
	{NAME_ENV_RELAXED, "~!@#$%^&*()", true},
	{NAME_ENV_RELAXED, "A=B", false},
	{NAME_ENV_RELAXED, "A\tB", false},
	{NAME_ENV_RELAXED, "A\x7f", false},
	{NAME_ENV_RELAXED, "\xc3\xa9", false},
	{NAME_ENV_RELAXED, "", false},
	{NAME_C_IDENTIFIER, "my_Name1", true},
	{NAME_C_IDENTIFIER, "_", true},
	{NAME_C_IDENTIFIER, "1a", false},
	{NAME_C_IDENTIFIER, "a-b", false},
	{NAME_C_IDENTIFIER, "a.b", false},
	{NAME_PORT, "http", true},
	{NAME_PORT, "ray-client-1", true},
	{NAME_PORT, "1a", true},
	{NAME_PORT, A15, true},
	{NAME_PORT, A16, false},
	{NAME_PORT, "8080", false},
	{NAME_PORT, "a--b", false},
	{NAME_PORT, "-a", false},
	{NAME_PORT, "a-", false},
	{NAME_PORT, "Http", false},
	{NAME_PORT, "a_b", false},
	{NAME_PORT, "", false},
	{NAME_CONFIG_KEY, "key.name", true},
	{NAME_CONFIG_KEY, ".bashrc", true},
	{NAME_CONFIG_KEY, A253, true},
	{NAME_CONFIG_KEY, A254, false},
	{NAME_CONFIG_KEY, "..", false},
	{NAME_CONFIG_KEY, "..x", false},
	{NAME_CONFIG_KEY, "a/b", false},
	{NAME_HTTP_HEADER, "X-Header-Name", true},
	{NAME_HTTP_HEADER, "-", true},
	{NAME_HTTP_HEADER, "X_Header", false},
	{NAME_HTTP_HEADER, "X: y", false},
	{NAME_HTTP_HEADER, "", false},
	{NAME_PERCENT, "25%", true},
	{NAME_PERCENT, "101%", true},
	{NAME_PERCENT, "25", false},
	{NAME_PERCENT, "%", false},
	{NAME_PERCENT, "-1%", false},
	{NAME_PERCENT, "1%%", false},
	{NAME_PERCENT, "1.5%", false},
	{NAME_PERCENT, "", false},
	{NAME_ABSOLUTE_PATH, "/", true},
	{NAME_ABSOLUTE_PATH, "/a/../b", true},
	{NAME_ABSOLUTE_PATH, "a", false},
	{NAME_ABSOLUTE_PATH, "", false},
	{NAME_RELATIVE_PATH, "", true},
	{NAME_RELATIVE_PATH, "a/..b/c", true},
	{NAME_RELATIVE_PATH, "/a", false},
	{NAME_RELATIVE_PATH, "..", false},
	{NAME_RELATIVE_PATH, "a/../b", false},
	{NAME_RELATIVE_PATH, "a/..", false},
};

Test(names, every_kind_has_its_syntax)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const fault = names_fault(CASES[i].kind, str_from(CASES[i].name));

		cr_expect_eq(fault == NULL, CASES[i].valid, "kind %d, '%s': %s", CASES[i].kind,
			CASES[i].name, fault ? fault : "taken");
		if (fault)
			cr_expect(strncmp(fault, "must ", 5) == 0, "%s", fault);
	}
}

/* Of a letter in front, any byte and a letter behind. */
Test(names, every_byte_is_in_a_name_or_not)
{
	static const struct {
		enum name_kind kind;
		const char *others; /* letters and digits aside */
		bool upper;
	} SETS[] = {
		{NAME_DNS1123_LABEL, "-", false},
		{NAME_DNS1123_SUBDOMAIN, "-.", false},
		{NAME_LABEL_VALUE, "-_.", true},
		{NAME_C_IDENTIFIER, "_", true},
		{NAME_HTTP_HEADER, "-", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(SETS) << 8; i++) {
		const char c = (char)(i & 0xff);
		const bool in = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
				(SETS[i >> 8].upper && c >= 'A' && c <= 'Z') ||
				(c && strchr(SETS[i >> 8].others, c));
		const char name[] = {'a', c, 'b'};
		const char *const fault =
			names_fault(SETS[i >> 8].kind, (struct str){name, sizeof(name)});

		cr_expect_eq(fault == NULL, in, "kind %d, byte %zu", SETS[i >> 8].kind, i & 0xff);
	}
}

Test(names, a_nul_inside_is_never_taken)
{
	for (int kind = 0; kind < NAME_ABSOLUTE_PATH; kind++)
		cr_expect(names_fault((enum name_kind)kind, STR("a\0b")), "kind %d", kind);
}

Test(names, the_reason_fits_the_fault)
{
	static const struct {
		enum name_kind kind;
		const char *name, *says;
	} REASONS[] = {
		{NAME_DNS1035_LABEL, A64, "no more than 63"},
		{NAME_DNS1035_LABEL, "1a", "begin with a letter"},
		{NAME_DNS1123_LABEL, "a.b", "not contain dots"},
		{NAME_DNS1123_LABEL, "", "not be empty"},
		{NAME_DNS1123_SUBDOMAIN, A254, "no more than 253"},
		{NAME_QUALIFIED, "/a", "empty prefix"},
		{NAME_QUALIFIED, "A/a", "prefix of lower"},
		{NAME_QUALIFIED, "a/b/c", "at most one '/'"},
		{NAME_QUALIFIED, "a/" A64, "63 characters behind"},
		{NAME_PORT, A16, "no more than 15"},
		{NAME_PORT, "80", "at least one letter"},
		{NAME_PORT, "a--b", "in a row"},
		{NAME_PORT, "a-", "begin or end"},
		{NAME_ENV, "..a", "begin with '..'"},
		{NAME_RELATIVE_PATH, "/a", "relative path"},
	};

	for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
		const char *const fault = names_fault(REASONS[i].kind, str_from(REASONS[i].name));

		cr_assert_not_null(fault, "%s", REASONS[i].name);
		cr_expect(strstr(fault, REASONS[i].says), "'%s': %s lacks '%s'", REASONS[i].name,
			fault, REASONS[i].says);
	}
}

Test(names, numbers_stay_in_their_ranges)
{
	cr_expect_null(names_port_number_fault(1));
	cr_expect_null(names_port_number_fault(65535));
	cr_expect_not_null(names_port_number_fault(0));
	cr_expect_not_null(names_port_number_fault(65536));
	cr_expect_not_null(names_port_number_fault(INT64_MIN));
	cr_expect_null(names_user_id_fault(0));
	cr_expect_null(names_user_id_fault(INT32_MAX));
	cr_expect_not_null(names_user_id_fault(-1));
	cr_expect_not_null(names_user_id_fault((int64_t)INT32_MAX + 1));
}

Test(names, a_valid_name_near_a_wrong_one_is_proposed)
{
	static const struct {
		enum name_kind kind;
		const char *bad, *near;
	} SUGGESTIONS[] = {
		{NAME_DNS1035_LABEL, "My_Cluster", "my-cluster"},
		{NAME_DNS1035_LABEL, "my cluster!", "my-cluster"},
		{NAME_DNS1035_LABEL, "1st", "r1st"},
		{NAME_DNS1035_LABEL, "--a--", "a"},
		{NAME_DNS1035_LABEL, "caf\xc3\xa9 au lait", "caf-au-lait"},
		{NAME_DNS1035_LABEL, "___", ""},
		{NAME_DNS1035_LABEL, "${NAME}", ""},
		{NAME_DNS1123_SUBDOMAIN, "<your-secret>", ""},
		{NAME_DNS1035_LABEL, "", ""},
		{NAME_DNS1035_LABEL, A64, A63},
		{NAME_DNS1035_LABEL, "fine", "fine"},
		{NAME_DNS1123_LABEL, "a.b", "a-b"},
		{NAME_DNS1123_SUBDOMAIN, "Example..COM.", "example.com"},
		{NAME_DNS1123_SUBDOMAIN, "a_b.c_d", "a-b.c-d"},
		{NAME_DNS1123_SUBDOMAIN, A254, A253},
		{NAME_QUALIFIED, "Example.com/My Name", "example.com/My-Name"},
		{NAME_QUALIFIED, "/a", "a"},
		{NAME_QUALIFIED, "a/b/c", "a/b-c"},
		{NAME_LABEL_VALUE, "my value?", "my-value"},
		{NAME_LABEL_VALUE, "???", ""},
		{NAME_ENV, "1 A", "_1_A"},
		{NAME_ENV_RELAXED, "A=B", "A_B"},
		{NAME_C_IDENTIFIER, "a-b", "a_b"},
		{NAME_PORT, "Ray--Client_Server_Port", "ray-client-serv"},
		{NAME_PORT, "8080", ""},
		{NAME_CONFIG_KEY, "a/b", "a-b"},
		{NAME_HTTP_HEADER, "X_Header", "X-Header"},
		{NAME_PERCENT, "25", ""},
		{NAME_ABSOLUTE_PATH, "a", ""},
	};
	struct arena arena;

	arena_init(&arena, 1024);
	for (size_t i = 0; i < ARRAY_LEN(SUGGESTIONS); i++) {
		const struct str near =
			names_suggest(&arena, str_from(SUGGESTIONS[i].bad), SUGGESTIONS[i].kind);

		cr_expect(str_is(near, SUGGESTIONS[i].near), "'%s': '%.*s', not '%s'",
			SUGGESTIONS[i].bad, STR_ARG(near), SUGGESTIONS[i].near);
	}
	arena_done(&arena);
}

Test(names, what_is_proposed_is_valid)
{
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		for (int kind = 0; kind < NAME_KINDS; kind++) {
			const struct str near = names_suggest(
				&arena, str_from(CASES[i].name), (enum name_kind)kind);

			cr_expect(near.len == 0 || !names_fault((enum name_kind)kind, near),
				"kind %d, '%s': '%.*s'", kind, CASES[i].name, STR_ARG(near));
		}
	}
	arena_done(&arena);
}

/* Byte by byte, so that no end of a range is off by one. */
Test(names, each_character_is_of_the_kinds_that_c_says)
{
	for (int c = 1; c < 256; c++) {
		const char name[] = {'a', (char)c, 'a', '\0'};
		const bool lower = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		const bool letter = lower || (c >= 'A' && c <= 'Z');

		cr_expect_eq(names_fault(NAME_DNS1123_LABEL, str_from(name)) == NULL,
			lower || c == '-', "label, %d", c);
		cr_expect_eq(names_fault(NAME_DNS1123_SUBDOMAIN, str_from(name)) == NULL,
			lower || c == '-' || c == '.', "subdomain, %d", c);
		cr_expect_eq(names_fault(NAME_LABEL_VALUE, str_from(name)) == NULL,
			letter || c == '-' || c == '_' || c == '.', "label's value, %d", c);
		cr_expect_eq(names_fault(NAME_C_IDENTIFIER, str_from(name)) == NULL,
			letter || c == '_', "identifier, %d", c);
	}
}
