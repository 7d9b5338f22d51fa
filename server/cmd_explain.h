/* `raygate explain`: why a RayCluster is not (yet) what was asked for. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_explain(struct settings *settings);
