#include "server/http/listener.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "server/http/daemon.h"
#include "server/http/socket.h"

/* A daemon and its certificate. The first serves new clients; the others wait for theirs to go. */
struct generation {
	struct http_daemon *daemon;
	int64_t ends; /* when an old one is stopped in any case */
	struct generation *older;
};

struct listener {
	struct http_core core;
	struct http_reaper reaper;
	int port;
	int wake; /* eventfd: look at the flags now */
	char *client_ca;
	pthread_t keeper;

	atomic_bool closing; /* answers say Connection: close */
	atomic_bool close_port;
	atomic_bool port_is_closed;
	atomic_bool stop;
	atomic_llong accepted, turned_away;

	pthread_mutex_t lock; /* for what follows */
	struct generation *newest;
	struct http_daemon_counters past; /* of generations that are gone */

	int socket;    /* the keeper's own, as all below */
	bool is_short; /* of descriptors or memory; try again at the next sweep */
};

enum { BREATH_MS = 10, ACCEPT_ROUND = 64 };

static void wake_keeper(struct listener *listener)
{
	const uint64_t one = 1;

	if (write(listener->wake, &one, sizeof(one)) < 0)
		assert(errno == EAGAIN);
}

/* Only the keeper ends a generation, so what it got here stays until it does. */
static struct http_daemon *serving_daemon(struct listener *listener)
{
	pthread_mutex_lock(&listener->lock);
	struct http_daemon *const daemon = listener->newest->daemon;

	pthread_mutex_unlock(&listener->lock);
	return daemon;
}

static bool has_room(struct listener *listener)
{
	return (int64_t)http_reaper_count(&listener->reaper) <
	       http_limit(&listener->core.limits, HTTP_LIMIT_CONNECTIONS);
}

/* How many wait because there is no room for them. */
static size_t shut_out(struct listener *listener)
{
	if (listener->socket < 0 || has_room(listener))
		return 0;
	return socket_waiting(listener->socket);
}

/* False when there is nobody to accept, or no means to. */
static bool accept_one(struct listener *listener, struct http_daemon *daemon)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	const int fd = accept4(
		listener->socket, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EAGAIN)
			return false;
		/* Of the others, most are the fate of one client that is gone already. */
		listener->is_short =
			errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
		if (listener->is_short)
			LOG(WARN, "cannot accept", KV("error", strerrordesc_np(errno)));
		return !listener->is_short;
	}
	atomic_fetch_add_explicit(&listener->accepted, 1, memory_order_relaxed);
	if (!http_daemon_adopt(daemon, fd, (const struct sockaddr *)&address, len))
		atomic_fetch_add_explicit(&listener->turned_away, 1, memory_order_relaxed);
	return true;
}

static void accept_some(struct listener *listener)
{
	struct http_daemon *const daemon = serving_daemon(listener);

	for (int i = 0; i < ACCEPT_ROUND && has_room(listener); i++) {
		if (!accept_one(listener, daemon))
			return;
	}
}

static void close_socket(struct listener *listener)
{
	struct http_daemon *const daemon = serving_daemon(listener);

	while (has_room(listener) && accept_one(listener, daemon))
		continue;
	close(listener->socket);
	listener->socket = -1;
	atomic_store(&listener->port_is_closed, true);
}

static void generation_free(struct listener *listener, struct generation *generation)
{
	struct http_daemon *daemon = generation->daemon;
	struct http_daemon_counters counters = {0};

	http_daemon_count(daemon, &counters);
	http_daemon_stop(&daemon);
	pthread_mutex_lock(&listener->lock);
	listener->past.opened += counters.opened;
	listener->past.unheard += counters.unheard;
	listener->past.abandoned += counters.abandoned;
	pthread_mutex_unlock(&listener->lock);
	free(generation);
}

/* Unlinks and returns an old generation that nobody needs any more, NULL when there is none. */
static struct generation *find_spent(struct listener *listener, int64_t now)
{
	struct generation *spent = NULL;

	pthread_mutex_lock(&listener->lock);
	for (struct generation **at = &listener->newest->older; *at; at = &(*at)->older) {
		if (!http_daemon_is_empty((*at)->daemon) && now < (*at)->ends)
			continue;
		spent = *at;
		*at = spent->older;
		break;
	}
	pthread_mutex_unlock(&listener->lock);
	return spent;
}

