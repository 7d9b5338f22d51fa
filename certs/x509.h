/*
 * Certificates and keys as PEM text: read them and say what is in them. Nothing here reads a file
 * or the clock; the questions that make a pair fit to serve are in x509_check.h.
 *
 * Chains and keys are immutable once parsed and may be shared between threads. A private key never
 * enters an error text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

struct arena;

enum {
	X509_PEM_LIMIT =
		1024 *
		1024, /* bytes of PEM that are looked at; a bundle of all public CAs has 220 KB */
	X509_CERTS_LIMIT = 512,
};

struct x509_chain; /* certificates in the order of the file; the leaf is number 0 */
struct x509_key;   /* a private key */

/*
 * Blocks that are not certificates are passed over; a block that does not decode is an error that
 * names its number, so that a truncated file is never taken for a shorter one.
 */
MUST_CHECK bool x509_chain_parse(struct str pem, struct x509_chain **out, struct err *err);
void x509_chain_free(struct x509_chain **chain);
size_t x509_chain_count(const struct x509_chain *chain);
/* The same certificates and nothing else, one PEM block after another; free() it. */
char *x509_chain_pem(const struct x509_chain *chain);
/* Certificate `index` alone; free() it. */
char *x509_cert_pem(const struct x509_chain *chain, size_t index);

/* An encrypted key is refused: nobody is there to type a passphrase. */
MUST_CHECK bool x509_key_parse(struct str pem, struct x509_key **out, struct err *err);
void x509_key_free(struct x509_key **key);
/* As PKCS#8; x509_secret_free() it. */
char *x509_key_pem(const struct x509_key *key);
/* Overwrites the text before it is freed; for private keys, also through CLEANUP. */
void x509_secret_free(char **text);

enum x509_key_kind {
	X509_KEY_ECDSA, /* on P-256, P-384 or P-521 */
	X509_KEY_RSA,
	X509_KEY_ED25519,
	X509_KEY_OTHER, /* nothing that the listener's TLS library can serve */
};

struct x509_facts {
	const char *subject; /* RFC 2253, unprintable bytes escaped */
	const char *issuer;
	const char *serial;      /* "1f:0a:…" */
	const char *fingerprint; /* SHA-256, "AB:CD:…" */
	const char *key;         /* for people: "ECDSA P-256", "RSA 2048" */
	enum x509_key_kind key_kind;
	int key_bits;
	bool is_ca;
	const char **hosts; /* DNS names and IP addresses of the subjectAltName */
	size_t host_count;
	int64_t not_before; /* seconds since 1970, UTC */
	int64_t not_after;
};

/* Certificate `index` in words; everything lives in the arena. Fails on dates that are no dates. */
MUST_CHECK bool x509_describe(const struct x509_chain *chain, size_t index, struct arena *arena,
	struct x509_facts *out, struct err *err);
/* "ECDSA P-256"; in the arena. */
const char *x509_key_describe(const struct x509_key *key, struct arena *arena);

enum { X509_DIGEST_SIZE = 65 };
/* SHA-256 in lower-case hex with a NUL. */
void x509_digest(struct str bytes, char out[X509_DIGEST_SIZE]);
