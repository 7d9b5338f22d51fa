/*
 * The only file that knows libmicrohttpd: a pool of threads that serves the connections it is
 * handed, in clear text or TLS, with one certificate for its whole life. It has no listening
 * socket: see listener.h for where connections come from, and for a change of certificate.
 *
 * What libmicrohttpd 0.9.75 does not do itself is done around it: strictness about headers
 * (head.h), deadlines (reaper.h), budgets (exchange.h).
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "server/http/exchange.h"
#include "server/http/reaper.h"

struct http_daemon;

/* Everything pointed to outlives the daemon, but for the PEM text, which is copied. */
struct http_daemon_options {
	struct http_core *core;
	struct http_reaper *reaper;
	struct str key;  /* PEM; empty for clear text */
	struct str cert; /* PEM, the leaf first */
	/* PEM; clients must show a certificate that leads to it. Empty: anybody is answered. */
	struct str client_ca;
	/* While true, every answer says Connection: close. */
	const atomic_bool *closing;
};

MUST_CHECK bool http_daemon_start(
	const struct http_daemon_options *options, struct http_daemon **out, struct err *err);
/* Ends every connection, lets handlers that are at work end, joins all threads. */
void http_daemon_stop(struct http_daemon **pointer);

/* Takes over a connected socket; it is closed in any case. One thread at a time. */
bool http_daemon_adopt(
	struct http_daemon *daemon, int fd, const struct sockaddr *address, socklen_t len);
/* From now on this daemon's answers say Connection: close. */
void http_daemon_retire(struct http_daemon *daemon);
/* Whether all connections it was handed are gone. */
bool http_daemon_is_empty(const struct http_daemon *daemon);

struct http_daemon_counters {
	long long opened;
	long long unheard;   /* ended before a first request: handshakes that failed, probes */
	long long abandoned; /* requests whose client left, or was shut down, before its answer */
};
void http_daemon_count(const struct http_daemon *daemon, struct http_daemon_counters *add_to);
