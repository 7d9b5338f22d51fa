/*
 * Reads what explain looks at from the API server, in as few calls as will do. What may not be
 * read, or does not come in time, is a gap, and the rest is read all the same.
 */
#pragma once

#include "base/err.h"
#include "server/explain/input.h"
#include "server/kube/client.h"

struct explain_collect {
	struct kube_client *client;
	struct explain_input *in;
	const char *namespace; /* NULL for all */
	int64_t until;         /* clock_now(): no call lasts longer */
};

/* Starts the time that all calls together may take. */
void explain_collect_init(struct explain_collect *c, struct kube_client *client,
	struct explain_input *in, const char *namespace);
/*
 * One cluster, by its name, TYPE/NAME, or the name of a RayJob or RayService that owns it, and all
 * that belongs to it; of one namespace. The err is ERR_NOT_FOUND where there is none.
 */
bool explain_collect_one(struct explain_collect *c, struct str argument,
	const struct json_node **cluster, struct err *err) MUST_CHECK;
/* All clusters of the namespace, or of all. */
bool explain_collect_all(struct explain_collect *c, struct err *err) MUST_CHECK;
