#include "server/config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "server/config/settings_table.h"
#include "tests/support/certs_kit.h"

enum { WORDS = 8 };

/* Of a text that changes no file and no variable: the words behind the program's name. */
static bool load(struct settings *s, unsigned command, const char *const words[], struct err *err)
{
	char *argv[WORDS + 2] = {(char *)(uintptr_t) "raygate"};
	int argc = 1;

	for (; argc <= WORDS && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	return settings_load(s, (enum command)command, argc, argv, err);
}

static bool is_kebab(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")] == '\0' && name[0] != '-' &&
	       name[strlen(name) - 1] != '-';
}

static bool holds_by_itself(const struct settings_row *row)
{
	if (row->type == SETTINGS_BOOL)
		return row->value == NULL && strcmp(row->fallback, "false") == 0;
	if (row->type == SETTINGS_WORD)
		return settings_has_word(row->value, str_from(row->fallback));
	return row->value != NULL;
}

Test(settings, each_row_has_a_name_a_help_and_a_value_that_its_type_allows)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct settings_row *const row = &SETTINGS_ROWS[i];

		cr_assert_not_null(row->name, "%zu", i);
		cr_expect(is_kebab(row->name), "%s", row->name);
		cr_expect(row->help[0] && row->help[strlen(row->help) - 1] != '.', "%s", row->name);
		cr_expect(row->commands && (row->commands & ~(unsigned)COMMAND_ALL) == 0, "%s",
			row->name);
		cr_expect(holds_by_itself(row), "%s", row->name);
	}
}

Test(settings, no_command_has_two_options_of_one_name_or_letter)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		for (size_t n = 0; n < i; n++) {
			const struct settings_row *const a = &SETTINGS_ROWS[i];
			const struct settings_row *const b = &SETTINGS_ROWS[n];

			if ((a->commands & b->commands) == 0)
				continue;
			cr_expect_str_neq(a->name, b->name);
			cr_expect(a->letter == 0 || a->letter != b->letter, "-%c", a->letter);
		}
	}
}

Test(settings, the_options_told_to_others_are_the_rows)
{
	struct settings_option option;
	size_t count = 0;

	for (; settings_option(count, &option); count++) {
		const struct settings_row *const row = &SETTINGS_ROWS[count];

		cr_expect_str_eq(option.name, row->name);
		cr_expect_str_eq(option.help, row->help);
		cr_expect_eq(option.letter, row->letter, "%s", row->name);
		cr_expect_eq(option.value, row->value, "%s", row->name);
		cr_expect_eq(option.commands, row->commands, "%s", row->name);
		/* That a switch is off says nothing to anybody. */
		cr_expect_str_eq(option.fallback, row->value ? row->fallback : "");
	}
	cr_assert_eq(count, SETTING_COUNT);
}

Test(settings, what_is_not_given_is_as_the_row_says)
{
	struct settings s CLEANUP(settings_done);
	struct err err;

	cr_assert(load(&s, COMMAND_SERVE, (const char *[]){NULL}, &err), "%s", err.text);
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		cr_expect(str_is(s.values[i], SETTINGS_ROWS[i].fallback), "%s",
			SETTINGS_ROWS[i].name);
		cr_expect_not(s.given[i], "%s", SETTINGS_ROWS[i].name);
	}
	cr_expect_eq(settings_int(&s, SETTING_THREADS), 8);
	cr_expect_not(settings_bool(&s, SETTING_OFFLINE));
	cr_expect_eq(settings_duration(&s, SETTING_GRACE_PERIOD), 0);
	cr_expect_eq(s.argument_count, 0u);
}

/* One way to write an option, and what its value is then. */
struct spelling {
	unsigned command;
	const char *words[WORDS];
	enum setting setting;
	const char *value;
	const char *arguments[WORDS];
};

