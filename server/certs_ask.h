/* Is there a gate that answers? What `raygate certs ask` does. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* https://, a host, perhaps a port and a path; what to ask comes behind it. */
bool certs_ask_knows_url(struct str url);
/*
 * Sends a review of a RayCluster that nobody stores to both paths below `url` (such a one), as an
 * API server does: who answers must have a certificate that leads to `ca_file`. Adds a line for
 * each answer. What the gate thinks of the cluster is not asked.
 */
MUST_CHECK bool certs_ask(const char *url, const char *ca_file, struct buf *out, struct err *err);
