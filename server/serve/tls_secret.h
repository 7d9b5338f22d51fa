/* The Secret of a self-managed certificate: its JSON, read and written. */
#pragma once

#include "base/buf.h"
#include "base/json_read.h"
#include "certs/managed.h"

/* As it was read. Owned; tls_secret_done(). */
struct tls_secret {
	bool exists;
	char *version; /* resourceVersion; NULL when it does not exist */
	struct managed_store store;
};

/* Overwrites the keys. */
void tls_secret_done(struct tls_secret *secret);

/* `object` is a v1 Secret; keys that are not ours are passed over. */
MUST_CHECK bool tls_secret_decode(
	const struct json_node *object, struct tls_secret *out, struct err *err);
/* The whole object, to create it. */
void tls_secret_create_body(const char *name, const struct managed_store *store, struct buf *out);
/* A merge patch that replaces our keys, while the Secret still has this version. */
void tls_secret_patch_body(const char *version, const struct managed_store *store, struct buf *out);
/* For CLEANUP on such a body: overwrites it, since it holds keys. */
void tls_secret_body_done(struct buf *body);
