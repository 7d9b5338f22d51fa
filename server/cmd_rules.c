#include "server/cmd_rules.h"

#include "server/commands.h"
#include "server/rules_report.h"

static int print_all(struct str format)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (!rules_report_all(format, &text))
		return commands_usage_error(
			"rules", "-o is text, markdown or json, not '%.*s'", STR_ARG(format));
	return commands_print("rules", buf_str(&text), EXIT_FINE);
}

static int print_one(struct str word, struct str format)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct rule *const rule = rules_report_find(word);

	if (rule == NULL) {
		const struct rule *const nearest = rules_report_suggest(word);

		if (nearest)
			return commands_usage_error("rules",
				"no rule '%.*s'; did you mean %s (%s)?", STR_ARG(word), nearest->id,
				nearest->name);
		return commands_usage_error("rules",
			"no rule '%.*s'; without an argument all are listed", STR_ARG(word));
	}
	if (!rules_report_one(rule, format, &text))
		return commands_usage_error(
			"rules", "-o is text, markdown or json, not '%.*s'", STR_ARG(format));
	return commands_print("rules", buf_str(&text), EXIT_FINE);
}

static int rules(const struct settings *s)
{
	const struct str format = settings_str(s, SETTING_OUTPUT);

	if (settings_bool(s, SETTING_HELP))
		return commands_help("rules");
	if (s->argument_count > 1)
		return commands_usage_error("rules", "takes one id or name at most");
	return s->argument_count ? print_one(s->arguments[0], format) : print_all(format);
}

int cmd_rules(int argc, char **argv)
{
	struct settings settings;
	struct err err;
	int code;

	if (settings_load(&settings, COMMAND_RULES, argc, argv, &err))
		code = rules(&settings);
	else
		code = commands_usage_error("rules", "%s", err.text);
	settings_done(&settings);
	return code;
}
