/*
 * Runs an exec plug-in (client.authentication.k8s.io/v1, v1beta1) and reads the credential that it
 * prints. It gets standard input where it may ask somebody at our terminal, and none else; its
 * standard error is ours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/kube/config.h"
#include "server/kube/stop.h"

enum { KUBE_EXEC_OUTPUT = 1024 * 1024 };

/* A plug-in that takes longer is killed, with its children. */
#define KUBE_EXEC_PATIENCE (60 * INT64_C(1000000000))
/* A person has to find the password, or the phone; who does not want to wait ends us. */
#define KUBE_EXEC_PATIENCE_ASKING (600 * INT64_C(1000000000))

struct kube_exec_request {
	const struct kube_config *config; /* whose exec is set */
	const char *ca_pem;     /* for a plug-in that asks for the cluster; NULL for none */
	struct kube_stop *stop; /* or NULL */
	int64_t patience;       /* ns; 0 is that above */
};

/* In the arena; a member that it does not say is NULL or 0. */
struct kube_exec_credential {
	const char *token;
	const char *cert_pem, *key_pem; /* both or none */
	int64_t expires;                /* clock_wall() */
};

MUST_CHECK bool kube_exec_run(const struct kube_exec_request *request, struct arena *arena,
	struct kube_exec_credential *out, struct err *err);
