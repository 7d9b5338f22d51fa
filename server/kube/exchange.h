/*
 * One HTTP exchange over a handle of libcurl: what is asked, what has come, and what the end of it
 * means. Whoever drives the handle is somebody else: transport.c, or shared.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/attr.h"
#include "base/err.h"
#include "server/kube/transport.h"

/* Start from the first three members. */
struct kube_exchange {
	const struct kube_request *request;
	struct kube_answer *answer;
	CURL *easy; /* set up but for what is this exchange's own */
	bool begun; /* all that is asked may be on its way */
	bool too_large, ended;
	char words[CURL_ERROR_SIZE];
};

/* Prepares the handle. The headers are not copied, so they live until the end. */
void kube_exchange_begin(
	struct kube_exchange *exchange, const char *root, struct curl_slist *headers);
/* The handle points to nothing of the exchange any more. `server` is what errors name. */
MUST_CHECK bool kube_exchange_end(
	struct kube_exchange *exchange, CURLcode code, const char *server, struct err *err);
