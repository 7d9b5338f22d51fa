#include "certs/x509_check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/certs_kit.h"

Test(x509_check, a_key_fits_its_own_certificate_alone)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	struct x509_chain *leaf CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);
	struct x509_key *own CLEANUP(x509_key_free) = kit_key(pair.key_pem);
	struct x509_key *other CLEANUP(x509_key_free) = kit_key(ca.key_pem);

	cr_assert(x509_key_fits(leaf, own));
	cr_assert_not(x509_key_fits(leaf, other));
}

Test(x509_check, keys_of_other_kinds_are_tried_out_too)
{
	static const char *const KINDS[] = {"rsa:2048", "ed25519", "rsa-pss"};
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		kit_run("cd '%s' && openssl req -x509 -newkey %s -nodes -keyout k -out c -subj "
			"/CN=a "
			"2>log",
			folder, KINDS[i]);
		char *pem CLEANUP(mem_free) = kit_read(folder, "c");
		char *key_pem CLEANUP(x509_secret_free) = kit_read(folder, "k");
		struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pem);
		struct x509_key *key CLEANUP(x509_key_free) = kit_key(key_pem);

		cr_assert(x509_key_fits(chain, key), "%s", KINDS[i]);
	}
}

/* The public half of the certificate's key beside a private half of another one. */
Test(x509_check, a_key_whose_halves_disagree_does_not_fit)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	kit_run("cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-keyout k -out c -subj /CN=a 2>log && openssl ec -in k -outform DER -out k.der "
		"2>log "
		"&& printf '\\001\\002\\003' | dd of=k.der bs=1 seek=10 conv=notrunc 2>log && "
		"openssl asn1parse -inform DER -in k.der >log && "
		"{ echo '-----BEGIN EC PRIVATE KEY-----'; base64 k.der; "
		"echo '-----END EC PRIVATE KEY-----'; } >k",
		folder);
	char *pem CLEANUP(mem_free) = kit_read(folder, "c");
	char *key_pem CLEANUP(x509_secret_free) = kit_read(folder, "k");
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pem);
	struct x509_key *key CLEANUP(x509_key_free) = kit_key(key_pem);

	cr_assert_not(x509_key_fits(chain, key));
}

static bool leads(const char *chain_pem, const char *roots_pem, int64_t now, struct err *err)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(chain_pem);
	struct x509_chain *roots CLEANUP(x509_chain_free) = kit_chain(roots_pem);

	return x509_leads_to(chain, roots, now, err);
}

Test(x509_check, a_leaf_leads_to_its_own_ca_also_amid_others_of_the_same_name)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair twin CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	struct buf both CLEANUP(buf_done) = {0};
	struct err err = {0};

	buf_printf(&both, "%s%s", twin.cert_pem, ca.cert_pem);
	char *bundle CLEANUP(mem_free) = buf_take(&both);

	cr_assert(leads(pair.cert_pem, ca.cert_pem, KIT_NOW, &err), "%s", err.text);
	cr_assert(leads(pair.cert_pem, bundle, KIT_NOW, &err), "%s", err.text);
	cr_assert_not(leads(pair.cert_pem, twin.cert_pem, KIT_NOW, &err));
	cr_assert_not_null(strstr(err.text, "issuer"), "%s", err.text);
}

Test(x509_check, dates_of_the_ca_count_and_those_of_the_leaf_do_not)
{
	const int64_t later = KIT_NOW + 400 * (int64_t)KIT_DAY;
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	struct err err = {0};

	cr_assert(leads(pair.cert_pem, ca.cert_pem, later, &err), "%s", err.text);
	cr_assert_not(leads(pair.cert_pem, ca.cert_pem, KIT_NOW + 3700 * (int64_t)KIT_DAY, &err));
	cr_assert_str_eq(err.text, "certificate has expired, at certificate 2 of the chain");
	cr_assert_not(leads(pair.cert_pem, ca.cert_pem, KIT_NOW - KIT_DAY, &err));
	cr_assert_str_eq(err.text, "certificate is not yet valid, at certificate 2 of the chain");
}

/* A chain of three made by another hand, with a SHA-1 signature in one variant. */
static void make_chain_of_three(const char *folder, const char *hash)
{
	kit_run("cd '%s' && NEW='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes' && "
		"openssl req -x509 $NEW -keyout root.key -out root -subj /CN=root 2>log && "
		"openssl req $NEW -keyout mid.key -out mid.req -subj /CN=mid 2>log && "
		"openssl req $NEW -keyout leaf.key -out leaf.req -subj /CN=leaf 2>log && "
		"echo basicConstraints=CA:TRUE >mid.ext && echo subjectAltName=DNS:a.b >leaf.ext "
		"&& "
		"openssl x509 -req -in mid.req -CA root -CAkey root.key -CAcreateserial %s "
		"-extfile mid.ext -out mid 2>log && "
		"openssl x509 -req -in leaf.req -CA mid -CAkey mid.key -CAcreateserial "
		"-extfile leaf.ext -out leaf 2>log && cat leaf mid >chain",
		folder, hash);
}

