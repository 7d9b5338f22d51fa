#include "tests/support/api_peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 16 * 1024 };

bool api_peer_start_tls(struct api_peer *peer, gnutls_certificate_credentials_t identity)
{
	int result;

	gnutls_init(&peer->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_set_default_priority(peer->tls);
	gnutls_credentials_set(peer->tls, GNUTLS_CRD_CERTIFICATE, identity);
	gnutls_transport_set_int(peer->tls, peer->fd);
	do
		result = gnutls_handshake(peer->tls);
	while (result < 0 && !gnutls_error_is_fatal(result));
	return result == GNUTLS_E_SUCCESS;
}

ssize_t api_peer_read(struct api_peer *peer)
{
	char *const to = buf_reserve(&peer->in, PIECE);
	ssize_t got;

	if (peer->tls) {
		do
			got = gnutls_record_recv(peer->tls, to, PIECE);
		while (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_AGAIN);
	} else {
		got = recv(peer->fd, to, PIECE, 0);
	}
	if (got > 0)
		peer->in.len += (size_t)got;
	return got;
}

bool api_peer_send(struct api_peer *peer, struct str bytes)
{
	while (bytes.len) {
		ssize_t sent;

		if (peer->tls) {
			do
				sent = gnutls_record_send(peer->tls, bytes.at, bytes.len);
			while (sent == GNUTLS_E_INTERRUPTED || sent == GNUTLS_E_AGAIN);
		} else {
			sent = send(peer->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
		}
		if (sent <= 0)
			return false;
		bytes = str_from_offset(bytes, (size_t)sent);
	}
	return true;
}

bool api_peer_read_request(struct api_peer *peer)
{
	const char *end, *length;

	while (!peer->in.len || !(end = memmem(peer->in.at, peer->in.len, "\r\n\r\n", 4)))
		if (api_peer_read(peer) <= 0)
			return false;
	peer->head_len = (size_t)(end + 4 - peer->in.at);
	length = memmem(peer->in.at, peer->head_len, "\r\nContent-Length: ", 18);
	peer->body_len = length ? strtoul(length + 18, NULL, 10) : 0;
	while (peer->in.len < peer->head_len + peer->body_len)
		if (api_peer_read(peer) <= 0)
			return false;
	return true;
}

void api_peer_drop_request(struct api_peer *peer)
{
	const size_t len = peer->head_len + peer->body_len;

	peer->in.len -= len;
	memmove(peer->in.at, peer->in.at + len, peer->in.len);
}

void api_peer_end(struct api_peer *peer)
{
	if (peer->tls)
		gnutls_deinit(peer->tls);
	close(peer->fd);
	buf_done(&peer->in);
}
