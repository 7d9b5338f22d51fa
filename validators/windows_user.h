/* The user of a container on Windows: USER or DOMAIN\USER, as the API server has it. */
#pragma once

#include "base/str.h"

/* What is wrong with a name that is not empty, to be said behind it; NULL: nothing. */
const char *windows_user_fault(struct str name);
