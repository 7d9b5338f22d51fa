/*
 * Our client before a real API server: that of tests/e2e/cluster, whose programs know it by
 * E2E_STATE and KUBECONFIG. Elsewhere these are skipped.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "server/kube/election.h"
#include "server/kube/recorder.h"
#include "server/kube/reflector.h"

enum { THREADS = 8, EACH = 25, PATIENCE_S = 60 };

#define NS "raygate-live"

static const struct kube_resource MAPS = {"", "v1", "configmaps", false};
static const struct kube_resource SPACES = {"", "v1", "namespaces", true};
static const struct kube_resource EVENTS = {"", "v1", "events", false};

static struct kube_config *config;
static struct kube_client *client;
static struct kube_reply reply;
static struct err err;

static bool call(const struct kube_call *call)
{
	err = (struct err){0};
	return kube_call(client, call, &reply, &err);
}

static void setup(void)
{
	static const struct kube_call SPACE = {.verb = KUBE_CREATE,
		.at = {.resource = &SPACES},
		.body = STR_INIT("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{"
				 "\"name\":\"" NS "\"}}")};

	if (getenv("E2E_STATE") == NULL)
		cr_skip_test("only in a cluster of tests/e2e/cluster/run.sh");
	signal(SIGPIPE, SIG_IGN);
	cr_assert(
		kube_config_load(&(struct kube_config_options){0}, &config, &err), "%s", err.text);
	client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(config, "raygate/live")});
	cr_assert(call(&SPACE) || err.code == ERR_CONFLICT, "%s", err.text);
}

static void teardown(void)
{
	kube_reply_done(&reply);
	kube_client_free(&client);
	kube_config_free(&config);
}

TestSuite(live, .init = setup, .fini = teardown, .timeout = 300);

#define MAP(name, data)                                                                            \
	STR_INIT("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" name    \
		 "\"},\"data\":{" data "}}")

Test(live, each_verb_does_what_it_says)
{
	static const struct {
		struct kube_call call;
		int status;
	} CASES[] = {
		{{.verb = KUBE_GET, .path = "/version"}, 200},
		{{.verb = KUBE_GET, .at = {&MAPS, NS, "verbs", NULL}}, 404},
		{{.verb = KUBE_CREATE,
			 .at = {&MAPS, NS, NULL, NULL},
			 .dry_run = true,
			 .body = MAP("verbs", "\"a\":\"1\"")},
			201},
		{{.verb = KUBE_CREATE,
			 .at = {&MAPS, NS, NULL, NULL},
			 .body = MAP("verbs", "\"a\":\"1\"")},
			201},
		{{.verb = KUBE_CREATE,
			 .at = {&MAPS, NS, NULL, NULL},
			 .body = MAP("verbs", "\"a\":\"1\"")},
			409},
		{{.verb = KUBE_PATCH_MERGE,
			 .at = {&MAPS, NS, "verbs", NULL},
			 .body = STR_INIT("{\"data\":{\"b\":\"2\"}}")},
			200},
		{{.verb = KUBE_PATCH_JSON,
			 .at = {&MAPS, NS, "verbs", NULL},
			 .body = STR_INIT("[{\"op\":\"test\",\"path\":\"/data/b\",\"value\":"
					  "\"3\"}]")},
			422},
		{{.verb = KUBE_APPLY,
			 .at = {&MAPS, NS, "verbs", NULL},
			 .field_manager = "other",
			 .body = MAP("verbs", "\"a\":\"9\"")},
			409},
		{{.verb = KUBE_APPLY,
			 .at = {&MAPS, NS, "verbs", NULL},
			 .field_manager = "other",
			 .force = true,
			 .body = MAP("verbs", "\"a\":\"9\"")},
			200},
		{{.verb = KUBE_DELETE, .at = {&MAPS, NS, "verbs", NULL}, .only_uid = "x"}, 409},
		{{.verb = KUBE_GET, .at = {&MAPS, NS, "verbs", NULL}, .metadata_only = true}, 200},
		{{.verb = KUBE_CREATE, .at = {&MAPS, NS, NULL, NULL}, .body = MAP("Wrong!", "")},
			422},
		{{.verb = KUBE_DELETE,
			 .at = {&MAPS, NS, "verbs", NULL},
			 .propagation = "Background"},
			200},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const bool done = call(&CASES[i].call);

		cr_assert_eq(reply.answer.status, CASES[i].status, "case %zu: %d %s", i,
			reply.answer.status, err.text);
		cr_assert_eq(done, CASES[i].status < 400);
		if (CASES[i].call.metadata_only)
			cr_assert_null(json_get(reply.doc.root, "data"));
	}
}

/* What a watch told until now. */
struct seen {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	int objects, gone, synced;
};

static bool is_ours(struct str name)
{
	return str_starts(name, "many-");
}