static const struct spelling SPELLINGS[] = {
	{COMMAND_CHECK, {"--output", "json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"--output=json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-o", "json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-ojson"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-o=json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-qo", "json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-qRojson"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"-Ao=json"}, SETTING_OUTPUT, "json", {NULL}},
	{COMMAND_CHECK, {"--output=a=b"}, SETTING_OUTPUT, "a=b", {NULL}},
	{COMMAND_CHECK, {"-o", "json", "--output", "text"}, SETTING_OUTPUT, "text", {NULL}},
	{COMMAND_CHECK, {"a", "-o", "json", "b"}, SETTING_OUTPUT, "json", {"a", "b"}},
	{COMMAND_CHECK, {"-o", "json", "--", "-q", "--", "b"}, SETTING_QUIET, "false",
		{"-q", "--", "b"}},
	{COMMAND_CHECK, {"-", ""}, SETTING_QUIET, "false", {"-", ""}},
	{COMMAND_CHECK, {"-q", "true"}, SETTING_QUIET, "true", {"true"}},
	{COMMAND_CHECK, {"--quiet=false"}, SETTING_QUIET, "false", {NULL}},
	{COMMAND_CHECK, {"-q=false"}, SETTING_QUIET, "false", {NULL}},
	{COMMAND_CHECK, {"-qR"}, SETTING_RECURSIVE, "true", {NULL}},
	{COMMAND_CHECK, {"--namespace="}, SETTING_NAMESPACE, "", {NULL}},
	{COMMAND_CHECK, {"--namespace=", "a"}, SETTING_NAMESPACE, "", {"a"}},
	{COMMAND_CHECK, {"--namespace", "", "a"}, SETTING_NAMESPACE, "", {"a"}},
	{COMMAND_CHECK, {"-n", "", "a"}, SETTING_NAMESPACE, "", {"a"}},
	{COMMAND_CHECK, {"-n=", "a"}, SETTING_NAMESPACE, "", {"a"}},
	{COMMAND_SERVE, {"-n", "a"}, SETTING_OWN_NAMESPACE, "a", {NULL}},
	{COMMAND_SERVE, {"-q"}, SETTING_NO_WELCOME, "true", {NULL}},
	{COMMAND_SERVE, {"--webhook-hosts", "a,b", "--webhook-hosts", "c"}, SETTING_WEBHOOK_HOSTS,
		"a,b,c", {NULL}},
	{COMMAND_CERTS, {"--host", "", "--host", "c"}, SETTING_HOST, "c", {NULL}},
	{COMMAND_MAN, {"-h"}, SETTING_HELP, "true", {NULL}},
};

Test(settings, an_option_may_be_written_in_every_usual_way)
{
	for (size_t i = 0; i < ARRAY_LEN(SPELLINGS); i++) {
		const struct spelling *const c = &SPELLINGS[i];
		struct settings s CLEANUP(settings_done);
		struct err err;
		size_t n = 0;

		cr_assert(load(&s, c->command, c->words, &err), "%zu: %s", i, err.text);
		cr_expect(str_is(settings_str(&s, c->setting), c->value), "%zu: '%.*s'", i,
			STR_ARG(settings_str(&s, c->setting)));
		for (; n < WORDS && c->arguments[n]; n++) {
			cr_assert_lt(n, s.argument_count, "%zu", i);
			cr_expect(str_is(s.arguments[n], c->arguments[n]), "%zu: '%.*s'", i,
				STR_ARG(s.arguments[n]));
		}
		cr_expect_eq(s.argument_count, n, "%zu", i);
	}
}

