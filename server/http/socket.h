/* The listening socket: "ADDRESS:PORT" as Go's net.Listen takes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * ":9443" listens on all addresses of both families (IPv4 alone where the machine has no IPv6),
 * "127.0.0.1:9443" and "[::1]:0" on one. Port 0 lets the kernel choose. No names.
 *
 * The descriptor is the caller's: non-blocking, closed on exec.
 */
MUST_CHECK bool socket_listen(const char *address, int backlog, int *fd, struct err *err);
/* Whether the text is an address of that form; the error is a sentence for who wrote it. */
MUST_CHECK bool socket_check_address(const char *address, struct err *err);
/* The port a listening socket has; 0 on failure. */
int socket_port(int fd);
/* How many wait to be accepted; where the kernel does not count them, 1 if any does. */
size_t socket_waiting(int fd);
