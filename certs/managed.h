/*
 * A serving pair that several processes share and that renews itself without a pause: what is
 * stored, what those who call us trust, and which step is due. Nothing here reads or writes
 * anything; the caller keeps the store (a Kubernetes Secret) and the caBundles.
 *
 * A change of CA takes four steps, each written to the store before the next is due:
 *
 *	new CA   ca is new, ca_previous is the old one, the pair is still the old CA's;
 *	         the bundle becomes both
 *	switch   once every bundle has held both for a while: a pair of the new CA
 *	forget   once the last pair of the old CA that anybody may still serve has expired:
 *	         ca_previous goes, and the bundle becomes the new CA alone
 *
 * The old CA's key is gone with the first step, so that nothing new is ever signed by it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "certs/serving.h"

/* What is stored, as PEM text; NULL where there is none. Owned; managed_store_done(). */
struct managed_store {
	char *tls_crt, *tls_key;
	char *ca_crt, *ca_key;
	char *ca_previous; /* CAs that still are trusted, the newest first */
};

/* Overwrites the keys. */
void managed_store_done(struct managed_store *store);
bool managed_store_is_empty(const struct managed_store *store);
struct managed_store managed_store_copy(const struct managed_store *store);
bool managed_store_equals(const struct managed_store *a, const struct managed_store *b);

/* The pair to serve. An error names what is wrong, and never holds a key. */
MUST_CHECK bool managed_pair(
	const struct managed_store *store, struct serving_pair **out, struct err *err);

/* All that a decision is made from. Everything is borrowed. */
struct managed_view {
	const struct managed_store *stored;
	const struct managed_store *served; /* what this process serves; NULL: nothing yet */
	const char *const *hosts;           /* that the pair must be good for */
	size_t host_count;
	int64_t life;      /* of a pair, in seconds; a CA lives MINT_CA_LIVES times as long */
	bool leads;        /* the one process that renews; the others only follow */
	bool is_published; /* every bundle has held all of our CAs for long enough to be known */
	bool has_bundles;  /* there is somebody to publish to */
	int64_t now;       /* seconds since 1970 */
};

enum managed_step {
	MANAGED_KEEP,
	MANAGED_CREATE, /* nothing is there: a CA and a pair */
	MANAGED_RENEW,  /* a new pair of the same CA */
	MANAGED_NEW_CA,
	MANAGED_SWITCH,
	MANAGED_FORGET,
	MANAGED_STEPS,
};

struct managed_plan {
	enum managed_step step;
	const char *why; /* for the log; never NULL */
};

/*
 * The step that is due. Fails when what is stored cannot be used and is not ours to replace: then
 * a person must act, and `err` says how.
 */
MUST_CHECK bool managed_decide(
	const struct managed_view *view, struct managed_plan *plan, struct err *err);
/* What is to be stored next; `step` is not MANAGED_KEEP. The caller ends `out`. */
MUST_CHECK bool managed_take_step(const struct managed_view *view, enum managed_step step,
	struct managed_store *out, struct err *err);

/* The caBundle that belongs to what is stored: its CA, then those before it. */
MUST_CHECK bool managed_bundle(const struct managed_store *store, struct buf *out, struct err *err);
/* Whether two bundles hold the same certificates in the same order, however they are written. */
bool managed_bundle_equals(struct str a, struct str b);
/* Whether a client that trusts the bundle accepts the pair (but for the pair's own dates). */
bool managed_is_trusted(const struct serving_pair *pair, struct str bundle, int64_t now);
