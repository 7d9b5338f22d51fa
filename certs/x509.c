#include "certs/x509.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/mem.h"
#include "certs/openssl.h"

static bool within_limit(struct str pem, struct err *err)
{
	if (pem.len > X509_PEM_LIMIT)
		return err_set(err, ERR_TOO_LARGE,
			"has %zu bytes; PEM files of at most %d are read", pem.len, X509_PEM_LIMIT);
	if (str_trim(pem).len == 0)
		return err_set(err, ERR_INVALID, "is empty");
	return true;
}

static bool is_certificate(const char *label)
{
	return strcmp(label, PEM_STRING_X509) == 0 || strcmp(label, PEM_STRING_X509_OLD) == 0;
}

struct pem_block {
	char *label;
	char *header;
	unsigned char *data;
	long len;
};

static void block_done(struct pem_block *block)
{
	OPENSSL_free(block->label);
	OPENSSL_free(block->header);
	OPENSSL_clear_free(block->data, block->len > 0 ? (size_t)block->len : 0);
}

/* Adds the next block's certificate; `*more` turns false behind the last block. */
static bool read_block(BIO *bio, STACK_OF(X509) * certs, bool *more, struct err *err)
{
	struct pem_block block CLEANUP(block_done) = {0};

	if (PEM_read_bio(bio, &block.label, &block.header, &block.data, &block.len) != 1) {
		*more = false;
		if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
			ERR_clear_error();
			return true;
		}
		return openssl_err(err, ERR_INVALID, "is damaged or cut off");
	}
	if (!is_certificate(block.label))
		return true;
	const unsigned char *at = block.data;
	X509 *cert CLEANUP(openssl_cert_done) = d2i_X509(NULL, &at, block.len);

	if (cert == NULL || at != block.data + block.len)
		return openssl_err(err, ERR_INVALID, "does not decode");
	if (sk_X509_num(certs) >= X509_CERTS_LIMIT)
		return err_set(err, ERR_TOO_LARGE, "is one more than the %d that are read",
			X509_CERTS_LIMIT);
	if (sk_X509_push(certs, cert) > 0)
		cert = NULL;
	return true;
}

bool x509_chain_parse(struct str pem, struct x509_chain **out, struct err *err)
{
	BIO *bio CLEANUP(openssl_bio_done) = NULL;
	STACK_OF(X509) * certs CLEANUP(openssl_certs_done) = NULL;

	if (!within_limit(pem, err))
		return false;
	bio = openssl_bio_of(pem);
	certs = sk_X509_new_null();
	ERR_clear_error();
	int number = 0;
	for (bool more = true; more;) {
		number++;
		if (!read_block(bio, certs, &more, err))
			return err_wrap(err, "PEM block %d", number);
	}
	if (sk_X509_num(certs) < 1)
		return err_set(err, ERR_INVALID,
			"holds no certificate; PEM text begins with '-----BEGIN CERTIFICATE-----'");
	*out = mem_alloc(sizeof(**out));
	(*out)->certs = certs;
	certs = NULL;
	return true;
}

void x509_chain_free(struct x509_chain **chain)
{
	if (*chain)
		openssl_certs_done(&(*chain)->certs);
	mem_free(chain);
}

size_t x509_chain_count(const struct x509_chain *chain)
{
	return (size_t)sk_X509_num(chain->certs);
}

static X509 *cert_at(const struct x509_chain *chain, size_t index)
{
	assert(index < x509_chain_count(chain));
	return sk_X509_value(chain->certs, (int)index);
}

static char *bio_take(BIO *bio)
{
	const struct str bytes = openssl_bio_bytes(bio);
	char *const text = mem_alloc(bytes.len + 1);

	if (bytes.len)
		memcpy(text, bytes.at, bytes.len);
	return text;
}

char *x509_chain_pem(const struct x509_chain *chain)
{
	BIO *bio CLEANUP(openssl_bio_done) = BIO_new(BIO_s_mem());

	for (size_t i = 0; i < x509_chain_count(chain); i++)
		PEM_write_bio_X509(bio, cert_at(chain, i));
	return bio_take(bio);
}

