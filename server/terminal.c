#include "server/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

size_t terminal_width(void)
{
	enum { LEAST = 40, MOST = 100 };
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_col > MOST)
		return MOST;
	return size.ws_col < LEAST ? LEAST : size.ws_col;
}
