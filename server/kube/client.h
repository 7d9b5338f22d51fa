/*
 * Calls to the API server: one function, and a description of what is asked. Any number of threads
 * may call at once; each call has a connection of its own out of a pool.
 *
 * What is safe to repeat is repeated, with back-off and within the call's time: anything that the
 * server did not begin (no connection, 429, a 5xx with Retry-After), and reads in every case, as
 * client-go has it. A write whose answer got lost is told as ERR_UNAVAILABLE: it may have been
 * done.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "server/kube/resource.h"
#include "server/kube/status.h"
#include "server/kube/transport.h"

enum kube_verb {
	KUBE_GET,
	KUBE_LIST, /* one page; kube_list() has them all */
	KUBE_CREATE,
	KUBE_UPDATE,          /* PUT: the whole object, with its resourceVersion */
	KUBE_PATCH_JSON,      /* RFC 6902 */
	KUBE_PATCH_MERGE,     /* RFC 7386 */
	KUBE_PATCH_STRATEGIC, /* lists by their keys; not of custom resources */
	KUBE_APPLY,           /* server-side apply; the body is the whole intent, in JSON */
	KUBE_DELETE,
	KUBE_WATCH, /* kube_reflector_run() reads it */
};

/* What is asked. What is left zero is not said, or as the comment has it. */
struct kube_call {
	enum kube_verb verb;
	struct kube_ref at;
	const char *path; /* of what is no resource ("/version"), instead of `at`; with KUBE_GET */
	struct str body;  /* JSON; a delete's is made from the options below */

	const char *field_manager; /* "raygate" */
	bool force;                /* apply takes fields that others own */
	bool dry_run;
	const char *label_selector, *field_selector;
	bool metadata_only; /* nothing but each object's metadata comes, or comes back */

	int limit;                    /* of a page */
	const char *continue_token;   /* of the page before */
	const char *resource_version; /* where a watch begins; which state a get or list wants */
	int watch_seconds;            /* after which the server ends a watch */

	const char *propagation;  /* of a delete: "Foreground", "Background", "Orphan" */
	const char *only_uid;     /* of a delete: of this object alone */
	const char *only_version; /* of a delete: while it is so */
	int grace_seconds;        /* of a delete, when has_grace */
	bool has_grace;

	const struct json_place *skip; /* what the reader passes over, as json_limits.skip */
	size_t reply_limit;            /* 0 is KUBE_REPLY_LIMIT */
	int tries;                     /* at most; 0 is KUBE_TRIES */
	int64_t patience;              /* ns for all tries together; 0 is KUBE_PATIENCE */
	struct kube_stop *stop;        /* instead of the client's own */
	bool shares;                   /* a connection with others that are as quiet */
	kube_piece_fn piece;           /* of a watch, which is tried once */
	bool (*may)(void *context);    /* asked before each try: false, it is not sent; or NULL */
	void *context;
};

enum { KUBE_REPLY_LIMIT = 64 * 1024 * 1024, KUBE_TRIES = 8 };
#define KUBE_PATIENCE (30 * INT64_C(1000000000))

/* Start from {0}; kube_reply_done(), also on failure. May be used for call after call. */
struct kube_reply {
	struct kube_answer answer; /* its body is the text below */
	struct arena arena;        /* nodes, and the strings of `refusal` */
	struct json_doc doc;       /* the object; root is NULL when there is none */
	struct kube_status
		refusal; /* where the server said no (400 and above); else its code is 0 */
};

void kube_reply_done(struct kube_reply *reply);

struct kube_client;

/* What happened to each try, for metrics; `status` is 0 when none came. */
typedef void (*kube_observe_fn)(void *context, const char *method, int status, int64_t nanoseconds);

struct kube_client_options {
	struct kube_transport *transport; /* the client's from now on */
	struct kube_stop *stop;  /* ends calls that have none; or NULL. Outlives the client */
	kube_observe_fn observe; /* or NULL; called by the threads that call */
	void *context;
};

struct kube_client *kube_client_new(const struct kube_client_options *options);
/* Takes NULL and nulls. Nobody may be calling any more. */
void kube_client_free(struct kube_client **client);

/*
 * False when it was not done: err says why for people, reply->refusal for programs, err->code is
 * ERR_NOT_FOUND (404), ERR_CONFLICT (409), ERR_FORBIDDEN (401, 403), ERR_INVALID (400, 422),
 * ERR_TOO_LARGE, or ERR_UNAVAILABLE for all that may be better later.
 */
MUST_CHECK bool kube_call(struct kube_client *client, const struct kube_call *call,
	struct kube_reply *reply, struct err *err);
