/* Cuts a stream of bytes into lines, whatever pieces it comes in. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* Start from {.limit = …}; kube_lines_done() frees. */
struct kube_lines {
	struct buf begun; /* a line whose end has not come yet */
	size_t limit;     /* bytes of a line */
	bool too_long;    /* one was longer; nothing more is taken */
};

/* A line without its end; false ends it all. Empty lines are passed over. */
typedef bool (*kube_line_fn)(void *context, struct str line);

/* False when a line was too long, or its function said so. */
bool kube_lines_take(struct kube_lines *lines, struct str piece, kube_line_fn take, void *context);
/* Drops a line that has only begun. */
void kube_lines_reset(struct kube_lines *lines);
void kube_lines_done(struct kube_lines *lines);