static void wait_for_work(struct listener *listener, int64_t until)
{
	const bool accepts = listener->socket >= 0 && !listener->is_short;
	const bool full = accepts && !has_room(listener);
	struct pollfd fds[] = {
		{.fd = listener->wake, .events = POLLIN},
		{.fd = accepts && !full ? listener->socket : -1, .events = POLLIN},
	};
	/* Rounded up, or it would ask over and over again in the last millisecond. */
	const int64_t left = (until - clock_now() + CLOCK_MILLISECOND - 1) / CLOCK_MILLISECOND;
	int64_t timeout = left > 0 ? left : 0;
	uint64_t ignored;

	if (full && timeout > BREATH_MS)
		timeout = BREATH_MS;
	if (poll(fds, 2, (int)timeout) <= 0)
		return;
	if (fds[0].revents && read(listener->wake, &ignored, sizeof(ignored)) < 0)
		assert(errno == EAGAIN);
	if (fds[1].revents)
		accept_some(listener);
}

static void *keeper_main(void *data)
{
	struct listener *const listener = data;
	const int64_t pause =
		http_limit(&listener->core.limits, HTTP_LIMIT_SWEEP_MS) * CLOCK_MILLISECOND;
	int64_t next_sweep = clock_now() + pause;

	while (!atomic_load(&listener->stop)) {
		struct generation *spent;

		wait_for_work(listener, next_sweep);
		if (atomic_load(&listener->close_port) && listener->socket >= 0)
			close_socket(listener);
		const int64_t now = clock_now();

		if (now < next_sweep)
			continue;
		next_sweep = now + pause;
		listener->is_short = false;
		http_reaper_sweep(&listener->reaper, now, shut_out(listener));
		http_core_trim(&listener->core);
		while ((spent = find_spent(listener, now)))
			generation_free(listener, spent);
	}
	return NULL;
}

static bool start_keeper(struct listener *listener, struct err *err)
{
	return thread_start(&listener->keeper, "keeper", keeper_main, listener) ||
	       err_errno(err, "start a thread");
}

static bool start_daemon(
	struct listener *listener, struct str key, struct str cert, struct err *err)
{
	struct http_daemon *daemon;
	const struct http_daemon_options options = {
		.core = &listener->core,
		.reaper = &listener->reaper,
		.key = key,
		.cert = cert,
		.client_ca = str_from(listener->client_ca),
		.closing = &listener->closing,
	};
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const bool started = http_daemon_start(&options, &daemon, err);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started)
		return false;
	struct generation *const generation = mem_alloc(sizeof(*generation));

	generation->daemon = daemon;
	pthread_mutex_lock(&listener->lock);
	generation->older = listener->newest;
	listener->newest = generation;
	pthread_mutex_unlock(&listener->lock);
	return true;
}

/* Ends what there is of a listener whose keeper does not run. */
static void listener_free(struct listener *listener)
{
	for (struct generation *at = listener->newest, *older; at; at = older) {
		older = at->older;
		generation_free(listener, at);
	}
	if (listener->socket >= 0)
		close(listener->socket);
	if (listener->wake >= 0)
		close(listener->wake);
	http_reaper_done(&listener->reaper);
	http_core_done(&listener->core);
	pthread_mutex_destroy(&listener->lock);
	free(listener->client_ca);
	free(listener);
}

static char *copy_of(struct str text)
{
	struct buf copy = {0};

	buf_add(&copy, text);
	return buf_take(&copy);
}

bool listener_start(const struct listener_options *options, struct listener **out, struct err *err)
{
	struct listener *const listener = mem_alloc(sizeof(*listener));
	const int backlog = (int)http_limit(&options->limits, HTTP_LIMIT_BACKLOG);

	http_core_init(&listener->core, &options->router, &options->limits);
	listener->core.on_done = options->on_done;
	listener->core.on_done_data = options->on_done_data;
	http_reaper_init(&listener->reaper);
	pthread_mutex_init(&listener->lock, NULL);
	listener->client_ca = copy_of(options->client_ca);
	listener->socket = -1;
	listener->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (listener->wake < 0)
		err_errno(err, "make an eventfd");
	if (listener->wake >= 0 &&
		socket_listen(options->address, backlog, &listener->socket, err) &&
		start_daemon(listener, options->key, options->cert, err)) {
		listener->port = socket_port(listener->socket);
		if (start_keeper(listener, err)) {
			*out = listener;
			return true;
		}
	}
	listener_free(listener);
	return false;
}

