#include "server/completion.h"

#include <string.h>

#include "server/commands.h"

/* What can stand where a value is expected. */
enum values {
	VALUES_NONE,
	VALUES_FILES,
	VALUES_FOLDERS,
	VALUES_WORDS,
	VALUES_ANY, /* something that cannot be guessed */
};

static enum values values_of(const struct settings_option *option)
{
	const char *const value = option->value;

	if (value == NULL)
		return VALUES_NONE;
	if (strchr(value, '|'))
		return VALUES_WORDS;
	if (strcmp(value, "FILE") == 0)
		return VALUES_FILES;
	return strcmp(value, "DIR") == 0 ? VALUES_FOLDERS : VALUES_ANY;
}

/* Words parted by | with something else between them. */
static void add_words(const char *words, char between, struct buf *out)
{
	for (; *words; words++)
		buf_add_char(out, *words == '|' ? between : *words);
}

/* In single quotes of a shell. */
static void add_quoted(const char *text, struct buf *out)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_add_cstr(out, "'\\''");
		else
			buf_add_char(out, *text);
	}
}

/* Calls for each option of a command. */
typedef void option_fn(
	const struct command_row *command, const struct settings_option *option, struct buf *out);

static void each_option(const struct command_row *command, option_fn *print, struct buf *out)
{
	struct settings_option option;

	for (size_t at = 0; commands_next_option(command, &at, &option);)
		print(command, &option, out);
}

/* bash */

static void bash_name(
	const struct command_row *command, const struct settings_option *option, struct buf *out)
{
	(void)command;
	buf_printf(out, "--%s ", option->name);
}

static void bash_value(
	const struct command_row *command, const struct settings_option *option, struct buf *out)
{
	const enum values values = values_of(option);

	if (values == VALUES_NONE)
		return;
	buf_printf(out, "\t%s:--%s", command->name, option->name);
	if (option->letter)
		buf_printf(out, "|%s:-%c", command->name, option->letter);
	buf_add_cstr(out, ") ");
	if (values == VALUES_WORDS) {
		buf_add_cstr(out, "words='");
		add_words(option->value, ' ', out);
		buf_add_cstr(out, "' ;;\n");
	} else {
		buf_printf(out, "%s ;;\n",
			values == VALUES_FILES     ? "files=-f"
			: values == VALUES_FOLDERS ? "files=-d"
						   : "return");
	}
}

static void bash_command(const struct command_row *command, struct buf *out)
{
	each_option(command, bash_value, out);
	buf_printf(out, "\t%s:*)\n\t\toptions='", command->name);
	each_option(command, bash_name, out);
	buf_add_cstr(out, "'\n\t\t");
	if (command->words && command->words[0]) {
		buf_add_cstr(out, "words='");
		add_words(command->words, ' ', out);
		buf_add_cstr(out, "' ;;\n");
	} else {
		buf_add_cstr(out, command->words ? ";;\n" : "files=-f ;;\n");
	}
}

static void bash_commands(struct buf *out)
{
	const struct command_row *command;

	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		buf_printf(out, "%s ", command->name);
}

