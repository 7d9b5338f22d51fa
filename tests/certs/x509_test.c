#include "certs/x509.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/certs_kit.h"

static struct x509_facts describe(const char *pem, struct arena *arena)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pem);
	struct x509_facts facts;
	struct err err;

	cr_assert(x509_describe(chain, 0, arena, &facts, &err), "%s", err.text);
	return facts;
}

Test(x509, a_minted_certificate_is_described_as_it_was_asked_for)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	const char *const hosts[] = {"localhost", "*.ray.svc", "127.0.0.1", "::1", "LOCALHOST"};
	const struct mint_request request = {&ca, hosts, ARRAY_LEN(hosts), KIT_NOW, 0};
	struct mint_pair pair CLEANUP(mint_pair_done) = {0};
	struct arena arena CLEANUP(arena_done);
	struct err err;

	arena_init(&arena, 4096);
	cr_assert(mint_serving(&request, &pair, &err), "%s", err.text);
	const struct x509_facts leaf = describe(pair.cert_pem, &arena);

	cr_assert_str_eq(leaf.subject, "O=Raygate,CN=raygate");
	cr_assert_str_eq(leaf.issuer, "O=Raygate,CN=Raygate CA of 2026-09-21");
	cr_assert_str_eq(leaf.key, "ECDSA P-256");
	cr_assert_eq(leaf.key_kind, X509_KEY_ECDSA);
	cr_assert_eq(leaf.key_bits, 256);
	cr_assert_not(leaf.is_ca);
	cr_assert_eq(leaf.not_before, KIT_NOW - 300);
	cr_assert_eq(leaf.not_after, KIT_NOW + 365 * (int64_t)KIT_DAY);
	cr_assert_eq(leaf.host_count, 4, "a host given twice counts once");
	for (size_t i = 0; i < leaf.host_count; i++)
		cr_assert_str_eq(leaf.hosts[i], hosts[i]);
	cr_assert_eq(strlen(leaf.serial), 16 * 3 - 1, "%s", leaf.serial);
	cr_assert_eq(strlen(leaf.fingerprint), 32 * 3 - 1, "%s", leaf.fingerprint);

	const struct x509_facts root = describe(ca.cert_pem, &arena);

	cr_assert(root.is_ca);
	cr_assert_str_eq(root.subject, root.issuer);
	cr_assert_eq(root.not_after, KIT_NOW + 3650 * (int64_t)KIT_DAY);
	cr_assert_eq(root.host_count, 0);
	cr_assert_str_neq(root.serial, leaf.serial);
}

/* What a reader of another make says about our certificates. */
Test(x509, the_openssl_program_agrees_on_a_minted_pair)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "raygate.ray.svc", KIT_NOW);
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	kit_write(folder, "ca.crt", ca.cert_pem);
	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_run("cd '%s' && openssl verify -x509_strict -purpose sslserver -verify_hostname "
		"raygate.ray.svc -attime %lld -CAfile ca.crt tls.crt >out && "
		"openssl x509 -in tls.crt -noout -text >leaf && openssl x509 -in ca.crt -noout "
		"-text >ca",
		folder, (long long)KIT_NOW);
	char *leaf CLEANUP(mem_free) = kit_read(folder, "leaf");
	char *root CLEANUP(mem_free) = kit_read(folder, "ca");

	cr_assert_not_null(
		strstr(leaf, "X509v3 Key Usage: critical\n                Digital Signature\n"));
	cr_assert_not_null(strstr(leaf, "TLS Web Server Authentication\n"));
	cr_assert_not_null(
		strstr(leaf, "X509v3 Basic Constraints: critical\n                CA:FALSE\n"));
	cr_assert_not_null(strstr(leaf, "ecdsa-with-SHA256"));
	cr_assert_not_null(strstr(root, "CA:TRUE, pathlen:0\n"));
	cr_assert_not_null(
		strstr(root, "X509v3 Key Usage: critical\n                Certificate Sign\n"));
}

static const struct {
	const char *host;
	bool valid;
} HOSTS[] = {
	{"localhost", true},
	{"Raygate.ray.svc", true},
	{"*.example.com", true},
	{"a-1.b", true},
	{"1password.com", true},
	{"127.0.0.1", true},
	{"::1", true},
	{"2001:db8::7", true},
	{"", false},
	{"*", false},
	{"*.", false},
	{"a.*.b", false},
	{"a..b", false},
	{".a", false},
	{"a.", false},
	{"-a", false},
	{"a-", false},
	{"a-.b", false},
	{"a_b", false},
	{"a b", false},
	{"a,IP:1.2.3.4", false},
	{"https://a", false},
	{"a:9443", false},
	{"[::1]", false},
	{"fe80::1%eth0", false},
	{"127.0.0.300", false},
	{"1.2.3", false},
	{"b\xc3\xbc"
	 "cher.de",
		false},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
};

