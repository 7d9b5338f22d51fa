#include "server/kube/transport.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/kube/credentials.h"
#include "server/kube/endpoint.h"
#include "server/kube/proxy.h"

/* As long as an API server keeps an idle connection. */
#define LINE_IDLE (90 * CLOCK_SECOND)

enum {
	LINES_KEPT = 16,  /* connections without work that are kept */
	LOOK_MS = 1000,   /* how often the stop is looked at, should it have no descriptor */
	KEEPALIVE_S = 15, /* a peer that is gone without a word is noticed within a minute */
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
	CURLM *multi;
	const struct kube_identity *identity; /* held; NULL: nothing is set yet */
	int64_t since;                        /* clock_now() when it became idle */
	char words[CURL_ERROR_SIZE];
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
	pthread_mutex_t mutex;
	struct line *idle;
};

/* One exchange while it goes on. */
struct exchange {
	const struct kube_request *request;
	struct kube_answer *answer;
	CURL *easy;
	size_t given; /* bytes of the request's body */
	bool too_large, ended;
};

void kube_answer_done(struct kube_answer *answer)
{
	buf_done(&answer->body);
	*answer = (struct kube_answer){0};
}

static void line_free(struct line *line)
{
	curl_multi_cleanup(line->multi);
	curl_easy_cleanup(line->easy);
	kube_identity_release(&line->identity);
	mem_free(&line);
}

static struct line *line_take(struct curl_transport *transport)
{
	struct line *line;

	pthread_mutex_lock(&transport->mutex);
	line = transport->idle;
	if (line)
		transport->idle = line->next;
	pthread_mutex_unlock(&transport->mutex);
	if (line)
		return line;
	line = mem_alloc(sizeof(*line));
	line->easy = curl_easy_init();
	line->multi = curl_multi_init();
	assert(line->easy && line->multi);
	return line;
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
	line->since = clock_now();
	pthread_mutex_lock(&transport->mutex);
	line->next = transport->idle;
	transport->idle = line;
	struct line *const rest = lines_cut(transport);

	pthread_mutex_unlock(&transport->mutex);
	lines_free(rest);
}

