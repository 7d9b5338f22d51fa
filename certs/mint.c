#include "certs/mint.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "base/mem.h"
#include "certs/openssl.h"
#include "certs/x509.h"
#include "certs/x509_check.h"

enum { CLOCK_SKEW = 5 * 60 };

struct extension {
	int nid;
	const char *value;
};

static const struct extension CA_EXTENSIONS[] = {
	{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
	{NID_key_usage, "critical,keyCertSign"},
	{NID_subject_key_identifier, "hash"},
};

static const struct extension SERVING_EXTENSIONS[] = {
	{NID_basic_constraints, "critical,CA:FALSE"},
	{NID_key_usage, "critical,digitalSignature"},
	{NID_ext_key_usage, "serverAuth"},
	{NID_subject_key_identifier, "hash"},
	{NID_authority_key_identifier, "keyid:always"},
};

void mint_pair_done(struct mint_pair *pair)
{
	mem_free(&pair->cert_pem);
	x509_secret_free(&pair->key_pem);
}

static bool dns_name_is_valid(const char *name)
{
	size_t label = 0, total = 0;

	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	for (; name[total]; total++) {
		const char c = name[total];

		if (c == '.' ? label == 0 || name[total - 1] == '-'
			     : !isalnum((unsigned char)c) && (c != '-' || label == 0))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return label > 0 && total <= 251 && name[total - 1] != '-';
}

static size_t ip_bytes(const char *host, unsigned char out[16])
{
	if (inet_pton(AF_INET, host, out) == 1)
		return 4;
	return inet_pton(AF_INET6, host, out) == 1 ? 16 : 0;
}

/* All digits and dots is an address that went wrong, not a name. */
static bool looks_like_ip(const char *host)
{
	return host[strspn(host, "0123456789.")] == '\0';
}

bool mint_host_is_valid(const char *host)
{
	unsigned char ip[16];

	return ip_bytes(host, ip) > 0 || (!looks_like_ip(host) && dns_name_is_valid(host));
}

/* The name goes in as bytes, never through OpenSSL's "DNS:a,IP:b" syntax. */
static GENERAL_NAME *general_name(const char *host)
{
	unsigned char ip[16];
	const size_t ip_len = ip_bytes(host, ip);
	GENERAL_NAME *const name = GENERAL_NAME_new();
	ASN1_STRING *const value = ip_len ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();

	if (ip_len)
		ASN1_STRING_set(value, ip, (int)ip_len);
	else
		ASN1_STRING_set(value, host, (int)strlen(host));
	GENERAL_NAME_set0_value(name, ip_len ? GEN_IPADD : GEN_DNS, value);
	return name;
}

static bool stands_before(const struct mint_request *request, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcasecmp(request->hosts[i], request->hosts[index]) == 0)
			return true;
	return false;
}

static bool add_hosts(X509 *cert, const struct mint_request *request)
{
	GENERAL_NAMES *const names = GENERAL_NAMES_new();

	for (size_t i = 0; i < request->host_count; i++)
		if (!stands_before(request, i))
			sk_GENERAL_NAME_push(names, general_name(request->hosts[i]));
	const bool added = X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) == 1;

	GENERAL_NAMES_free(names);
	return added;
}

static bool add_extensions(X509 *cert, X509 *issuer, const struct extension *rows, size_t count)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, NULL);
	for (size_t i = 0; i < count; i++) {
		X509_EXTENSION *const made =
			X509V3_EXT_conf_nid(NULL, &ctx, rows[i].nid, rows[i].value);
		const bool added = made && X509_add_ext(cert, made, -1) == 1;

		X509_EXTENSION_free(made);
		if (!added)
			return false;
	}
	return true;
}

/* 127 random bits below a set one: always positive, always 16 bytes, never guessed. */
static bool set_serial(X509 *cert)
{
	unsigned char bytes[16];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
	BIGNUM *const number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	const bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;

	BN_free(number);
	return set;
}

static bool set_name(X509 *cert, const char *common_name)
{
	X509_NAME *const name = X509_get_subject_name(cert);

	return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
		       (const unsigned char *)"Raygate", -1, -1, 0) == 1 &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		       (const unsigned char *)common_name, -1, -1, 0) == 1;
}

/* Not so long that a short life is half over when it begins. */
int64_t mint_skew(int64_t life)
{
	return life / 10 < CLOCK_SKEW ? life / 10 : CLOCK_SKEW;
}

/* Everything but issuer, extensions and signature. */
static X509 *cert_new(EVP_PKEY *pkey, const char *common_name, int64_t from, int64_t until)
{
	X509 *cert = X509_new();

	if (cert && X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
		set_name(cert, common_name) && X509_set_pubkey(cert, pkey) == 1 &&
		ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) &&
		ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)until))
		return cert;
	openssl_cert_done(&cert);
	return NULL;
}

