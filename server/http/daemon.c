#include "server/http/daemon.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

static const char PRIORITIES[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

struct http_daemon {
	struct http_daemon_options options;
	struct MHD_Daemon *mhd;
	char *key, *cert, *client_ca;
	atomic_bool retired;
	atomic_llong handed, opened, closed, unheard, abandoned;

	/* The library's words while it starts; later they go to the log, so many a second. */
	bool started;
	char problem[128];
	atomic_llong log_second;
	atomic_int log_lines;
};

/* What belongs to one socket. Only the thread that serves it touches it, but for `watch`. */
struct connection {
	struct http_watch watch;
	struct http_daemon *daemon;
	struct http_exchange exchange;
	bool has_head;
	bool was_heard;
	bool is_strangers;
};

static int64_t in_ms(const struct http_daemon *daemon, enum http_limit limit)
{
	return clock_now() + http_limit(&daemon->options.core->limits, limit) * CLOCK_MILLISECOND;
}

static void count(atomic_llong *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void connection_open(
	struct http_daemon *daemon, struct MHD_Connection *mhd, void **socket_context)
{
	struct connection *const connection = mem_alloc(sizeof(*connection));
	const int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	connection->daemon = daemon;
	*socket_context = connection;
	connection->watch.deadline = in_ms(daemon, HTTP_LIMIT_HEADERS_MS);
	connection->watch.crowded = in_ms(daemon, HTTP_LIMIT_CROWDED_MS);
	http_reaper_add(daemon->options.reaper, &connection->watch, fd);
	count(&daemon->opened);
}

/* The library closes the descriptor after this, so nobody may know its number any more. */
static void connection_close(struct http_daemon *daemon, struct connection *connection)
{
	/* Before the reaper forgets it: who sees no connection any more sees what became of it. */
	if (!connection->was_heard)
		count(&daemon->unheard);
	http_reaper_remove(daemon->options.reaper, &connection->watch);
	http_exchange_end(&connection->exchange, daemon->options.core);
	free(connection);
	atomic_fetch_add_explicit(&daemon->closed, 1, memory_order_release);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		connection_open(cls, mhd, socket_context);
	else if (*socket_context)
		connection_close(cls, *socket_context);
}

/*
 * The library, told of a CA, asks clients for a certificate and takes whatever comes. What it must
 * be good for is asked here, once a connection, as a TLS server would in the handshake.
 */
static bool is_stranger(const struct http_daemon *daemon, struct MHD_Connection *mhd)
{
	gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
	const union MHD_ConnectionInfo *info;
	unsigned problems = 0;

	if (daemon->client_ca == NULL)
		return false;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	return info == NULL ||
	       gnutls_certificate_verify_peers(info->tls_session, &purpose, 1, &problems) !=
		       GNUTLS_E_SUCCESS ||
	       problems != 0;
}

/* The first request's headers share the time that the handshake had. */
static void *on_request_line(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct http_daemon *const daemon = cls;
	struct connection *const connection = connection_of(mhd);

	http_exchange_begin(&connection->exchange, daemon->options.core, str_from(target));
	if (connection->was_heard) {
		http_watch_set(&connection->watch, HTTP_PHASE_HEADERS,
			in_ms(daemon, HTTP_LIMIT_HEADERS_MS));
	} else {
		http_watch_heard(&connection->watch);
		connection->is_strangers = is_stranger(daemon, mhd);
	}
	connection->was_heard = true;
	connection->has_head = false;
	return connection;
}

/* NOLINTNEXTLINE(readability-function-size): its parameters are the library's. */
static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
	size_t name_len, const char *value, size_t value_len)
{
	(void)kind;
	http_head_add(cls, (struct str){name, name_len}, (struct str){value, value_len});
	return MHD_YES;
}

static struct MHD_Response *response_new(struct http_response *from)
{
	struct MHD_Response *response;

	if (from->body.len) {
		response = MHD_create_response_from_buffer(
			from->body.len, from->body.at, MHD_RESPMEM_MUST_FREE);
		if (response == NULL)
			buf_done(&from->body);
	} else {
		buf_done(&from->body);
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	}
	if (response == NULL)
		return NULL;
	if (from->content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, from->content_type);
	for (size_t i = 0; i < from->header_count; i++)
		MHD_add_response_header(response, from->headers[i].name, from->headers[i].value);
	return response;
}

static enum MHD_Result send_answer(struct connection *connection, struct MHD_Connection *mhd)
{
	struct http_daemon *const daemon = connection->daemon;
	struct http_core *const core = daemon->options.core;
	struct http_response answer;

	http_watch_set(&connection->watch, HTTP_PHASE_WORK, HTTP_NO_DEADLINE);
	http_exchange_answer(&connection->exchange, core, clock_now(), &answer);

	const int64_t slow = (int64_t)answer.body.len *
			     (CLOCK_SECOND / http_limit(&core->limits, HTTP_LIMIT_RATE));
	struct MHD_Response *const response = response_new(&answer);

	if (response == NULL)
		return MHD_NO;
	if (atomic_load_explicit(&daemon->retired, memory_order_relaxed) ||
		atomic_load_explicit(daemon->options.closing, memory_order_relaxed) ||
		http_exchange_hangs_up(&connection->exchange))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	http_watch_set(
		&connection->watch, HTTP_PHASE_REPLY, in_ms(daemon, HTTP_LIMIT_REPLY_MS) + slow);

	const enum MHD_Result queued = MHD_queue_response(mhd, (unsigned)answer.status, response);

	MHD_destroy_response(response);
	return queued;
}

static void expect_body(struct connection *connection)
{
	http_watch_set(&connection->watch, HTTP_PHASE_BODY,
		http_exchange_body_deadline(
			&connection->exchange, connection->daemon->options.core));
}

static enum MHD_Result take_head(
	struct connection *connection, struct MHD_Connection *mhd, struct http_head *head)
{
	connection->has_head = true;
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, add_header, head);

	const enum http_next next = http_exchange_head(
		&connection->exchange, connection->daemon->options.core, head, clock_now());

	if (next == HTTP_NEXT_ANSWER)
		return send_answer(connection, mhd);
	expect_body(connection);
	return MHD_YES;
}

