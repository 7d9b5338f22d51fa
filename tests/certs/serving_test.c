#include "certs/serving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "certs/serving_mint.h"
#include "tests/support/certs_kit.h"

static int64_t now_at = KIT_NOW;

static int64_t test_clock(void)
{
	return now_at;
}

static struct serving_options in(const char *folder, bool mint)
{
	return (struct serving_options){.dir = folder, .mint = mint, .clock = test_clock};
}

static struct serving_pair *must_load(const struct serving_options *options)
{
	struct serving_pair *pair = NULL;
	struct err err;

	cr_assert(serving_load_or_mint(options, &pair, &err), "%s", err.text);
	return pair;
}

static mode_t mode_of(const char *folder, const char *name)
{
	char path[512];
	struct stat stat_of;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	cr_assert_eq(stat(path, &stat_of), 0, "%s", path);
	return stat_of.st_mode & 07777;
}

Test(serving, an_absent_directory_is_made_and_filled_for_this_user_alone)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char deep[512];

	snprintf(deep, sizeof(deep), "%s/a/b//c", folder);
	const struct serving_options options = in(deep, true);
	struct serving_pair *pair CLEANUP(serving_free) = must_load(&options);
	char *key CLEANUP(x509_secret_free) = kit_read(deep, "tls.key");
	char *ca CLEANUP(mem_free) = kit_read(deep, "ca.crt");

	cr_assert_str_eq(pair->key_pem, key);
	cr_assert_str_eq(pair->ca_pem, ca);
	cr_assert(pair->ca_is_new);
	cr_assert_eq(mode_of(deep, "."), 0700);
	cr_assert_eq(mode_of(folder, "a"), 0700);
	cr_assert_eq(mode_of(deep, "tls.key"), 0600);
	cr_assert_eq(mode_of(deep, "ca.key"), 0600);
	cr_assert_eq(mode_of(deep, "tls.crt"), 0644);
	cr_assert_eq(mode_of(deep, "ca.crt"), 0644);
	kit_run("test \"$(ls -A '%s' | tr '\\n' ' ')\" = 'ca.crt ca.key tls.crt tls.key '", deep);
}

Test(serving, a_minted_pair_serves_this_machine_and_passes_every_check)
{
	static const char *const HOSTS[] = {"localhost", "127.0.0.1", "::1"};
	const struct serving_options memory = in(NULL, true);
	struct serving_pair *pair CLEANUP(serving_free) = must_load(&memory);
	struct serving_options asked = memory;
	struct verify_finding findings[VERIFY_CHECKS];

	asked.hosts = HOSTS;
	asked.host_count = ARRAY_LEN(HOSTS);
	const enum verify_level worst = serving_verify(pair, &asked, findings);

	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		cr_assert_eq(
			findings[i].level, VERIFY_FINE, "%s: %s", findings[i].id, findings[i].text);
	cr_assert_eq(worst, VERIFY_FINE);
}

Test(serving, what_is_there_is_taken_as_it_is)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const struct serving_options options = in(folder, true);
	struct serving_pair *first CLEANUP(serving_free) = must_load(&options);
	struct serving_pair *second CLEANUP(serving_free) = must_load(&options);

	cr_assert_str_eq(first->digest, second->digest);
	cr_assert_str_eq(first->cert_pem, second->cert_pem);
	cr_assert_not(second->ca_is_new);
}

Test(serving, without_leave_to_mint_a_missing_pair_is_an_error_that_says_what_to_do)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const struct serving_options options = in(folder, false);
	const struct serving_options nowhere = in("/nonexistent/certs", false);
	const struct serving_options none = in(NULL, false);
	struct serving_pair *pair = NULL;
	struct err err;

	cr_assert_not(serving_load_or_mint(&options, &pair, &err));
	cr_assert_eq(err.code, ERR_NOT_FOUND);
	cr_assert_not_null(strstr(err.text, "raygate certs mint --cert-dir"), "%s", err.text);
	cr_assert_not(serving_load_or_mint(&nowhere, &pair, &err));
	cr_assert_eq(err.code, ERR_NOT_FOUND);
	cr_assert_not(serving_load_or_mint(&none, &pair, &err));
	cr_assert_not_null(strstr(err.text, "--cert-dir"), "%s", err.text);
	cr_assert_null(pair);
	kit_run("test -z \"$(ls -A '%s')\"", folder);
}

