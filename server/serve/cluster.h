/*
 * The connection to the cluster, for the parts of the server that need one. They may call from any
 * thread; a call ends early once the stop is asked for.
 */
#pragma once

#include "server/kube/client.h"
#include "server/kube/config.h"
#include "server/kube/stop.h"

struct serve_cluster {
	struct kube_config *config;
	struct kube_client *client;
	struct kube_stop *stop;
	const char *namespace; /* ours */
};
