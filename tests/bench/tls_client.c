#include "tests/bench/tls_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "base/buf.h"
#include "base/mem.h"

struct tls_client {
	int fd;
	gnutls_session_t session;
	gnutls_certificate_credentials_t trust;
	struct buf out, in; /* the request, the answer */
	size_t sent;
};

static int dial(int port)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static bool shake_hands(struct tls_client *client)
{
	int result;

	gnutls_init(&client->session, GNUTLS_CLIENT);
	gnutls_set_default_priority(client->session);
	gnutls_certificate_allocate_credentials(&client->trust);
	gnutls_credentials_set(client->session, GNUTLS_CRD_CERTIFICATE, client->trust);
	gnutls_transport_set_int(client->session, client->fd);
	do
		result = gnutls_handshake(client->session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	return result == 0 && fcntl(client->fd, F_SETFL, O_NONBLOCK) == 0;
}

struct tls_client *tls_client_open(int port)
{
	const int fd = dial(port);
	struct tls_client *client;

	if (fd < 0)
		return NULL;
	client = mem_alloc(sizeof(*client));
	client->fd = fd;
	if (!shake_hands(client))
		tls_client_close(&client);
	return client;
}

void tls_client_close(struct tls_client **client)
{
	if (*client == NULL)
		return;
	gnutls_deinit((*client)->session);
	gnutls_certificate_free_credentials((*client)->trust);
	close((*client)->fd);
	buf_done(&(*client)->out);
	buf_done(&(*client)->in);
	free(*client);
	*client = NULL;
}

int tls_client_socket(const struct tls_client *client)
{
	return client->fd;
}

static bool must_wait(ssize_t result)
{
	return result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED;
}

static enum tls_progress go_on_sending(struct tls_client *client)
{
	while (client->sent < client->out.len) {
		const ssize_t sent = gnutls_record_send(client->session,
			client->out.at + client->sent, client->out.len - client->sent);

		if (must_wait(sent))
			return TLS_WAITS;
		if (sent <= 0)
			return TLS_FAILED;
		client->sent += (size_t)sent;
	}
	return TLS_ANSWERED;
}

/* Whether the answer in `text` is whole; its end is told by Content-Length. */
static bool is_whole(struct str text)
{
	const char *const end = memmem(text.at, text.len, "\r\n\r\n", 4);
	const char *const length = memmem(text.at, text.len, "Content-Length: ", 16);

	if (end == NULL || length == NULL)
		return false;
	return text.len >= (size_t)(end + 4 - text.at) + strtoul(length + 16, NULL, 10);
}

static enum tls_progress go_on_receiving(struct tls_client *client)
{
	struct buf *const in = &client->in;

	for (;;) {
		const ssize_t got =
			gnutls_record_recv(client->session, buf_reserve(in, 16384), 16384);

		if (must_wait(got))
			return TLS_WAITS;
		if (got <= 0)
			return TLS_FAILED;
		in->len += (size_t)got;
		if (is_whole(buf_str(in)))
			return str_starts(buf_str(in), "HTTP/1.1 200 ") ? TLS_ANSWERED : TLS_FAILED;
	}
}

enum tls_progress tls_client_go_on(struct tls_client *client)
{
	const enum tls_progress sent = go_on_sending(client);

	return sent == TLS_ANSWERED ? go_on_receiving(client) : sent;
}

enum tls_progress tls_client_begin(struct tls_client *client, const char *path, struct str body)
{
	client->sent = client->in.len = client->out.len = 0;
	buf_printf(&client->out,
		"POST %s?timeout=5s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
		"Content-Length: %zu\r\nAccept: application/json, */*\r\n"
		"Content-Type: application/json\r\n\r\n",
		path, body.len);
	buf_add(&client->out, body);
	return tls_client_go_on(client);
}

bool tls_client_post(struct tls_client *client, const char *path, struct str body)
{
	enum tls_progress progress = tls_client_begin(client, path, body);

	while (progress == TLS_WAITS) {
		const bool sends = client->sent < client->out.len;

		poll(&(struct pollfd){.fd = client->fd, .events = sends ? POLLOUT : POLLIN}, 1, -1);
		progress = tls_client_go_on(client);
	}
	return progress == TLS_ANSWERED;
}
