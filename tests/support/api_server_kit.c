#include "tests/support/api_server_kit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/api_peer.h"

enum { CONNECTIONS = 256, PATIENCE_S = 20, TRICKLE_MS = 5 };

struct api_server {
	const struct api_step *steps;
	size_t count;
	bool tls;
	int listener;
	char url[64];
	struct mint_pair ca[2], pair[2]; /* of before and after a swap */
	gnutls_certificate_credentials_t identity[2];
	pthread_t thread;
	pthread_t workers[CONNECTIONS];
	/* All below under the mutex. */
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	int fds[CONNECTIONS];
	size_t connections;
	size_t begun, answered;
	bool swapped, stopping;
	char complaint[512];
};

struct peer {
	struct api_server *server;
	struct api_peer io;
	bool counted; /* this answer */
};

PRINTF_LIKE(2, 3)
static void complain(struct api_server *server, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pthread_mutex_lock(&server->mutex);
	if (server->complaint[0] == '\0')
		vsnprintf(server->complaint, sizeof(server->complaint), format, args);
	pthread_mutex_unlock(&server->mutex);
	va_end(args);
}

static bool contains(const char *at, size_t len, const char *part)
{
	return memmem(at, len, part, strlen(part)) != NULL;
}

static void check_request(struct peer *peer, const struct api_step *step, size_t number)
{
	const char *const head = peer->io.in.at;
	const size_t line = (size_t)((char *)memchr(head, '\r', peer->io.head_len) - head);
	const size_t length = strlen(step->expect);
	const bool open = length && step->expect[length - 1] == '*';
	const size_t wanted = open ? length - 1 : length;

	if (line < wanted + 9 || (line > wanted + 9 && !open) ||
		memcmp(head, step->expect, wanted) != 0)
		complain(peer->server, "step %zu: '%.*s' instead of '%s'", number, (int)line, head,
			step->expect);
	if (step->header && step->header[0] == '!' &&
		contains(head, peer->io.head_len, step->header + 1))
		complain(peer->server, "step %zu: there is a '%s'", number, step->header + 1);
	if (step->header && step->header[0] != '!' &&
		!contains(head, peer->io.head_len, step->header))
		complain(peer->server, "step %zu: no '%s' in %.*s", number, step->header,
			(int)peer->io.head_len, head);
	if (step->body && !contains(head + peer->io.head_len, peer->io.body_len, step->body))
		complain(peer->server, "step %zu: no '%s' in the body '%.*s'", number, step->body,
			(int)peer->io.body_len, head + peer->io.head_len);
}

/* The step that this request is taken for; NULL when the script is over. */
static const struct api_step *next_step(struct api_server *server, size_t *number)
{
	const struct api_step *step = NULL;

	pthread_mutex_lock(&server->mutex);
	*number = server->begun;
	if (server->begun < server->count) {
		step = &server->steps[server->begun];
		server->begun += !step->repeat;
		server->swapped = server->swapped || step->swap;
	}
	pthread_mutex_unlock(&server->mutex);
	return step;
}

/* Once an answer: when it is out, or when all of it is that ever will be. */
static void count_answer(struct peer *peer)
{
	struct api_server *const server = peer->server;

	pthread_mutex_lock(&server->mutex);
	server->answered += !peer->counted;
	pthread_cond_broadcast(&server->moved);
	pthread_mutex_unlock(&server->mutex);
	peer->counted = true;
}

/* Until the client has left, or the server ends the connection. */
static void wait_for_end(struct peer *peer)
{
	while (api_peer_read(&peer->io) > 0)
		peer->io.in.len = 0;
}

static void send_for_ever(struct peer *peer, struct str bytes, int pause_ms)
{
	while (api_peer_send(&peer->io, bytes))
		if (pause_ms)
			nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000L}, NULL);
}

static bool send_chunks(struct peer *peer, const struct api_step *step, struct str reply)
{
	const size_t piece = step->piece ? step->piece : reply.len;

	while (reply.len) {
		CLEANUP(buf_done) struct buf chunk = {0};
		const size_t len = reply.len < piece ? reply.len : piece;

		buf_printf(&chunk, "%zx\r\n", len);
		buf_add(&chunk, (struct str){reply.at, len});
		buf_add_cstr(&chunk, "\r\n");
		if (!api_peer_send(&peer->io, buf_str(&chunk)))
			return false;
		reply = str_from_offset(reply, len);
	}
	if (!step->hold)
		return api_peer_send(&peer->io, STR("0\r\n\r\n"));
	count_answer(peer);
	wait_for_end(peer);
	return false;
}

