/*
 * What the certificate keeper reads and writes in the cluster: the Secret that the replicas share,
 * and the webhooks of two configurations of one name.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/mem.h"
#include "server/kube/client.h"
#include "server/serve/ca_bundle.h"
#include "server/serve/tls_secret.h"

enum { CERT_STORE_CONFIGURATIONS = 2 }; /* validating, mutating */

struct cert_store_webhooks {
	const struct ca_bundle *bundles;
	size_t count;
};

/* Set the first five, which are borrowed; the rest starts from zero. cert_store_done(). */
struct cert_store {
	struct kube_client *client;
	struct kube_stop *stop; /* ends a call; or NULL */
	const char *namespace;
	const char *name;          /* of the Secret */
	const char *configuration; /* of both; NULL: there are none to look at */

	struct tls_secret secret; /* as it was read last */
	struct cert_store_webhooks webhooks[CERT_STORE_CONFIGURATIONS];
	bool webhooks_are_known;
	struct arena arena; /* holds the bundles */
};

void cert_store_init(struct cert_store *store);
void cert_store_done(struct cert_store *store);

/* A Secret that does not exist is no error, but an empty one. */
MUST_CHECK bool cert_store_read_secret(struct cert_store *store, struct err *err);
/* ERR_CONFLICT: somebody else was faster; read again. */
MUST_CHECK bool cert_store_write_secret(
	struct cert_store *store, const struct managed_store *next, struct err *err);

/* A configuration that does not exist has no webhooks. */
MUST_CHECK bool cert_store_read_webhooks(struct cert_store *store, struct err *err);
size_t cert_store_webhook_count(const struct cert_store *store);
/* Gives each webhook this caBundle; `*changed` when one had another. */
MUST_CHECK bool cert_store_publish(
	struct cert_store *store, struct str bundle, bool *changed, struct err *err);
/* Whether every webhook trusts the pair; true where there is none. */
bool cert_store_trusts(
	const struct cert_store *store, const struct serving_pair *pair, int64_t now);
/* Of all that was read. */
uint64_t cert_store_hash(const struct cert_store *store);
