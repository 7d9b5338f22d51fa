/*
 * One HTTP exchange with the API server, as an interface: the real one is libcurl, a test may bring
 * its own. Knows nothing of Kubernetes but how to say who we are.
 *
 * Any number of threads may send at once. Connections are kept and used again, one exchange at a
 * time on each: HTTP/1.1, which for that costs less than HTTP/2, of CPU a quarter with a stream.
 * Exchanges that share one (shared.h) speak HTTP/2 where the server does: that costs less memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "server/kube/config.h"
#include "server/kube/stop.h"

/* A piece of a stream's body; false ends the exchange. */
typedef bool (*kube_piece_fn)(void *context, struct str piece);

struct kube_request {
	const char *method;
	const char *path;         /* with its query, escaped */
	const char *content_type; /* of the body; NULL for no body */
	const char *accept;       /* NULL is JSON */
	struct str body;
	size_t reply_limit; /* bytes of the answer's body; a stream's is not counted */
	int64_t deadline;   /* clock_now() */
	struct kube_stop *stop;
	bool shares; /* a connection and a thread with others that are as quiet */
	/* For a stream: the body of a 200 goes here instead of into the answer. */
	kube_piece_fn piece;
	void *context;
};

/* Why no whole answer came. */
enum kube_fault {
	KUBE_FAULT_NONE,
	KUBE_FAULT_CONNECT,   /* nothing was sent */
	KUBE_FAULT_BROKEN,    /* the connection broke; the server may have done what was asked */
	KUBE_FAULT_TIMEOUT,   /* the deadline passed; it may have been done too */
	KUBE_FAULT_TRUST,     /* we do not trust the server's certificate, or it not ours */
	KUBE_FAULT_TOO_LARGE, /* the body is longer than its limit */
	KUBE_FAULT_ENDED,     /* by the stop, or by the stream's own function */
	KUBE_FAULT_US,        /* before the network: credentials, a wrong URL */
	KUBE_FAULT_HELD,      /* nothing was sent: who calls may not, just now */
};

/* Start from {0}; kube_answer_done(). */
struct kube_answer {
	enum kube_fault fault;
	int status;          /* HTTP's; 0 when there was none */
	int64_t retry_after; /* what the server asks for, in ns; 0 when it does not */
	char content_type[96];
	struct buf body;
};

void kube_answer_done(struct kube_answer *answer);

struct kube_transport {
	/* True when a whole answer came, whatever its status; else answer->fault says what else. */
	bool (*send)(struct kube_transport *self, const struct kube_request *request,
		struct kube_answer *answer, struct err *err);
	/* Nobody may be sending any more. */
	void (*free)(struct kube_transport *self);
};

/* Opens libcurl, once; before the first kube_transport_new(), which ends the process without it. */
MUST_CHECK bool kube_transport_load(struct err *err);
/*
 * The real one. `config` must outlive it. SIGPIPE must be ignored or blocked in the threads that
 * send. `agent` is the User-Agent.
 */
struct kube_transport *kube_transport_new(const struct kube_config *config, const char *agent);
/* Of any kind; takes NULL and nulls. */
void kube_transport_free(struct kube_transport **transport);
