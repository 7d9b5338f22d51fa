#include "certs/serving_watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "certs/serving_mint.h"
#include "tests/support/certs_kit.h"

enum { NO_POLL = 3600 * 1000, DEADLINE_SECONDS = 20 };

static _Atomic int64_t now_at = KIT_NOW;

static int64_t test_clock(void)
{
	return atomic_load(&now_at);
}

/* What the callback said so far. */
struct record {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int pairs;
	int errors;
	char cert[4096];
	char error[256];
};

static void note(void *context, const struct serving_pair *pair, const struct err *err)
{
	struct record *const record = context;

	pthread_mutex_lock(&record->mutex);
	if (pair) {
		record->pairs++;
		snprintf(record->cert, sizeof(record->cert), "%s", pair->cert_pem);
	} else {
		record->errors++;
		snprintf(record->error, sizeof(record->error), "%s", err->text);
	}
	pthread_cond_broadcast(&record->changed);
	pthread_mutex_unlock(&record->mutex);
}

/* Waits until as many calls were made, and demands that there were no more. */
static void expect(struct record *record, int pairs, int errors)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += DEADLINE_SECONDS;
	pthread_mutex_lock(&record->mutex);
	while (record->pairs < pairs || record->errors < errors)
		if (pthread_cond_timedwait(&record->changed, &record->mutex, &deadline))
			break;
	cr_assert_eq(record->pairs, pairs, "%d pairs; last error %s", record->pairs, record->error);
	cr_assert_eq(record->errors, errors, "%d errors; last %s", record->errors, record->error);
	pthread_mutex_unlock(&record->mutex);
}

#define RECORD_INIT                                                                                \
	{                                                                                          \
		.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER            \
	}

static struct serving_watch *start(
	const char *folder, bool mint, int poll_ms, struct record *record)
{
	const struct serving_watch_options options = {
		.serving = {.dir = folder, .mint = mint, .clock = test_clock},
		.changed = note,
		.context = record,
		.poll_ms = poll_ms,
		.settle_ms = 1,
	};
	struct serving_pair *pair = NULL;
	struct serving_watch *watch = NULL;
	struct err err;

	cr_assert(serving_load_or_mint(&options.serving, &pair, &err), "%s", err.text);
	cr_assert(serving_watch_start(&options, &pair, &watch, &err), "%s", err.text);
	cr_assert_null(pair);
	return watch;
}

struct set {
	struct mint_pair ca;
	struct mint_pair leaf;
};

static struct set set_at(int64_t now)
{
	struct set set = {.ca = kit_ca(now)};

	set.leaf = kit_pair(&set.ca, "localhost", now);
	return set;
}

static void set_done(struct set *set)
{
	mint_pair_done(&set->ca);
	mint_pair_done(&set->leaf);
}

static void put(const char *folder, const struct set *set)
{
	kit_write(folder, "ca.crt", set->ca.cert_pem);
	kit_write(folder, "tls.key", set->leaf.key_pem);
	kit_write(folder, "tls.crt", set->leaf.cert_pem);
}

/* As kubelet does it: a new directory, a link to it, the link renamed over `..data`. */
static void swap(const char *folder, const char *version, const struct set *set)
{
	char inner[512];

	snprintf(inner, sizeof(inner), "%s/..%s", folder, version);
	kit_run("mkdir '%s'", inner);
	put(inner, set);
	kit_run("cd '%s' && old=$(readlink ..data || true) && ln -s ..%s ..data_tmp && "
		"mv -T ..data_tmp ..data && for f in tls.crt tls.key ca.crt; do "
		"test -L $f || ln -s ..data/$f $f; done && rm -rf \"$old\"",
		folder, version);
}

