#include "server/kube/transport.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/kube/credentials.h"
#include "server/kube/endpoint.h"
#include "server/kube/exchange.h"
#include "server/kube/proxy.h"
#include "server/kube/shared.h"

/* As long as an API server keeps an idle connection. */
#define LINE_IDLE (90 * CLOCK_SECOND)

enum {
	LINES_KEPT = 16,  /* connections without work that are kept */
	LOOK_MS = 1000,   /* how often the stop is looked at, should it have no descriptor */
	SLEEP_MS = 60000, /* else; libcurl has times of its own */
	KEEPALIVE_S = 15,
	/* A peer that is gone without a word is noticed, however often it is asked meanwhile. */
	SILENCE_MS = 45000,
	UPLOAD_BYTES = 16 * 1024, /* the least that libcurl takes */
	CONNECT_MS = 10000,       /* as client-go's dialer: 30 s; we would rather try again */
};

/*
 * A handle of libcurl with its connections; used by one thread at a time. What is the same for all
 * exchanges of an identity is set once.
 */
struct line {
	struct line *next;
	CURL *easy;
	CURLM *multi; /* NULL where those of others are shared, for one exchange */
	const struct kube_identity *identity; /* held; NULL: nothing is set yet */
	int64_t since;                        /* clock_now() when it became idle */
};

struct curl_transport {
	struct kube_transport base; /* first: `self` is this struct */
	const struct kube_config *config;
	struct kube_credentials *credentials;
	const char *agent;
	struct arena arena;
	struct kube_endpoint endpoint;
	struct kube_proxy proxy;
	struct curl_slist *connect_to; /* or NULL */
	struct kube_shared *shared;
	pthread_mutex_t mutex;
	struct line *idle;
};

static struct line *line_new(bool shares)
{
	struct line *const line = mem_alloc(sizeof(*line));

	line->easy = curl_easy_init();
	line->multi = shares ? NULL : curl_multi_init();
	assert(line->easy && (line->multi || shares));
	return line;
}

static void line_free(struct line *line)
{
	if (line->multi)
		curl_multi_cleanup(line->multi);
	curl_easy_cleanup(line->easy);
	kube_identity_release(&line->identity);
	mem_free(&line);
}

static struct line *line_take(struct curl_transport *transport, bool shares)
{
	struct line *line = NULL;

	if (shares)
		return line_new(true);
	pthread_mutex_lock(&transport->mutex);
	line = transport->idle;
	if (line)
		transport->idle = line->next;
	pthread_mutex_unlock(&transport->mutex);
	return line ? line : line_new(false);
}

static void lines_free(struct line *line)
{
	for (struct line *next; line; line = next) {
		next = line->next;
		line_free(line);
	}
}

/* Takes out all but the first few that were in use not long ago; the list is newest first. */
static struct line *lines_cut(struct curl_transport *transport)
{
	const int64_t oldest = clock_now() - LINE_IDLE;
	struct line **at = &transport->idle;
	size_t count = 0;

	for (; *at && count < LINES_KEPT && (*at)->since >= oldest; at = &(*at)->next)
		count++;
	struct line *const rest = *at;

	*at = NULL;
	return rest;
}

static void line_give_back(struct curl_transport *transport, struct line *line)
{
	if (line->multi == NULL) {
		line_free(line);
		return;
	}
	line->since = clock_now();
	pthread_mutex_lock(&transport->mutex);
	line->next = transport->idle;
	transport->idle = line;
	struct line *const rest = lines_cut(transport);

	pthread_mutex_unlock(&transport->mutex);
	lines_free(rest);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *format, const char *value)
{
	CLEANUP(buf_done) struct buf line = {0};

	buf_add_cstr(&line, format);
	buf_add_cstr(&line, value);
	buf_add_char(&line, '\0');
	struct curl_slist *const longer = curl_slist_append(list, line.at);

	assert(longer);
	return longer;
}

