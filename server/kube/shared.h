/*
 * The exchanges of many that hardly ever have something to say, as watches of most kinds are: one
 * thread drives all of them, over one connection where the server speaks HTTP/2. A thread, a
 * connection and its TLS for each would be most of what a replica holds.
 *
 * What such an exchange calls it calls in that thread, and while it does no other one is read.
 */
#pragma once

#include <curl/curl.h>

#include "server/kube/stop.h"

struct kube_shared;

struct kube_shared *kube_shared_new(void);
/* Takes NULL and nulls. Nothing may be going on any more. */
void kube_shared_free(struct kube_shared **shared);
/* Sets up a handle for this, beside what is its own. */
void kube_shared_prepare(CURL *easy);
/*
 * Returns when the handle is done or the stop was asked for: with CURLE_ABORTED_BY_CALLBACK then,
 * CURLE_OUT_OF_MEMORY when there is no thread to be had. Any number of threads may call.
 */
CURLcode kube_shared_run(struct kube_shared *shared, CURL *easy, struct kube_stop *stop);
