#include "certs/x509_check.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/err.h>

#include "certs/openssl.h"

static X509 *leaf_of(const struct x509_chain *chain)
{
	return sk_X509_value(chain->certs, 0);
}

static bool sign_and_verify(EVP_PKEY *private, EVP_PKEY *public)
{
	static const unsigned char MESSAGE[] = "does the key belong to the certificate?";
	/* Ed25519 hashes by itself and refuses to be told how. */
	const char *const hash = EVP_PKEY_is_a(private, "ED25519") ? NULL : "SHA256";
	unsigned char signature[2048];
	size_t len = sizeof(signature);
	EVP_MD_CTX *const sign = EVP_MD_CTX_new();
	EVP_MD_CTX *const verify = EVP_MD_CTX_new();
	const bool fits =
		EVP_DigestSignInit_ex(sign, NULL, hash, NULL, NULL, private, NULL) == 1 &&
		EVP_DigestSign(sign, signature, &len, MESSAGE, sizeof(MESSAGE)) == 1 &&
		EVP_DigestVerifyInit_ex(verify, NULL, hash, NULL, NULL, public, NULL) == 1 &&
		EVP_DigestVerify(verify, signature, len, MESSAGE, sizeof(MESSAGE)) == 1;

	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(verify);
	return fits;
}

bool x509_key_fits(const struct x509_chain *chain, const struct x509_key *key)
{
	EVP_PKEY *const public = X509_get0_pubkey(leaf_of(chain));
	/* The comparison looks at public halves only; a key whose halves disagree fails to sign. */
	const bool fits =
		public && EVP_PKEY_eq(public, key->pkey) == 1 && sign_and_verify(key->pkey, public);

	ERR_clear_error();
	return fits;
}

bool x509_signed_by(const struct x509_chain *chain, const struct x509_chain *ca)
{
	EVP_PKEY *const public = X509_get0_pubkey(leaf_of(ca));
	const bool signed_by = public && X509_verify(leaf_of(chain), public) == 1;

	ERR_clear_error();
	return signed_by;
}

static void store_done(X509_STORE **store)
{
	X509_STORE_free(*store);
}

static void store_ctx_done(X509_STORE_CTX **ctx)
{
	X509_STORE_CTX_free(*ctx);
}

/* The leaf's own dates are another question, with another remedy. */
static int pass_leaf_dates(int fine, X509_STORE_CTX *ctx)
{
	const int problem = X509_STORE_CTX_get_error(ctx);

	if (!fine && X509_STORE_CTX_get_error_depth(ctx) == 0 &&
		(problem == X509_V_ERR_CERT_HAS_EXPIRED ||
			problem == X509_V_ERR_CERT_NOT_YET_VALID)) {
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
		return 1;
	}
	return fine;
}

bool x509_leads_to(const struct x509_chain *chain, const struct x509_chain *roots, int64_t now,
	struct err *err)
{
	X509_STORE *store CLEANUP(store_done) = X509_STORE_new();
	X509_STORE_CTX *ctx CLEANUP(store_ctx_done) = X509_STORE_CTX_new();

	for (int i = 0; i < sk_X509_num(roots->certs); i++)
		X509_STORE_add_cert(store, sk_X509_value(roots->certs, i));
	if (X509_STORE_CTX_init(ctx, store, leaf_of(chain), chain->certs) != 1)
		return openssl_err(err, ERR_INTERNAL, "the chain cannot be checked");
	X509_STORE_CTX_set_verify_cb(ctx, pass_leaf_dates);
	X509_VERIFY_PARAM *const param = X509_STORE_CTX_get0_param(ctx);

	/* Level 1 refuses SHA-1 signatures and tiny keys, as the API server's Go does. */
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(param, (time_t)now);
	const bool leads = X509_verify_cert(ctx) == 1;

	ERR_clear_error();
	if (leads)
		return true;
	return err_set(err, ERR_INVALID, "%s, at certificate %d of the chain",
		X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)),
		X509_STORE_CTX_get_error_depth(ctx) + 1);
}

bool x509_serves_host(const struct x509_chain *chain, const char *host)
{
	/* As the API server: the subject's common name has not counted for years. */
	enum { FLAGS = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS };
	unsigned char ip[16];
	const size_t ip_len = inet_pton(AF_INET, host, ip) == 1    ? 4
			      : inet_pton(AF_INET6, host, ip) == 1 ? 16
								   : 0;
	const bool serves =
		ip_len ? X509_check_ip(leaf_of(chain), ip, ip_len, 0) == 1
		       : *host && X509_check_host(leaf_of(chain), host, 0, FLAGS, NULL) == 1;

	ERR_clear_error();
	return serves;
}

bool x509_may_serve(const struct x509_chain *chain)
{
	const bool may = X509_check_purpose(leaf_of(chain), X509_PURPOSE_SSL_SERVER, 0) == 1;

	ERR_clear_error();
	return may;
}

enum x509_age x509_age_at(int64_t not_before, int64_t not_after, int64_t now)
{
	if (now < not_before)
		return X509_NOT_YET_VALID;
	if (now > not_after)
		return X509_EXPIRED;
	/* No overflow: dates of X.509 end with the year 9999. */
	if ((now - not_before) * 3 >= (not_after - not_before) * 2)
		return X509_AGEING;
	return X509_YOUNG;
}
