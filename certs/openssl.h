/*
 * What the files of this folder that call OpenSSL share: the objects behind the opaque types of
 * x509.h, release functions for CLEANUP, and the library's error queue as a struct err. Only the
 * OpenSSL 3 interface is used. No header outside this folder may include this one.
 */
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

struct x509_chain {
	STACK_OF(X509) * certs; /* at least one, in the order of the file */
};

struct x509_key {
	EVP_PKEY *pkey;
};

void openssl_bio_done(BIO **bio);
void openssl_cert_done(X509 **cert);
void openssl_pkey_done(EVP_PKEY **pkey);
void openssl_certs_done(STACK_OF(X509) * *certs);

/* A BIO over the caller's bytes; never NULL. */
BIO *openssl_bio_of(struct str bytes);
/* The bytes of a memory BIO, valid as long as it is. */
struct str openssl_bio_bytes(BIO *bio);

/* `what` and the reason on top of OpenSSL's queue, which is emptied. Returns false. */
bool openssl_err(struct err *err, enum err_code code, const char *what);