static void put_head(struct buf *out, const struct api_step *step, size_t length)
{
	buf_printf(out, "HTTP/1.1 %d Words\r\n%s", step->status ? step->status : 200,
		step->headers ? step->headers : "Content-Type: application/json\r\n");
	if (step->piece || step->hold)
		buf_add_cstr(out, "Transfer-Encoding: chunked\r\n\r\n");
	else
		buf_printf(out, "Content-Length: %zu\r\n\r\n", length);
}

/* False when the connection is to end. */
static bool answer(struct peer *peer, const struct api_step *step)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct str reply = str_from(step->reply ? step->reply : "");
	const bool endless = step->fault == API_FAULT_ENDLESS || step->fault == API_FAULT_TRICKLE;

	put_head(&out, step, endless ? SIZE_MAX / 2 : reply.len);
	if (step->fault == API_FAULT_CUT)
		buf_add(&out, (struct str){reply.at, reply.len / 2});
	if (step->fault == API_FAULT_NONE && !step->piece && !step->hold)
		buf_add(&out, reply);
	if (!api_peer_send(&peer->io, buf_str(&out)))
		return false;
	if (step->fault == API_FAULT_TRICKLE)
		send_for_ever(peer, STR(" "), TRICKLE_MS);
	if (step->fault == API_FAULT_ENDLESS)
		send_for_ever(peer, reply, 0);
	if (step->fault != API_FAULT_NONE)
		return false;
	return !(step->piece || step->hold) || send_chunks(peer, step, reply);
}

static bool play(struct peer *peer, const struct api_step *step)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	switch (step->fault) {
	case API_FAULT_CLOSE:
		return false;
	case API_FAULT_RESET:
		setsockopt(peer->io.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		return false;
	case API_FAULT_SILENT:
		count_answer(peer);
		wait_for_end(peer);
		return false;
	case API_FAULT_NONE:
	case API_FAULT_CUT:
	case API_FAULT_TRICKLE:
	case API_FAULT_ENDLESS:
	default:
		return answer(peer, step);
	}
}

static bool serve_one(struct peer *peer)
{
	static const struct api_step OVER = {.status = 500};
	size_t number;

	if (!api_peer_read_request(&peer->io))
		return false;
	const struct api_step *const step = next_step(peer->server, &number);

	if (step == NULL) {
		complain(peer->server, "after the script: '%.*s'",
			(int)str_find(buf_str(&peer->io.in), '\r'), peer->io.in.at);
		return answer(peer, &OVER);
	}
	check_request(peer, step, number);
	peer->counted = false;
	const bool goes_on = play(peer, step);

	count_answer(peer);
	api_peer_drop_request(&peer->io);
	return goes_on;
}

static bool shake_hands(struct peer *peer)
{
	struct api_server *const server = peer->server;

	if (!server->tls)
		return true;
	pthread_mutex_lock(&server->mutex);
	const size_t which = server->swapped;

	pthread_mutex_unlock(&server->mutex);
	return api_peer_start_tls(&peer->io, server->identity[which]);
}

struct job {
	struct api_server *server;
	size_t index;
	int fd;
};

static void *serve(void *context)
{
	struct job *const job = context;
	struct api_server *const server = job->server;
	struct peer peer = {.server = server, .io.fd = job->fd};

	if (shake_hands(&peer))
		while (serve_one(&peer))
			;
	pthread_mutex_lock(&server->mutex);
	api_peer_end(&peer.io);
	server->fds[job->index] = -1;
	pthread_mutex_unlock(&server->mutex);
	free(job);
	return NULL;
}

static void *accept_all(void *context)
{
	struct api_server *const server = context;

	for (;;) {
		const int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return NULL;
		pthread_mutex_lock(&server->mutex);
		const bool full = server->stopping || server->connections == CONNECTIONS;

		if (!full) {
			struct job *const job = mem_alloc(sizeof(*job));
			const size_t index = server->connections;

			*job = (struct job){server, index, fd};
			server->fds[index] = fd;
			server->connections +=
				pthread_create(&server->workers[index], NULL, serve, job) == 0;
		}
		pthread_mutex_unlock(&server->mutex);
		if (full)
			close(fd);
	}
}

