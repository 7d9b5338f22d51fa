/*
 * Keeps the serving certificate of a cluster in order, in a thread of its own: reads the Secret
 * that the replicas share and the two webhook configurations, takes the step that is due
 * (certs/managed.h), serves what is stored, and gives the webhooks the caBundle that belongs to it.
 *
 * Every replica follows; only the one that leads renews and patches. Whoever comes first makes the
 * Secret. Two that write at once are told apart by the API server (409): the slower one reads
 * again. While the API server is away, what is served goes on being served.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "certs/serving.h"
#include "server/kube/client.h"
#include "server/serve/health.h"

/* All pointers must outlive the keeper. */
struct cert_keeper_options {
	struct kube_client *client;
	const char *namespace;
	const char *secret; /* its name; not looked at with `dir` */
	const char
		*configuration; /* name of both webhook configurations; NULL: none is looked at */
	const char *dir;        /* the pair is in this folder, and somebody else serves it */
	bool is_injected;       /* somebody else writes the caBundle: it is looked at alone */
	const char *const *hosts;
	size_t host_count;
	int64_t life;  /* of a pair; seconds */
	int64_t pause; /* at most, between two looks; ns, 0: ten seconds */
	struct health *health;

	/* Called in the keeper's thread. */
	bool (*leads)(void *context);
	/* Serve this from now on; the pair lives only during the call. */
	bool (*take)(void *context, const struct serving_pair *pair, struct err *err);
	/* Something that a person should see next to the Secret; `reason` is CamelCase. */
	void (*tell)(void *context, bool warning, const char *reason, const char *text);
	void *context;
};

struct cert_keeper;

MUST_CHECK bool cert_keeper_start(
	const struct cert_keeper_options *options, struct cert_keeper **out, struct err *err);
/* Looks at once. Any thread. */
void cert_keeper_poke(struct cert_keeper *keeper);
/* Takes NULL and nulls. A call at work is ended. */
void cert_keeper_stop(struct cert_keeper **keeper);

/* For tests, which have no thread: one look; when the next is due (clock_now()). */
struct cert_keeper *cert_keeper_new(const struct cert_keeper_options *options);
int64_t cert_keeper_look(struct cert_keeper *keeper);
void cert_keeper_free(struct cert_keeper **keeper);
