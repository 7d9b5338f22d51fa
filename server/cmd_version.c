#include "server/cmd_version.h"

#include "server/commands.h"
#include "server/config/version.h"

/* Also `raygate --version -o json`, as kubectl's plug-ins have it. */
int cmd_version(int argc, char **argv)
{
	const bool json =
		argc == 3 && str_is(str_from(argv[1]), "-o") && str_is(str_from(argv[2]), "json");

	if (json || (argc == 2 && str_is(str_from(argv[1]), "-ojson")))
		return commands_print(
			"version", STR("{\"version\":\"" RAYGATE_VERSION "\"}\n"), EXIT_FINE);
	if (argc == 2 && (str_is(str_from(argv[1]), "--help") || str_is(str_from(argv[1]), "-h")))
		return commands_help("version");
	if (argc > 1)
		return commands_usage_error("version", "takes nothing but -o json");
	return commands_print("version", STR("raygate " RAYGATE_VERSION "\n"), EXIT_FINE);
}
