/* Kubeconfig files, merged as client-go does: the first file that has an entry has the say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/kube/config.h"

struct kubeconfig_request {
	const char *const *paths;
	size_t count;
	bool must_exist;     /* else a missing file is passed over */
	const char *context; /* or NULL for the current one */
};

/* Fills what the context says. ERR_NOT_FOUND when none of the files exists. */
MUST_CHECK bool kubeconfig_read(
	const struct kubeconfig_request *request, struct kube_config *config, struct err *err);