static const struct {
	unsigned command;
	const char *words[WORDS];
	const char *said;
} MISTAKES[] = {
	{COMMAND_CHECK, {"--outptu", "x"}, "unknown option --outptu; did you mean --output?"},
	{COMMAND_CHECK, {"--nothing-like-it"},
		"unknown option --nothing-like-it; --help lists the options"},
	{COMMAND_CHECK, {"--threads", "4"}, "unknown option --threads; --help lists the options"},
	{COMMAND_CHECK, {"-x"}, "unknown option -x; --help lists the options"},
	{COMMAND_CHECK, {"-qx"}, "unknown option -x; --help lists the options"},
	{COMMAND_CHECK, {"---"}, "unknown option ---; --help lists the options"},
	{COMMAND_CHECK, {"-o"}, "--output needs a value"},
	{COMMAND_CHECK, {"a", "--policy"}, "--policy needs a value"},
	{COMMAND_CHECK, {"--policy="}, "--policy needs a value"},
	{COMMAND_CHECK, {"--policy", "", "a"}, "--policy needs a value"},
	{COMMAND_CHECK, {"--quiet=yes"}, "--quiet is true or false, not 'yes'"},
	{COMMAND_CHECK, {"--quiet="}, "--quiet is true or false, not ''"},
	{COMMAND_CHECK, {"-q="}, "--quiet is true or false, not ''"},
	{COMMAND_CHECK, {"--color", "red"}, "--color is one of auto|always|never, not 'red'"},
	{COMMAND_CHECK, {"--color", ""}, "--color is one of auto|always|never, not ''"},
	{COMMAND_CHECK, {"--color", "auto|always"},
		"--color is one of auto|always|never, not 'auto|always'"},
	{COMMAND_CHECK, {"-n", "My Team"}, "--namespace is the name of a namespace, not 'My Team'"},
	{COMMAND_CHECK, {"-n", "a.b"}, "--namespace is the name of a namespace, not 'a.b'"},
	{COMMAND_SERVE, {"--lease", "A"}, "--lease is a name, not 'A'"},
	{COMMAND_SERVE, {"--threads", "0"}, "--threads is a number from 1 to 1024, not '0'"},
	{COMMAND_SERVE, {"--threads", "1025"}, "--threads is a number from 1 to 1024, not '1025'"},
	{COMMAND_SERVE, {"--threads", "8 "}, "--threads is a number from 1 to 1024, not '8 '"},
	{COMMAND_SERVE, {"--threads=99999999999999999999"}, "--threads is a number from 1 to 1024"},
	{COMMAND_SERVE, {"--grace-period", "15"},
		"--grace-period is a time such as 15s or 1m30s, not '15'"},
	{COMMAND_SERVE, {"--grace-period", "-1s"},
		"--grace-period is a time such as 15s or 1m30s, not '-1s'"},
	{COMMAND_SERVE, {"--ops-bind-address", "9"},
		"--ops-bind-address is an address such as :9443, 127.0.0.1:9443 or [::1]:9443"},
	{COMMAND_SERVE, {"--ops-bind-address", ""}, "--ops-bind-address is an address such as"},
	{COMMAND_SERVE,
		{"--ops-bind-address",
			"1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1:80"},
		"--ops-bind-address is an address such as"},
	{COMMAND_VERSION, {"--config", "x"}, "unknown option --config"},
};

Test(settings, a_mistake_is_a_sentence_that_names_the_option)
{
	for (size_t i = 0; i < ARRAY_LEN(MISTAKES); i++) {
		struct settings s CLEANUP(settings_done);
		struct err err = {0};

		cr_expect_not(load(&s, MISTAKES[i].command, MISTAKES[i].words, &err), "%s",
			MISTAKES[i].said);
		cr_expect(str_starts(str_from(err.text), MISTAKES[i].said), "%s\n  not %s",
			err.text, MISTAKES[i].said);
	}
}

/* A file of options, and what is stronger than it. */
struct sources {
	unsigned command;
	const char *file;
	const char *variables[4]; /* name, value, name, value */
	const char *words[WORDS];
	enum setting setting;
	const char *value; /* NULL: `said` is */
	const char *said;
};