static struct curl_slist *headers_for(const struct curl_transport *transport,
	const struct kube_request *request, const struct kube_identity *identity)
{
	const struct kube_config *const config = transport->config;
	/* No "Expect: 100-continue": it costs a round trip. */
	struct curl_slist *list = add_header(NULL, "Expect:", "");

	list = add_header(list, "Accept: ", request->accept ? request->accept : "application/json");
	if (request->content_type)
		list = add_header(list, "Content-Type: ", request->content_type);
	if (identity->authorization)
		list = add_header(list, "Authorization: ", identity->authorization);
	if (transport->endpoint.connect_to)
		list = add_header(list, "Host: ", transport->endpoint.connect_to);
	if (config->act_as)
		list = add_header(list, "Impersonate-User: ", config->act_as);
	if (config->act_as_uid)
		list = add_header(list, "Impersonate-Uid: ", config->act_as_uid);
	for (size_t i = 0; config->act_as_groups && config->act_as_groups[i]; i++)
		list = add_header(list, "Impersonate-Group: ", config->act_as_groups[i]);
	for (const struct kube_extra *e = config->act_as_extra; e && e->header; e++)
		list = add_header(list, e->header, e->value);
	return list;
}

/* Not copied: the line holds the identity. */
static void set_blob(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = {.flags = CURL_BLOB_NOCOPY};

	if (pem == NULL)
		return;
	memcpy(&blob.data, &pem, sizeof(blob.data));
	blob.len = strlen(pem);
	curl_easy_setopt(easy, option, &blob);
}

static void set_tls(
	CURL *easy, const struct kube_config *config, const struct kube_identity *identity)
{
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, config->insecure ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, config->insecure ? 0L : 2L);
	set_blob(easy, CURLOPT_CAINFO_BLOB, identity->ca_pem);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, identity->cert_pem);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, identity->key_pem);
	/* Or OpenSSL would ask for the passphrase of an encrypted key at the terminal. */
	curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

/* Or what was sent into the void would be sent again for a quarter of an hour. */
static int bound_silence(void *context, curl_socket_t fd, curlsocktype purpose)
{
	const unsigned most = SILENCE_MS;

	(void)context;
	(void)purpose;
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &most, sizeof(most));
	return CURL_SOCKOPT_OK;
}

static void set_connection(CURL *easy, const struct kube_proxy *proxy)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
	/* A path is ours; "/../" in it is not libcurl's to mend. */
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	/* What is sent is small; by default each connection would hold 64 KiB for it. */
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BYTES);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, bound_silence);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROXY, proxy->url);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, proxy->except);
}

/* What is the same for all exchanges as long as we are the same. */
static void set_up(const struct curl_transport *transport, struct line *line,
	const struct kube_identity *identity)
{
	if (line->identity && line->identity->generation == identity->generation)
		return;
	/* Connections outlive this; nothing else does. */
	curl_easy_reset(line->easy);
	kube_identity_release(&line->identity);
	line->identity = kube_identity_hold(identity);
	set_connection(line->easy, &transport->proxy);
	set_tls(line->easy, transport->config, identity);
	curl_easy_setopt(line->easy, CURLOPT_USERAGENT, transport->agent);
	curl_easy_setopt(line->easy, CURLOPT_CONNECT_TO, transport->connect_to);
	if (line->multi == NULL)
		kube_shared_prepare(line->easy);
}

static bool is_done(CURLM *multi, CURLcode *code)
{
	int left;

	for (const CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL;) {
		if (message->msg == CURLMSG_DONE) {
			*code = message->data.result;
			return true;
		}
	}
	return false;
}

static CURLcode run(struct line *line, struct kube_exchange *exchange)
{
	struct kube_stop *const stop = exchange->request->stop;
	CURLcode code = CURLE_ABORTED_BY_CALLBACK;
	struct curl_waitfd wake = {.fd = kube_stop_fd(stop), .events = CURL_WAIT_POLLIN};
	const unsigned wakes = wake.fd >= 0;
	int running;

	curl_multi_add_handle(line->multi, line->easy);
	for (;;) {
		exchange->ended = exchange->ended || kube_stop_asked(stop);
		if (exchange->ended)
			break;
		curl_multi_perform(line->multi, &running);
		if (is_done(line->multi, &code))
			break;
		curl_multi_poll(
			line->multi, wakes ? &wake : NULL, wakes, wakes ? SLEEP_MS : LOOK_MS, NULL);
	}
	curl_multi_remove_handle(line->multi, line->easy);
	return code;
}

