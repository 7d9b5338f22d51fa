/*
 * A real listener on loopback with a few routes:
 *
 *	GET  /hello     "hello\n"
 *	POST /echo      the body again, which must be JSON by its Content-Type
 *	POST /any       the body again, of any type
 *	GET  /big       LISTENER_KIT_BIG bytes
 *	GET  /gate      waits until listener_kit_open_gate()
 *	GET  /patience  how many ms the request's deadline leaves
 *	GET  /nothing   a handler that gives no answer
 */
#pragma once

#include <stdbool.h>

#include "server/http/listener.h"
#include "tests/support/certs_kit.h"

enum { LISTENER_KIT_BIG = 4 * 1024 * 1024 };

struct listener_kit {
	struct listener *listener;
	int port;
	bool tls;
	struct mint_pair ca, pair; /* the pair is for 127.0.0.1 and localhost */
};

/* Short deadlines are the caller's: start from http_limits_default(). */
struct listener_kit listener_kit_start(bool tls, const struct http_limits *limits);
/* TLS, and only clients of this CA are answered. */
struct listener_kit listener_kit_start_for(const struct mint_pair *client_ca);
/* Opens the gate and stops the listener. */
void listener_kit_done(struct listener_kit *kit);

struct listener_stats listener_kit_stats(const struct listener_kit *kit);
/* Waits until `count` requests stand before the gate. */
void listener_kit_wait_at_gate(int count);
void listener_kit_open_gate(void);
/* A pair by the kit's CA that differs from every other; mint_pair_done() it. */
struct mint_pair listener_kit_pair(const struct listener_kit *kit);
