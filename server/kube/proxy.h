/*
 * Which proxy the server is asked through, as client-go has it: the cluster's proxy-url, or else
 * what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, but none for this machine itself. libcurl left
 * alone would heed ALL_PROXY as well, take loopback through the proxy, and let NO_PROXY undo a
 * proxy-url.
 */
#pragma once

#include "server/kube/config.h"

struct kube_proxy {
	const char *url; /* "" for none */
	const char *
		except; /* hosts that are asked without it, in the words of NO_PROXY; "" for none */
};

/* In the arena, or borrowed from the config and the environment. */
struct kube_proxy kube_proxy_of(const struct kube_config *config, struct arena *arena);
