/*
 * Follows all objects of a kind: a list in pages, then a watch from there, for ever. What breaks is
 * taken up again where it was: a cut line, a closed connection, the server's time-out by
 * resourceVersion; an expired version (410) by a new list, whose missing objects are told as gone.
 *
 * A reflector has one thread and one connection, unless it is quiet and shares one. Its functions
 * are called one at a time, in that thread, or in the one of all that share, and must not wait:
 * while they do, nothing is read.
 */
#pragma once

#include <stdbool.h>

#include "server/kube/client.h"

struct kube_handler {
	void *context;
	/*
	 * As it is now: listed, added or changed; told again after a new list. What happened
	 * between two lists is not told, so look at the uid: it may be another one of that name.
	 */
	void (*object)(void *context, const struct json_node *object, struct arena *arena);
	void (*gone)(void *context, struct str namespace, struct str name);
	/* Everything that there is has been told; again after each new list. Or NULL. */
	void (*synced)(void *context);
	/* Something failed and is tried again; NULL once it is well again. Or NULL. */
	void (*trouble)(void *context, const struct err *err);
	/*
	 * A list begins, or begins anew. With this the owner finds out himself what is gone when
	 * `synced` is called, and the reflector keeps no names. Or NULL.
	 */
	void (*listing)(void *context);
};

struct kube_reflector_options {
	struct kube_client *client;
	const struct kube_resource *resource;
	const char *namespace; /* NULL for all */
	const char *label_selector, *field_selector;
	/*
	 * What the reader passes over, each place told from the object's root (metadata is at depth
	 * 1, what stands in it at depth 2); NULL is metadata.managedFields. At most
	 * KUBE_REFLECTOR_SKIPS.
	 */
	const struct json_place *skip;
	/* Nothing but metadata comes: for those who need names, and never to hold a Secret. */
	bool metadata_only;
	/* Its objects seldom change: it shares a connection with others (shared.h). */
	bool is_quiet;
	struct kube_handler handler;
	int page; /* objects; 0 is KUBE_PAGE */
};

enum {
	KUBE_REFLECTOR_SKIPS = 8,
	/* Of a watch, and of a list's page: etcd holds 1.5 MiB, and JSON is a few times that. */
	KUBE_REFLECTOR_LINE = 16 * 1024 * 1024,
};

struct kube_reflector;

/* The strings must outlive it. Fails when there is no thread to be had. */
MUST_CHECK bool kube_reflector_start(
	const struct kube_reflector_options *options, struct kube_reflector **out, struct err *err);
/* Returns when nothing more will be told. Takes NULL and nulls. */
void kube_reflector_stop(struct kube_reflector **reflector);
/* Has told everything once. */
bool kube_reflector_is_synced(const struct kube_reflector *reflector);
