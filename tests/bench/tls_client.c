#include "tests/bench/tls_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
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
	struct buf out;
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
	return result == 0;
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
	free(*client);
	*client = NULL;
}

static bool send_all(struct tls_client *client, struct str bytes)
{
	while (bytes.len) {
		const ssize_t sent = gnutls_record_send(client->session, bytes.at, bytes.len);

		if (sent <= 0)
			return false;
		bytes = str_from_offset(bytes, (size_t)sent);
	}
	return true;
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

bool tls_client_receive(struct tls_client *client)
{
	struct buf *const in = &client->out;

	in->len = 0;
	for (;;) {
		const ssize_t got =
			gnutls_record_recv(client->session, buf_reserve(in, 16384), 16384);

		if (got <= 0)
			return false;
		in->len += (size_t)got;
		if (is_whole(buf_str(in)))
			return str_starts(buf_str(in), "HTTP/1.1 200 ");
	}
}

bool tls_client_send(struct tls_client *client, const char *path, struct str body)
{
	client->out.len = 0;
	buf_printf(&client->out,
		"POST %s?timeout=5s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
		"Content-Length: %zu\r\nAccept: application/json, */*\r\n"
		"Content-Type: application/json\r\n\r\n",
		path, body.len);
	buf_add(&client->out, body);
	return send_all(client, buf_str(&client->out));
}

bool tls_client_post(struct tls_client *client, const char *path, struct str body)
{
	return tls_client_send(client, path, body) && tls_client_receive(client);
}
