/*
 * One kind of object in the cluster, followed for as long as the server runs. Where it may not be
 * read, or the cluster has no such kind, that is said, and counts as told: what hangs on it must
 * not wait for ever. It may become better: an API server that has just begun forbids everything,
 * rights are given, CRDs installed.
 */
#pragma once

#include "server/kube/reflector.h"

enum follower_state { FOLLOWER_UNTOLD, FOLLOWER_ABSENT, FOLLOWER_THERE };

struct follower {
	/* What the owner fills in. */
	struct kube_resource resource;
	void *context;
	void (*object)(void *context, const struct json_node *object, struct arena *arena);
	void (*gone)(void *context, struct str namespace, struct str name);
	/*
	 * All there is has been told (`there`), or there is nothing to be had; and once more when
	 * there is something to be had after all.
	 */
	void (*told)(void *context, bool there);
	/* Something was tried in vain (`broken`), or goes well again. Or NULL. */
	void (*broken)(void *context, bool broken);
	const struct json_place *skip; /* or NULL */
	const char *namespace;         /* or NULL for all */
	const char *label_selector;    /* or NULL */
	bool metadata_only;            /* the rest of the objects never comes here */
	bool is_quiet;                 /* it seldom tells anything (kube/reflector.h) */
	int64_t forbidden_for; /* ns until what is forbidden counts as told; 0: ten seconds */

	struct kube_reflector *reflector;
	enum follower_state state;
	int64_t forbidden_since; /* clock_now(); 0: it is not */
	bool in_trouble, is_broken;
};

/* The follower must stay where it is until follower_stop(). */
MUST_CHECK bool follower_start(
	struct follower *follower, struct kube_client *client, struct err *err);
/* Also of one that never started. */
void follower_stop(struct follower *follower);
