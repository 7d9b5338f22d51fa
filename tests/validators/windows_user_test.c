#include "validators/windows_user.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/attr.h"

#define TEN(c)     c c c c c c c c c c
#define HUNDRED(c) TEN(TEN(c))

/* As validateWindowsSecurityContextOptions of Kubernetes 1.35.4 has it. */
Test(windows_user, names_are_taken_as_the_api_server_takes_them)
{
	static const struct {
		const char *name;
		bool taken;
	} CASES[] = {
		{"ContainerUser", true},
		{"a", true},
		{"a b.c", true},
		{"d\\a", true},
		{"d.example.com\\a", true},
		{"d e!\\a", true},
		{"fifteen-signs-x\\a", true},
		{"sixteen-signs-xy\\a", true},
		{"sixteen signs xy\\a", false},
		{"f\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
		 "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\\a",
			true},
		{"\\a", false},
		{"d\\", false},
		{".\\a", false},
		{"d*m\\a", false},
		{"d..example.com.and-more\\a", false},
		{"example.com.and-more.\\a", false},
		{"-d.example.com.and-more\\a", false},
		{"d-.example.com.and-more\\a", false},
		{"a\\b\\c", false},
		{".", false},
		{"...", false},
		{" ", false},
		{". .", false},
		{"a:b", false},
		{"a@b", false},
		{"a/b", false},
		{"a[b", false},
		{"a\"b", false},
		{"a\x7f", false},
		{"a\tb", false},
		{HUNDRED("a") "1234", true},
		{HUNDRED("a") "12345", false},
		{HUNDRED("a.") TEN("a.") TEN("a.") "abcdefghijklmno\\a", true},
		{HUNDRED("a.") TEN("a.") TEN("a.") "abcdefghijklmnop\\a", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const fault = windows_user_fault(str_from(CASES[i].name));

		cr_expect_eq(fault == NULL, CASES[i].taken, "'%s': %s", CASES[i].name,
			fault ? fault : "taken");
	}
}