Test(serving, our_pair_is_minted_again_at_two_thirds_of_its_life_by_the_same_ca)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const char *const host = "raygate.ray.svc";
	struct serving_options options = in(folder, true);

	options.hosts = &host;
	options.host_count = 1;
	struct serving_pair *first CLEANUP(serving_free) = must_load(&options);

	options.host_count = 0;
	now_at = KIT_NOW + 240 * (int64_t)KIT_DAY;
	struct serving_pair *young CLEANUP(serving_free) = must_load(&options);

	cr_assert_str_eq(young->cert_pem, first->cert_pem);
	now_at = KIT_NOW + 245 * (int64_t)KIT_DAY;
	struct serving_pair *second CLEANUP(serving_free) = must_load(&options);

	cr_assert_str_neq(second->cert_pem, first->cert_pem);
	cr_assert_str_neq(second->key_pem, first->key_pem);
	cr_assert_str_eq(second->ca_pem, first->ca_pem);
	cr_assert_eq(second->not_after, now_at + 365 * (int64_t)KIT_DAY);
	cr_assert_eq(second->host_count, 1);
	cr_assert_str_eq(second->hosts[0], host);
}

Test(serving, an_ageing_ca_is_replaced_with_the_pair)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const struct serving_options options = in(folder, true);
	struct serving_pair *first CLEANUP(serving_free) = must_load(&options);

	now_at = KIT_NOW + 2500 * (int64_t)KIT_DAY;
	struct serving_pair *second CLEANUP(serving_free) = must_load(&options);
	struct verify_finding findings[VERIFY_CHECKS];

	cr_assert_str_neq(second->ca_pem, first->ca_pem);
	cr_assert(second->ca_is_new);
	cr_assert_leq(serving_verify(second, &options, findings), VERIFY_SKIPPED);
}

Test(serving, a_host_that_our_pair_lacks_is_added_to_those_it_has)
{
	static const char *const FIRST[] = {"a", "*.b.c"}, *const SECOND[] = {
								   "x.b.c", "*.b.c", "d"};
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct serving_options options = in(folder, true);

	options.hosts = FIRST;
	options.host_count = 2;
	struct serving_pair *first CLEANUP(serving_free) = must_load(&options);

	options.hosts = SECOND;
	options.host_count = 2;
	struct serving_pair *same CLEANUP(serving_free) = must_load(&options);

	cr_assert_str_eq(same->cert_pem, first->cert_pem, "a wildcard covers both");
	options.host_count = 3;
	struct serving_pair *more CLEANUP(serving_free) = must_load(&options);
	struct verify_finding findings[VERIFY_CHECKS];

	options.hosts = FIRST;
	options.host_count = 1;
	cr_assert_leq(serving_verify(more, &options, findings), VERIFY_SKIPPED);
	options.hosts = SECOND + 2;
	cr_assert_leq(serving_verify(more, &options, findings), VERIFY_SKIPPED);
}

/* Puts a pair of somebody else's into the folder: no ca.key. */
static void put_foreign(const char *folder, int64_t made_at)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(made_at);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "foreign", made_at);

	kit_write(folder, "ca.crt", ca.cert_pem);
	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
}

Test(serving, a_pair_of_somebody_else_is_never_replaced_unasked)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const char *const host = "other";
	struct serving_options options = in(folder, true);
	struct serving_pair *minted = NULL;
	struct verify_finding findings[VERIFY_CHECKS];
	struct err err;

	put_foreign(folder, KIT_NOW - 400 * (int64_t)KIT_DAY);
	char *before CLEANUP(mem_free) = kit_read(folder, "tls.crt");
	options.hosts = &host;
	options.host_count = 1;
	struct serving_pair *pair CLEANUP(serving_free) = must_load(&options);

	cr_assert_str_eq(pair->cert_pem, before);
	cr_assert_null(pair->ca_key_pem);
	cr_assert_eq(serving_verify(pair, &options, findings), VERIFY_ERROR);
	cr_assert_not(serving_mint(&options, SERVING_KEEP_CA, &minted, &err));
	cr_assert_eq(err.code, ERR_CONFLICT, "%s", err.text);
	cr_assert(serving_mint(&options, SERVING_NEW_CA, &minted, &err), "%s", err.text);
	cr_assert_str_neq(minted->cert_pem, before);
	cr_assert_not_null(minted->ca_key_pem);
	serving_free(&minted);
}

