/* `raygate man`: the manual page, made from the tables of commands and options. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_man(struct settings *settings);