static CURLcode run_shared(struct kube_shared *shared, struct kube_exchange *exchange)
{
	struct kube_stop *const stop = exchange->request->stop;
	const CURLcode code = kube_shared_run(shared, exchange->easy, stop);

	if (code == CURLE_ABORTED_BY_CALLBACK && kube_stop_asked(stop))
		exchange->ended = true;
	return code;
}

static bool send_as(struct curl_transport *transport, const struct kube_identity *identity,
	const struct kube_request *request, struct kube_answer *answer, struct err *err)
{
	struct line *const line = line_take(transport, request->shares);
	struct kube_exchange exchange = {.request = request, .answer = answer, .easy = line->easy};
	struct curl_slist *const headers = headers_for(transport, request, identity);

	kube_answer_done(answer);
	set_up(transport, line, identity);
	kube_exchange_begin(&exchange, transport->endpoint.url, headers);
	const CURLcode code =
		request->shares ? run_shared(transport->shared, &exchange) : run(line, &exchange);
	const bool good = kube_exchange_end(&exchange, code, transport->config->server, err);

	curl_slist_free_all(headers);
	line_give_back(transport, line);
	return good;
}

static bool send_once(struct curl_transport *transport, const struct kube_request *request,
	struct kube_answer *answer, bool *refused, struct err *err)
{
	const struct kube_identity *identity CLEANUP(kube_identity_release) = NULL;

	if (!kube_credentials_take(transport->credentials, request->stop, &identity, err)) {
		kube_answer_done(answer);
		answer->fault = KUBE_FAULT_US;
		return false;
	}
	const bool good = send_as(transport, identity, request, answer, err);

	*refused = good && answer->status == 401 &&
		   kube_credentials_refused(transport->credentials, identity);
	return good;
}

static bool transport_send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	struct curl_transport *const transport = (struct curl_transport *)self;
	bool refused = false;
	const bool good = send_once(transport, request, answer, &refused, err);

	return refused ? send_once(transport, request, answer, &refused, err) : good;
}

static void transport_done(struct kube_transport *self)
{
	struct curl_transport *transport = (struct curl_transport *)self;

	kube_shared_free(&transport->shared);
	lines_free(transport->idle);
	curl_slist_free_all(transport->connect_to);
	kube_credentials_free(&transport->credentials);
	pthread_mutex_destroy(&transport->mutex);
	arena_done(&transport->arena);
	mem_free(&transport);
	curl_global_cleanup();
}

struct kube_transport *kube_transport_new(const struct kube_config *config, const char *agent)
{
	struct curl_transport *const transport = mem_alloc(sizeof(*transport));
	struct err err;
	const bool loaded = kube_transport_load(&err);

	assert(loaded);
	(void)loaded;
	/* Counted by libcurl; any thread may call it. */
	curl_global_init(CURL_GLOBAL_DEFAULT);
	transport->base = (struct kube_transport){.send = transport_send, .free = transport_done};
	transport->config = config;
	transport->credentials = kube_credentials_new(config);
	arena_init(&transport->arena, 1024);
	transport->agent = arena_str(&transport->arena, str_from(agent)).at;
	transport->shared = kube_shared_new();
	pthread_mutex_init(&transport->mutex, NULL);
	transport->endpoint = kube_endpoint_of(config, &transport->arena);
	transport->proxy = kube_proxy_of(config, &transport->arena);
	if (transport->endpoint.connect_to)
		transport->connect_to = add_header(NULL, "::", transport->endpoint.connect_to);
	return &transport->base;
}

void kube_transport_free(struct kube_transport **transport)
{
	if (*transport)
		(*transport)->free(*transport);
	*transport = NULL;
}
