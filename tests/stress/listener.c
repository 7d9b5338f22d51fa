/*
 * A listener in clear text under clients that ask, break off and fall silent, while daemons are
 * swapped, statistics read and deadlines swept; then it drains. For ThreadSanitizer above all.
 */
#include "server/http/listener.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { CLIENTS = 6, ROUNDS = 300, SWAPS = 12, ANSWER_MAX = 4096 };

static const char REQUEST[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

static int port;
static atomic_int answered;

static void fail(const char *what)
{
	fprintf(stderr, "listener: %s\n", what);
	exit(1);
}

static void echo(const struct http_request *request, struct http_response *response, void *data)
{
	(void)data;
	response->status = 200;
	buf_add(&response->body, request->body);
}

static const struct http_route ROUTES[] = {{"POST", "/echo", NULL, echo, NULL}};

static int dial(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		fail("cannot connect");
	return fd;
}

/* Whether the answer came whole and leaves the connection open. */
static bool ask(int fd)
{
	char answer[ANSWER_MAX + 1];
	size_t len = 0;

	if (send(fd, REQUEST, sizeof(REQUEST) - 1, MSG_NOSIGNAL) < 0)
		fail("cannot send");
	do {
		const ssize_t got = recv(fd, answer + len, ANSWER_MAX - len, 0);

		if (got <= 0)
			fail("no answer");
		len += (size_t)got;
		answer[len] = '\0';
	} while (len < 9 || strcmp(answer + len - 9, "\r\n\r\nhello") != 0);
	atomic_fetch_add(&answered, 1);
	return strstr(answer, "Connection: close") == NULL;
}

static void *client_main(void *data)
{
	(void)data;
	int fd = dial();

	for (int round = 0; round < ROUNDS; round++) {
		const int broken = dial();

		/* One leaves in the middle, one says nothing until its deadline. */
		if (round % 2)
			send(broken, REQUEST, (size_t)(round % (int)sizeof(REQUEST)), MSG_NOSIGNAL);
		if (!ask(fd)) {
			close(fd);
			fd = dial();
		}
		close(broken);
	}
	close(fd);
	return NULL;
}

static void stir(struct listener *listener)
{
	struct listener_stats stats;
	struct err err;

	for (int swap = 0; swap < SWAPS; swap++) {
		const int until = (swap + 1) * CLIENTS * ROUNDS / (SWAPS + 1);

		while (atomic_load(&answered) < until) {
			listener_read_stats(listener, &stats);
			clock_sleep_until(clock_now() + CLOCK_MILLISECOND);
		}
		if (!listener_swap(listener, STR(""), STR(""), &err))
			fail(err.text);
	}
}

int main(void)
{
	struct listener_options options = {
		.address = "127.0.0.1:0",
		.router = {ROUTES, ARRAY_LEN(ROUTES)},
		.limits = http_limits_default(),
	};
	struct listener *listener;
	struct listener_stats stats;
	pthread_t clients[CLIENTS];
	struct err err;

	options.limits.value[HTTP_LIMIT_SWEEP_MS] = 5;
	if (!listener_start(&options, &listener, &err))
		fail(err.text);
	port = listener_port(listener);
	for (int i = 0; i < CLIENTS; i++)
		pthread_create(&clients[i], NULL, client_main, NULL);
	stir(listener);
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(clients[i], NULL);
	if (!listener_drain(listener, &(struct listener_drain){.clients_ms = 20000}))
		fail("a connection is left although all clients have closed theirs");
	listener_read_stats(listener, &stats);
	if (stats.connections || stats.in_flight || stats.memory_small || stats.memory_large)
		fail("something is still counted");
	if (atomic_load(&answered) != CLIENTS * ROUNDS)
		fail("a request was not answered");
	listener_stop(&listener);
	return 0;
}