/* The library calls this once for the head, for each piece of the body, and once at the end. */
/* NOLINTNEXTLINE(readability-function-size): its parameters are the library's. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct http_daemon *const daemon = cls;
	struct connection *const connection = *context;

	(void)url;
	if (!connection->has_head) {
		struct http_head head = {.method = str_from(method),
			.version = str_from(version),
			.is_strangers = connection->is_strangers};

		return take_head(connection, mhd, &head);
	}
	if (*upload_size) {
		const struct str piece = {upload, *upload_size};

		*upload_size = 0;
		if (!http_exchange_body(&connection->exchange, daemon->options.core, piece))
			return MHD_NO;
		expect_body(connection);
		return MHD_YES;
	}
	return send_answer(connection, mhd);
}

static void on_request_end(
	void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode why)
{
	struct http_daemon *const daemon = cls;
	struct connection *const connection = *context;

	(void)mhd;
	if (connection == NULL)
		return;
	if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		count(&daemon->abandoned);
	http_exchange_end(&connection->exchange, daemon->options.core);
	http_watch_idle(&connection->watch, in_ms(daemon, HTTP_LIMIT_IDLE_MS),
		in_ms(daemon, HTTP_LIMIT_CROWDED_IDLE_MS));
	*context = NULL;
}

/* A probe or a scan makes the library talk for every connection: debug, and not too much of it. */
static bool may_log(struct http_daemon *daemon)
{
	const long long second = clock_now() / CLOCK_SECOND;

	if (!log_wants(LOG_LEVEL_DEBUG))
		return false;
	if (atomic_exchange(&daemon->log_second, second) != second)
		atomic_store(&daemon->log_lines, 0);
	return atomic_fetch_add(&daemon->log_lines, 1) <
	       http_limit(&daemon->options.core->limits, HTTP_LIMIT_LOG);
}

static void on_message(void *cls, const char *format, va_list args) PRINTF_LIKE(2, 0);
static void on_message(void *cls, const char *format, va_list args)
{
	struct http_daemon *const daemon = cls;
	char text[sizeof(daemon->problem)];

	if (daemon->started && !may_log(daemon))
		return;
	vsnprintf(text, sizeof(text), format, args);
	const struct str line = str_trim(str_from(text));

	if (daemon->started) {
		LOG(DEBUG, "libmicrohttpd", KV("message", line));
	} else if (daemon->problem[0] == '\0') {
		memcpy(daemon->problem, line.at, line.len);
		daemon->problem[line.len] = '\0';
	}
}

/* Functions travel through the library's option array as numbers. */
#define FUNCTION(function) ((intptr_t)(function))

enum { OPTIONS_MAX = 14 };

static void add_option(
	struct MHD_OptionItem *options, enum MHD_OPTION option, intptr_t value, void *pointer)
{
	size_t i = 0;

	while (options[i].option != MHD_OPTION_END)
		i++;
	options[i] = (struct MHD_OptionItem){option, value, pointer};
	options[i + 1] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}