Test(serving_watch, kubelets_swap_of_a_link_is_noticed_once)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct set a CLEANUP(set_done) = set_at(KIT_NOW), b CLEANUP(set_done) = set_at(KIT_NOW),
		     c CLEANUP(set_done) = set_at(KIT_NOW);
	struct record record = RECORD_INIT;

	swap(folder, "v1", &a);
	struct serving_watch *watch CLEANUP(serving_watch_stop) =
		start(folder, false, NO_POLL, &record);

	swap(folder, "v2", &b);
	expect(&record, 1, 0);
	cr_assert_str_eq(record.cert, b.leaf.cert_pem);
	/* What says nothing new is looked at before the next change, and not reported. */
	kit_run("touch '%s/other' && touch '%s/tls.crt'", folder, folder);
	serving_watch_poke(watch);
	swap(folder, "v3", &c);
	expect(&record, 2, 0);
	cr_assert_str_eq(record.cert, c.leaf.cert_pem);
}

Test(serving_watch, a_change_between_load_and_start_is_not_lost)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct set a CLEANUP(set_done) = set_at(KIT_NOW), b CLEANUP(set_done) = set_at(KIT_NOW);
	struct record record = RECORD_INIT;
	const struct serving_watch_options options = {
		.serving = {.dir = folder, .clock = test_clock},
		.changed = note,
		.context = &record,
		.poll_ms = NO_POLL,
	};
	struct serving_pair *pair = NULL;
	struct serving_watch *watch CLEANUP(serving_watch_stop) = NULL;
	struct err err;

	put(folder, &a);
	cr_assert(serving_load(&options.serving, &pair, &err), "%s", err.text);
	put(folder, &b);
	cr_assert(serving_watch_start(&options, &pair, &watch, &err), "%s", err.text);
	expect(&record, 1, 0);
}

Test(serving_watch, the_poll_finds_what_inotify_does_not_see)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char *elsewhere CLEANUP(kit_folder_done) = kit_folder();
	struct set a CLEANUP(set_done) = set_at(KIT_NOW), b CLEANUP(set_done) = set_at(KIT_NOW);
	struct record record = RECORD_INIT;

	kit_run("mkdir '%s/1' '%s/2'", elsewhere, elsewhere);
	char first[512], second[512];

	snprintf(first, sizeof(first), "%s/1", elsewhere);
	snprintf(second, sizeof(second), "%s/2", elsewhere);
	put(first, &a);
	put(second, &b);
	kit_run("ln -s 1 '%s/now' && cd '%s' && for f in tls.crt tls.key ca.crt; do "
		"ln -s '%s/now/'$f $f; done",
		elsewhere, folder, elsewhere);
	struct serving_watch *watch CLEANUP(serving_watch_stop) = start(folder, false, 10, &record);

	kit_run("cd '%s' && ln -s 2 next && mv -T next now", elsewhere);
	/* The three files are read one by one through the outer link, so a mixed set is possible
	 * once and is reported; the pair comes in any case. */
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += DEADLINE_SECONDS;
	pthread_mutex_lock(&record.mutex);
	while (record.pairs == 0)
		if (pthread_cond_timedwait(&record.changed, &record.mutex, &deadline))
			break;
	cr_assert_eq(record.pairs, 1);
	pthread_mutex_unlock(&record.mutex);
	cr_assert_str_eq(record.cert, b.leaf.cert_pem);
}

Test(serving_watch, a_half_written_pair_is_reported_once_and_the_old_one_stays)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct set a CLEANUP(set_done) = set_at(KIT_NOW), b CLEANUP(set_done) = set_at(KIT_NOW);
	struct record record = RECORD_INIT;

	put(folder, &a);
	struct serving_watch *watch CLEANUP(serving_watch_stop) =
		start(folder, false, NO_POLL, &record);

	kit_run("rm '%s/tls.key'", folder);
	expect(&record, 0, 1);
	cr_assert_not_null(strstr(record.error, "'tls.key'"), "%s", record.error);
	kit_run("touch '%s/noise'", folder);
	serving_watch_poke(watch);
	kit_run("cd '%s' && cat >key.new <<'E'\n%sE\nmv key.new tls.key", folder, b.leaf.key_pem);
	expect(&record, 0, 2);
	cr_assert_not_null(strstr(record.error, "does not belong"), "%s", record.error);
	kit_run("cd '%s' && cat >crt.new <<'E'\n%sE\nmv crt.new tls.crt", folder, b.leaf.cert_pem);
	expect(&record, 0, 3);
	cr_assert_not_null(strstr(record.error, "does not chain to ca.crt"), "%s", record.error);
	kit_run("cd '%s' && cat >ca.new <<'E'\n%sE\nmv ca.new ca.crt", folder, b.ca.cert_pem);
	expect(&record, 1, 3);
	cr_assert_str_eq(record.cert, b.leaf.cert_pem);
}

