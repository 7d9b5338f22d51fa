#include "server/explain/known_lines.h"

#include <criterion/criterion.h>

#include "base/attr.h"

static const struct {
	const char *name, *log, *line;
	const char *meaning; /* a part of it; NULL: it is not known */
} CASES[] = {
	{"empty", "", "", NULL},
	{"blank", "\n  \n\n", "", NULL},
	{"the last line", "one\ntwo\n\n", "two", NULL},
	{"no line end", "one\ntwo", "two", NULL},
	{"an error before the last line", "ok\nValueError: x\nbye\n", "ValueError: x", NULL},
	{"a known line before an error", "NOAUTH Authentication required.\nError: end\n",
		"NOAUTH Authentication required.", "password"},
	{"the end of a traceback",
		"Traceback (most recent call last):\n  File \"x\"\nRuntimeError: Version mismatch: "
		"y\n",
		"RuntimeError: Version mismatch: y", "another Ray"},
	{"carriage returns", "OSError: [Errno 98] Address already in use\r\n",
		"OSError: [Errno 98] Address already in use", "same port"},
};

Test(known_lines, the_line_that_tells_most_is_found)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct known_line *known = NULL;
		const struct str line = known_line_of_log(str_from(CASES[i].log), &known);

		cr_expect(str_is(line, CASES[i].line), "%s: '%.*s'", CASES[i].name, STR_ARG(line));
		cr_expect_eq(known != NULL, CASES[i].meaning != NULL, "%s", CASES[i].name);
		if (known && CASES[i].meaning)
			cr_expect(strstr(known->meaning, CASES[i].meaning), "%s: %s", CASES[i].name,
				known->meaning);
	}
}

Test(known_lines, of_a_container_that_runs_only_errors_count)
{
	const struct known_line *known;

	cr_expect_eq(known_line_error(STR("INFO all is fine\n"), &known).len, 0u);
	cr_expect_null(known);
	cr_expect(str_is(known_line_error(STR("ERROR a\nINFO b\n"), &known), "ERROR a"));
}
