/* `raygate plan`: what an object would be given by default, what it costs, and what it becomes. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_plan(struct settings *settings);
