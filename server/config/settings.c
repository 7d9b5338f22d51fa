#include "server/config/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/names.h"
#include "server/config/settings_file.h"
#include "server/config/settings_table.h"
#include "server/http/duration.h"
#include "server/http/socket.h"

static bool is_bool_word(struct str value)
{
	return str_is(value, "true") || str_is(value, "false");
}

bool settings_has_word(const char *words, struct str value)
{
	struct str rest = str_from(words);

	while (rest.len) {
		if (str_eq(str_cut(&rest, '|'), value))
			return true;
	}
	return false;
}

static bool check_address(const struct settings_row *row, struct str value, struct err *err)
{
	char text[64]; /* the longest address is shorter */

	if (value.len < sizeof(text)) {
		memcpy(text, value.at, value.len);
		text[value.len] = '\0';
		if (socket_check_address(text, err))
			return true;
	}
	return err_set(err, ERR_INVALID,
		"--%s is an address such as :9443, 127.0.0.1:9443 or [::1]:9443, not '%.*s'",
		row->name, STR_ARG(value));
}

/* Of a Service, a Secret, …: each kind has narrower rules, or none at all. */
static bool check_name(const struct settings_row *row, struct str value, struct err *err)
{
	const char *const fault = value.len ? names_fault(NAME_DNS1123_SUBDOMAIN, value) : NULL;

	return fault == NULL || err_set(err, ERR_INVALID, "--%s is a name, not '%.*s': it %s",
					row->name, STR_ARG(value), fault);
}

static bool check_namespace(const struct settings_row *row, struct str value, struct err *err)
{
	const char *const fault = value.len ? names_fault(NAME_DNS1123_LABEL, value) : NULL;

	return fault == NULL ||
	       err_set(err, ERR_INVALID, "--%s is the name of a namespace, not '%.*s': it %s",
		       row->name, STR_ARG(value), fault);
}

static bool check_value(const struct settings_row *row, struct str value, struct err *err)
{
	int64_t number;

	switch (row->type) {
	case SETTINGS_BOOL:
		if (!is_bool_word(value))
			return err_set(err, ERR_INVALID, "--%s is true or false, not '%.*s'",
				row->name, STR_ARG(value));
		break;
	case SETTINGS_INT:
		if (!str_to_i64(value, &number) || number < 1 || number > 1024)
			return err_set(err, ERR_INVALID,
				"--%s is a number from 1 to 1024, not '%.*s'", row->name,
				STR_ARG(value));
		break;
	case SETTINGS_DURATION:
		if (value.len && (!http_duration_parse(value, &number) || number < 0))
			return err_set(err, ERR_INVALID,
				"--%s is a time such as 15s or 1m30s, not '%.*s'", row->name,
				STR_ARG(value));
		break;
	case SETTINGS_WORD:
		if (!settings_has_word(row->value, value))
			return err_set(err, ERR_INVALID, "--%s is one of %s, not '%.*s'", row->name,
				row->value, STR_ARG(value));
		break;
	case SETTINGS_PATH:
		return value.len || err_set(err, ERR_INVALID, "--%s needs a value", row->name);
	case SETTINGS_ADDRESS:
		return check_address(row, value, err);
	case SETTINGS_NAME:
		return check_name(row, value, err);
	case SETTINGS_NAMESPACE:
		return check_namespace(row, value, err);
	case SETTINGS_STRING:
	case SETTINGS_LIST:
		break;
	}
	return true;
}

/* Where a value comes from, the weakest first. */
static bool set(struct settings *s, const struct settings_row *row, struct str value, bool again,
	struct err *err)
{
	struct str *const slot = &s->values[row - SETTINGS_ROWS];

	if (!check_value(row, value, err))
		return false;
	if (row->type == SETTINGS_LIST && again && slot->len)
		*slot = arena_printf(&s->arena, "%.*s,%.*s", STR_ARG(*slot), STR_ARG(value));
	else
		*slot = arena_str(&s->arena, value);
	s->given[row - SETTINGS_ROWS] = true;
	return true;
}

static const struct settings_row *row_by_name(struct str name, unsigned command)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if ((SETTINGS_ROWS[i].commands & command) && str_is(name, SETTINGS_ROWS[i].name))
			return &SETTINGS_ROWS[i];
	}
	return NULL;
}

static const struct settings_row *row_by_letter(char letter, unsigned command)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (SETTINGS_ROWS[i].letter == letter && (SETTINGS_ROWS[i].commands & command))
			return &SETTINGS_ROWS[i];
	}
	return NULL;
}

