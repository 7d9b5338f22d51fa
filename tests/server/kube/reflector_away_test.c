/* An API server that cannot be reached for a while, as one that is started anew. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "server/kube/reflector.h"

enum { AWAY = 8 }; /* watches that reach nobody: more than make a list's version doubtful */

static const struct kube_resource PODS = {"", "v1", "pods", false};

static struct {
	struct kube_transport transport;
	atomic_int lists, watches;
} server;

static bool send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	(void)self;
	if (!str_contains(str_from(request->path), "watch=true")) {
		atomic_fetch_add(&server.lists, 1);
		answer->status = 200;
		strcpy(answer->content_type, "application/json");
		buf_add_cstr(
			&answer->body, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}");
		return true;
	}
	answer->fault = KUBE_FAULT_CONNECT;
	if (atomic_fetch_add(&server.watches, 1) < AWAY)
		return err_set(err, ERR_UNAVAILABLE, "nobody is there");
	/* It is back. */
	(void)kube_stop_wait(request->stop, INT64_MAX);
	answer->fault = KUBE_FAULT_ENDED;
	return err_set(err, ERR_UNAVAILABLE, "the exchange was ended");
}

static void leave(struct kube_transport *self)
{
	(void)self;
}

static void ignore_object(void *context, const struct json_node *object, struct arena *arena)
{
	(void)context;
	(void)object;
	(void)arena;
}

static void ignore_gone(void *context, struct str namespace, struct str name)
{
	(void)context;
	(void)namespace;
	(void)name;
}

/* How long it takes until it is asked for the time after those, by a clock that we move. */
static int64_t time_until_asked_again(void)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	const int64_t from = clock_now();

	while (atomic_load(&server.watches) <= AWAY) {
		clock_advance(10 * CLOCK_MILLISECOND);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
	}
	return clock_now() - from;
}

/*
 * With the usual back-off eight tries take 91 s at least. What was listed is good still: that
 * nobody is there is no fault of its version.
 */
Test(kube_reflector_away, a_server_that_is_back_is_found_at_once_and_not_listed_anew, .timeout = 60)
{
	struct kube_reflector *reflector = NULL;
	struct err err;

	server.transport = (struct kube_transport){send, leave};
	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	struct kube_client *client =
		kube_client_new(&(struct kube_client_options){.transport = &server.transport});
	const struct kube_reflector_options options = {
		.client = client,
		.resource = &PODS,
		.handler = {.object = ignore_object, .gone = ignore_gone},
	};

	cr_assert(kube_reflector_start(&options, &reflector, &err), "%s", err.text);
	cr_expect_lt(time_until_asked_again(), 45 * CLOCK_SECOND);
	cr_expect_eq(atomic_load(&server.lists), 1);
	kube_reflector_stop(&reflector);
	kube_client_free(&client);
	clock_release();
}