char *x509_cert_pem(const struct x509_chain *chain, size_t index)
{
	BIO *bio CLEANUP(openssl_bio_done) = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(bio, cert_at(chain, index));
	return bio_take(bio);
}

/* Without this OpenSSL would ask for the passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *asked)
{
	(void)buffer;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

bool x509_key_parse(struct str pem, struct x509_key **out, struct err *err)
{
	BIO *bio CLEANUP(openssl_bio_done) = NULL;
	bool asked = false;

	if (!within_limit(pem, err))
		return false;
	if (!str_contains(pem, "PRIVATE KEY-----"))
		return err_set(err, ERR_INVALID,
			"holds no private key; PEM text begins with '-----BEGIN PRIVATE KEY-----'");
	bio = openssl_bio_of(pem);
	ERR_clear_error();
	EVP_PKEY *const pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);

	if (pkey == NULL && asked) {
		ERR_clear_error();
		return err_set(err, ERR_INVALID,
			"is encrypted; write it without a passphrase: openssl pkey -in … -out …");
	}
	if (pkey == NULL)
		return openssl_err(err, ERR_INVALID, "holds a private key that does not decode");
	*out = mem_alloc(sizeof(**out));
	(*out)->pkey = pkey;
	return true;
}

void x509_key_free(struct x509_key **key)
{
	if (*key)
		openssl_pkey_done(&(*key)->pkey);
	mem_free(key);
}

char *x509_key_pem(const struct x509_key *key)
{
	BIO *bio CLEANUP(openssl_bio_done) = BIO_new(BIO_s_mem());

	PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL);
	return bio_take(bio);
}

void x509_secret_free(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

/* A name's bytes are the issuer's choice: what a terminal would act on is escaped. */
static const char *printable(struct arena *arena, struct str text)
{
	struct buf out = {0};

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.at[i];

		if (c < 0x20 || c >= 0x7f || c == '\\')
			buf_printf(&out, "\\x%02x", c);
		else
			buf_add_char(&out, (char)c);
	}
	const char *const copy = arena_str(arena, buf_str(&out)).at;

	buf_done(&out);
	return copy;
}

static const char *name_text(struct arena *arena, const X509_NAME *name)
{
	/* RFC 2253 without its reversed order, so that the organisation comes first, as in curl. */
	enum { FLAGS = XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV };
	BIO *bio CLEANUP(openssl_bio_done) = BIO_new(BIO_s_mem());

	X509_NAME_print_ex(bio, name, 0, FLAGS);
	return arena_str(arena, openssl_bio_bytes(bio)).at;
}

static const char *hex_text(struct arena *arena, struct str bytes, const char *format)
{
	struct buf out = {0};

	for (size_t i = 0; i < bytes.len; i++) {
		if (i)
			buf_add_char(&out, ':');
		buf_printf(&out, *format == 'X' ? "%02X" : "%02x", (unsigned char)bytes.at[i]);
	}
	const char *const copy = arena_str(arena, buf_str(&out)).at;

	buf_done(&out);
	return copy;
}

static struct str asn1_bytes(const ASN1_STRING *string)
{
	const int len = ASN1_STRING_length(string);

	return (struct str){(const char *)ASN1_STRING_get0_data(string), len > 0 ? (size_t)len : 0};
}

static const char *host_text(struct arena *arena, const GENERAL_NAME *name)
{
	char text[INET6_ADDRSTRLEN];

	if (name->type == GEN_DNS)
		return printable(arena, asn1_bytes(name->d.dNSName));
	if (name->type != GEN_IPADD)
		return NULL;
	const struct str bytes = asn1_bytes(name->d.iPAddress);

	if (bytes.len != 4 && bytes.len != 16)
		return NULL;
	inet_ntop(bytes.len == 4 ? AF_INET : AF_INET6, bytes.at, text, sizeof(text));
	return arena_str(arena, str_from(text)).at;
}

