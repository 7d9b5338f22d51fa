/*
 * The front page's examples, run as a reader would: what README.md says that a command prints is
 * what it prints. Those of a cluster are for tests/e2e/cluster.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/certs_kit.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

/* How the examples begin that need no cluster, and how many of each there are. */
static struct {
	const char *words;
	size_t expected, seen;
} EXAMPLES[] = {
	{"review() {", 1, 0}, /* a function of the shell, for those below it */
	{"review ", 3, 0},
	{"build/raygate check", 3, 0},
};

static struct server_process server;
static char *folder;

/* As after `make run` in a checkout, by somebody whose home nobody else uses. */
static void start(void)
{
	server = server_process_start(NULL);
	folder = kit_folder();
	kit_run("mkdir -p '%s/build' '%s/.cache/raygate'", folder, folder);
	kit_run("ln -s '%s' '%s/.cache/raygate/certs'", server.folder, folder);
	kit_run("ln -s '%s/manifests' '%s/manifests'", getenv("RAYGATE_ROOT"), folder);
	kit_run("ln -s '%s' '%s/build/raygate'", getenv("RAYGATE"), folder);
}

static void stop(void)
{
	kit_folder_done(&folder);
	server_process_stop(&server);
}

TestSuite(e2e_readme, .init = start, .fini = stop, .timeout = 120);

static bool is_example(struct str block)
{
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++) {
		if (str_starts(block, EXAMPLES[i].words)) {
			EXAMPLES[i].seen++;
			return true;
		}
	}
	return false;
}

/* With the port that this server has. */
static void add_command(struct str block, struct buf *out)
{
	const struct str usual = STR("localhost:9443");

	while (block.len) {
		if (str_starts(block, usual.at)) {
			buf_printf(out, "localhost:%d", server.webhook_port);
			block = str_from_offset(block, usual.len);
		} else {
			buf_add_char(out, block.at[0]);
			block = str_from_offset(block, 1);
		}
	}
}

static void run(struct str prelude, struct str block, struct str printed)
{
	struct buf script = {0};

	buf_printf(&script, "cd '%s'\nHOME=$PWD\n", folder);
	add_command(prelude, &script);
	add_command(block, &script);
	buf_add_char(&script, '\0');
	kit_write(folder, "script", script.at);
	kit_run("bash '%s/script' >'%s/printed' 2>&1 || [ $? = 1 ]", folder, folder);
	char *const text = kit_read(folder, "printed");

	cr_expect(str_eq(str_trim(str_from(text)), str_trim(printed)), "%.*s\nprints\n%s",
		STR_ARG(block), text);
	free(text);
	buf_done(&script);
}

/* Takes a block off, from the fence that opens it to the one that closes it. */
static bool take_block(struct str *page, const char *fence, struct str *block)
{
	if (!str_starts(*page, fence))
		return false;
	*page = str_from_offset(*page, strlen(fence));
	block->at = page->at;
	while (page->len && !str_starts(*page, "```\n"))
		str_cut(page, '\n');
	block->len = (size_t)(page->at - block->at);
	str_cut(page, '\n');
	return true;
}

Test(e2e_readme, examples_print_what_it_says)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct str prelude = {0};
	struct err err;

	cr_assert(files_read("README.md", &text, &err), "%s", err.text);
	for (struct str page = buf_str(&text); page.len;) {
		struct str block, printed = {0};

		if (!take_block(&page, "```sh\n", &block)) {
			str_cut(&page, '\n');
			continue;
		}
		take_block(&page, "```\n", &printed);
		if (!is_example(block))
			continue;
		if (str_starts(block, EXAMPLES[0].words))
			prelude = block;
		else
			run(prelude, block, printed);
	}
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++)
		cr_expect_eq(EXAMPLES[i].seen, EXAMPLES[i].expected, "%zu begin with '%s'",
			EXAMPLES[i].seen, EXAMPLES[i].words);
}
