/* `raygate rules`: the table of rules, and one of them explained. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_rules(struct settings *settings);
