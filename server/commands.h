/*
 * The table of commands: their entries, their help, and what they share in talking to people. Each
 * command is a file of its own, server/cmd_*.c.
 */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "server/config/settings.h"

enum exit_code {
	EXIT_FINE = 0,
	EXIT_REFUSED = 1,
	EXIT_USAGE = 2,
	EXIT_UNREADABLE = 3, /* something cannot be read or written */
};

struct command_row {
	const char *name;
	/* Returns the process's exit code. The arena of the settings is there to be used. */
	int (*run)(struct settings *settings);
	enum command id;     /* whose options it takes */
	const char *about;   /* one line */
	const char *usage;   /* what stands behind the name, a way on each line */
	const char *text;    /* what a user must know besides the options */
	const char *formats; /* of -o, parted by |, the first by default; NULL: it has none */
	const char *words;   /* its arguments, parted by |; NULL: files */
};

/* In the order of the help; NULL behind the last. */
const struct command_row *commands_at(size_t index);
/* NULL when there is none of that name. */
const struct command_row *commands_find(struct str name);
/*
 * The next option that a command takes, from *at = 0 on; false behind the last. The value of -o is
 * the formats of that command.
 */
bool commands_next_option(
	const struct command_row *command, size_t *at, struct settings_option *out);
/* The name that is nearest to a wrong one, or NULL. */
const char *commands_suggest(struct str name);

/* How the user calls us: "raygate", or "kubectl raygate" as a plug-in of kubectl. */
const char *commands_program(void);

/* Reads the options, and runs the command or prints its help. argv[0] is the command's word. */
int commands_run(const struct command_row *command, int argc, char **argv);
int commands_help(const struct command_row *command);

/* For the commands. Says on standard error what is wrong with the command line; returns EXIT_USAGE.
 */
int commands_usage_error(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);
/* Prints a text; returns `code`, or EXIT_UNREADABLE when it did not reach its reader. */
int commands_print(const char *name, struct str text, int code);
