#include "server/serve/cert_dir.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/certs_kit.h"

/* A home as it was found, and what is said of it; NULL: the folder is taken. */
static const struct {
	const char *name;
	const char *make; /* a shell command inside of it */
	const char *words;
} HOMES[] = {
	{"an empty home", "true", NULL},
	{"a folder of ours", "mkdir -p -m 700 .cache/raygate/certs", NULL},
	{"a folder that others may read", "mkdir -p -m 755 .cache/raygate/certs", NULL},
	{"a sticky cache of ours", "mkdir -m 1777 .cache", NULL},
	{"a folder of the group", "mkdir -p .cache/raygate; mkdir -m 770 .cache/raygate/certs",
		"may write into"},
	{"a folder of everybody", "mkdir -p .cache/raygate; mkdir -m 777 .cache/raygate/certs",
		"may write into"},
	{"a way that everybody may change", "mkdir -m 777 .cache", "may write into"},
	{"a link to a place of everybody",
		"mkdir -m 777 open; mkdir -p .cache/raygate; "
		"ln -s ../../open .cache/raygate/certs",
		"may write into"},
	{"a file", "touch .cache", "Not a directory"},
};

static void use_home(const char *home)
{
	unsetenv("XDG_CACHE_HOME");
	if (home)
		setenv("HOME", home, 1);
	else
		unsetenv("HOME");
}

static void expect_refused(const char *name, const char *words)
{
	char *dir = NULL;
	struct err err = {0};

	cr_expect_not(cert_dir_default(&dir, &err), "%s", name);
	cr_expect_null(dir);
	cr_expect(str_contains(str_from(err.text), words), "%s: %s", name, err.text);
	cr_expect(str_contains(str_from(err.text), "--cert-dir"), "%s: %s", name, err.text);
}

static void expect_taken(const char *name)
{
	char *dir = NULL;
	struct err err = {0};
	struct stat info;

	cr_expect(cert_dir_default(&dir, &err), "%s: %s", name, err.text);
	cr_expect(dir && stat(dir, &info) == 0 && S_ISDIR(info.st_mode), "%s", name);
	mem_free(&dir);
}

Test(cert_dir, keys_are_kept_only_where_nobody_else_writes)
{
	for (size_t i = 0; i < ARRAY_LEN(HOMES); i++) {
		char *home = kit_folder();

		kit_run("umask 022; cd %s && { %s; }", home, HOMES[i].make);
		use_home(home);
		if (HOMES[i].words)
			expect_refused(HOMES[i].name, HOMES[i].words);
		else
			expect_taken(HOMES[i].name);
		kit_folder_done(&home);
	}
}

Test(cert_dir, a_new_folder_is_private)
{
	char *home = kit_folder();
	char *dir = NULL;
	struct err err;
	struct stat info;

	use_home(home);
	cr_assert(cert_dir_default(&dir, &err), "%s", err.text);
	cr_assert_eq(stat(dir, &info), 0);
	cr_expect_eq(info.st_mode & 0777, 0700, "%o", info.st_mode);
	mem_free(&dir);
	kit_folder_done(&home);
}

Test(cert_dir, without_a_home_there_is_none)
{
	static const char *const HOMES_THAT_ARE_NONE[] = {NULL, "", "relative/home"};

	for (size_t i = 0; i < ARRAY_LEN(HOMES_THAT_ARE_NONE); i++) {
		use_home(HOMES_THAT_ARE_NONE[i]);
		expect_refused("no home", "HOME is not set");
	}
}

Test(cert_dir, the_cache_of_the_desktop_goes_before_the_home)
{
	char *cache = kit_folder();
	char *dir = NULL;
	struct err err;

	use_home("/nowhere");
	setenv("XDG_CACHE_HOME", cache, 1);
	cr_assert(cert_dir_default(&dir, &err), "%s", err.text);
	cr_expect(str_starts(str_from(dir), cache), "%s", dir);
	mem_free(&dir);
	kit_folder_done(&cache);
}
