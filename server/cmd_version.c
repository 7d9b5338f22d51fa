#include "server/cmd_version.h"

#include "server/commands.h"
#include "server/config/version.h"

int cmd_version(struct settings *settings)
{
	if (settings->argument_count)
		return commands_usage_error("version", "takes no arguments");
	if (str_is(settings_str(settings, SETTING_OUTPUT), "json"))
		return commands_print(
			"version", STR("{\"version\":\"" RAYGATE_VERSION "\"}\n"), EXIT_FINE);
	return commands_print("version", STR("raygate " RAYGATE_VERSION "\n"), EXIT_FINE);
}