Test(x509, a_host_that_could_not_be_called_is_not_put_into_a_certificate)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);

	for (size_t i = 0; i < ARRAY_LEN(HOSTS); i++) {
		const struct mint_request request = {&ca, &HOSTS[i].host, 1, KIT_NOW, 0};
		struct mint_pair pair CLEANUP(mint_pair_done) = {0};
		struct err err = {0};

		cr_assert_eq(mint_serving(&request, &pair, &err), HOSTS[i].valid, "'%s': %s",
			HOSTS[i].host, err.text);
		cr_assert_eq(
			mint_host_is_valid(HOSTS[i].host), HOSTS[i].valid, "%s", HOSTS[i].host);
	}
}

Test(x509, a_serving_certificate_does_not_outlive_its_ca)
{
	const int64_t late = KIT_NOW + 3600 * (int64_t)KIT_DAY;
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", late);
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	cr_assert_eq(describe(pair.cert_pem, &arena).not_after, KIT_NOW + 3650 * (int64_t)KIT_DAY);
	const char *const host = "a";
	const struct mint_request request = {&ca, &host, 1, KIT_NOW + 3650 * (int64_t)KIT_DAY, 0};
	struct mint_pair none = {0};
	struct err err;

	cr_assert_not(mint_serving(&request, &none, &err));
	cr_assert_str_eq(err.text, "the CA has expired; mint a new one");
}

Test(x509, only_a_ca_with_its_own_key_can_mint)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair other CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair leaf CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	const struct mint_pair mixed = {ca.cert_pem, other.key_pem};
	const char *const host = "a";
	const struct mint_request by_leaf = {&leaf, &host, 1, KIT_NOW, 0};
	const struct mint_request by_mixed = {&mixed, &host, 1, KIT_NOW, 0};
	struct mint_pair none = {0};
	struct err err;

	cr_assert_not(mint_serving(&by_leaf, &none, &err));
	cr_assert_str_eq(err.text, "the CA's certificate may not sign others (no CA:TRUE)");
	cr_assert_not(mint_serving(&by_mixed, &none, &err));
	cr_assert_str_eq(err.text, "the CA's key does not belong to the CA's certificate");
}

static const struct {
	const char *name;
	const char *pem;
	const char *error;
} BAD_CHAINS[] = {
	{"empty", "", "is empty"},
	{"blank", " \n\t\n", "is empty"},
	{"garbage",
		"\x7f"
		"ELF\x02\x01",
		"holds no certificate; PEM text begins with"},
	{"another kind of block", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"holds no certificate; PEM text begins with"},
	{"not base64", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
		"PEM block 1: is damaged or cut off"},
	{"not DER", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"PEM block 1: does not decode"},
	{"no end", "-----BEGIN CERTIFICATE-----\nAAAA\n", "PEM block 1: is damaged or cut off"},
};

Test(x509, text_that_is_no_chain_says_what_it_is)
{
	for (size_t i = 0; i < ARRAY_LEN(BAD_CHAINS); i++) {
		struct x509_chain *chain = NULL;
		struct err err;

		cr_assert_not(x509_chain_parse(str_from(BAD_CHAINS[i].pem), &chain, &err), "%s",
			BAD_CHAINS[i].name);
		cr_assert_null(chain);
		cr_assert(str_starts(str_from(err.text), BAD_CHAINS[i].error), "%s: %s",
			BAD_CHAINS[i].name, err.text);
	}
}

/* Every cut inside the second certificate must be noticed, not read as a chain of one. */
Test(x509, a_chain_cut_off_anywhere_is_never_a_shorter_chain)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	struct buf both CLEANUP(buf_done) = {0};

	buf_add_cstr(&both, pair.cert_pem);
	const size_t first = both.len;

	buf_add_cstr(&both, ca.cert_pem);
	/* From the whole opening line to the last dash but the final ones. */
	for (size_t len = first + 28; len < both.len - 1; len++) {
		struct x509_chain *chain = NULL;
		struct err err;

		cr_assert_not(
			x509_chain_parse((struct str){both.at, len}, &chain, &err), "%zu", len);
	}
	char *whole CLEANUP(mem_free) = buf_take(&both);
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(whole);

	cr_assert_eq(x509_chain_count(chain), 2);
}

Test(x509, what_surrounds_the_blocks_is_left_out_of_the_text_that_is_served)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct buf mixed CLEANUP(buf_done) = {0};

	buf_printf(&mixed, "Bag Attributes\n  name: x\r\n%s# and a key\n%s\n", ca.key_pem,
		ca.cert_pem);
	char *text CLEANUP(mem_free) = buf_take(&mixed);
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(text);
	char *pem CLEANUP(mem_free) = x509_chain_pem(chain);
	struct x509_key *key CLEANUP(x509_key_free) = kit_key(text);
	char *key_pem CLEANUP(x509_secret_free) = x509_key_pem(key);

	cr_assert_str_eq(pem, ca.cert_pem);
	cr_assert_str_eq(key_pem, ca.key_pem);
}