Test(x509_check, a_chain_needs_its_intermediate_unless_that_is_trusted_itself)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	/* What is minted below is valid by then, however slow the machine. */
	const int64_t now = (int64_t)time(NULL) + 3600;
	struct err err = {0};

	make_chain_of_three(folder, "-sha256");
	char *root CLEANUP(mem_free) = kit_read(folder, "root");
	char *mid CLEANUP(mem_free) = kit_read(folder, "mid");
	char *leaf CLEANUP(mem_free) = kit_read(folder, "leaf");
	char *chain CLEANUP(mem_free) = kit_read(folder, "chain");

	cr_assert(leads(chain, root, now, &err), "%s", err.text);
	cr_assert_not(leads(leaf, root, now, &err));
	cr_assert(leads(leaf, mid, now, &err), "%s", err.text);
	make_chain_of_three(folder, "-sha1");
	char *weak CLEANUP(mem_free) = kit_read(folder, "chain");
	char *weak_root CLEANUP(mem_free) = kit_read(folder, "root");

	cr_assert_not(leads(weak, weak_root, now, &err));
	cr_assert_not_null(strstr(err.text, "too weak"), "%s", err.text);
}

static const struct {
	const char *named;
	const char *asked;
	bool serves;
} HOSTS[] = {
	{"raygate.ray.svc", "raygate.ray.svc", true},
	{"raygate.ray.svc", "RAYGATE.ray.svc", true},
	{"raygate.ray.svc", "ray.svc", false},
	{"raygate.ray.svc", "x.raygate.ray.svc", false},
	{"raygate.ray.svc", "raygate", false},
	{"*.ray.svc", "a.ray.svc", true},
	{"*.ray.svc", "ray.svc", false},
	{"*.ray.svc", "a.b.ray.svc", false},
	{"127.0.0.1", "127.0.0.1", true},
	{"127.0.0.1", "127.0.0.2", false},
	{"127.0.0.1", "localhost", false},
	{"::1", "::1", true},
	{"::1", "0:0:0:0:0:0:0:1", true},
	{"::1", "127.0.0.1", false},
	{"localhost", "127.0.0.1", false},
	{"localhost", "", false},
};

Test(x509_check, a_host_is_served_as_the_api_server_would_say)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);

	for (size_t i = 0; i < ARRAY_LEN(HOSTS); i++) {
		struct mint_pair pair CLEANUP(mint_pair_done) =
			kit_pair(&ca, HOSTS[i].named, KIT_NOW);
		struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);

		cr_assert_eq(x509_serves_host(chain, HOSTS[i].asked), HOSTS[i].serves,
			"named %s, asked '%s'", HOSTS[i].named, HOSTS[i].asked);
	}
}

Test(x509_check, a_common_name_serves_no_host)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "127.0.0.1", KIT_NOW);
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);

	cr_assert_not(x509_serves_host(chain, "raygate"));
}

Test(x509_check, a_client_certificate_may_not_serve)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "a", KIT_NOW);
	struct x509_chain *ours CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);

	kit_run("cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-keyout k -out c -subj /CN=a -addext extendedKeyUsage=clientAuth 2>log",
		folder);
	char *pem CLEANUP(mem_free) = kit_read(folder, "c");
	struct x509_chain *client CLEANUP(x509_chain_free) = kit_chain(pem);

	cr_assert(x509_may_serve(ours));
	cr_assert_not(x509_may_serve(client));
}

Test(x509_check, a_life_has_four_ages)
{
	static const struct {
		int64_t now;
		enum x509_age age;
	} AGES[] = {
		{999, X509_NOT_YET_VALID},
		{1000, X509_YOUNG},
		{1199, X509_YOUNG},
		{1200, X509_AGEING},
		{1300, X509_AGEING},
		{1301, X509_EXPIRED},
	};

	for (size_t i = 0; i < ARRAY_LEN(AGES); i++)
		cr_assert_eq(x509_age_at(1000, 1300, AGES[i].now), AGES[i].age, "at %lld",
			(long long)AGES[i].now);
	cr_assert_eq(x509_age_at(-2208988800, 253402300799, 0), X509_YOUNG);
}
