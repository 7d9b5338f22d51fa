/*
 * Which objects a watch has told of, so that those which a new list no longer has can be told as
 * gone. About 70 bytes an object; nothing else of it is kept.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/table.h"

/* Start from {0}; kube_known_done() frees. */
struct kube_known {
	struct table names;
	uint32_t round; /* in which names are seen now */
};

typedef void (*kube_gone_fn)(void *context, struct str namespace, struct str name);

/* Before each list, also one that begins anew. */
void kube_known_begin(struct kube_known *known);
void kube_known_see(struct kube_known *known, struct str namespace, struct str name);
/* False when nobody knew it. */
bool kube_known_forget(struct kube_known *known, struct str namespace, struct str name);
/* After a whole list: tells and forgets those that it did not have. */
void kube_known_sweep(struct kube_known *known, kube_gone_fn gone, void *context);
void kube_known_done(struct kube_known *known);
