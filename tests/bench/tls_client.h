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

/* The same without waiting, for who has several of them. */
enum tls_progress {
	TLS_WAITS, /* for the socket: go on when it can be read or written again */
	TLS_ANSWERED,
	TLS_FAILED,
};

enum tls_progress tls_client_begin(struct tls_client *client, const char *path, struct str body);
enum tls_progress tls_client_go_on(struct tls_client *client);
int tls_client_socket(const struct tls_client *client);