static const struct sources SOURCES[] = {
	{COMMAND_SERVE, "threads: 2\n", {NULL}, {NULL}, SETTING_THREADS, "2", NULL},
	{COMMAND_SERVE, "threads: \"2\"\n", {NULL}, {NULL}, SETTING_THREADS, "2", NULL},
	{COMMAND_SERVE, "threads: 2\n", {"RAYGATE_THREADS", "3"}, {NULL}, SETTING_THREADS, "3",
		NULL},
	{COMMAND_SERVE, "threads: 2\n", {"RAYGATE_THREADS", "3"}, {"--threads", "4"},
		SETTING_THREADS, "4", NULL},
	{COMMAND_SERVE, "quiet: true\n", {"RAYGATE_QUIET", "false"}, {NULL}, SETTING_NO_WELCOME,
		"false", NULL},
	{COMMAND_CHECK, "quiet: true\n", {NULL}, {NULL}, SETTING_QUIET, "true", NULL},
	{COMMAND_CHECK, "quiet: true\n", {NULL}, {"--quiet=false"}, SETTING_QUIET, "false", NULL},
	/* A list that is given anew is a new list, not a longer one. */
	{COMMAND_SERVE, "webhook-hosts: a,b\n", {NULL}, {NULL}, SETTING_WEBHOOK_HOSTS, "a,b", NULL},
	{COMMAND_SERVE, "webhook-hosts: a\n", {"RAYGATE_WEBHOOK_HOSTS", "b"}, {NULL},
		SETTING_WEBHOOK_HOSTS, "b", NULL},
	{COMMAND_SERVE, "webhook-hosts: a\n", {"RAYGATE_WEBHOOK_HOSTS", "b"},
		{"--webhook-hosts", "c", "--webhook-hosts=d"}, SETTING_WEBHOOK_HOSTS, "c,d", NULL},
	/* Empty is a value, but for a file. */
	{COMMAND_SERVE, "lease: ''\n", {NULL}, {NULL}, SETTING_LEASE, "", NULL},
	{COMMAND_SERVE, "lease: x\n", {"RAYGATE_LEASE", ""}, {NULL}, SETTING_LEASE, "", NULL},
	{COMMAND_SERVE, "policy: x\n", {"RAYGATE_POLICY", ""}, {NULL}, SETTING_POLICY, "x", NULL},
	{COMMAND_SERVE, "policy: ''\n", {NULL}, {NULL}, SETTING_POLICY, NULL,
		"--policy needs a value"},
	/* One file, and one environment, serve every command. */
	{COMMAND_CHECK, "threads: 2\n", {"RAYGATE_THREADS", "many"}, {NULL}, SETTING_THREADS, "8",
		NULL},
	{COMMAND_CHECK, "{}\n", {"RAYGATE_HELP", "no"}, {NULL}, SETTING_HELP, "false", NULL},
	{COMMAND_SERVE, "threads: many\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"--threads is a number from 1 to 1024, not 'many'"},
	/* What the file says wrong, nothing that is stronger makes right. */
	{COMMAND_SERVE, "threads: many\n", {NULL}, {"--threads=1"}, SETTING_THREADS, NULL,
		"--threads is a number from 1 to 1024, not 'many'"},
	{COMMAND_SERVE, "thread: 2\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"unknown option --thread; did you mean --threads?"},
	{COMMAND_SERVE, "threads:\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"'threads' has no value: give it one, or take the line out"},
	{COMMAND_SERVE, "threads: [2]\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"'threads' takes one value, not a list"},
	{COMMAND_SERVE, "webhook-hosts: [a, b]\n", {NULL}, {NULL}, SETTING_WEBHOOK_HOSTS, NULL,
		"'webhook-hosts' takes one value such as a,b, not a list"},
	{COMMAND_CHECK, "threads: {a: b}\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"'threads' takes one value, not a map"},
	{COMMAND_SERVE, "help: true\n", {NULL}, {NULL}, SETTING_HELP, NULL,
		"'help' means nothing in a file: give --help on the command line"},
	{COMMAND_SERVE, "config: a\n", {NULL}, {NULL}, SETTING_CONFIG, NULL,
		"'config' means nothing in a file: give --config on the command line"},
	{COMMAND_SERVE, "- a\n", {NULL}, {NULL}, SETTING_CONFIG, NULL, "is no map of options"},
	{COMMAND_SERVE, "threads: 2\nthreads: 3\n", {NULL}, {NULL}, SETTING_THREADS, NULL,
		"threads"},
	{COMMAND_SERVE, "{}\n", {"RAYGATE_THREADS", "0"}, {NULL}, SETTING_THREADS, NULL,
		"environment variable RAYGATE_THREADS: --threads is a number from 1 to 1024"},
	{COMMAND_SERVE, "{}\n", {"RAYGATE_THREADS", ""}, {NULL}, SETTING_THREADS, NULL,
		"environment variable RAYGATE_THREADS: --threads is a number from 1 to 1024"},
};

static void export_all(const struct sources *c, bool on)
{
	for (size_t i = 0; i < ARRAY_LEN(c->variables) && c->variables[i]; i += 2) {
		if (on)
			setenv(c->variables[i], c->variables[i + 1], 1);
		else
			unsetenv(c->variables[i]);
	}
}

static void expect_source(const struct sources *c)
{
	struct settings s CLEANUP(settings_done);
	struct err err = {0};
	const bool ok = load(&s, c->command, c->words, &err);

	if (c->value) {
		cr_expect(ok, "%s%s", c->file, err.text);
		cr_expect(str_is(settings_str(&s, c->setting), c->value), "%s'%.*s'", c->file,
			STR_ARG(settings_str(&s, c->setting)));
	} else {
		cr_expect_not(ok, "%s%s", c->file, c->said);
		cr_expect(str_contains(str_from(err.text), c->said), "%s%s", c->file, err.text);
	}
}

Test(settings, flags_win_over_the_environment_and_that_over_the_file)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char path[256];

	snprintf(path, sizeof(path), "%s/config.yaml", folder);
	setenv("RAYGATE_CONFIG", path, 1);
	for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
		kit_write(folder, "config.yaml", SOURCES[i].file);
		export_all(&SOURCES[i], true);
		expect_source(&SOURCES[i]);
		export_all(&SOURCES[i], false);
	}
}

Test(settings, the_file_of_a_flag_wins_over_that_of_the_environment)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct settings s CLEANUP(settings_done);
	struct err err;
	char path[256];

	snprintf(path, sizeof(path), "%s/config.yaml", folder);
	kit_write(folder, "config.yaml", "threads: 2\n");
	setenv("RAYGATE_CONFIG", "/nowhere/at/all", 1);
	cr_assert(load(&s, COMMAND_SERVE, (const char *[]){"--config", path, NULL}, &err), "%s",
		err.text);
	cr_assert_eq(settings_int(&s, SETTING_THREADS), 2);
	cr_assert(s.given[SETTING_THREADS]);
	settings_done(&s);
	/* A command that has no such file looks for none. */
	cr_assert(load(&s, COMMAND_VERSION, (const char *[]){NULL}, &err), "%s", err.text);
	settings_done(&s);
	cr_assert_not(load(&s, COMMAND_SERVE, (const char *[]){NULL}, &err));
	cr_assert(str_contains(str_from(err.text), "/nowhere/at/all"), "%s", err.text);
}

Test(settings, values_are_read_as_what_they_are)
{
	struct settings s CLEANUP(settings_done);
	struct err err;
	struct str item;

	cr_assert(load(&s, COMMAND_SERVE,
			  (const char *[]){"--grace-period=1m30s", "--offline",
				  "--webhook-hosts=a,,b", "--threads=1024", NULL},
			  &err),
		"%s", err.text);
	cr_expect_eq(settings_duration(&s, SETTING_GRACE_PERIOD), 90 * CLOCK_SECOND);
	cr_expect_eq(settings_int(&s, SETTING_THREADS), 1024);
	cr_expect(settings_bool(&s, SETTING_OFFLINE));
	cr_assert(settings_item(&s, SETTING_WEBHOOK_HOSTS, 0, &item));
	cr_expect(str_is(item, "a"));
	cr_assert(settings_item(&s, SETTING_WEBHOOK_HOSTS, 1, &item));
	cr_expect_eq(item.len, 0u);
	cr_assert(settings_item(&s, SETTING_WEBHOOK_HOSTS, 2, &item));
	cr_expect(str_is(item, "b"));
	cr_expect_not(settings_item(&s, SETTING_WEBHOOK_HOSTS, 3, &item));
	cr_expect_not(settings_item(&s, SETTING_HOST, 0, &item));
}

Test(settings, as_many_arguments_as_are_promised_are_taken_and_not_one_more)
{
	enum { MOST = SETTINGS_ARGUMENTS_MAX };
	static char name[] = "a";
	static char *argv[MOST + 2];
	struct settings s CLEANUP(settings_done);
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(argv); i++)
		argv[i] = name;
	cr_assert(settings_load(&s, COMMAND_CHECK, MOST + 1, argv, &err), "%s", err.text);
	cr_assert_eq(s.argument_count, (size_t)MOST);
	settings_done(&s);
	cr_assert_not(settings_load(&s, COMMAND_CHECK, MOST + 2, argv, &err));
	cr_assert_str_eq(err.text, "more than 4096 arguments");
}

Test(settings, words_are_whole_words)
{
	cr_assert(settings_has_word("a|bc|d", STR("bc")));
	cr_assert(settings_has_word("a|bc|d", STR("d")));
	cr_assert_not(settings_has_word("a|bc|d", STR("b")));
	cr_assert_not(settings_has_word("a|bc|d", STR("c|d")));
	cr_assert_not(settings_has_word("a|bc|d", STR("")));
	cr_assert_not(settings_has_word("", STR("a")));
}
