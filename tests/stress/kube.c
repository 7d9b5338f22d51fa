/*
 * Many threads on one client: calls over real connections that are ended in the middle, watches
 * that are started and stopped while events come, an election and a recorder beside them.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "server/kube/election.h"
#include "server/kube/recorder.h"
#include "server/kube/reflector.h"
#include "tests/support/api_server_kit.h"

enum { ROUNDS = 12, THREADS = 6, REFLECTORS = 4 };

static const struct kube_resource PODS = {"", "v1", "pods", false};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "kube: %s: %s\n", what, why);
	exit(1);
}

/* Says yes to all; a watch tells of pods that come and go, and of versions that expire. */
static bool fake_send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	static const char LIST[] = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":["
				   "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\"}}]}";
	static const char *const LINES[] = {
		"{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"b\",",
		"\"resourceVersion\":\"2\"}}}\n{\"type\":\"DELETED\",\"object\":{\"metadata\":{",
		"\"name\":\"b\",\"resourceVersion\":\"3\"}}}\n",
	};
	static const char EXPIRED[] = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\","
				      "\"code\":410}}\n";

	(void)self;
	kube_answer_done(answer);
	answer->status = 200;
	snprintf(answer->content_type, sizeof(answer->content_type), "application/json");
	buf_add_cstr(&answer->body, request->piece ? "" : LIST);
	for (int i = 0; request->piece && i < 300; i++) {
		if (kube_stop_asked(request->stop) ||
			!request->piece(request->context, str_from(LINES[i % 3]))) {
			answer->fault = KUBE_FAULT_ENDED;
			return err_set(err, ERR_UNAVAILABLE, "ended");
		}
	}
	if (request->piece && !request->piece(request->context, str_from(EXPIRED))) {
		answer->fault = KUBE_FAULT_ENDED;
		return err_set(err, ERR_UNAVAILABLE, "ended");
	}
	return true;
}

static void fake_free(struct kube_transport *self)
{
	(void)self;
}

static void count_object(void *context, const struct json_node *object, struct arena *arena)
{
	(void)object;
	(void)arena;
	atomic_fetch_add((atomic_int *)context, 1);
}

static void count_gone(void *context, struct str namespace, struct str name)
{
	(void)namespace;
	if (!str_is(name, "b"))
		fail("gone", "it was not 'b'");
	atomic_fetch_add((atomic_int *)context, 1);
}

static void wait_for(atomic_int *count, int least)
{
	const int64_t until = clock_now() + 60 * CLOCK_SECOND;

	while (atomic_load(count) < least)
		if (clock_now() > until)
			fail("watch", "nothing is told");
}

static void note_change(void *context, bool leads, const char *holder)
{
	(void)holder;
	atomic_store((atomic_bool *)context, leads);
}

static void watch_and_stop(int round)
{
	static struct kube_transport fake = {fake_send, fake_free};
	struct kube_client *client =
		kube_client_new(&(struct kube_client_options){.transport = &fake});
	struct kube_reflector *reflectors[REFLECTORS];
	struct kube_recorder *recorder;
	struct kube_election *election;
	atomic_int count = 0;
	atomic_bool leads = false;
	struct err err;

	for (int i = 0; i < REFLECTORS; i++) {
		const struct kube_reflector_options options = {
			.client = client,
			.resource = &PODS,
			.handler = {.context = &count, count_object, count_gone, NULL, NULL},
		};

		if (!kube_reflector_start(&options, &reflectors[i], &err))
			fail("reflector", err.text);
	}
	const struct kube_election_options options = {
		.lease = {client, "n", "l", "us", 0},
		.retry_every = CLOCK_MILLISECOND,
		.changed = note_change,
		.context = &leads,
	};

	if (!kube_election_start(&options, &election, &err) ||
		!kube_recorder_start(client, "raygate", "h", &recorder, &err))
		fail("start", err.text);
	for (int i = 0; i < 50; i++)
		kube_recorder_add(recorder, &(struct kube_event){.name = "a", .reason = "R"});
	wait_for(&count, 100 * round);
	kube_recorder_stop(&recorder);
	kube_election_stop(&election);
	for (int i = 0; i < REFLECTORS; i++)
		kube_reflector_stop(&reflectors[i]);
	if (atomic_load(&leads))
		fail("election", "it never told its end");
	kube_client_free(&client);
}

struct caller {
	struct kube_client *client;
	struct kube_stop *stop;
	atomic_int *count;
};

static void *call(void *context)
{
	const struct caller *const caller = context;
	static const struct kube_call GET = {.verb = KUBE_GET, .at = {&PODS, "n", "a", NULL}};
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	struct err err;

	while (!kube_stop_asked(caller->stop)) {
		if (kube_call(caller->client, &GET, &reply, &err))
			atomic_fetch_add(caller->count, 1);
		else if (!kube_stop_asked(caller->stop))
			fail("call", err.text);
	}
	return NULL;
}

static void call_and_stop(int round)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = "GET /api/v1/namespaces/n/pods/a", .reply = "{}",
			.repeat = true),
	};
	struct api_server *server = api_server_start(SCRIPT, ARRAY_LEN(SCRIPT), false);
	struct kube_config config = {.server = api_server_url(server), .origin = "stress"};
	struct kube_stop *stop = kube_stop_new();
	struct kube_client *client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(&config, "stress"), .stop = stop});
	atomic_int count = 0;
	struct caller caller = {client, stop, &count};
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, call, &caller))
			fail("thread", "none");
	wait_for(&count, 10 * round);
	kube_stop_ask(stop);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (*api_server_complaint(server))
		fail("server", api_server_complaint(server));
	kube_client_free(&client);
	kube_stop_free(&stop);
	api_server_stop(&server);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (int round = 0; round < ROUNDS; round++) {
		watch_and_stop(round);
		call_and_stop(round);
	}
	return 0;
}