static void describe_hosts(X509 *cert, struct arena *arena, struct x509_facts *out)
{
	GENERAL_NAMES *const names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	const int count = names ? sk_GENERAL_NAME_num(names) : 0;

	out->host_count = 0;
	out->hosts = arena_array(arena, count > 0 ? (size_t)count : 1, sizeof(*out->hosts));
	for (int i = 0; i < count; i++) {
		const char *const host = host_text(arena, sk_GENERAL_NAME_value(names, i));

		if (host)
			out->hosts[out->host_count++] = host;
	}
	GENERAL_NAMES_free(names);
}

static bool to_seconds(const ASN1_TIME *time, int64_t *out)
{
	struct tm parts;

	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*out = (int64_t)timegm(&parts);
	return true;
}

static const struct {
	const char *group;
	const char *name;
} CURVES[] = {
	{"prime256v1", "P-256"},
	{"secp384r1", "P-384"},
	{"secp521r1", "P-521"},
};

static const char *describe_ec(EVP_PKEY *pkey, struct arena *arena, enum x509_key_kind *kind)
{
	char group[64] = "unnamed curve";
	size_t len = 0;

	EVP_PKEY_get_group_name(pkey, group, sizeof(group), &len);
	for (size_t i = 0; i < ARRAY_LEN(CURVES); i++) {
		if (strcmp(group, CURVES[i].group) == 0) {
			*kind = X509_KEY_ECDSA;
			return arena_printf(arena, "ECDSA %s", CURVES[i].name).at;
		}
	}
	*kind = X509_KEY_OTHER;
	return arena_printf(arena, "ECDSA %s", group).at;
}

static const char *describe_pkey(EVP_PKEY *pkey, struct arena *arena, enum x509_key_kind *kind)
{
	if (pkey == NULL) {
		*kind = X509_KEY_OTHER;
		return "unknown";
	}
	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_EC:
		return describe_ec(pkey, arena, kind);
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		*kind = X509_KEY_RSA;
		return arena_printf(arena, "RSA %d", EVP_PKEY_get_bits(pkey)).at;
	case EVP_PKEY_ED25519:
		*kind = X509_KEY_ED25519;
		return "Ed25519";
	default:
		*kind = X509_KEY_OTHER;
		const char *const type = EVP_PKEY_get0_type_name(pkey);

		return arena_str(arena, str_from(type ? type : "unknown")).at;
	}
}

bool x509_describe(const struct x509_chain *chain, size_t index, struct arena *arena,
	struct x509_facts *out, struct err *err)
{
	X509 *const cert = cert_at(chain, index);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_len = 0;

	*out = (struct x509_facts){0};
	if (!to_seconds(X509_get0_notBefore(cert), &out->not_before) ||
		!to_seconds(X509_get0_notAfter(cert), &out->not_after))
		return openssl_err(err, ERR_INVALID, "has dates that cannot be read");
	X509_digest(cert, EVP_sha256(), digest, &digest_len);
	out->fingerprint = hex_text(arena, (struct str){(const char *)digest, digest_len}, "X");
	out->serial = hex_text(arena, asn1_bytes(X509_get0_serialNumber(cert)), "x");
	out->subject = name_text(arena, X509_get_subject_name(cert));
	out->issuer = name_text(arena, X509_get_issuer_name(cert));
	EVP_PKEY *const pkey = X509_get0_pubkey(cert);

	out->key = describe_pkey(pkey, arena, &out->key_kind);
	out->key_bits = pkey ? EVP_PKEY_get_bits(pkey) : 0;
	out->is_ca = X509_check_ca(cert) == 1;
	describe_hosts(cert, arena, out);
	ERR_clear_error();
	return true;
}

const char *x509_key_describe(const struct x509_key *key, struct arena *arena)
{
	enum x509_key_kind kind;

	return describe_pkey(key->pkey, arena, &kind);
}

void x509_digest(struct str bytes, char out[X509_DIGEST_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	size_t len = 0;

	EVP_Q_digest(NULL, "SHA256", NULL, bytes.len ? bytes.at : "", bytes.len, digest, &len);
	for (size_t i = 0; i < X509_DIGEST_SIZE / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
