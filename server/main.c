/* The table of commands. Each is a file of its own, cmd_*.c. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "server/cmd_certs.h"
#include "server/cmd_serve.h"

enum { EXIT_USAGE = 2 };

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} COMMANDS[] = {
	{"serve", cmd_serve, "serve the admission webhook"                     },
	{"certs", cmd_certs, "mint, inspect and verify the serving certificate"},
};

static void print_help(FILE *out)
{
	fputs("Raygate judges RayClusters at admission.\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++)
		fprintf(out, "  raygate %-7s %s\n", COMMANDS[i].name, COMMANDS[i].about);
	fputs("\nraygate COMMAND --help lists a command's options.\n", out);
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (asks_for_help(argv[1])) {
		print_help(stdout);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++)
		if (strcmp(argv[1], COMMANDS[i].name) == 0)
			return COMMANDS[i].run(argc - 1, argv + 1);
	fprintf(stderr, "raygate: no command '%s'; raygate --help lists them\n", argv[1]);
	return EXIT_USAGE;
}