static void give_out(X509 *cert, EVP_PKEY *pkey, struct mint_pair *out)
{
	const struct x509_key key = {pkey};
	BIO *bio CLEANUP(openssl_bio_done) = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(bio, cert);
	const struct str pem = openssl_bio_bytes(bio);

	out->cert_pem = mem_alloc(pem.len + 1);
	memcpy(out->cert_pem, pem.at, pem.len);
	out->key_pem = x509_key_pem(&key);
}

bool mint_ca(int64_t now, struct mint_pair *out, struct err *err)
{
	return mint_ca_for(now, (int64_t)MINT_CA_LIVES * MINT_SERVING_LIFE, out, err);
}

bool mint_ca_for(int64_t now, int64_t life, struct mint_pair *out, struct err *err)
{
	EVP_PKEY *pkey CLEANUP(openssl_pkey_done) = EVP_EC_gen("P-256");
	X509 *cert CLEANUP(openssl_cert_done) = NULL;
	const time_t today = (time_t)now;
	struct tm parts;
	char name[64];

	/* The day tells a person which of two CAs of a rotation is the older. */
	gmtime_r(&today, &parts);
	strftime(name, sizeof(name), "Raygate CA of %Y-%m-%d", &parts);
	cert = pkey ? cert_new(pkey, name, now - mint_skew(life), now + life) : NULL;
	if (cert == NULL || X509_set_issuer_name(cert, X509_get_subject_name(cert)) != 1 ||
		!add_extensions(cert, cert, CA_EXTENSIONS, ARRAY_LEN(CA_EXTENSIONS)) ||
		X509_sign(cert, pkey, EVP_sha256()) <= 0)
		return openssl_err(err, ERR_INTERNAL, "the CA cannot be made");
	give_out(cert, pkey, out);
	return true;
}

static bool hosts_are_valid(const struct mint_request *request, struct err *err)
{
	if (request->host_count == 0)
		return err_set(
			err, ERR_INVALID, "a serving certificate needs at least one host name");
	if (request->host_count > MINT_HOSTS_LIMIT)
		return err_set(err, ERR_TOO_LARGE,
			"%zu host names are more than a certificate gets (%d)", request->host_count,
			MINT_HOSTS_LIMIT);
	for (size_t i = 0; i < request->host_count; i++)
		if (!mint_host_is_valid(request->hosts[i]))
			return err_set(err, ERR_INVALID,
				"host '%.128s' is neither a DNS name nor an IP address",
				request->hosts[i]);
	return true;
}

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm parts = {0};

	return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

static bool load_ca(const struct mint_pair *ca, struct x509_chain **cert, struct x509_key **key,
	struct err *err)
{
	if (!x509_chain_parse(str_from(ca->cert_pem), cert, err))
		return err_wrap(err, "the CA's certificate");
	if (!x509_key_parse(str_from(ca->key_pem), key, err))
		return err_wrap(err, "the CA's key");
	if (!x509_key_fits(*cert, *key))
		return err_set(
			err, ERR_INVALID, "the CA's key does not belong to the CA's certificate");
	if (X509_check_ca(sk_X509_value((*cert)->certs, 0)) != 1)
		return err_set(
			err, ERR_INVALID, "the CA's certificate may not sign others (no CA:TRUE)");
	return true;
}

bool mint_serving(const struct mint_request *request, struct mint_pair *out, struct err *err)
{
	struct x509_chain *ca_chain CLEANUP(x509_chain_free) = NULL;
	struct x509_key *ca_key CLEANUP(x509_key_free) = NULL;
	EVP_PKEY *pkey CLEANUP(openssl_pkey_done) = NULL;
	X509 *cert CLEANUP(openssl_cert_done) = NULL;

	if (!hosts_are_valid(request, err) || !load_ca(request->ca, &ca_chain, &ca_key, err))
		return false;
	assert(ca_chain && ca_key);
	X509 *const ca = sk_X509_value(ca_chain->certs, 0);
	const int64_t ca_until = seconds_of(X509_get0_notAfter(ca));
	const int64_t life = request->life ? request->life : MINT_SERVING_LIFE;
	const int64_t until = request->now + life;

	if (request->now >= ca_until)
		return err_set(err, ERR_INVALID, "the CA has expired; mint a new one");
	pkey = EVP_EC_gen("P-256");
	cert = pkey ? cert_new(pkey, "raygate", request->now - mint_skew(life),
			      until < ca_until ? until : ca_until)
		    : NULL;
	if (cert == NULL || X509_set_issuer_name(cert, X509_get_subject_name(ca)) != 1 ||
		!add_extensions(cert, ca, SERVING_EXTENSIONS, ARRAY_LEN(SERVING_EXTENSIONS)) ||
		!add_hosts(cert, request) || X509_sign(cert, ca_key->pkey, EVP_sha256()) <= 0)
		return openssl_err(err, ERR_INTERNAL, "the serving certificate cannot be made");
	give_out(cert, pkey, out);
	return true;
}
