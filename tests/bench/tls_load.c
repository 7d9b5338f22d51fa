#include "tests/bench/tls_load.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/bench/tls_client.h"

struct tls_load {
	clockid_t clock; /* of the server's CPU time */
	int epoll;
	int count;
	struct tls_client **clients;
	int left; /* requests that nobody has begun */
	int busy; /* clients that wait for an answer */
};

/* Edge-triggered for both ends: a client always goes on until its socket has no more to give. */
static bool watch(struct tls_load *load, struct tls_client *client)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};

	return epoll_ctl(load->epoll, EPOLL_CTL_ADD, tls_client_socket(client), &event) == 0;
}

struct tls_load *tls_load_open(pid_t pid, int port, int clients)
{
	struct tls_load *load = mem_alloc(sizeof(*load));

	load->clients = mem_alloc((size_t)clients * sizeof(struct tls_client *));
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	bool good = load->epoll >= 0 && clock_getcpuclockid(pid, &load->clock) == 0;

	while (good && load->count < clients) {
		struct tls_client *const client = tls_client_open(port);

		if (client)
			load->clients[load->count++] = client;
		good = client && watch(load, client);
	}
	if (!good)
		tls_load_close(&load);
	return load;
}

void tls_load_close(struct tls_load **pointer)
{
	struct tls_load *const load = *pointer;

	*pointer = NULL;
	if (load == NULL)
		return;
	for (int i = 0; i < load->count; i++)
		tls_client_close(&load->clients[i]);
	if (load->epoll >= 0)
		close(load->epoll);
	free(load->clients);
	free(load);
}

static double server_seconds(const struct tls_load *load)
{
	struct timespec t;

	clock_gettime(load->clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What every request of a run is, and how long clients sleep for an answer: for epoll_wait. */
struct post {
	const char *path;
	struct str body;
	int patience;
};

/* The client sends again and again, until it must wait or nothing is left to send. */
static bool go_on(struct tls_load *load, struct tls_client *client, enum tls_progress progress,
	const struct post *post)
{
	while (progress == TLS_ANSWERED && load->left > 0) {
		load->left--;
		progress = tls_client_begin(client, post->path, post->body);
	}
	if (progress == TLS_ANSWERED)
		load->busy--;
	return progress != TLS_FAILED;
}

static bool run(struct tls_load *load, const struct post *post, int requests)
{
	struct epoll_event events[64];

	load->left = requests;
	load->busy = load->count;
	for (int i = 0; i < load->count; i++) {
		if (!go_on(load, load->clients[i], TLS_ANSWERED, post))
			return false;
	}
	while (load->busy) {
		const int count = epoll_wait(load->epoll, events, 64, post->patience);

		for (int i = 0; i < count; i++) {
			struct tls_client *const client = events[i].data.ptr;

			if (!go_on(load, client, tls_client_go_on(client), post))
				return false;
		}
	}
	return true;
}

enum { NEVER_SLEEP = 0, SLEEP = -1 };

/* Where both sides share a CPU, clients that never sleep would take it from the server. */
static int patience_of_the_waking(void)
{
	cpu_set_t ours;

	if (sched_getaffinity(0, sizeof(ours), &ours) != 0)
		return SLEEP;
	return sysconf(_SC_NPROCESSORS_ONLN) > CPU_COUNT(&ours) ? NEVER_SLEEP : SLEEP;
}

/* In as many steps as it takes when so many requests are sent in one. */
static double measure(
	struct tls_load *load, const struct post *post, int requests, int requests_in_step)
{
	const double from = server_seconds(load);

	for (int sent = 0; sent < requests; sent += requests_in_step) {
		if (!run(load, post, requests_in_step))
			return -1;
	}
	return (server_seconds(load) - from) * 1e6 / requests;
}

double tls_load_run(struct tls_load *load, const char *path, struct str body, int requests)
{
	return measure(
		load, &(struct post){path, body, patience_of_the_waking()}, requests, requests);
}

double tls_load_run_asleep(struct tls_load *load, const char *path, struct str body, int requests)
{
	return measure(load, &(struct post){path, body, SLEEP}, requests, requests);
}

double tls_load_run_in_step(struct tls_load *load, const char *path, struct str body, int requests)
{
	return measure(
		load, &(struct post){path, body, patience_of_the_waking()}, requests, load->count);
}

void tls_load_take_side(bool server)
{
	static cpu_set_t allowed; /* to both */
	cpu_set_t mine;
	size_t cpu = server ? 0 : CPU_SETSIZE - 1;

	if (CPU_COUNT(&allowed) == 0 && sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return;
	while (!CPU_ISSET(cpu, &allowed))
		cpu = server ? cpu + 1 : cpu - 1;
	CPU_ZERO(&mine);
	CPU_SET(cpu, &mine);
	sched_setaffinity(0, sizeof(mine), &mine);
}