static void print_bash(struct buf *out)
{
	const struct command_row *command;

	buf_add_cstr(out, "# bash completion for raygate\n"
			  "_raygate() {\n"
			  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
			  "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]} words= files= options=\n"
			  "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
			  "\t[[ $cur == = ]] && cur=\n"
			  "\tCOMPREPLY=()\n"
			  "\t((COMP_CWORD == 1)) && command= prev=\n"
			  "\tcase $command:$prev in\n"
			  "\t:) words='");
	bash_commands(out);
	buf_add_cstr(out, "help' ;;\n\thelp:help) words='");
	bash_commands(out);
	buf_add_cstr(out, "' ;;\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		bash_command(command, out);
	buf_add_cstr(out,
		"\tesac\n"
		"\t[[ $cur == -* ]] && words=$options files=\n"
		"\t[[ $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		"\t[[ $files ]] && mapfile -t COMPREPLY < <(compgen \"$files\" -- \"$cur\")\n"
		"}\n"
		"complete -o filenames -F _raygate raygate\n");
}

/* zsh */

static void zsh_value(const struct settings_option *option, struct buf *out)
{
	switch (values_of(option)) {
	case VALUES_NONE:
		return;
	case VALUES_FILES:
		buf_add_cstr(out, ":file:_files");
		return;
	case VALUES_FOLDERS:
		buf_add_cstr(out, ":folder:_files -/");
		return;
	case VALUES_WORDS:
		buf_printf(out, ":%s:(", option->name);
		add_words(option->value, ' ', out);
		buf_add_char(out, ')');
		return;
	case VALUES_ANY:
		buf_printf(out, ":%s: ", option->name);
		return;
	}
}

static void zsh_option(
	const struct command_row *command, const struct settings_option *option, struct buf *out)
{
	const char *const equals = option->value ? "=" : "";

	(void)command;
	buf_add_cstr(out, " \\\n\t\t");
	if (option->letter)
		buf_printf(out, "'(-%c --%s)'{-%c,--%s%s}'[", option->letter, option->name,
			option->letter, option->name, equals);
	else
		buf_printf(out, "'--%s%s[", option->name, equals);
	add_quoted(option->help, out);
	buf_add_char(out, ']');
	zsh_value(option, out);
	buf_add_char(out, '\'');
}

static void zsh_command(const struct command_row *command, struct buf *out)
{
	buf_printf(out, "\t%s) _arguments", command->name);
	each_option(command, zsh_option, out);
	if (command->words == NULL) {
		buf_add_cstr(out, " \\\n\t\t'*:file:_files'");
	} else if (command->words[0]) {
		buf_add_cstr(out, " \\\n\t\t'1:word:(");
		add_words(command->words, ' ', out);
		buf_add_cstr(out, ")'");
	}
	buf_add_cstr(out, " ;;\n");
}

static void print_zsh(struct buf *out)
{
	const struct command_row *command;

	buf_add_cstr(out, "#compdef raygate\n"
			  "_raygate() {\n"
			  "\tlocal -a commands=(\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++) {
		buf_printf(out, "\t\t'%s:", command->name);
		add_quoted(command->about, out);
		buf_add_cstr(out, "'\n");
	}
	buf_add_cstr(out, "\t)\n"
			  "\tif ((CURRENT == 2)); then\n"
			  "\t\t_describe command commands\n"
			  "\t\treturn\n"
			  "\tfi\n"
			  "\tshift words\n"
			  "\t((CURRENT--))\n"
			  "\tcase $words[1] in\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		zsh_command(command, out);
	buf_add_cstr(out, "\tesac\n"
			  "}\n"
			  "compdef _raygate raygate\n");
}

/* fish */

static void fish_head(const struct command_row *command, struct buf *out)
{
	buf_printf(out, "complete -c raygate -n '__fish_seen_subcommand_from %s'", command->name);
}

static void fish_option(
	const struct command_row *command, const struct settings_option *option, struct buf *out)
{
	const enum values values = values_of(option);

	fish_head(command, out);
	if (option->letter)
		buf_printf(out, " -s %c", option->letter);
	buf_printf(out, " -l %s", option->name);
	if (values == VALUES_FILES || values == VALUES_FOLDERS)
		buf_add_cstr(out, " -r -F");
	else if (values != VALUES_NONE)
		buf_add_cstr(out, " -x");
	if (values == VALUES_WORDS) {
		buf_add_cstr(out, " -a '");
		add_words(option->value, ' ', out);
		buf_add_char(out, '\'');
	}
	buf_add_cstr(out, " -d '");
	add_quoted(option->help, out);
	buf_add_cstr(out, "'\n");
}

static void fish_command(const struct command_row *command, struct buf *out)
{
	buf_printf(
		out, "complete -c raygate -f -n __fish_use_subcommand -a %s -d '", command->name);
	add_quoted(command->about, out);
	buf_add_cstr(out, "'\n");
	if (command->words) {
		fish_head(command, out);
		buf_add_cstr(out, command->words[0] ? " -f -a '" : " -f");
		add_words(command->words, ' ', out);
		buf_add_cstr(out, command->words[0] ? "'\n" : "\n");
	}
	each_option(command, fish_option, out);
}

static void print_fish(struct buf *out)
{
	const struct command_row *command;

	buf_add_cstr(out, "# fish completion for raygate\n");
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		fish_command(command, out);
}

bool completion_print(struct str shell, struct buf *out)
{
	if (str_is(shell, "bash"))
		print_bash(out);
	else if (str_is(shell, "zsh"))
		print_zsh(out);
	else if (str_is(shell, "fish"))
		print_fish(out);
	else
		return false;
	return true;
}
