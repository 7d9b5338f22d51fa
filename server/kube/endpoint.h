/*
 * Where to connect, and under which name. With tls-server-name that name stands in the URL, and so
 * in SNI and in what the certificate is compared with; the connection goes to the real server.
 */
#pragma once

#include "server/kube/config.h"

struct kube_endpoint {
	const char *url;        /* what a path is appended to */
	const char *connect_to; /* "host:port" of the real server where the URL has another name; or
				   NULL */
};

/* In the arena, or borrowed from the config. */
struct kube_endpoint kube_endpoint_of(const struct kube_config *config, struct arena *arena);