static size_t take_body(char *at, size_t size, size_t count, void *context)
{
	struct exchange *const exchange = context;
	const struct kube_request *const request = exchange->request;
	const size_t len = size * count;
	long status = 0;

	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	if (request->piece && status == 200) {
		exchange->ended = !request->piece(request->context, (struct str){at, len});
		return exchange->ended ? 0 : len;
	}
	exchange->too_large = exchange->answer->body.len + len > request->reply_limit;
	if (exchange->too_large)
		return 0;
	buf_add(&exchange->answer->body, (struct str){at, len});
	return len;
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

static size_t give_body(char *to, size_t size, size_t count, void *context)
{
	struct exchange *const exchange = context;
	const struct str rest = str_from_offset(exchange->request->body, exchange->given);
	const size_t len = rest.len < size * count ? rest.len : size * count;

	if (len)
		memcpy(to, rest.at, len);
	exchange->given += len;
	return len;
}

/*
 * A body is read by a function that cannot begin anew. Given as a whole, libcurl would send it a
 * second time when a connection that was kept breaks before the answer, though the server may have
 * done what it says.
 */
static void set_method(CURL *easy, struct exchange *exchange)
{
	const struct kube_request *const request = exchange->request;

	if (request->content_type) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
	} else {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
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
	curl_easy_setopt(line->easy, CURLOPT_ERRORBUFFER, line->words);
	curl_easy_setopt(line->easy, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(line->easy, CURLOPT_WRITEFUNCTION, take_body);
}

/* libcurl does not copy the headers, which live until the exchange is over. */
static void prepare(const struct curl_transport *transport, const struct line *line,
	struct exchange *exchange, struct curl_slist *headers)
{
	CLEANUP(buf_done) struct buf url = {0};
	const int64_t left = (exchange->request->deadline - clock_now()) / CLOCK_MILLISECOND;

	buf_add_cstr(&url, transport->endpoint.url);
	buf_add_cstr(&url, exchange->request->path);
	buf_add_char(&url, '\0');
	set_method(line->easy, exchange);
	curl_easy_setopt(line->easy, CURLOPT_URL, url.at);
	curl_easy_setopt(line->easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(line->easy, CURLOPT_TIMEOUT_MS, (long)(left > 0 ? left : 1));
	curl_easy_setopt(line->easy, CURLOPT_WRITEDATA, exchange);
}

/* Nothing that is gone when the exchange is over is pointed to any more. */
static void let_go(CURL *easy)
{
	static const CURLoption OPTIONS[] = {
		CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_HTTPHEADER};

	for (size_t i = 0; i < ARRAY_LEN(OPTIONS); i++)
		curl_easy_setopt(easy, OPTIONS[i], NULL);
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

static CURLcode run(struct line *line, struct exchange *exchange)
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
		curl_multi_poll(line->multi, wakes ? &wake : NULL, wakes, LOOK_MS, NULL);
	}
	curl_multi_remove_handle(line->multi, line->easy);
	return code;
}

/* What libcurl's words mean to us; any other one is a broken connection. */
static const struct {
	CURLcode code;
	enum kube_fault fault;
} FAULTS[] = {
	{CURLE_COULDNT_RESOLVE_HOST, KUBE_FAULT_CONNECT},
	{CURLE_COULDNT_RESOLVE_PROXY, KUBE_FAULT_CONNECT},
	{CURLE_COULDNT_CONNECT, KUBE_FAULT_CONNECT},
	{CURLE_SSL_CONNECT_ERROR, KUBE_FAULT_CONNECT},
	{CURLE_PROXY, KUBE_FAULT_CONNECT},
	{CURLE_PEER_FAILED_VERIFICATION, KUBE_FAULT_TRUST},
	{CURLE_SSL_CACERT_BADFILE, KUBE_FAULT_TRUST},
	{CURLE_SSL_CERTPROBLEM, KUBE_FAULT_TRUST},
	{CURLE_OPERATION_TIMEDOUT, KUBE_FAULT_TIMEOUT},
	{CURLE_URL_MALFORMAT, KUBE_FAULT_US},
	{CURLE_UNSUPPORTED_PROTOCOL, KUBE_FAULT_US},
};

static enum kube_fault fault_of(const struct exchange *exchange, CURLcode code)
{
	curl_off_t connected = 0;

	if (exchange->ended)
		return KUBE_FAULT_ENDED;
	if (exchange->too_large)
		return KUBE_FAULT_TOO_LARGE;
	/* A time-out before the connection stood has sent nothing. */
	curl_easy_getinfo(exchange->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (code == CURLE_OPERATION_TIMEDOUT && connected == 0 &&
		clock_now() < exchange->request->deadline)
		return KUBE_FAULT_CONNECT;
	for (size_t i = 0; i < ARRAY_LEN(FAULTS); i++)
		if (FAULTS[i].code == code)
			return FAULTS[i].fault;
	return KUBE_FAULT_BROKEN;
}

static void note_head(const struct exchange *exchange)
{
	struct kube_answer *const answer = exchange->answer;
	const char *type = NULL;
	curl_off_t retry_after = 0;
	long status = 0;

	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &retry_after);
	answer->status = (int)status;
	snprintf(answer->content_type, sizeof(answer->content_type), "%s", type ? type : "");
	/* A day is for ever; the product must not overflow. */
	answer->retry_after = (retry_after < 86400 ? retry_after : 86400) * CLOCK_SECOND;
}

static bool conclude(const struct curl_transport *transport, const struct exchange *exchange,
	const struct line *line, CURLcode code, struct err *err)
{
	struct kube_answer *const answer = exchange->answer;
	const char *const words = line->words[0] ? line->words : curl_easy_strerror(code);

	note_head(exchange);
	if (code == CURLE_OK && !exchange->ended)
		return true;
	answer->fault = fault_of(exchange, code);
	if (answer->fault == KUBE_FAULT_ENDED)
		return err_set(err, ERR_UNAVAILABLE, "the exchange was ended");
	if (answer->fault == KUBE_FAULT_TOO_LARGE)
		return err_set(err, ERR_TOO_LARGE, "the answer has more than %zu bytes",
			exchange->request->reply_limit);
	return err_set(err, answer->fault == KUBE_FAULT_US ? ERR_INVALID : ERR_UNAVAILABLE,
		"%.100s: %.130s", transport->config->server, words);
}

static bool send_as(struct curl_transport *transport, const struct kube_identity *identity,
	const struct kube_request *request, struct kube_answer *answer, struct err *err)
{
	struct line *const line = line_take(transport);
	struct exchange exchange = {.request = request, .answer = answer, .easy = line->easy};
	struct curl_slist *const headers = headers_for(transport, request, identity);

	kube_answer_done(answer);
	line->words[0] = '\0';
	set_up(transport, line, identity);
	prepare(transport, line, &exchange, headers);
	const CURLcode code = run(line, &exchange);
	const bool good = conclude(transport, &exchange, line, code, err);

	let_go(line->easy);
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