static void see(struct seen *seen, int *count)
{
	pthread_mutex_lock(&seen->mutex);
	++*count;
	pthread_cond_signal(&seen->more);
	pthread_mutex_unlock(&seen->mutex);
}

static void see_object(void *context, const struct json_node *object, struct arena *arena)
{
	struct seen *const seen = context;

	if (is_ours(json_str(arena, json_get(json_get(object, "metadata"), "name"))))
		see(seen, &seen->objects);
}

static void see_gone(void *context, struct str namespace, struct str name)
{
	struct seen *const seen = context;

	(void)namespace;
	if (is_ours(name))
		see(seen, &seen->gone);
}

static void see_synced(void *context)
{
	struct seen *const seen = context;

	see(seen, &seen->synced);
}

static void await(struct seen *seen, const int *count, int wanted)
{
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&seen->mutex);
	while (*count < wanted && late == 0)
		late = pthread_cond_timedwait(&seen->more, &seen->mutex, &until);
	cr_assert_eq(*count, wanted);
	pthread_mutex_unlock(&seen->mutex);
}

static void *create_and_delete(void *context)
{
	const long thread = (long)context;
	CLEANUP(kube_reply_done) struct kube_reply mine = {0};
	struct err why;

	for (int i = 0; i < 2 * EACH; i++) {
		char name[64], body[200];

		snprintf(name, sizeof(name), "many-%ld-%d", thread, i % EACH);
		snprintf(body, sizeof(body),
			"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%"
			"s\"}}",
			name);
		const struct kube_call both[] = {
			{.verb = KUBE_CREATE,
				.at = {&MAPS, NS, NULL, NULL},
				.body = str_from(body)},
			{.verb = KUBE_DELETE, .at = {&MAPS, NS, name, NULL}},
		};

		cr_assert(kube_call(client, &both[i / EACH], &mine, &why), "%s", why.text);
	}
	return NULL;
}

Test(live, a_watch_sees_what_many_threads_do)
{
	struct seen seen = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
	const struct kube_reflector_options options = {
		.client = client,
		.resource = &MAPS,
		.page = 2,
		.metadata_only = true,
		.handler = {.context = &seen,
			.object = see_object,
			.gone = see_gone,
			.synced = see_synced},
	};
	struct kube_reflector *reflector = NULL;
	pthread_t threads[THREADS];

	cr_assert(kube_reflector_start(&options, &reflector, &err), "%s", err.text);
	await(&seen, &seen.synced, 1);
	for (long i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, create_and_delete, (void *)i), 0);
	for (long i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	await(&seen, &seen.gone, THREADS * EACH);
	cr_assert_eq(seen.objects, THREADS * EACH);
	kube_reflector_stop(&reflector);
}

Test(live, an_event_is_there_once_and_counted)
{
	static const struct kube_event EVENT = {.api_version = "v1",
		.kind = "ConfigMap",
		.namespace = NS,
		.name = "someone",
		.reason = "TriedLive",
		.message = "it was tried"};
	static const struct kube_call LIST = {.verb = KUBE_LIST,
		.at = {.resource = &EVENTS, .namespace = NS},
		.field_selector = "reason=TriedLive"};
	struct kube_recorder *recorder = NULL;
	int64_t count = 0;

	cr_assert(kube_recorder_start(client, "raygate", "live", &recorder, &err), "%s", err.text);
	for (int i = 0; i < 3; i++)
		kube_recorder_add(recorder, &EVENT);
	kube_recorder_stop(&recorder);
	cr_assert(call(&LIST), "%s", err.text);
	cr_assert_eq(json_count(json_get(reply.doc.root, "items")), 1);
	json_i64(json_get(json_item(json_get(reply.doc.root, "items"), 0), "count"), &count);
	cr_assert_eq(count, 3);
}

static void see_change(void *context, bool leads, const char *holder)
{
	struct seen *const seen = context;

	(void)holder;
	if (leads)
		see(seen, &seen->synced);
}

Test(live, the_second_leads_when_the_first_gives_the_lease_away)
{
	struct seen seen[2] = {
		{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0},
		{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0},
	};
	struct kube_election *elections[2];

	for (int i = 0; i < 2; i++) {
		const struct kube_election_options options = {
			.lease = {client, NS, "live", i ? "second" : "first", 0},
			.retry_every = 100 * CLOCK_MILLISECOND,
			.changed = see_change,
			.context = &seen[i],
		};

		cr_assert(kube_election_start(&options, &elections[i], &err), "%s", err.text);
		if (i == 0)
			await(&seen[0], &seen[0].synced, 1);
	}
	cr_assert(kube_election_leads(elections[0]));
	cr_assert_not(kube_election_leads(elections[1]));
	kube_election_stop(&elections[0]);
	await(&seen[1], &seen[1].synced, 1);
	kube_election_stop(&elections[1]);
}