Test(serving_watch, an_expired_pair_does_not_replace_a_valid_one)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct set a CLEANUP(set_done) = set_at(KIT_NOW),
		     old CLEANUP(set_done) = set_at(KIT_NOW - 400 * (int64_t)KIT_DAY);
	struct record record = RECORD_INIT;

	swap(folder, "v1", &a);
	struct serving_watch *watch CLEANUP(serving_watch_stop) =
		start(folder, false, NO_POLL, &record);

	swap(folder, "v2", &old);
	expect(&record, 0, 1);
	cr_assert_not_null(strstr(record.error, "expired"), "%s", record.error);
	/* When the one in force has no life left either, the newest is as good as any. */
	atomic_store(&now_at, KIT_NOW + 400 * (int64_t)KIT_DAY);
	serving_watch_poke(watch);
	expect(&record, 1, 1);
}

Test(serving_watch, a_directory_that_goes_and_comes_back_is_watched_again)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char inner[512], next[512];
	struct set a CLEANUP(set_done) = set_at(KIT_NOW), b CLEANUP(set_done) = set_at(KIT_NOW);
	struct record record = RECORD_INIT;

	snprintf(inner, sizeof(inner), "%s/certs", folder);
	kit_run("mkdir '%s'", inner);
	put(inner, &a);
	struct serving_watch *watch CLEANUP(serving_watch_stop) =
		start(inner, false, NO_POLL, &record);

	kit_run("mv '%s' '%s/gone'", inner, folder);
	expect(&record, 0, 1);
	snprintf(next, sizeof(next), "%s/next", folder);
	kit_run("mkdir '%s'", next);
	put(next, &b);
	kit_run("mv '%s/next' '%s/certs'", folder, folder);
	serving_watch_poke(watch);
	expect(&record, 1, 1);
	/* From now on by inotify again. */
	kit_run("cd '%s/certs' && rm tls.crt", folder);
	expect(&record, 1, 2);
}

Test(serving_watch, what_was_minted_is_minted_again_before_it_ends)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct record on_disk = RECORD_INIT, in_memory = RECORD_INIT;
	struct serving_watch *disk CLEANUP(serving_watch_stop) =
		start(folder, true, NO_POLL, &on_disk);
	struct serving_watch *memory CLEANUP(serving_watch_stop) =
		start(NULL, true, NO_POLL, &in_memory);

	atomic_store(&now_at, KIT_NOW + 250 * (int64_t)KIT_DAY);
	serving_watch_poke(disk);
	serving_watch_poke(memory);
	expect(&on_disk, 1, 0);
	expect(&in_memory, 1, 0);
	char *cert CLEANUP(mem_free) = kit_read(folder, "tls.crt");

	cr_assert_str_eq(on_disk.cert, cert);
	/* Its own writing is no change to it, the next year is. */
	serving_watch_poke(disk);
	atomic_store(&now_at, KIT_NOW + 500 * (int64_t)KIT_DAY);
	serving_watch_poke(disk);
	expect(&on_disk, 2, 0);
}

Test(serving_watch, it_stops_while_it_has_nothing_to_do_and_twice_is_harmless)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct record record = RECORD_INIT;
	struct serving_watch *watch = start(folder, true, NO_POLL, &record);

	serving_watch_stop(&watch);
	cr_assert_null(watch);
	serving_watch_stop(&watch);
	expect(&record, 0, 0);
}
