/*
 * Who we are to the API server, kept fresh: files are read again each minute, an exec plug-in runs
 * again when its credential expires, both when the server says 401. All threads share one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/kube/config.h"
#include "server/kube/stop.h"

/* What goes into a request. Immutable; shared by those who hold it. */
struct kube_identity {
	uint64_t generation; /* another one, when anything else differs */
	const char *ca_pem;  /* NULL: the system's */
	const char *cert_pem, *key_pem;
	const char *authorization; /* the header's value, or NULL */
};

struct kube_credentials;

/* `config` must outlive it. */
struct kube_credentials *kube_credentials_new(const struct kube_config *config);
/* Takes NULL and nulls. Identities that are still held live on. */
void kube_credentials_free(struct kube_credentials **credentials);

/*
 * The identity of now, which the caller releases. It may have to wait for a plug-in. Where what is
 * due to be read cannot be read, the one before is good as long as it has not expired.
 */
MUST_CHECK bool kube_credentials_take(struct kube_credentials *credentials, struct kube_stop *stop,
	const struct kube_identity **out, struct err *err);
/* One more who releases it. */
const struct kube_identity *kube_identity_hold(const struct kube_identity *identity);
/* Takes NULL and nulls. */
void kube_identity_release(const struct kube_identity **identity);

/* The server does not know this identity (401). Whether another try may fare better. */
bool kube_credentials_refused(
	struct kube_credentials *credentials, const struct kube_identity *identity);
