#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/mem.h"

enum { PATIENCE_MS = 20000, PIECE = 16 * 1024 };

struct http_client {
	int fd;
	int patience_ms;
	gnutls_session_t tls; /* NULL in clear text */
	gnutls_certificate_credentials_t trust;
	struct buf ahead; /* read, but of the next answer */
};

static bool is_ready(const struct http_client *client, short events)
{
	struct pollfd fd = {.fd = client->fd, .events = events};

	return poll(&fd, 1, client->patience_ms) == 1;
}

/* A step of TLS that has to be repeated until the socket lets it. */
static bool must_repeat(const struct http_client *client, long result)
{
	if (result == GNUTLS_E_INTERRUPTED)
		return true;
	return result == GNUTLS_E_AGAIN &&
	       is_ready(client, gnutls_record_get_direction(client->tls) ? POLLOUT : POLLIN);
}

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

static void show_certificate(struct http_client *client, const struct http_client_options *options)
{
	const gnutls_datum_t cert = datum(options->cert_pem), key = datum(options->key_pem);

	cr_assert_eq(gnutls_certificate_set_x509_key_mem(
			     client->trust, &cert, &key, GNUTLS_X509_FMT_PEM),
		GNUTLS_E_SUCCESS);
}

static bool start_tls(struct http_client *client, const struct http_client_options *options)
{
	int result;

	/* Shown even when the server's words about its CAs speak against it. */
	gnutls_init(&client->tls,
		GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_FORCE_CLIENT_CERT);
	gnutls_set_default_priority(client->tls);
	gnutls_certificate_allocate_credentials(&client->trust);
	if (options->ca_pem) {
		const gnutls_datum_t ca = datum(options->ca_pem);

		cr_assert_gt(gnutls_certificate_set_x509_trust_mem(
				     client->trust, &ca, GNUTLS_X509_FMT_PEM),
			0);
		gnutls_session_set_verify_cert(client->tls, options->name, 0);
	}
	if (options->cert_pem)
		show_certificate(client, options);
	if (options->name)
		gnutls_server_name_set(
			client->tls, GNUTLS_NAME_DNS, options->name, strlen(options->name));
	gnutls_credentials_set(client->tls, GNUTLS_CRD_CERTIFICATE, client->trust);
	gnutls_transport_set_int(client->tls, client->fd);
	do
		result = gnutls_handshake(client->tls);
	while (must_repeat(client, result));
	return result == GNUTLS_E_SUCCESS;
}

struct http_client *http_client_open(const struct http_client_options *options)
{
	struct http_client *client = mem_alloc(sizeof(*client));
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)options->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const int yes = 1;

	client->patience_ms = options->patience_ms ? options->patience_ms : PATIENCE_MS;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	bool ok = connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) == 0;

	if (ok && options->tls)
		ok = start_tls(client, options);
	if (!ok)
		http_client_close(&client);
	return client;
}

struct http_client *http_client_connect(int port, bool tls)
{
	struct http_client *const client =
		http_client_open(&(struct http_client_options){.port = port, .tls = tls});

	cr_assert(client, "no connection to port %d", port);
	return client;
}

struct http_client *http_client_connect_raw(int port)
{
	return http_client_connect(port, false);
}

void http_client_close(struct http_client **pointer)
{
	struct http_client *const client = *pointer;

	*pointer = NULL;
	if (client == NULL)
		return;
	if (client->tls)
		gnutls_deinit(client->tls);
	if (client->trust)
		gnutls_certificate_free_credentials(client->trust);
	if (client->fd >= 0)
		close(client->fd);
	buf_done(&client->ahead);
	free(client);
}

void http_client_reset(struct http_client **client)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	setsockopt((*client)->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	http_client_close(client);
}

