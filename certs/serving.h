/*
 * The serving pair: what the TLS listener shows and what clients trust, loaded from a directory
 * (tls.crt, tls.key, ca.crt: the names of a Secret of type kubernetes.io/tls).
 *
 * A directory that also holds the key of its CA, ca.key, is ours: who minted it may mint again
 * (serving_mint.h). A mounted Secret has no ca.key and is never written to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "certs/verify.h"
#include "certs/x509.h"

#define SERVING_TLS_CRT "tls.crt"
#define SERVING_TLS_KEY "tls.key"
#define SERVING_CA_CRT  "ca.crt"
#define SERVING_CA_KEY  "ca.key"

/*
 * Immutable. All texts are certificates or keys alone, in PEM, whatever else the files held; they
 * live as long as the pair. serving_free() overwrites the keys.
 */
struct serving_pair {
	const char *cert_pem; /* the leaf first, then its intermediates */
	const char *key_pem;
	const char *ca_pem;     /* what clients should trust; NULL when there is no ca.crt */
	const char *ca_key_pem; /* NULL unless the pair is ours and was loaded to be minted again */
	bool ca_is_new;         /* the CA was minted together with this pair */
	const char **hosts;
	size_t host_count;
	int64_t not_before;
	int64_t not_after;
	char digest[X509_DIGEST_SIZE]; /* of the files as they were read */
	struct arena arena;            /* owns all of the above */
};

void serving_free(struct serving_pair **pair);

typedef int64_t serving_clock_fn(void);

struct serving_options {
	const char *dir;          /* NULL: nothing on disk, then `mint` must be set */
	bool mint;                /* mint what is absent, and again what is ours and ageing */
	const char *const *hosts; /* names to mint for and to check; may be none */
	size_t host_count;
	serving_clock_fn *clock; /* seconds since 1970; NULL: the system's */
};

/* The options' time. */
int64_t serving_now(const struct serving_options *options);

/*
 * Fails when files are missing or broken, or when the key does not belong to the certificate. A
 * pair that can be served but that clients will refuse (expired, not from ca.crt) is loaded:
 * serving_verify() tells.
 */
MUST_CHECK bool serving_load(
	const struct serving_options *options, struct serving_pair **out, struct err *err);
/* Whether clients accept it at that time, by its own dates; `err` says what these are if not. */
bool serving_is_in_time(const struct serving_pair *pair, int64_t now, struct err *err);
/* Every check of verify.h on the pair against its own ca.crt. Returns the worst level. */
enum verify_level serving_verify(const struct serving_pair *pair,
	const struct serving_options *options, struct verify_finding findings[VERIFY_CHECKS]);

/* For serving_mint and serving_watch: the texts of a pair as they came, before they are judged. */
struct serving_files {
	struct buf cert;
	struct buf key;
	struct buf ca;     /* empty when absent */
	struct buf ca_key; /* empty when absent, or when the options do not say `mint` */
};

/* Overwrites the keys. */
void serving_files_done(struct serving_files *files);
MUST_CHECK bool serving_files_read(
	const struct serving_options *options, struct serving_files *out, struct err *err);
/* The CA's two files alone. */
MUST_CHECK bool serving_files_read_ca(const char *dir, struct serving_files *out, struct err *err);
void serving_files_digest(const struct serving_files *files, char out[X509_DIGEST_SIZE]);
MUST_CHECK bool serving_from_files(
	const struct serving_files *files, struct serving_pair **out, struct err *err);
