/* Constant load on a server from threads of its own: one request after the other, none may fail. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "tests/support/server_process.h"

struct load;

/* Each thread sends `body` to /validate over one connection as long as that is kept alive. */
struct load *load_start(const struct server_process *server, size_t threads, struct str body);
/* Waits until that many more requests were answered. */
void load_await(struct load *load, long long requests);
/* Waits until every thread was refused a connection: the server is gone. */
void load_await_refused(struct load *load);
struct load_result {
	long long answered;
	long long failed;  /* sent, but not answered with 200 */
	long long refused; /* connections that were not accepted; a thread ends with its first */
};
/* The threads end with their present request. */
struct load_result load_stop(struct load **load);
