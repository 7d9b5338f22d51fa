#include "server/kube/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void kube_answer_done(struct kube_answer *answer)
{
	buf_done(&answer->body);
	*answer = (struct kube_answer){0};
}

static size_t take_body(char *at, size_t size, size_t count, void *context)
{
	struct kube_exchange *const exchange = context;
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

/*
 * A connection that was kept may break under a request, and then libcurl would send it a second
 * time over another one, though the server may have done what it says: right for what only reads.
 */
static int begin_once(void *context, char *peer, char *own, int peer_port, int own_port)
{
	struct kube_exchange *const exchange = context;
	const bool again = exchange->begun;

	(void)peer, (void)own, (void)peer_port, (void)own_port;
	exchange->begun = true;
	return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* A body that is given as a whole goes out together with the head. */
static void set_method(CURL *easy, struct kube_exchange *exchange)
{
	const struct kube_request *const request = exchange->request;

	if (request->content_type) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.at);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, begin_once);
		curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
	} else {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

void kube_exchange_begin(
	struct kube_exchange *exchange, const char *root, struct curl_slist *headers)
{
	CLEANUP(buf_done) struct buf url = {0};
	const int64_t left = (exchange->request->deadline - clock_now()) / CLOCK_MILLISECOND;

	buf_add_cstr(&url, root);
	buf_add_cstr(&url, exchange->request->path);
	buf_add_char(&url, '\0');
	set_method(exchange->easy, exchange);
	curl_easy_setopt(exchange->easy, CURLOPT_URL, url.at);
	curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(exchange->easy, CURLOPT_TIMEOUT_MS, (long)(left > 0 ? left : 1));
	curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->words);
	curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
}

/* Nothing that is gone when the exchange is over is pointed to any more. */
static void let_go(CURL *easy)
{
	static const CURLoption OPTIONS[] = {CURLOPT_POSTFIELDS, CURLOPT_PREREQFUNCTION,
		CURLOPT_WRITEDATA, CURLOPT_HTTPHEADER, CURLOPT_ERRORBUFFER};

	for (size_t i = 0; i < ARRAY_LEN(OPTIONS); i++)
		curl_easy_setopt(easy, OPTIONS[i], NULL);
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

static enum kube_fault fault_of(const struct kube_exchange *exchange, CURLcode code)
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

static void note_head(const struct kube_exchange *exchange)
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

static bool conclude(
	const struct kube_exchange *exchange, CURLcode code, const char *server, struct err *err)
{
	struct kube_answer *const answer = exchange->answer;
	const char *words = exchange->words[0] ? exchange->words : curl_easy_strerror(code);

	if (code == CURLE_ABORTED_BY_CALLBACK)
		words = "the connection broke before the answer";
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
		"%.100s: %.130s", server, words);
}

bool kube_exchange_end(
	struct kube_exchange *exchange, CURLcode code, const char *server, struct err *err)
{
	const bool good = conclude(exchange, code, server, err);

	let_go(exchange->easy);
	return good;
}
