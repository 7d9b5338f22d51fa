#include "certs/verify.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/mem.h"
#include "tests/support/certs_kit.h"

static const struct verify_finding *find(
	const struct verify_finding findings[VERIFY_CHECKS], const char *id)
{
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		if (strcmp(findings[i].id, id) == 0)
			return &findings[i];
	cr_assert_fail("no check '%s'", id);
	return NULL;
}

static const struct {
	const char *name;
	int64_t days; /* after the pair was made */
	const char *host;
	bool other_key, other_ca;
	const char *id; /* the check that speaks up; all others are fine */
	enum verify_level level;
	const char *text;
} CASES[] = {
	{"fine", 1, "localhost", false, false, "time", VERIFY_FINE, "in 364 days"},
	{"not yet", -1, "localhost", false, false, "time", VERIFY_ERROR, "not valid before"},
	{"ageing", 300, "localhost", false, false, "time", VERIFY_WARNING, "two thirds"},
	{"over", 366, "localhost", false, false, "time", VERIFY_ERROR, "expired on"},
	{"elsewhere", 1, "x.y", false, false, "hosts", VERIFY_ERROR, "host 'x.y'"},
	{"mixed up", 1, "localhost", true, false, "key", VERIFY_ERROR, "does not belong"},
	{"another CA", 1, "localhost", false, true, "ca", VERIFY_ERROR, "does not chain"},
};

Test(verify, each_fault_is_found_by_its_own_check)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW - 10 * KIT_DAY);
	struct mint_pair stranger CLEANUP(mint_pair_done) = kit_ca(KIT_NOW - 10 * KIT_DAY);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", KIT_NOW);
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);
	struct x509_chain *roots CLEANUP(x509_chain_free) = kit_chain(ca.cert_pem);
	struct x509_chain *others CLEANUP(x509_chain_free) = kit_chain(stranger.cert_pem);
	struct x509_key *key CLEANUP(x509_key_free) = kit_key(pair.key_pem);
	struct x509_key *other CLEANUP(x509_key_free) = kit_key(stranger.key_pem);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct verify_input input = {.chain = chain,
			.key = CASES[i].other_key ? other : key,
			.roots = CASES[i].other_ca ? others : roots,
			.hosts = &CASES[i].host,
			.host_count = 1,
			.now = KIT_NOW + CASES[i].days * KIT_DAY};
		struct verify_finding findings[VERIFY_CHECKS];

		cr_assert_eq(verify_pair(&input, findings), CASES[i].level, "%s", CASES[i].name);
		for (size_t j = 0; j < VERIFY_CHECKS; j++) {
			const bool speaks = strcmp(findings[j].id, CASES[i].id) == 0;

			cr_assert_eq(findings[j].level, speaks ? CASES[i].level : VERIFY_FINE,
				"%s: %s: %s", CASES[i].name, findings[j].id, findings[j].text);
			cr_assert_eq(findings[j].remedy != NULL, findings[j].level != VERIFY_FINE,
				"%s: %s", CASES[i].name, findings[j].id);
		}
		cr_assert_not_null(strstr(find(findings, CASES[i].id)->text, CASES[i].text),
			"%s: %s", CASES[i].name, find(findings, CASES[i].id)->text);
	}
}

Test(verify, a_ca_that_grows_old_is_told_while_there_is_time)
{
	const int64_t now = KIT_NOW + 2600 * (int64_t)KIT_DAY;
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", now);
	struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pair.cert_pem);
	struct x509_chain *roots CLEANUP(x509_chain_free) = kit_chain(ca.cert_pem);
	struct x509_key *key CLEANUP(x509_key_free) = kit_key(pair.key_pem);
	const struct verify_input input = {.chain = chain, .key = key, .roots = roots, .now = now};
	struct verify_finding findings[VERIFY_CHECKS];

	cr_assert_eq(verify_pair(&input, findings), VERIFY_WARNING);
	cr_assert_not_null(strstr(find(findings, "ca")->text, "(in 2 years)"), "%s",
		find(findings, "ca")->text);
}

static const struct {
	const char *options;
	const char *id;
	enum verify_level level;
	const char *text;
} FOREIGN[] = {
	{"rsa:2048 -addext subjectAltName=DNS:a", "kind", VERIFY_WARNING, "RSA 2048"},
	{"ed448 -addext subjectAltName=DNS:a", "kind", VERIFY_ERROR, "cannot use"},
	{"ed25519 -addext subjectAltName=DNS:a", "kind", VERIFY_FINE, "Ed25519"},
	{"ed25519", "names", VERIFY_ERROR, "no subjectAltName"},
	{"ed25519 -addext subjectAltName=DNS:a -addext extendedKeyUsage=clientAuth", "usage",
		VERIFY_ERROR, "do not allow"},
};

Test(verify, what_others_issued_is_judged_by_what_clients_and_listener_can_do)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	for (size_t i = 0; i < ARRAY_LEN(FOREIGN); i++) {
		kit_run("cd '%s' && openssl req -x509 -newkey %s -nodes -keyout k -out c -subj "
			"/CN=a "
			"2>log",
			folder, FOREIGN[i].options);
		char *pem CLEANUP(mem_free) = kit_read(folder, "c");
		char *key_pem CLEANUP(x509_secret_free) = kit_read(folder, "k");
		struct x509_chain *chain CLEANUP(x509_chain_free) = kit_chain(pem);
		struct x509_key *key CLEANUP(x509_key_free) = kit_key(key_pem);
		const struct verify_input input = {
			.chain = chain, .key = key, .now = (int64_t)time(NULL)};
		struct verify_finding findings[VERIFY_CHECKS];

		verify_pair(&input, findings);
		cr_assert_eq(find(findings, FOREIGN[i].id)->level, FOREIGN[i].level, "%s",
			FOREIGN[i].options);
		cr_assert_not_null(strstr(find(findings, FOREIGN[i].id)->text, FOREIGN[i].text),
			"%s", find(findings, FOREIGN[i].id)->text);
	}
}
