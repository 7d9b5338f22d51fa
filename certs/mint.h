/*
 * Makes new certificates as PEM text: a CA, and what it signs for a server. ECDSA on P-256, random
 * serial numbers, valid from five minutes ago for clients whose clocks are late.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum { MINT_HOSTS_LIMIT = 64 };

/* Start from {0}; mint_pair_done() overwrites the key and frees both. */
struct mint_pair {
	char *cert_pem;
	char *key_pem;
};

void mint_pair_done(struct mint_pair *pair);

/* Seconds; a year and ten. */
enum { MINT_SERVING_LIFE = 365 * 24 * 60 * 60, MINT_CA_LIVES = 10 };
/* How far before `now` what is minted begins to be valid, for clocks that are behind. */
int64_t mint_skew(int64_t life);

/* A CA of ten years that may sign servers' certificates but no other CA. */
MUST_CHECK bool mint_ca(int64_t now, struct mint_pair *out, struct err *err);
/* The same that lives for so many seconds. */
MUST_CHECK bool mint_ca_for(int64_t now, int64_t life, struct mint_pair *out, struct err *err);

struct mint_request {
	const struct mint_pair *ca;
	const char *const *hosts; /* DNS names (a first label '*' too) and IP addresses */
	size_t host_count;
	int64_t now;
	int64_t life; /* seconds; 0: a year */
};

/* A serving certificate; it never lives longer than its CA. A host twice counts once. */
MUST_CHECK bool mint_serving(
	const struct mint_request *request, struct mint_pair *out, struct err *err);

/* Whether `host` may stand in a certificate: an IP address, or a DNS name as in RFC 1123. */
bool mint_host_is_valid(const char *host);
