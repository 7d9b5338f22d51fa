/*
 * The single questions that make a certificate and a key fit to serve, each answered as the API
 * server would. What follows from the answers is verify.h's business.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct x509_chain;
struct x509_key;

/* Whether what `key` signs verifies with the leaf, tried out, not only compared. */
bool x509_key_fits(const struct x509_chain *chain, const struct x509_key *key);
/* Whether the first certificate of `ca` signed the leaf, whatever either may do, and until when. */
bool x509_signed_by(const struct x509_chain *chain, const struct x509_chain *ca);
/*
 * Whether the leaf leads to one of `roots`, by way of the other certificates of its chain, as a
 * server's certificate, at the time `now`. Every certificate of `roots` is an anchor, as for the
 * API server's caBundle. Dates of the leaf itself do not matter here.
 */
bool x509_leads_to(const struct x509_chain *chain, const struct x509_chain *roots, int64_t now,
	struct err *err);
/* Whether the leaf's subjectAltName covers a DNS name (wildcards too) or an IP address. */
bool x509_serves_host(const struct x509_chain *chain, const char *host);
/* Whether key usages, where the leaf names any, allow a TLS server. */
bool x509_may_serve(const struct x509_chain *chain);

enum x509_age {
	X509_NOT_YET_VALID,
	X509_YOUNG,
	X509_AGEING, /* two thirds of its life are over: time for the next one */
	X509_EXPIRED,
};
enum x509_age x509_age_at(int64_t not_before, int64_t not_after, int64_t now);
