/* `raygate certs`: mint, inspect and verify the CA and the serving certificate. */
#pragma once

#include "server/config/settings.h"

/* Returns the exit code. */
int cmd_certs(struct settings *settings);
