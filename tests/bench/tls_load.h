/*
 * Load on a TLS server as API servers make it: so many clients that know nothing of one another,
 * each with a connection of its own, on which it sends its next request when it has the answer to
 * the one before. The server is measured by the CPU time of its process, which has a CPU to itself
 * where there are two: neither the load nor the scheduler then costs it its caches.
 *
 * There the clients never sleep either. Whoever answers a client that sleeps has to wake it, and
 * that is on his bill: an interrupt of the other CPU, in a virtual machine an exit to the host.
 * It falls on the slower of two servers alone, since the clients of the faster one have always
 * something to do; and an API server mostly runs on another machine.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/str.h"

struct tls_load;

/* Of a server at 127.0.0.1:port, which is the process `pid`; NULL when it does not answer. */
struct tls_load *tls_load_open(pid_t pid, int port, int clients);
void tls_load_close(struct tls_load **load);

/*
 * Sends that many requests of all clients together and reads their answers. The microseconds of
 * the server's CPU a request; negative when one was not answered with 200.
 */
double tls_load_run(struct tls_load *load, const char *path, struct str body, int requests);
/* The same of clients that sleep until there is an answer: the server pays for waking them. */
double tls_load_run_asleep(struct tls_load *load, const char *path, struct str body, int requests);
/*
 * The same, but all clients send at once and nobody sends again before the last one is answered.
 * No API server does so. What a server pays for waking up itself is then shared by all.
 */
double tls_load_run_in_step(struct tls_load *load, const char *path, struct str body, int requests);

/* The calling process, and what it starts, is the server, or else the load. */
void tls_load_take_side(bool server);
