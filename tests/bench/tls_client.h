/* A small TLS client for the benchmarks: keep-alive POSTs on one connection, trusting anybody. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct tls_client;

/* NULL when nobody answers at 127.0.0.1:port. */
struct tls_client *tls_client_open(int port);
void tls_client_close(struct tls_client **client);
/* Sends one POST and reads its answer, which must be 200; false otherwise. */
bool tls_client_post(struct tls_client *client, const char *path, struct str body);
/* The halves of it, for several requests at once. */
bool tls_client_send(struct tls_client *client, const char *path, struct str body);
bool tls_client_receive(struct tls_client *client);
