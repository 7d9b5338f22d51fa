/* `raygate check`: judge manifests, or what a cluster stores. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_check(struct settings *settings);