static bool make_identity(struct api_server *server, size_t which)
{
	static const char *const HOSTS[] = {"127.0.0.1", "localhost", "api.test"};
	const struct mint_request request = {
		.ca = &server->ca[which],
		.hosts = HOSTS,
		.host_count = ARRAY_LEN(HOSTS),
		.now = time(NULL),
	};
	gnutls_datum_t cert, key;
	struct err err;

	if (!mint_ca(request.now, &server->ca[which], &err) ||
		!mint_serving(&request, &server->pair[which], &err))
		return false;
	cert = (gnutls_datum_t){(unsigned char *)server->pair[which].cert_pem,
		(unsigned)strlen(server->pair[which].cert_pem)};
	key = (gnutls_datum_t){(unsigned char *)server->pair[which].key_pem,
		(unsigned)strlen(server->pair[which].key_pem)};
	gnutls_certificate_allocate_credentials(&server->identity[which]);
	return gnutls_certificate_set_x509_key_mem(
		       server->identity[which], &cert, &key, GNUTLS_X509_FMT_PEM) == 0;
}

static bool listen_on_loopback(struct api_server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);

	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(server->listener, (const struct sockaddr *)&address, len) != 0 ||
		listen(server->listener, CONNECTIONS) != 0 ||
		getsockname(server->listener, (struct sockaddr *)&address, &len) != 0)
		return false;
	snprintf(server->url, sizeof(server->url), "http%s://127.0.0.1:%d", server->tls ? "s" : "",
		ntohs(address.sin_port));
	return true;
}

struct api_server *api_server_start(const struct api_step *steps, size_t count, bool tls)
{
	struct api_server *const server = mem_alloc(sizeof(*server));

	server->steps = steps;
	server->count = count;
	server->tls = tls;
	pthread_mutex_init(&server->mutex, NULL);
	pthread_cond_init(&server->moved, NULL);
	if ((tls && !(make_identity(server, 0) && make_identity(server, 1))) ||
		!listen_on_loopback(server) ||
		pthread_create(&server->thread, NULL, accept_all, server) != 0)
		abort();
	return server;
}

static void end_connections(struct api_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->stopping = true;
	for (size_t i = 0; i < server->connections; i++)
		if (server->fds[i] >= 0)
			shutdown(server->fds[i], SHUT_RDWR);
	pthread_mutex_unlock(&server->mutex);
}

void api_server_stop(struct api_server **pointer)
{
	struct api_server *const server = *pointer;

	if (server == NULL)
		return;
	end_connections(server);
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	end_connections(server);
	for (size_t i = 0; i < server->connections; i++)
		pthread_join(server->workers[i], NULL);
	close(server->listener);
	for (size_t i = 0; i < ARRAY_LEN(server->pair); i++) {
		mint_pair_done(&server->ca[i]);
		mint_pair_done(&server->pair[i]);
		if (server->identity[i])
			gnutls_certificate_free_credentials(server->identity[i]);
	}
	pthread_cond_destroy(&server->moved);
	pthread_mutex_destroy(&server->mutex);
	mem_free(pointer);
}

const char *api_server_url(const struct api_server *server)
{
	return server->url;
}

const char *api_server_ca(const struct api_server *server)
{
	return server->ca[0].cert_pem;
}

const char *api_server_other_ca(const struct api_server *server)
{
	return server->ca[1].cert_pem;
}

const char *api_server_complaint(struct api_server *server)
{
	pthread_mutex_lock(&server->mutex);
	const char *const complaint = server->complaint;

	pthread_mutex_unlock(&server->mutex);
	return complaint;
}

size_t api_server_steps(struct api_server *server)
{
	pthread_mutex_lock(&server->mutex);
	const size_t begun = server->begun;

	pthread_mutex_unlock(&server->mutex);
	return begun;
}

size_t api_server_connections(struct api_server *server)
{
	pthread_mutex_lock(&server->mutex);
	const size_t connections = server->connections;

	pthread_mutex_unlock(&server->mutex);
	return connections;
}

bool api_server_wait(struct api_server *server, size_t steps)
{
	struct timespec deadline;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&server->mutex);
	while (server->answered < steps && late == 0)
		late = pthread_cond_timedwait(&server->moved, &server->mutex, &deadline);
	pthread_mutex_unlock(&server->mutex);
	return late == 0;
}
