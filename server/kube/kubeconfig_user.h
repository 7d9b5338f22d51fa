/* What a kubeconfig says of a cluster and of a user. */
#pragma once

#include "server/kube/config.h"
#include "server/kube/kubeconfig_fields.h"

MUST_CHECK bool kubeconfig_cluster(
	const struct kubeconfig_entry *entry, struct kube_config *config, struct err *err);
MUST_CHECK bool kubeconfig_user(
	const struct kubeconfig_entry *entry, struct kube_config *config, struct err *err);
