/*
 * An API server that plays a script: each request must be the next one expected, and gets the
 * answer, or the fault, that stands there. HTTP/1.1 on 127.0.0.1, in clear text or TLS. Knows no
 * test framework, so that stress programs and benchmarks may use it too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "certs/mint.h"

enum api_fault {
	API_FAULT_NONE,
	API_FAULT_CLOSE,   /* the connection ends without an answer */
	API_FAULT_RESET,   /* it ends with a reset */
	API_FAULT_CUT,     /* it ends in the middle of the reply */
	API_FAULT_SILENT,  /* nothing comes until the client leaves */
	API_FAULT_TRICKLE, /* a byte now and then, and no end until the client leaves */
	API_FAULT_ENDLESS, /* the reply again and again until the client leaves */
};

struct api_step {
	const char *expect; /* method and target: "GET /api/v1/nodes?limit=500" */
	const char *header; /* a line that must be among the headers; with '!' in front: must not */
	const char *body;   /* a part of the request's body */
	int status;         /* 200 when 0 */
	const char *
		headers; /* of the answer, each with its line end, Content-Type too; NULL is JSON */
	const char *reply; /* "" when NULL */
	size_t piece;      /* the reply goes out chunked, in pieces of so many bytes */
	bool hold;         /* chunked, and no end until the client leaves or the server stops */
	bool repeat;       /* for ever: this step is never done */
	enum api_fault fault;
	bool swap; /* connections from now on see another certificate, of another CA */
};

/* A row of a script. */
#define API_STEP(...)                                                                              \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

struct api_server;

/* The steps must outlive it. Ends the program when there is no port to be had. */
struct api_server *api_server_start(const struct api_step *steps, size_t count, bool tls);
/* Ends all connections; takes NULL and nulls. */
void api_server_stop(struct api_server **pointer);

const char *api_server_url(const struct api_server *server);
/* PEM of the CA; of the other one after a swap. */
const char *api_server_ca(const struct api_server *server);
const char *api_server_other_ca(const struct api_server *server);

/* The first thing that went otherwise than the script has it; "" when nothing did. */
const char *api_server_complaint(struct api_server *server);
/* Steps begun, and connections accepted, until now. */
size_t api_server_steps(struct api_server *server);
size_t api_server_connections(struct api_server *server);
/* Waits until so many steps were answered; false when that takes longer than 20 s. */
bool api_server_wait(struct api_server *server, size_t steps);
