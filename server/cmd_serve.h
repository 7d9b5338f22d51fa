/* `raygate serve`: the admission webhook, and the controller. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_serve(struct settings *settings);
