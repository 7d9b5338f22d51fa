/*
 * Threads that mint into one empty directory at once must end with one pair that all agree on; a
 * watch must follow a directory that changes under it while it is poked from other threads.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "certs/serving_mint.h"
#include "certs/serving_watch.h"

enum { THREADS = 8, ROUNDS = 20, DEADLINE_SECONDS = 60 };

static void fail(const char *what)
{
	fprintf(stderr, "certs: %s\n", what);
	exit(1);
}

struct minter {
	pthread_t thread;
	struct serving_options options;
	char digest[X509_DIGEST_SIZE];
};

static void *mint(void *context)
{
	struct minter *const minter = context;
	struct serving_pair *pair = NULL;
	struct err err;

	if (!serving_load_or_mint(&minter->options, &pair, &err))
		fail(err.text);
	memcpy(minter->digest, pair->digest, sizeof(minter->digest));
	serving_free(&pair);
	return NULL;
}

static void mint_at_once(const char *dir)
{
	struct minter minters[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		minters[i] = (struct minter){.options = {.dir = dir, .mint = true}};
		if (pthread_create(&minters[i].thread, NULL, mint, &minters[i]))
			fail("no thread");
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(minters[i].thread, NULL);
		if (strcmp(minters[i].digest, minters[0].digest) != 0)
			fail("two processes minted two pairs");
	}
}

/* What came into force last, and what the watch is asked to follow. */
struct follower {
	struct serving_watch *watch;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	char digest[X509_DIGEST_SIZE];
	atomic_bool done;
};

static void note(void *context, const struct serving_pair *pair, const struct err *err)
{
	struct follower *const follower = context;

	/* Between two files of one round the directory is mixed; that may be told. */
	(void)err;
	if (pair == NULL)
		return;
	pthread_mutex_lock(&follower->mutex);
	memcpy(follower->digest, pair->digest, sizeof(follower->digest));
	pthread_cond_signal(&follower->changed);
	pthread_mutex_unlock(&follower->mutex);
}

static void *poke(void *context)
{
	struct follower *const follower = context;

	while (!atomic_load(&follower->done)) {
		serving_watch_poke(follower->watch);
		nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
	}
	return NULL;
}

static void wait_for(struct follower *follower, const char *digest)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += DEADLINE_SECONDS;
	pthread_mutex_lock(&follower->mutex);
	while (strcmp(follower->digest, digest) != 0)
		if (pthread_cond_timedwait(&follower->changed, &follower->mutex, &deadline))
			fail("a minted pair never came into force");
	pthread_mutex_unlock(&follower->mutex);
}

static void follow(const char *dir)
{
	struct follower follower = {
		.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
	const struct serving_watch_options options = {.serving = {.dir = dir, .mint = true},
		.changed = note,
		.context = &follower,
		.settle_ms = 1};
	struct serving_pair *pair = NULL;
	struct err err;
	pthread_t poker;

	if (!serving_load(&options.serving, &pair, &err) ||
		!serving_watch_start(&options, &pair, &follower.watch, &err))
		fail(err.text);
	if (pthread_create(&poker, NULL, poke, &follower))
		fail("no thread");
	for (int i = 0; i < ROUNDS; i++) {
		struct serving_pair *next = NULL;

		if (!serving_mint(&options.serving, i % 2 ? SERVING_NEW_CA : SERVING_KEEP_CA, &next,
			    &err))
			fail(err.text);
		wait_for(&follower, next->digest);
		serving_free(&next);
	}
	atomic_store(&follower.done, true);
	pthread_join(poker, NULL);
	serving_watch_stop(&follower.watch);
}

int main(void)
{
	const char *const base = getenv("TMPDIR");
	struct buf path = {0}, clean = {0};

	buf_printf(&path, "%s/raygate-stress-XXXXXX", base ? base : P_tmpdir);
	char *const dir = buf_take(&path);

	if (mkdtemp(dir) == NULL)
		fail("no temporary directory");
	mint_at_once(dir);
	follow(dir);
	buf_printf(&clean, "rm -rf '%s'", dir);
	char *const command = buf_take(&clean);
	const int failed = system(command);

	free(command);
	free(dir);
	return failed ? 1 : 0;
}
