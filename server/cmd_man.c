#include "server/cmd_man.h"

#include "server/commands.h"
#include "server/config/version.h"

/* Plain text as roff reads it. */
static void add_text(const char *text, struct buf *out)
{
	bool at_start = true;

	for (; *text; text++) {
		if (at_start && (*text == '.' || *text == '\''))
			buf_add_cstr(out, "\\&");
		at_start = *text == '\n';
		if (*text == '\\')
			buf_add_cstr(out, "\\e");
		else if (*text == '-')
			buf_add_cstr(out, "\\-");
		else
			buf_add_char(out, *text);
	}
}

static void add_options(const struct command_row *command, struct buf *out)
{
	struct settings_option option;

	for (size_t at = 0; commands_next_option(command, &at, &option);) {
		buf_add_cstr(out, ".TP\n.B ");
		if (option.letter)
			buf_printf(out, "\\-%c, ", option.letter);
		buf_add_cstr(out, "\\-\\-");
		add_text(option.name, out);
		if (option.value) {
			buf_add_cstr(out, " \\fI");
			add_text(option.value, out);
			buf_add_cstr(out, "\\fR");
		}
		buf_add_char(out, '\n');
		add_text(option.help, out);
		if (option.fallback[0]) {
			buf_add_cstr(out, " (");
			add_text(option.fallback, out);
			buf_add_char(out, ')');
		}
		buf_add_char(out, '\n');
	}
}

static void add_usage(const struct command_row *command, struct buf *out)
{
	struct str rest = str_from(command->usage);

	buf_add_cstr(out, ".nf\n");
	do {
		const struct str way = str_cut(&rest, '\n');
		CLEANUP(buf_done) struct buf line = {0};

		buf_printf(&line, "raygate %s %.*s", command->name, STR_ARG(way));
		buf_add_char(&line, '\0');
		add_text(line.at, out);
		buf_add_char(out, '\n');
	} while (rest.len);
	buf_add_cstr(out, ".fi\n");
}

static void add_command(const struct command_row *command, struct buf *out)
{
	buf_printf(out, ".SS %s: ", command->name);
	add_text(command->about, out);
	buf_add_char(out, '\n');
	add_usage(command, out);
	if (command->text) {
		buf_add_cstr(out, ".PP\n.nf\n");
		add_text(command->text, out);
		buf_add_cstr(out, ".fi\n");
	}
	add_options(command, out);
}

static void print_page(struct buf *out)
{
	const struct command_row *command;

	buf_add_cstr(out, ".TH RAYGATE 1 \"\" \"raygate " RAYGATE_VERSION "\" \"Raygate\"\n"
			  ".SH NAME\nraygate \\- judge Ray clusters before Kubernetes takes them, "
			  "and run them\n"
			  ".SH SYNOPSIS\n.B raygate\n.I COMMAND\n[\\fIARGUMENT\\fR]...\n"
			  ".SH COMMANDS\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		add_command(command, out);
	buf_add_cstr(out,
		".SH ENVIRONMENT\n"
		"Every option but \\-\\-help can also be an environment variable, RAYGATE_ and its "
		"name in\n"
		"capitals with _ for \\-, or a key of the \\-\\-config file. A flag wins over the\n"
		"environment, the environment over the file.\n"
		".TP\n.B NO_COLOR\nwhere it is set there are no colours, unless "
		"\\-\\-color=always asks for them\n");
}

int cmd_man(struct settings *settings)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (settings->argument_count)
		return commands_usage_error("man", "takes no arguments");
	print_page(&text);
	return commands_print("man", buf_str(&text), EXIT_FINE);
}
