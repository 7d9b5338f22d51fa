/* A client's connection as the scripted API server has it: bytes in clear text or TLS. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <gnutls/gnutls.h>

#include "base/buf.h"

/* Start from {.fd = …}; api_peer_end() closes and frees. */
struct api_peer {
	int fd;
	gnutls_session_t tls; /* NULL in clear text */
	struct buf in;        /* a request, and what came behind it */
	size_t head_len, body_len;
};

bool api_peer_start_tls(struct api_peer *peer, gnutls_certificate_credentials_t identity);
/* Appends to `in`; 0 or less at the end. */
ssize_t api_peer_read(struct api_peer *peer);
bool api_peer_send(struct api_peer *peer, struct str bytes);
/* A whole request stands at the start of `in`. */
bool api_peer_read_request(struct api_peer *peer);
void api_peer_drop_request(struct api_peer *peer);
void api_peer_end(struct api_peer *peer);