static bool unknown_option(struct str name, unsigned command, struct err *err)
{
	const char *nearest = NULL;
	/* Of a short name three wrong letters leave nothing. */
	size_t best = name.len < 6 ? 3 : 4;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const size_t distance =
			(SETTINGS_ROWS[i].commands & command)
				? str_distance(name, str_from(SETTINGS_ROWS[i].name), best - 1)
				: best;

		if (distance < best) {
			best = distance;
			nearest = SETTINGS_ROWS[i].name;
		}
	}
	if (nearest)
		return err_set(err, ERR_INVALID, "unknown option --%.*s; did you mean --%s?",
			STR_ARG(name), nearest);
	return err_set(
		err, ERR_INVALID, "unknown option --%.*s; --help lists the options", STR_ARG(name));
}

static struct str text_of(struct settings *s, const struct json_node *node)
{
	return node->kind == JSON_STRING ? json_str(&s->arena, node) : json_raw(node);
}

/* --help asks for a text, once, and a file is named where nothing was read yet. */
static bool belongs_in_file(const struct settings_row *row, struct err *err)
{
	if (row == &SETTINGS_ROWS[SETTING_HELP] || row == &SETTINGS_ROWS[SETTING_CONFIG])
		return err_set(err, ERR_INVALID,
			"'%s' means nothing in a file: give --%s on the command line", row->name,
			row->name);
	return true;
}

static bool has_a_value(
	const struct settings_row *row, const struct json_node *node, struct err *err)
{
	if (json_is(node, JSON_NULL))
		return err_set(err, ERR_INVALID,
			"'%s' has no value: give it one, or take the line out", row->name);
	if (json_is(node, JSON_OBJECT) || json_is(node, JSON_ARRAY))
		return err_set(err, ERR_INVALID, "'%s' takes one value%s, not a %s", row->name,
			row->type == SETTINGS_LIST ? " such as a,b" : "",
			json_is(node, JSON_OBJECT) ? "map" : "list");
	return true;
}

/* Options of other commands may stand in the file, too: one file serves all. */
static bool read_member(
	struct settings *s, unsigned command, const struct json_iter *it, struct err *err)
{
	const struct str name = json_str(&s->arena, it->key);
	const struct settings_row *const any = row_by_name(name, COMMAND_ALL);
	const struct settings_row *const row = row_by_name(name, command);

	if (any == NULL)
		return unknown_option(name, COMMAND_ALL, err);
	if (!belongs_in_file(any, err) || !has_a_value(any, it->value, err))
		return false;
	return row == NULL || set(s, row, text_of(s, it->value), false, err);
}

static bool read_file(struct settings *s, unsigned command, struct str file, struct err *err)
{
	const struct json_node *root;

	if (!settings_file_read(&s->arena, file, &root, err))
		return false;
	for (struct json_iter it = json_iter(root); json_next_member(&it);) {
		if (!read_member(s, command, &it, err))
			return err_wrap(err, "config '%.*s'", STR_ARG(file));
	}
	return true;
}

/* The command line while it is being read. */
struct cursor {
	unsigned command;
	int argc;
	char *const *argv;
	int at;
	bool given[SETTING_COUNT]; /* by a flag already: a list goes on */
};

static bool take_value(struct settings *s, struct cursor *c, const struct settings_row *row,
	struct str value, struct err *err)
{
	const bool again = c->given[row - SETTINGS_ROWS];

	if (row->type == SETTINGS_BOOL && value.at == NULL)
		value = STR("true");
	if (value.at == NULL) {
		if (c->at + 1 >= c->argc)
			return err_set(err, ERR_INVALID, "--%s needs a value", row->name);
		value = str_from(c->argv[++c->at]);
	}
	c->given[row - SETTINGS_ROWS] = true;
	return set(s, row, value, again, err);
}

static bool read_long(struct settings *s, struct cursor *c, struct str option, struct err *err)
{
	const size_t equals = str_find(option, '=');
	const struct str name = {option.at, equals};
	const struct settings_row *const row = row_by_name(name, c->command);

	if (row == NULL)
		return unknown_option(name, c->command, err);
	return take_value(s, c, row,
		equals < option.len ? str_from_offset(option, equals + 1) : (struct str){0}, err);
}

/* Switches may stand in front of another letter: -qo json, -Ao=json. */
static bool read_short(struct settings *s, struct cursor *c, struct str letters, struct err *err)
{
	const struct settings_row *row;
	struct str value;
	bool goes_on = true;

	for (; goes_on; letters = value) {
		row = row_by_letter(letters.at[0], c->command);
		value = str_from_offset(letters, 1);
		if (row == NULL)
			return err_set(err, ERR_INVALID,
				"unknown option -%c; --help lists the options", letters.at[0]);
		goes_on = row->type == SETTINGS_BOOL && value.len && value.at[0] != '=';
		if (goes_on && !take_value(s, c, row, (struct str){0}, err))
			return false;
	}
	/* Behind '=' the value is here, an empty one too: it is not the next word. */
	if (letters.len == 0)
		value = (struct str){0};
	else if (letters.at[0] == '=')
		value = str_from_offset(letters, 1);
	return take_value(s, c, row, value, err);
}

