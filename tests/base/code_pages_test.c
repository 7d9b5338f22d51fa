#include "base/code_pages.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* How much of files is mapped and in memory: kB (proc(5), RssFile). */
static long file_pages(void)
{
	char text[4096] = "";
	FILE *const file = fopen("/proc/self/status", "r");

	cr_assert(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	const char *const line = strstr(text, "RssFile:");

	cr_assert(line);
	return strtol(line + strlen("RssFile:"), NULL, 10);
}

Test(code_pages, fewer_are_mapped_and_all_of_them_still_run)
{
	const long before = file_pages();

	code_pages_give_back();
	cr_assert_lt(file_pages(), before - 500, "%ld before, %ld after", before, file_pages());
	cr_assert(str_eq(STR("still"), STR("still")));
}
