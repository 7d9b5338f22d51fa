/* `raygate version`: also as `raygate --version`, as plug-ins of kubectl have it. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_version(struct settings *settings);
