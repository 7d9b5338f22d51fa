#include "certs/openssl.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "base/mem.h"

void openssl_bio_done(BIO **bio)
{
	BIO_free(*bio);
	*bio = NULL;
}

void openssl_cert_done(X509 **cert)
{
	X509_free(*cert);
	*cert = NULL;
}

void openssl_pkey_done(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
	*pkey = NULL;
}

void openssl_certs_done(STACK_OF(X509) * *certs)
{
	sk_X509_pop_free(*certs, X509_free);
	*certs = NULL;
}

BIO *openssl_bio_of(struct str bytes)
{
	BIO *const bio = BIO_new_mem_buf(bytes.len ? bytes.at : "", (int)bytes.len);

	if (bio == NULL) {
		fputs("raygate: out of memory (BIO)\n", stderr);
		abort();
	}
	return bio;
}

struct str openssl_bio_bytes(BIO *bio)
{
	char *at = NULL;
	const long len = BIO_get_mem_data(bio, &at);

	return (struct str){at, len > 0 ? (size_t)len : 0};
}

bool openssl_err(struct err *err, enum err_code code, const char *what)
{
	const char *const reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	if (reason == NULL)
		return err_set(err, code, "%s", what);
	return err_set(err, code, "%s (OpenSSL: %s)", what, reason);
}
