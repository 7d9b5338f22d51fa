/*
 * Keeps the serving pair in force up to date, in a thread of its own: notices changed files (by
 * inotify on the directory, and by looking every ten seconds for what inotify does not see) and
 * mints again what is ours and grows old.
 *
 * A changed pair comes into force when it can be served and its checks find no error; when the
 * pair in force has errors too, any pair that can be served does. Otherwise the old one stays.
 */
#pragma once

#include "certs/serving.h"

/*
 * Called in the watcher's thread, once per change. Either `pair` is the new pair in force, and
 * lives until the next call that brings one, or until serving_watch_stop(); or `err` says why what
 * the directory holds now is not taken.
 */
typedef void serving_changed_fn(
	void *context, const struct serving_pair *pair, const struct err *err);

struct serving_watch_options {
	struct serving_options serving; /* its texts must outlive the watch */
	serving_changed_fn *changed;
	void *context;
	int poll_ms;   /* 0: 10,000 */
	int settle_ms; /* quiet that ends a series of writes; 0: 100 */
};

struct serving_watch;

/*
 * Takes over `*pair`, the pair in force, and nulls it; it lives as long as `pair` above. Where
 * inotify is not to be had, the poll alone finds changes.
 */
MUST_CHECK bool serving_watch_start(const struct serving_watch_options *options,
	struct serving_pair **pair, struct serving_watch **out, struct err *err);
/* Looks at the directory now, without waiting for the poll. From any thread. */
void serving_watch_poke(struct serving_watch *watch);
/* When it returns, no callback runs and none will; frees the pair in force. */
void serving_watch_stop(struct serving_watch **watch);
