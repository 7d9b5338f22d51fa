/* The --config file. Private to server/settings*.c. */
#pragma once

#include "server/settings.h"

/* Options of other commands may stand in the file, too: one file serves all. */
bool settings_read_file(
	struct settings *settings, unsigned command, struct str file, struct err *err) MUST_CHECK;
/* Sets an option by its long name; one that only other commands have is passed over. */
bool settings_set(struct settings *settings, unsigned command, struct str name, struct str value,
	struct err *err) MUST_CHECK;