static bool add_argument(struct settings *s, struct str argument, struct err *err)
{
	if (s->argument_count == SETTINGS_ARGUMENTS_MAX)
		return err_set(
			err, ERR_TOO_LARGE, "more than %d arguments", SETTINGS_ARGUMENTS_MAX);
	s->arguments[s->argument_count++] = argument;
	return true;
}

static bool read_flags(struct settings *s, struct cursor *c, struct err *err)
{
	bool options = true;

	for (c->at = 1; c->at < c->argc; c->at++) {
		const struct str word = str_from(c->argv[c->at]);
		bool ok;

		if (options && str_is(word, "--")) {
			options = false;
			continue;
		}
		if (options && str_starts(word, "--"))
			ok = read_long(s, c, str_from_offset(word, 2), err);
		else if (options && word.len > 1 && word.at[0] == '-')
			ok = read_short(s, c, str_from_offset(word, 1), err);
		else
			ok = add_argument(s, word, err);
		if (!ok)
			return false;
	}
	return true;
}

/* RAYGATE_WEBHOOK_BIND_ADDRESS for --webhook-bind-address. */
static void environment_name(const struct settings_row *row, char out[64])
{
	size_t at = (size_t)snprintf(out, 64, "RAYGATE_");

	for (const char *c = row->name; *c && at < 63; c++)
		out[at++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	out[at] = '\0';
}

static bool read_environment(struct settings *s, unsigned command, struct err *err)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		char name[64];

		if (!(SETTINGS_ROWS[i].commands & command) || i == SETTING_HELP)
			continue;
		environment_name(&SETTINGS_ROWS[i], name);
		const char *const value = getenv(name);

		/* Empty is what an environment has where nothing is meant. */
		if (value && *value == '\0' && SETTINGS_ROWS[i].type == SETTINGS_PATH)
			continue;
		if (value && !set(s, &SETTINGS_ROWS[i], str_from(value), false, err))
			return err_wrap(err, "environment variable %s", name);
	}
	return true;
}

static struct str config_file(const struct settings *flags)
{
	const char *const env = getenv("RAYGATE_CONFIG");

	if (flags->given[SETTING_CONFIG])
		return flags->values[SETTING_CONFIG];
	return str_from(env);
}

static bool load(struct settings *s, unsigned command, int argc, char *const *argv, struct err *err)
{
	struct cursor cursor = {.command = command, .argc = argc, .argv = argv};

	/* Once for --config and mistakes, then again on top of what is weaker. */
	if (!read_flags(s, &cursor, err))
		return false;
	/* What is exported for one command does others no harm: they have no such options. */
	if (!(command & COMMAND_WITH_CONFIG))
		return true;
	const struct str file = config_file(s);

	if (file.len && !read_file(s, command, file, err))
		return false;
	if (!read_environment(s, command, err))
		return false;
	s->argument_count = 0;
	cursor = (struct cursor){.command = command, .argc = argc, .argv = argv};
	return read_flags(s, &cursor, err);
}

bool settings_load(
	struct settings *s, enum command command, int argc, char *const *argv, struct err *err)
{
	*s = (struct settings){0};
	arena_init(&s->arena, 4096);
	s->arguments = arena_array(&s->arena, argc > 0 ? (size_t)argc : 1, sizeof(*s->arguments));
	for (size_t i = 0; i < SETTING_COUNT; i++)
		s->values[i] = str_from(SETTINGS_ROWS[i].fallback);
	return load(s, (unsigned)command, argc, argv, err);
}

void settings_done(struct settings *s)
{
	arena_done(&s->arena);
}

struct str settings_str(const struct settings *s, enum setting setting)
{
	return s->values[setting];
}

bool settings_bool(const struct settings *s, enum setting setting)
{
	return str_is(s->values[setting], "true");
}

int64_t settings_int(const struct settings *s, enum setting setting)
{
	int64_t value = 0;

	str_to_i64(s->values[setting], &value);
	return value;
}

int64_t settings_duration(const struct settings *s, enum setting setting)
{
	int64_t value = 0;

	http_duration_parse(s->values[setting], &value);
	return value;
}

bool settings_item(const struct settings *s, enum setting setting, size_t n, struct str *out)
{
	struct str rest = s->values[setting];

	while (rest.len) {
		*out = str_cut(&rest, ',');
		if (n-- == 0)
			return true;
	}
	return false;
}

bool settings_option(size_t index, struct settings_option *out)
{
	if (index >= SETTING_COUNT)
		return false;
	const struct settings_row *const row = &SETTINGS_ROWS[index];

	*out = (struct settings_option){
		.name = row->name,
		.help = row->help,
		.letter = row->letter,
		.value = row->value,
		.fallback = row->type == SETTINGS_BOOL ? "" : row->fallback,
		.commands = row->commands,
	};
	return true;
}
