/* `raygate completion`: completions for a shell, made from the tables of commands and options. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_completion(struct settings *settings);