static void list_options(struct http_daemon *daemon, struct MHD_OptionItem *options)
{
	const struct http_limits *const limits = &daemon->options.core->limits;
	const intptr_t threads = (intptr_t)http_limit(limits, HTTP_LIMIT_THREADS);
	const intptr_t connections = (intptr_t)http_limit(limits, HTTP_LIMIT_CONNECTIONS);

	options[0] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	/* First, since it also hears of what is wrong with the others. */
	add_option(options, MHD_OPTION_EXTERNAL_LOGGER, FUNCTION(on_message), daemon);
	add_option(options, MHD_OPTION_NOTIFY_CONNECTION, FUNCTION(on_connection), daemon);
	add_option(options, MHD_OPTION_URI_LOG_CALLBACK, FUNCTION(on_request_line), daemon);
	add_option(options, MHD_OPTION_NOTIFY_COMPLETED, FUNCTION(on_request_end), daemon);
	add_option(options, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(intptr_t)http_limit(limits, HTTP_LIMIT_HEADERS), NULL);
	/* The library divides it among its threads; the limit that holds is the listener's. */
	add_option(options, MHD_OPTION_CONNECTION_LIMIT, (connections + 1) * threads, NULL);
	if (threads > 1)
		add_option(options, MHD_OPTION_THREAD_POOL_SIZE, threads, NULL);
	if (daemon->key == NULL)
		return;
	add_option(options, MHD_OPTION_HTTPS_MEM_KEY, 0, daemon->key);
	add_option(options, MHD_OPTION_HTTPS_MEM_CERT, 0, daemon->cert);
	add_option(options, MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES);
	if (daemon->client_ca)
		add_option(options, MHD_OPTION_HTTPS_MEM_TRUST, 0, daemon->client_ca);
}

static char *copy_text(struct str s)
{
	char *const copy = mem_alloc(s.len + 1);

	if (s.len)
		memcpy(copy, s.at, s.len);
	return copy;
}

/* The library takes any text for a CA and then refuses everybody. */
static bool holds_certificates(const char *pem)
{
	const gnutls_datum_t text = {(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
	gnutls_certificate_credentials_t trust;

	gnutls_certificate_allocate_credentials(&trust);
	const int found = gnutls_certificate_set_x509_trust_mem(trust, &text, GNUTLS_X509_FMT_PEM);

	gnutls_certificate_free_credentials(trust);
	return found > 0;
}

bool http_daemon_start(
	const struct http_daemon_options *options, struct http_daemon **out, struct err *err)
{
	struct http_daemon *daemon = mem_alloc(sizeof(*daemon));
	struct MHD_OptionItem items[OPTIONS_MAX];
	/* No listening socket: taking one back from a pool that accepts on it may abort the
	 * process (both sides remove it from the same epoll, and only one tolerates that). */
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET |
			 MHD_USE_ERROR_LOG;

	daemon->options = *options;
	if (options->key.len) {
		flags |= MHD_USE_TLS;
		daemon->key = copy_text(options->key);
		daemon->cert = copy_text(options->cert);
		if (options->client_ca.len)
			daemon->client_ca = copy_text(options->client_ca);
	}
	if (daemon->client_ca && !holds_certificates(daemon->client_ca)) {
		http_daemon_stop(&daemon);
		return err_set(err, ERR_INVALID, "the clients' CA holds no certificate in PEM");
	}
	list_options(daemon, items);
	daemon->mhd = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, daemon, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
	if (daemon->mhd == NULL) {
		err_set(err, ERR_INVALID, "start the %s server: %s", daemon->key ? "HTTPS" : "HTTP",
			daemon->problem[0] ? daemon->problem : "libmicrohttpd does not say why");
		http_daemon_stop(&daemon);
		return false;
	}
	daemon->started = true;
	*out = daemon;
	return true;
}

void http_daemon_stop(struct http_daemon **pointer)
{
	struct http_daemon *const daemon = *pointer;

	*pointer = NULL;
	if (daemon == NULL)
		return;
	if (daemon->mhd)
		MHD_stop_daemon(daemon->mhd);
	if (daemon->key)
		explicit_bzero(daemon->key, strlen(daemon->key));
	free(daemon->key);
	free(daemon->cert);
	free(daemon->client_ca);
	free(daemon);
}

bool http_daemon_adopt(
	struct http_daemon *daemon, int fd, const struct sockaddr *address, socklen_t len)
{
	count(&daemon->handed);
	if (MHD_add_connection(daemon->mhd, fd, address, len) == MHD_YES)
		return true;
	atomic_fetch_sub_explicit(&daemon->handed, 1, memory_order_relaxed);
	return false;
}

void http_daemon_retire(struct http_daemon *daemon)
{
	atomic_store_explicit(&daemon->retired, true, memory_order_relaxed);
}

bool http_daemon_is_empty(const struct http_daemon *daemon)
{
	return atomic_load_explicit(&daemon->closed, memory_order_acquire) >=
	       atomic_load_explicit(&daemon->handed, memory_order_relaxed);
}

void http_daemon_count(const struct http_daemon *daemon, struct http_daemon_counters *add_to)
{
	add_to->opened += atomic_load_explicit(&daemon->opened, memory_order_relaxed);
	add_to->unheard += atomic_load_explicit(&daemon->unheard, memory_order_relaxed);
	add_to->abandoned += atomic_load_explicit(&daemon->abandoned, memory_order_relaxed);
}