Test(x509, text_beyond_the_limits_is_refused_before_it_is_decoded)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct buf text CLEANUP(buf_done) = {0};
	struct x509_chain *chain = NULL;
	struct x509_key *key = NULL;
	struct err err;

	for (size_t i = 0; i <= X509_CERTS_LIMIT; i++)
		buf_add_cstr(&text, ca.cert_pem);
	cr_assert_not(x509_chain_parse(buf_str(&text), &chain, &err));
	cr_assert_str_eq(err.text, "PEM block 513: is one more than the 512 that are read");
	while (text.len <= X509_PEM_LIMIT)
		buf_add_cstr(&text, ca.key_pem);
	cr_assert_not(x509_chain_parse(buf_str(&text), &chain, &err));
	cr_assert_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
	cr_assert_not(x509_key_parse(buf_str(&text), &key, &err));
	cr_assert_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
}

Test(x509, a_key_that_cannot_be_used_says_why_and_never_asks_for_a_passphrase)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct x509_key *key = NULL;
	struct err err;

	kit_write(folder, "plain", ca.key_pem);
	kit_run("cd '%s' && openssl pkey -in plain -aes256 -passout pass:x -out locked", folder);
	char *locked CLEANUP(mem_free) = kit_read(folder, "locked");

	cr_assert_not(x509_key_parse(str_from(locked), &key, &err));
	cr_assert(str_starts(str_from(err.text), "is encrypted; write it without"), "%s", err.text);
	cr_assert_not(x509_key_parse(str_from(ca.cert_pem), &key, &err));
	cr_assert(str_starts(str_from(err.text), "holds no private key"), "%s", err.text);
	const struct str cut = {ca.key_pem, strlen(ca.key_pem) / 2};

	cr_assert_not(x509_key_parse(cut, &key, &err));
	cr_assert(str_starts(str_from(err.text), "holds a private key that does not decode"), "%s",
		err.text);
	cr_assert_not(x509_key_parse(STR(""), &key, &err));
	cr_assert_str_eq(err.text, "is empty");
}

Test(x509, a_key_in_the_old_form_behind_its_parameters_is_read)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	kit_run("cd '%s' && openssl ecparam -name prime256v1 -genkey -out k", folder);
	char *pem CLEANUP(x509_secret_free) = kit_read(folder, "k");
	struct x509_key *key CLEANUP(x509_key_free) = kit_key(pem);

	cr_assert_not_null(strstr(pem, "EC PARAMETERS"));
	cr_assert_str_eq(x509_key_describe(key, &arena), "ECDSA P-256");
}

Test(x509, names_that_would_act_on_a_terminal_are_escaped)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	kit_run("cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-keyout k -out c -subj \"$(printf '/CN=a\\033[31mb')\" "
		"-addext \"$(printf 'subjectAltName=DNS:x\\033[2Jy')\" 2>log",
		folder);
	char *pem CLEANUP(mem_free) = kit_read(folder, "c");
	const struct x509_facts facts = describe(pem, &arena);

	cr_assert_str_eq(facts.subject, "CN=a\\1B[31mb");
	cr_assert_eq(facts.host_count, 1);
	cr_assert_str_eq(facts.hosts[0], "x\\x1b[2Jy");
}

static const struct {
	const char *options;
	const char *key;
	enum x509_key_kind kind;
} FOREIGN_KEYS[] = {
	{"rsa:2048", "RSA 2048", X509_KEY_RSA},
	{"ec -pkeyopt ec_paramgen_curve:P-384", "ECDSA P-384", X509_KEY_ECDSA},
	{"ec -pkeyopt ec_paramgen_curve:secp256k1", "ECDSA secp256k1", X509_KEY_OTHER},
	{"ed25519", "Ed25519", X509_KEY_ED25519},
	{"ed448", "ED448", X509_KEY_OTHER},
};

Test(x509, keys_of_every_kind_are_told_apart)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(FOREIGN_KEYS); i++) {
		kit_run("cd '%s' && openssl req -x509 -newkey %s -nodes -keyout k -out c "
			"-subj /CN=a 2>log",
			folder, FOREIGN_KEYS[i].options);
		char *pem CLEANUP(mem_free) = kit_read(folder, "c");
		char *key_pem CLEANUP(x509_secret_free) = kit_read(folder, "k");
		struct x509_key *key CLEANUP(x509_key_free) = kit_key(key_pem);
		const struct x509_facts facts = describe(pem, &arena);

		cr_assert_str_eq(facts.key, FOREIGN_KEYS[i].key);
		cr_assert_eq(facts.key_kind, FOREIGN_KEYS[i].kind, "%s", facts.key);
		cr_assert_str_eq(x509_key_describe(key, &arena), FOREIGN_KEYS[i].key);
	}
}

Test(x509, a_digest_is_sha256)
{
	char digest[X509_DIGEST_SIZE];

	x509_digest(STR(""), digest);
	cr_assert_str_eq(
		digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	x509_digest(STR("abc"), digest);
	cr_assert_str_eq(
		digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
