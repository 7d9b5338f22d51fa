/* The token by which the nodes of a cluster know each other. */
#pragma once

#include "server/children/child.h"

enum { AUTH_SECRET_RANDOM = 32 };

/*
 * NULL where the cluster has no token, or the user named a Secret of his own. The token is made of
 * AUTH_SECRET_RANDOM bytes that nobody can guess; without them (NULL, for showing) it is left out.
 */
struct json_edit *auth_secret(const struct child_context *c, const uint8_t *random);