Test(serving, a_ca_without_its_key_is_not_overwritten)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	const struct serving_options options = in(folder, true);
	struct serving_pair *pair = NULL;
	struct err err;

	kit_write(folder, "ca.crt", ca.cert_pem);
	cr_assert_not(serving_load_or_mint(&options, &pair, &err));
	cr_assert_eq(err.code, ERR_CONFLICT, "%s", err.text);
	kit_write(folder, "ca.key", ca.key_pem);
	pair = must_load(&options);
	cr_assert_str_eq(pair->ca_pem, ca.cert_pem);
	serving_free(&pair);
}

static const struct {
	const char *name;
	const char *file;
	const char *content; /* NULL: remove it */
	const char *error;
} BROKEN[] = {
	{"no key", "tls.key", NULL, "no readable tls.crt and tls.key"},
	{"no certificate", "tls.crt", NULL, "no readable tls.crt and tls.key"},
	{"empty certificate", "tls.crt", "", "'tls.crt': is empty"},
	{"garbage key", "tls.key", "garbage", "'tls.key': holds no private key"},
	{"garbage CA", "ca.crt", "garbage", "'ca.crt': holds no certificate"},
};

Test(serving, a_broken_file_is_named)
{
	for (size_t i = 0; i < ARRAY_LEN(BROKEN); i++) {
		char *folder CLEANUP(kit_folder_done) = kit_folder();
		const struct serving_options options = in(folder, false);
		struct serving_pair *pair = NULL;
		struct err err;

		put_foreign(folder, KIT_NOW);
		if (BROKEN[i].content)
			kit_write(folder, BROKEN[i].file, BROKEN[i].content);
		else
			kit_run("rm '%s/%s'", folder, BROKEN[i].file);
		cr_assert_not(serving_load(&options, &pair, &err), "%s", BROKEN[i].name);
		cr_assert_not_null(
			strstr(err.text, BROKEN[i].error), "%s: %s", BROKEN[i].name, err.text);
		cr_assert_not_null(strstr(err.text, folder), "%s: %s", BROKEN[i].name, err.text);
	}
}

Test(serving, a_key_of_another_certificate_is_refused)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair other CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	const struct serving_options options = in(folder, false);
	struct serving_pair *pair = NULL;
	struct err err;

	put_foreign(folder, KIT_NOW);
	kit_write(folder, "tls.key", other.key_pem);
	cr_assert_not(serving_load(&options, &pair, &err));
	cr_assert_not_null(strstr(err.text, "does not belong"), "%s", err.text);
	cr_assert_null(strstr(err.text, "BEGIN"));
}

Test(serving, a_pipe_a_directory_or_an_endless_file_does_not_hold_us_up)
{
	static const char *const HOW[] = {"mkfifo tls.crt", "mkdir tls.crt",
		"ln -s /dev/zero tls.crt", "truncate -s 2G tls.crt", "ln -s tls.crt tls.crt"};

	for (size_t i = 0; i < ARRAY_LEN(HOW); i++) {
		char *folder CLEANUP(kit_folder_done) = kit_folder();
		const struct serving_options options = in(folder, false);
		struct serving_pair *pair = NULL;
		struct err err;

		put_foreign(folder, KIT_NOW);
		kit_run("cd '%s' && rm tls.crt && %s", folder, HOW[i]);
		cr_assert_not(serving_load(&options, &pair, &err), "%s", HOW[i]);
		cr_assert_not_null(strstr(err.text, "tls.crt"), "%s: %s", HOW[i], err.text);
	}
}

Test(serving, an_empty_ca_is_no_ca)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	const struct serving_options options = in(folder, false);
	struct verify_finding findings[VERIFY_CHECKS];

	put_foreign(folder, KIT_NOW);
	kit_write(folder, "ca.crt", "\n");
	struct serving_pair *pair CLEANUP(serving_free) = must_load(&options);

	cr_assert_null(pair->ca_pem);
	cr_assert_eq(serving_verify(pair, &options, findings), VERIFY_SKIPPED);
}

Test(serving, a_directory_that_cannot_be_made_says_so)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char below[512];

	kit_write(folder, "file", "");
	snprintf(below, sizeof(below), "%s/file/certs", folder);
	const struct serving_options options = in(below, true);
	struct serving_pair *pair = NULL;
	struct err err;

	cr_assert_not(serving_load_or_mint(&options, &pair, &err));
	cr_assert_not_null(strstr(err.text, below), "%s", err.text);
}
