#include "certs/serving_watch.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/thread.h"
#include "certs/serving_mint.h"

enum {
	POLL_MS = 10 * 1000, /* controller-runtime's, since inotify alone missed kubelet's swap */
	SETTLE_MS = 100,
	SETTLE_ROUNDS = 20, /* a directory that never comes to rest is looked at all the same */
};

struct serving_watch {
	struct serving_watch_options options;
	pthread_t thread;
	int inotify; /* -1 without */
	int wake;    /* an eventfd: poked or stopped */
	atomic_bool stopping;
	/* Of the thread alone from here on. */
	struct serving_pair *pair;
	char refused[X509_DIGEST_SIZE]; /* what was reported, so that it is reported once */
	struct err reported;
};

static void report(struct serving_watch *watch, const char *digest, const struct err *err)
{
	if (strcmp(watch->refused, digest) == 0 && strcmp(watch->reported.text, err->text) == 0)
		return;
	snprintf(watch->refused, sizeof(watch->refused), "%s", digest);
	watch->reported = *err;
	watch->options.changed(watch->options.context, NULL, err);
}

static void forget_report(struct serving_watch *watch)
{
	watch->refused[0] = '\0';
	watch->reported = (struct err){0};
}

static void take(struct serving_watch *watch, struct serving_pair *pair)
{
	struct serving_pair *old = watch->pair;

	watch->pair = pair;
	forget_report(watch);
	watch->options.changed(watch->options.context, pair, NULL);
	serving_free(&old);
}

static bool is_better_kept(
	struct serving_watch *watch, const struct serving_pair *pair, struct err *err)
{
	const struct serving_options *const options = &watch->options.serving;
	struct verify_finding findings[VERIFY_CHECKS], current[VERIFY_CHECKS];

	/* in this order: time may pass between them, and what is in force is not to look too good
	 */
	if (serving_verify(pair, options, findings) < VERIFY_ERROR ||
		serving_verify(watch->pair, options, current) == VERIFY_ERROR)
		return false;
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		if (findings[i].level != VERIFY_ERROR)
			continue;
		err_set(err, ERR_INVALID,
			"the new certificate in '%.80s' is not taken into service: %.120s",
			options->dir, findings[i].text);
		break;
	}
	return true;
}

/* Whether the directory holds the pair in force. */
static bool look_at_files(struct serving_watch *watch)
{
	struct serving_files files CLEANUP(serving_files_done) = {0};
	struct serving_pair *pair CLEANUP(serving_free) = NULL;
	char digest[X509_DIGEST_SIZE] = "";
	struct err err;

	if (!serving_files_read(&watch->options.serving, &files, &err)) {
		err_wrap(&err, "certificate directory '%.100s'", watch->options.serving.dir);
		report(watch, digest, &err);
		return false;
	}
	serving_files_digest(&files, digest);
	if (strcmp(digest, watch->pair->digest) == 0) {
		forget_report(watch);
		return true;
	}
	if (!serving_from_files(&files, &pair, &err)) {
		err_wrap(&err, "certificate directory '%.100s'", watch->options.serving.dir);
		report(watch, digest, &err);
	} else if (is_better_kept(watch, pair, &err)) {
		report(watch, digest, &err);
	} else {
		take(watch, pair);
		pair = NULL;
		return true;
	}
	return false;
}

static void look_at_age(struct serving_watch *watch)
{
	const struct serving_options *const options = &watch->options.serving;
	struct serving_pair *next = NULL;
	struct err err;

	if (!options->mint || !serving_needs_renewal(watch->pair, serving_now(options)))
		return;
	if (serving_renew(options, watch->pair, &next, &err)) {
		take(watch, next);
		return;
	}
	err_wrap(&err, "renew the certificate");
	report(watch, watch->pair->digest, &err);
}

static void look(struct serving_watch *watch)
{
	/* Each time, as the directory may have been replaced; for the same one it changes nothing.
	 */
	if (watch->inotify >= 0 && watch->options.serving.dir)
		inotify_add_watch(watch->inotify, watch->options.serving.dir,
			IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY |
				IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);
	if (watch->options.serving.dir == NULL || look_at_files(watch))
		look_at_age(watch);
}

static void drain(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof(events)) > 0)
		;
}

/* Whether something happened within `timeout` milliseconds. */
static bool wait_once(struct serving_watch *watch, int timeout)
{
	struct pollfd fds[] = {
		{.fd = watch->wake, .events = POLLIN},
		{.fd = watch->inotify, .events = POLLIN},
	};

	if (poll(fds, ARRAY_LEN(fds), timeout) <= 0)
		return false;
	if (fds[0].revents)
		drain(watch->wake);
	if (fds[1].revents)
		drain(watch->inotify);
	return true;
}

static void wait_for_change(struct serving_watch *watch)
{
	if (!wait_once(watch, watch->options.poll_ms))
		return;
	for (int i = 0; i < SETTLE_ROUNDS && !atomic_load(&watch->stopping); i++)
		if (!wait_once(watch, watch->options.settle_ms))
			return;
}

static void *run(void *context)
{
	struct serving_watch *const watch = context;

	while (!atomic_load(&watch->stopping)) {
		look(watch);
		wait_for_change(watch);
	}
	return NULL;
}

static void watch_free(struct serving_watch **watch)
{
	if (*watch == NULL)
		return;
	if ((*watch)->wake >= 0)
		close((*watch)->wake);
	if ((*watch)->inotify >= 0)
		close((*watch)->inotify);
	serving_free(&(*watch)->pair);
	mem_free(watch);
}

bool serving_watch_start(const struct serving_watch_options *options, struct serving_pair **pair,
	struct serving_watch **out, struct err *err)
{
	struct serving_watch *watch CLEANUP(watch_free) = mem_alloc(sizeof(*watch));

	watch->options = *options;
	if (watch->options.poll_ms <= 0)
		watch->options.poll_ms = POLL_MS;
	if (watch->options.settle_ms <= 0)
		watch->options.settle_ms = SETTLE_MS;
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (watch->wake < 0)
		return err_errno(err, "watch certificates");
	watch->pair = *pair;
	if (!thread_start(&watch->thread, "certificates", run, watch)) {
		watch->pair = NULL;
		return err_set(err, ERR_UNAVAILABLE, "watch certificates: no thread is to be had");
	}
	*pair = NULL;
	*out = watch;
	watch = NULL;
	return true;
}

void serving_watch_poke(struct serving_watch *watch)
{
	eventfd_write(watch->wake, 1);
}

void serving_watch_stop(struct serving_watch **watch)
{
	if (*watch == NULL)
		return;
	atomic_store(&(*watch)->stopping, true);
	serving_watch_poke(*watch);
	pthread_join((*watch)->thread, NULL);
	watch_free(watch);
}