int listener_port(const struct listener *listener)
{
	return listener->port;
}

bool listener_swap(struct listener *listener, struct str key, struct str cert, struct err *err)
{
	if (!start_daemon(listener, key, cert, err))
		return false;
	const int64_t ends =
		clock_now() +
		http_limit(&listener->core.limits, HTTP_LIMIT_RETIRE_MS) * CLOCK_MILLISECOND;

	pthread_mutex_lock(&listener->lock);
	struct generation *const old = listener->newest->older;

	if (old) {
		old->ends = ends;
		http_daemon_retire(old->daemon);
	}
	pthread_mutex_unlock(&listener->lock);
	return true;
}

void listener_close_after_answers(struct listener *listener)
{
	atomic_store(&listener->closing, true);
}

void listener_close_port(struct listener *listener)
{
	atomic_store(&listener->close_port, true);
	wake_keeper(listener);
}

static bool all_clients_left(struct listener *listener)
{
	bool left = true;

	pthread_mutex_lock(&listener->lock);
	for (struct generation *at = listener->newest; at; at = at->older)
		left = left && http_daemon_is_empty(at->daemon);
	pthread_mutex_unlock(&listener->lock);
	return left;
}

static bool is_quiet(struct listener *listener, enum listener_quiet quiet)
{
	if (!atomic_load(&listener->port_is_closed))
		return false;
	if (quiet == LISTENER_NO_CONNECTIONS)
		return all_clients_left(listener);
	return atomic_load(&listener->core.counters.in_flight) == 0;
}

/* It happens once in a process's life: looking again and again costs less than telling. */
bool listener_wait(struct listener *listener, enum listener_quiet quiet, int64_t patience_ms)
{
	const int64_t until = clock_now() + patience_ms * CLOCK_MILLISECOND;

	while (!is_quiet(listener, quiet)) {
		if (clock_now() >= until)
			return false;
		clock_sleep_until(clock_now() + BREATH_MS * CLOCK_MILLISECOND);
	}
	return true;
}

bool listener_drain(struct listener *listener, const struct listener_drain *drain)
{
	listener_close_after_answers(listener);
	clock_sleep_until(clock_now() + drain->grace_ms * CLOCK_MILLISECOND);
	listener_close_port(listener);
	return listener_wait(listener, LISTENER_NO_CONNECTIONS, drain->clients_ms) ||
	       listener_wait(listener, LISTENER_NO_REQUESTS, drain->requests_ms);
}

void listener_stop(struct listener **pointer)
{
	struct listener *const listener = *pointer;

	*pointer = NULL;
	if (listener == NULL)
		return;
	atomic_store(&listener->stop, true);
	wake_keeper(listener);
	pthread_join(listener->keeper, NULL);
	listener_free(listener);
}

static long long load(const atomic_llong *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void read_daemons(struct listener *listener, struct listener_stats *out)
{
	pthread_mutex_lock(&listener->lock);
	struct http_daemon_counters sum = listener->past;

	for (struct generation *at = listener->newest; at; at = at->older)
		http_daemon_count(at->daemon, &sum);
	pthread_mutex_unlock(&listener->lock);
	out->unheard = sum.unheard;
	out->abandoned = sum.abandoned;
}

void listener_read_stats(struct listener *listener, struct listener_stats *out)
{
	const struct http_counters *const counters = &listener->core.counters;
	const struct http_budgets *const budgets = &listener->core.budgets;

	*out = (struct listener_stats){
		.connections = (long long)http_reaper_count(&listener->reaper),
		.in_flight = load(&counters->in_flight),
		.accepted = load(&listener->accepted),
		.turned_away = load(&listener->turned_away),
		.requests = load(&counters->requests),
		.bytes_in = load(&counters->bytes_in),
		.bytes_out = load(&counters->bytes_out),
		.memory_small = (long long)atomic_load(&budgets->small.used),
		.memory_large = (long long)atomic_load(&budgets->large.used),
	};
	for (int i = 0; i < HTTP_REFUSAL_COUNT; i++)
		out->refused[i] = load(&counters->refused[i]);
	http_reaper_reaped(&listener->reaper, out->reaped);
	read_daemons(listener, out);
}
