#include "server/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_wants_color(struct str color)
{
	const char *const no = getenv("NO_COLOR");
	const char *const terminal = getenv("TERM");

	if (!str_is(color, "auto"))
		return str_is(color, "always");
	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(terminal && strcmp(terminal, "dumb") == 0);
}
