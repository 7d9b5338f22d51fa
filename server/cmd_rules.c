#include "server/cmd_rules.h"

#include "server/commands.h"
#include "server/rules_report.h"

static int no_rule(struct str word)
{
	const struct rule *const nearest = rules_report_suggest(word);

	if (nearest)
		return commands_usage_error("rules", "no rule '%.*s'; did you mean %s (%s)?",
			STR_ARG(word), nearest->id, nearest->name);
	return commands_usage_error(
		"rules", "no rule '%.*s'; without an argument all are listed", STR_ARG(word));
}

int cmd_rules(struct settings *s)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct str format = settings_str(s, SETTING_OUTPUT);

	if (s->argument_count > 1)
		return commands_usage_error("rules", "takes one id or name at most");
	if (s->argument_count == 0) {
		rules_report_all(format, &text);
	} else {
		const struct rule *const rule = rules_report_find(s->arguments[0]);

		if (rule == NULL)
			return no_rule(s->arguments[0]);
		rules_report_one(rule, format, &text);
	}
	return commands_print("rules", buf_str(&text), EXIT_FINE);
}
