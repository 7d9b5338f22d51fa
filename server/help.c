#include "server/help.h"

enum { HELP_COLUMN = 34, HELP_WIDTH = 100 };

void help_print_list(struct buf *out)
{
	const char *const program = commands_program();
	const struct command_row *command;

	buf_printf(out, "Raygate judges Ray clusters before Kubernetes takes them, and runs "
			"them where it is asked to.\n\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		buf_printf(out, "  %s %-10s  %s\n", program, command->name, command->about);
	buf_printf(out, "\n%s help COMMAND, or %s COMMAND --help, says more.\n", program, program);
}

static void print_usage(const struct command_row *command, struct buf *out)
{
	struct str rest = str_from(command->usage);

	do {
		const struct str way = str_cut(&rest, '\n');

		buf_printf(out, "  %s %s%s%.*s\n", commands_program(), command->name,
			way.len ? " " : "", STR_ARG(way));
	} while (rest.len);
}

/* Words of the text from the help column on, broken before the width. */
static void print_wrapped(struct str text, struct buf *out)
{
	size_t column = HELP_COLUMN;

	while (text.len) {
		const struct str word = str_cut(&text, ' ');

		if (column + word.len > HELP_WIDTH) {
			out->len--; /* the space behind the word before */
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		buf_printf(out, "%.*s ", STR_ARG(word));
		column += word.len + 1;
	}
	out->len--;
	buf_add_char(out, '\n');
}

static void print_option(const struct settings_option *option, struct buf *out)
{
	const size_t start = out->len;
	CLEANUP(buf_done) struct buf text = {0};

	if (option->letter)
		buf_printf(out, "  -%c, --%s", option->letter, option->name);
	else
		buf_printf(out, "      --%s", option->name);
	if (option->value)
		buf_printf(out, " %s", option->value);
	if (out->len - start + 2 > HELP_COLUMN)
		buf_printf(out, "\n%*s", HELP_COLUMN, "");
	else
		buf_printf(out, "%*s", (int)(HELP_COLUMN - (out->len - start)), "");
	buf_add_cstr(&text, option->help);
	if (option->fallback[0])
		buf_printf(&text, " (%s)", option->fallback);
	print_wrapped(buf_str(&text), out);
}

static void print_options(const struct command_row *command, struct buf *out)
{
	struct settings_option option;

	buf_add_char(out, '\n');
	for (size_t at = 0; commands_next_option(command, &at, &option);)
		print_option(&option, out);
	if (!((unsigned)command->id & COMMAND_WITH_CONFIG))
		return;
	buf_add_cstr(out,
		"\nEvery option but --help can also be an environment variable (RAYGATE_LOG_LEVEL "
		"for --log-level),\nor a key of the --config file; a flag wins over both.\n");
}

void help_print_command(const struct command_row *command, struct buf *out)
{
	buf_printf(out, "%s %s: %s\n\n", commands_program(), command->name, command->about);
	print_usage(command, out);
	if (command->text)
		buf_printf(out, "\n%s", command->text);
	print_options(command, out);
}
