#include "tests/support/client_cert.h"

#include <string.h>

#include <criterion/criterion.h>
#include <gnutls/x509.h>

#include "base/mem.h"

#define OK(call) cr_assert_geq((call), 0, "%s", #call)

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

static char *take(gnutls_datum_t *pem)
{
	char *const text = mem_alloc(pem->size + 1U);

	memcpy(text, pem->data, pem->size);
	gnutls_free(pem->data);
	return text;
}

static void fill(gnutls_x509_crt_t cert, const struct client_cert *wanted)
{
	static const unsigned char SERIAL[] = {1, 2, 3};

	OK(gnutls_x509_crt_set_version(cert, 3));
	OK(gnutls_x509_crt_set_serial(cert, SERIAL, sizeof(SERIAL)));
	OK(gnutls_x509_crt_set_dn(cert, "CN=kube-apiserver", NULL));
	OK(gnutls_x509_crt_set_activation_time(cert, wanted->from));
	OK(gnutls_x509_crt_set_expiration_time(cert, wanted->until));
	OK(gnutls_x509_crt_set_key_purpose_oid(cert,
		wanted->for_servers ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT, 0));
	OK(gnutls_x509_crt_set_key_usage(cert, GNUTLS_KEY_DIGITAL_SIGNATURE));
}

static void sign(gnutls_x509_crt_t cert, const struct mint_pair *ca)
{
	const gnutls_datum_t ca_pem = datum(ca->cert_pem), key_pem = datum(ca->key_pem);
	gnutls_x509_crt_t issuer;
	gnutls_x509_privkey_t key;

	OK(gnutls_x509_crt_init(&issuer));
	OK(gnutls_x509_privkey_init(&key));
	OK(gnutls_x509_crt_import(issuer, &ca_pem, GNUTLS_X509_FMT_PEM));
	OK(gnutls_x509_privkey_import2(key, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0));
	OK(gnutls_x509_crt_sign2(cert, issuer, key, GNUTLS_DIG_SHA256, 0));
	gnutls_x509_privkey_deinit(key);
	gnutls_x509_crt_deinit(issuer);
}

struct mint_pair client_cert_mint(const struct client_cert *wanted)
{
	gnutls_x509_crt_t cert;
	gnutls_x509_privkey_t key;
	gnutls_datum_t cert_pem, key_pem;

	OK(gnutls_x509_crt_init(&cert));
	OK(gnutls_x509_privkey_init(&key));
	OK(gnutls_x509_privkey_generate(
		key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	OK(gnutls_x509_crt_set_key(cert, key));
	fill(cert, wanted);
	sign(cert, wanted->ca);
	OK(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &cert_pem));
	OK(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem));
	gnutls_x509_privkey_deinit(key);
	gnutls_x509_crt_deinit(cert);
	return (struct mint_pair){take(&cert_pem), take(&key_pem)};
}
