/*
 * A port that answers HTTP, in clear text or TLS. It knows routes, limits and certificates, and
 * nothing of what is asked.
 *
 * Threads: one keeper, which accepts, watches deadlines and ends what a swap left behind; and the
 * pool, in which handlers run. All are joined by listener_stop. The functions below may be called
 * from any thread, listener_stop last and once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "server/http/exchange.h"
#include "server/http/limits.h"
#include "server/http/reaper.h"
#include "server/http/router.h"

struct listener;

/* Routes and data must outlive the listener; the rest is copied. */
struct listener_options {
	const char *address; /* as socket.h has it */
	struct http_router router;
	struct str key;  /* PEM; empty for clear text */
	struct str cert; /* PEM, the leaf first */
	/* PEM; a client whose certificate does not lead to it gets 401. Empty: anybody may ask. */
	struct str client_ca;
	struct http_limits limits;
	http_done_fn *on_done; /* or NULL; called in the pool's threads after each answer */
	void *on_done_data;
};

MUST_CHECK bool listener_start(
	const struct listener_options *options, struct listener **out, struct err *err);
int listener_port(const struct listener *listener);

/*
 * Serves another certificate from the next connection on. Connections with the old one live on,
 * are told to close with their next answer, and are ended after HTTP_LIMIT_RETIRE_MS. On failure
 * all stays as it was.
 */
MUST_CHECK bool listener_swap(
	struct listener *listener, struct str key, struct str cert, struct err *err);

/* Every answer from now on says Connection: close. Still accepts. */
void listener_close_after_answers(struct listener *listener);
/* Accepts what already waits, then nobody any more. */
void listener_close_port(struct listener *listener);

enum listener_quiet {
	LISTENER_NO_REQUESTS,    /* none is being received or answered */
	LISTENER_NO_CONNECTIONS, /* all clients have left */
};
/* Waits until it is so, after listener_close_port; false once `patience_ms` have passed. */
bool listener_wait(struct listener *listener, enum listener_quiet quiet, int64_t patience_ms);

/*
 * The end of a server that others still send to, in order: answer Connection: close and go on
 * accepting for grace_ms; close the port; wait at most clients_ms until all clients have left (an
 * idle one does so after its own idle time), then at most requests_ms for the requests at work.
 * listener_stop comes after it.
 */
struct listener_drain {
	int64_t grace_ms;
	int64_t clients_ms;
	int64_t requests_ms;
};
/* True when nobody had to be cut off. */
bool listener_drain(struct listener *listener, const struct listener_drain *drain);

/* Ends all at once; handlers at work end first. Takes NULL and nulls. */
void listener_stop(struct listener **pointer);

struct listener_stats {
	long long connections; /* now */
	long long in_flight;   /* requests, now */
	long long accepted;
	long long turned_away; /* accepted, but could not be served */
	long long unheard;     /* connections that ended before a request; failed handshakes too */
	long long abandoned;   /* requests whose client was gone before its answer */
	long long requests;
	long long bytes_in, bytes_out;        /* bodies */
	long long memory_small, memory_large; /* bodies held now */
	long long refused[HTTP_REFUSAL_COUNT];
	long long reaped[HTTP_PHASE_COUNT];
};
void listener_read_stats(struct listener *listener, struct listener_stats *out);
