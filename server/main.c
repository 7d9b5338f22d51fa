/*
 * Finds the command and runs it. Threads: see the heads of server/cmd_serve.c and of
 * server/http/listener.h; every other command has one.
 */
#include <stdio.h>
#include <string.h>

#include "server/commands.h"
#include "server/help.h"

static bool is_one_of(const char *word, const char *option, const char *letter)
{
	return strcmp(word, option) == 0 || strcmp(word, letter) == 0;
}

static int unknown(const char *word)
{
	const char *const nearest = commands_suggest(str_from(word));
	const char *const program = commands_program();

	if (nearest)
		fprintf(stderr, "%s: no command '%s'; did you mean '%s'?\n", program, word,
			nearest);
	else
		fprintf(stderr, "%s: no command '%s'; %s --help lists them\n", program, word,
			program);
	return EXIT_USAGE;
}

static int help(const char *word)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (word && commands_find(str_from(word)) == NULL)
		return unknown(word);
	if (word)
		return commands_help(commands_find(str_from(word)));
	help_print_list(&text);
	return commands_print("help", buf_str(&text), EXIT_FINE);
}

static int no_command(void)
{
	CLEANUP(buf_done) struct buf text = {0};

	help_print_list(&text);
	fwrite(text.at, 1, text.len, stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return no_command();
	if (is_one_of(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (is_one_of(argv[1], "--version", "-V"))
		return commands_run(commands_find(STR("version")), argc - 1, argv + 1);
	const struct command_row *const command = commands_find(str_from(argv[1]));

	return command ? commands_run(command, argc - 1, argv + 1) : unknown(argv[1]);
}