static ssize_t send_some(struct http_client *client, struct str bytes)
{
	ssize_t sent;

	if (client->tls == NULL)
		return send(client->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
	do
		sent = gnutls_record_send(client->tls, bytes.at, bytes.len);
	while (must_repeat(client, sent));
	return sent;
}

bool http_client_send(struct http_client *client, struct str bytes)
{
	while (bytes.len) {
		const ssize_t sent = send_some(client, bytes);

		if (sent <= 0)
			return false;
		bytes = str_from_offset(bytes, (size_t)sent);
	}
	return true;
}

bool http_client_printf(struct http_client *client, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	const int len = vasprintf(&text, format, args);

	va_end(args);
	cr_assert_geq(len, 0);
	const bool sent = http_client_send(client, (struct str){text, (size_t)len});

	free(text);
	return sent;
}

void http_client_end_sending(struct http_client *client)
{
	if (client->tls)
		gnutls_bye(client->tls, GNUTLS_SHUT_WR);
	shutdown(client->fd, SHUT_WR);
}

/* Bytes read, 0 at the end, negative on failure or when patience is over. */
static ssize_t read_some(struct http_client *client)
{
	char *const to = buf_reserve(&client->ahead, PIECE);
	ssize_t got;

	if (client->tls) {
		do
			got = gnutls_record_recv(client->tls, to, PIECE);
		while (must_repeat(client, got));
		/* A shut socket ends TLS without its farewell; to a test that is an end. */
		if (got == GNUTLS_E_PREMATURE_TERMINATION || got == GNUTLS_E_PULL_ERROR)
			got = 0;
	} else {
		errno = EAGAIN;
		got = is_ready(client, POLLIN) ? recv(client->fd, to, PIECE, 0) : -1;
	}
	if (got > 0)
		client->ahead.len += (size_t)got;
	return got;
}

void http_reply_done(struct http_reply *reply)
{
	buf_done(&reply->head);
	buf_done(&reply->body);
	*reply = (struct http_reply){0};
}

static void move_ahead(struct http_client *client, struct buf *to, size_t len)
{
	buf_add(to, (struct str){client->ahead.at, len});
	client->ahead.len -= len;
	memmove(client->ahead.at, client->ahead.at + len, client->ahead.len);
}

static bool read_headers(struct http_client *client, struct http_reply *reply)
{
	for (;;) {
		const char *const end =
			client->ahead.len
				? memmem(client->ahead.at, client->ahead.len, "\r\n\r\n", 4)
				: NULL;

		if (end) {
			move_ahead(client, &reply->head, (size_t)(end - client->ahead.at) + 4);
			break;
		}
		if (read_some(client) <= 0)
			return false;
	}
	buf_reserve(&reply->head, 1)[0] = '\0';
	const struct str head = buf_str(&reply->head);
	const size_t space = str_find(head, ' ');
	int64_t status = 0;

	if (!str_starts(head, "HTTP/1.") || space + 4 > head.len ||
		!str_to_i64((struct str){head.at + space + 1, 3}, &status))
		return false;
	reply->status = (int)status;
	return true;
}

bool http_client_read_head(struct http_client *client, struct http_reply *reply)
{
	http_reply_done(reply);
	return read_headers(client, reply);
}

bool http_client_read(struct http_client *client, struct http_reply *reply)
{
	int64_t length = 0;

	if (!http_client_read_head(client, reply))
		return false;
	if (!str_to_i64(http_reply_header(reply, "Content-Length"), &length))
		return reply->status < 200 || reply->status == 204;
	while (client->ahead.len < (size_t)length) {
		if (read_some(client) <= 0)
			return false;
	}
	move_ahead(client, &reply->body, (size_t)length);
	buf_reserve(&reply->body, 1)[0] = '\0';
	return true;
}

struct str http_reply_header(const struct http_reply *reply, const char *name)
{
	struct str rest = buf_str(&reply->head);

	while (rest.len) {
		const struct str line = {rest.at, str_find(rest, '\n')};
		const size_t colon = str_find(line, ':');

		if (colon < line.len && str_is_nocase((struct str){line.at, colon}, name))
			return str_trim(str_from_offset(line, colon + 1));
		rest = str_from_offset(rest, line.len < rest.len ? line.len + 1 : line.len);
	}
	return (struct str){"", 0};
}

int http_client_ask(struct http_client *client, const char *method, const char *path,
	const char *body, struct http_reply *reply)
{
	const bool sent =
		body ? http_client_printf(client,
			       "%s %s HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
			       "Content-Length: %zu\r\n\r\n%s",
			       method, path, strlen(body), body)
		     : http_client_printf(
			       client, "%s %s HTTP/1.1\r\nHost: test\r\n\r\n", method, path);
	const bool is_head = strcmp(method, "HEAD") == 0;

	http_reply_done(reply);
	if (!sent || !(is_head ? http_client_read_head : http_client_read)(client, reply))
		return 0;
	return reply->status;
}

bool http_client_is_ended(struct http_client *client)
{
	if (client->ahead.len)
		return false;
	const ssize_t got = read_some(client);

	if (client->tls)
		return got == 0 || (got < 0 && got != GNUTLS_E_AGAIN);
	return got == 0 || (got < 0 && errno == ECONNRESET);
}

struct str http_client_peer(const struct http_client *client)
{
	unsigned count = 0;
	const gnutls_datum_t *const certs =
		client->tls ? gnutls_certificate_get_peers(client->tls, &count) : NULL;

	if (count == 0)
		return (struct str){"", 0};
	return (struct str){(const char *)certs[0].data, certs[0].size};
}

int http_client_fd(const struct http_client *client)
{
	return client->fd;
}
