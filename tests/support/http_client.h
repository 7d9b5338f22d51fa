/*
 * An HTTP client for tests that can behave as badly as they want: it sends the bytes it is given,
 * in clear text or TLS, and reads answers one by one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

struct http_client;

struct http_client_options {
	int port; /* on 127.0.0.1 */
	bool tls;
	const char *ca_pem; /* the server's certificate must chain to it; NULL trusts anybody */
	const char *name;   /* that the certificate must have, and SNI; NULL for none */
	const char *cert_pem, *key_pem; /* the client's own, shown to whoever asks; or NULL */
	int patience_ms;                /* for each read; 0 is 20 s */
};

/* NULL when the connection or the handshake fails. */
struct http_client *http_client_open(const struct http_client_options *options);
/* As http_client_open with nothing but a port; the test fails when it cannot connect. */
struct http_client *http_client_connect(int port, bool tls);
/* TCP alone, whatever the server speaks; what is sent is sent as it is. */
struct http_client *http_client_connect_raw(int port);
/* Closes without ceremony; takes NULL and nulls. */
void http_client_close(struct http_client **pointer);

/* False when the server does not take it any more. */
bool http_client_send(struct http_client *client, struct str bytes);
bool http_client_printf(struct http_client *client, const char *format, ...) PRINTF_LIKE(2, 3);
/* Sends nothing more, still reads. */
void http_client_end_sending(struct http_client *client);
/* Closes with a reset instead of an orderly end. */
void http_client_reset(struct http_client **client);

struct http_reply {
	int status;      /* 0 when there was none: the server closed or was silent */
	struct buf head; /* status line and headers */
	struct buf body;
};

void http_reply_done(struct http_reply *reply);
/* One answer (100 Continue too). False when it does not come whole. Empties *reply first. */
bool http_client_read(struct http_client *client, struct http_reply *reply);
/* As http_client_read for the answer to a HEAD request, which has no body. */
bool http_client_read_head(struct http_client *client, struct http_reply *reply);
/* The value of a header, in any case of letters; the empty str when there is none. */
struct str http_reply_header(const struct http_reply *reply, const char *name);

/* Sends a request with this body (NULL for none) and reads the answer; 0 when there was none. */
int http_client_ask(struct http_client *client, const char *method, const char *path,
	const char *body, struct http_reply *reply);

/* Whether the server ends the connection, without sending more, within the client's patience. */
bool http_client_is_ended(struct http_client *client);
/* The server's certificate in DER; borrowed. */
struct str http_client_peer(const struct http_client *client);
int http_client_fd(const struct http_client *client);
