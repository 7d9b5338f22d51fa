/*
 * The folder where `serve --offline` keeps the certificate it mints when it is told none, so that
 * curl can be given its CA the next day, too: below XDG_CACHE_HOME or HOME, and nobody else's.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/*
 * Makes it where it is not there. False, with the way out in the message, when there is no home, or
 * when somebody else could put files there: he would know the key, or choose the CA. `*out` is
 * heap memory of the caller.
 */
bool cert_dir_default(char **out, struct err *err) MUST_CHECK;
