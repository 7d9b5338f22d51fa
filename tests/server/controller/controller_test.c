/*
 * Terms of leadership, and who reconciles a dialect when, before an API server that lists what a
 * test says, holds each watch until there are news for it, and takes every write.
 */
#include "server/controller/controller.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/ray_spec.h"
#include "tests/support/review.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
/* All of it under the mutex. */
static const char *kuberays, *ours; /* Leases */
/* That the watch of KubeRay's Lease, and of ours, is about to tell, once. */
static const char *news, *our_news;
static bool pods_are_held, writes_are_held;
static int writes_asked, writes_withheld; /* that came, and that were not sent */
static bool is_late;                      /* the Lease may be another's by now */
static atomic_int version;                /* of what was told or written last */
static int pods_made, pods_asked;         /* in "ns": POSTs that were answered, and that came … */
static int old_pods_made;                 /* … and in "old" */
static enum controller_state states[DIALECTS];
static char rival[RIVAL_NAME];

static struct kube_client *client;
static struct policy *policy;
static struct controller *controller;

/* --- the API server --- */

static void wait_a_moment(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&more, &mutex, &until);
}

static bool is_of(const struct kube_request *request, const char *part)
{
	return strstr(request->path, part) != NULL;
}

/* Until the stop is asked for. */
static void be_a_watch(const struct kube_request *request)
{
	while (!kube_stop_asked(request->stop)) {
		const bool is_kuberays = is_of(request, "ray-operator-leader");
		const char **const next = is_kuberays ? &news : &our_news;
		const char *const line = is_of(request, "/leases") ? *next : NULL;

		if (line)
			*next = NULL;
		if (line == NULL) {
			wait_a_moment();
			continue;
		}
		pthread_mutex_unlock(&mutex);
		request->piece(request->context, str_from(line));
		pthread_mutex_lock(&mutex);
	}
}

static void list(const struct kube_request *request, struct kube_answer *answer)
{
	const char *items = "";

	while (pods_are_held && is_of(request, "/pods") && !kube_stop_asked(request->stop))
		wait_a_moment();
	if (is_of(request, "/leases"))
		items = is_of(request, "ray-operator-leader") ? kuberays : ours;
	answer->status = 200;
	buf_printf(
		&answer->body, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}", items);
}

/* What was sent, with what only an API server gives it. */
static void take_write(const struct kube_request *request, struct kube_answer *answer)
{
	static const char META[] = "\"metadata\":{";
	const bool is_post = strcmp(request->method, "POST") == 0;
	const bool is_pod = is_post && is_of(request, "/ns/pods");

	writes_asked++;
	pods_asked += is_pod;
	pthread_cond_broadcast(&more);
	while (writes_are_held && !kube_stop_asked(request->stop))
		wait_a_moment();
	pods_made += is_pod;
	old_pods_made += is_post && is_of(request, "/old/pods");
	answer->status = 201;
	const char *const at = memmem(request->body.at, request->body.len, META, strlen(META));

	if (at == NULL) {
		buf_add_cstr(&answer->body, "{\"metadata\":{}}");
		return;
	}
	const size_t before = (size_t)(at - request->body.at) + strlen(META);
	const int now = ++version;

	buf_printf(&answer->body, "%.*s\"uid\":\"u-%d\",\"resourceVersion\":\"%d\"%s%.*s",
		(int)before, request->body.at, now, now, request->body.at[before] == '}' ? "" : ",",
		(int)(request->body.len - before), request->body.at + before);
}

static bool fake_send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	(void)self;
	pthread_mutex_lock(&mutex);
	snprintf(answer->content_type, sizeof(answer->content_type), "application/json");
	if (request->piece)
		be_a_watch(request);
	else if (strcmp(request->method, "GET") == 0)
		list(request, answer);
	else
		take_write(request, answer);
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
	if (answer->status)
		return true;
	answer->fault = KUBE_FAULT_ENDED;
	return err_set(err, ERR_UNAVAILABLE, "ended");
}

static void fake_free(struct kube_transport *self)
{
	(void)self;
}

/* --- the controller --- */

static const struct policy *get_policy(void *context)
{
	(void)context;
	return policy;
}

static void policy_done(void *context, const struct policy *done)
{
	(void)context;
	(void)done;
}

static void count(void *context, const char *kind, const char *result)
{
	(void)context;
	(void)kind;
	pthread_mutex_lock(&mutex);
	writes_withheld += strcmp(result, "held") == 0;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
}

static bool leads(void *context)
{
	(void)context;
	pthread_mutex_lock(&mutex);
	const bool late = is_late;

	pthread_mutex_unlock(&mutex);
	return !late;
}

static void note_state(
	void *context, enum dialect dialect, enum controller_state state, const char *who)
{
	(void)context;
	pthread_mutex_lock(&mutex);
	states[dialect] = state;
	if (who[0])
		snprintf(rival, sizeof(rival), "%s", who);
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
}

static void begin_with(plan_fn legacy)
{
	static struct kube_transport fake = {fake_send, fake_free};

	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	kuberays = ours = "";
	client = kube_client_new(&(struct kube_client_options){.transport = &fake});
	policy = policy_empty();
	policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	controller = controller_new(&(struct controller_options){
		.client = client,
		.host = "host",
		.namespace = "mine",
		.lease = "raygate-controller",
		.plans = {[DIALECT_MODERN] = plan_modern, [DIALECT_LEGACY] = legacy},
		.threads = 1,
		.server = {.policy = get_policy, .policy_done = policy_done},
		.count = count,
		.leads = leads,
		.state = note_state,
	});
}

static void begin(void)
{
	begin_with(plan_legacy);
}

static void end(void)
{
	controller_free(&controller);
	kube_client_free(&client);
	policy_free(&policy);
	clock_release();
}

TestSuite(controller, .init = begin, .fini = end, .timeout = 60);

static void lead(void)
{
	struct err err;

	cr_assert(controller_lead(controller, &err), "%s", err.text);
}

/* `status` is that member, with a comma before it, or "". */
static void tell_of_generation(
	enum dialect dialect, const char *name, int workers, int generation, const char *status)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 16, .depth = 64, .nodes = 1 << 12};
	struct arena arena CLEANUP(arena_done);
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 65536);
	const struct str spec = ray_spec(&arena, dialect, workers);

	cr_assert(json_read(&arena,
		arena_printf(&arena,
			"{\"apiVersion\":\"%s/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			"\"name\":\"%s\",\"namespace\":\"%s\",\"generation\":%d,\"uid\":\"uid-%s\","
			"\"resourceVersion\":\"%d\",\"creationTimestamp\":\"2027-01-15T08:00:00Z\"}"
			","
			"\"spec\":%.*s%s}",
			DIALECT_WORDS[dialect].group, name,
			dialect == DIALECT_MODERN ? "ns" : "old", generation, name, ++version,
			STR_ARG(spec), status),
		&LIMITS, &doc, &err));
	controller_see(controller, dialect, doc.root, &arena);
}

static void tell_of(enum dialect dialect, const char *name, int workers)
{
	tell_of_generation(dialect, name, workers, 1, "");
}

static void tell_all(void)
{
	for (enum dialect i = 0; i < DIALECTS; i++) {
		controller_listing(controller, i);
		if (i == DIALECT_MODERN)
			tell_of(DIALECT_MODERN, "a", 2);
		controller_told(controller, i);
	}
}

static void expect_state(enum dialect dialect, enum controller_state state)
{
	const time_t patience = time(NULL) + 20;

	pthread_mutex_lock(&mutex);
	while (states[dialect] != state && time(NULL) < patience)
		wait_a_moment();
	cr_expect_eq(states[dialect], state, "dialect %d is %d, not %d", dialect, states[dialect],
		state);
	pthread_mutex_unlock(&mutex);
}

/* Until there are so many; under the mutex. */
static void wait_for(const int *counter, int least)
{
	const time_t patience = time(NULL) + 20;

	while (*counter < least && time(NULL) < patience)
		wait_a_moment();
	cr_expect_geq(*counter, least);
}

static void expect_pods(const int *counter, int pods)
{
	pthread_mutex_lock(&mutex);
	wait_for(counter, pods);
	cr_expect_eq(*counter, pods);
	pthread_mutex_unlock(&mutex);
}

static void set(bool *held, bool value)
{
	pthread_mutex_lock(&mutex);
	*held = value;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
}

#define LEASE(namespace, holder)                                                                   \
	"{\"metadata\":{\"namespace\":\"" namespace "\",\"name\":\"l\",\"resourceVersion\":\"1\"}" \
						    ",\"spec\":{\"holderIdentity\":\"" holder      \
						    "\",\"leaseDurationSeconds\":15,"              \
						    "\"acquireTime\":\"2027-01-15T08:00:00."       \
						    "000000Z\"}}"
#define KUBERAY LEASE("ray-system", "kuberay")
#define ANOTHER LEASE("other", "b_1_controller")

Test(controller, a_dialect_is_reconciled_when_all_of_it_has_been_told)
{
	expect_state(DIALECT_MODERN, CONTROLLER_STANDS_BY);
	tell_of(DIALECT_MODERN, "a", 2);
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_READS);
	expect_pods(&pods_asked, 0);
	tell_all();
	expect_state(DIALECT_MODERN, CONTROLLER_WORKS);
	expect_state(DIALECT_LEGACY, CONTROLLER_WORKS);
	expect_pods(&pods_made, 3);
}

Test(controller, and_not_before_its_pods_are_known)
{
	set(&pods_are_held, true);
	tell_all();
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_READS);
	expect_pods(&pods_asked, 0);
	set(&pods_are_held, false);
	expect_state(DIALECT_MODERN, CONTROLLER_WORKS);
	expect_pods(&pods_made, 3);
}

Test(controller, what_nobody_can_plan_is_said_to_be_so)
{
	end();
	begin_with(NULL);
	tell_all();
	lead();
	expect_state(DIALECT_LEGACY, CONTROLLER_UNPLANNED);
	expect_state(DIALECT_MODERN, CONTROLLER_WORKS);
	controller_yield(controller);
	expect_state(DIALECT_LEGACY, CONTROLLER_STANDS_BY);
}

Test(controller, to_kuberay_its_own_dialect_is_left)
{
	kuberays = KUBERAY;
	tell_all();
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_YIELDS);
	expect_state(DIALECT_LEGACY, CONTROLLER_WORKS);
	cr_expect_str_eq(rival, "ray-system/kuberay");
	expect_pods(&pods_asked, 0);
}

Test(controller, to_another_of_ours_both_are_left)
{
	ours = ANOTHER;
	tell_all();
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_YIELDS);
	expect_state(DIALECT_LEGACY, CONTROLLER_YIELDS);
	cr_expect_str_eq(rival, "other/b_1_controller");
	expect_pods(&pods_asked, 0);
}

/*
 * What was asked for by then is the other's to do. There is one thread that writes, and clusters
 * take turns: when it has made one's pod it has come to what was left of the other.
 */
Test(controller, who_yields_in_the_middle_writes_no_more)
{
	set(&writes_are_held, true);
	tell_all();
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_WORKS);
	pthread_mutex_lock(&mutex);
	news = "{\"type\":\"ADDED\",\"object\":" KUBERAY "}\n";
	pthread_mutex_unlock(&mutex);
	expect_state(DIALECT_MODERN, CONTROLLER_YIELDS);
	set(&writes_are_held, false);
	tell_of(DIALECT_LEGACY, "b", 1);
	expect_pods(&old_pods_made, 1);
	expect_state(DIALECT_LEGACY, CONTROLLER_WORKS);
	controller_yield(controller);
	cr_expect_eq(pods_asked, 0);
}

/*
 * As a process that was stopped in the middle of a write and wakes when its Lease has run out. What
 * had begun ends, nothing begins; and all is done where nobody else came.
 */
Test(controller, who_may_lead_no_more_begins_no_write)
{
	set(&writes_are_held, true);
	tell_all();
	lead();
	pthread_mutex_lock(&mutex);
	wait_for(&writes_asked, 1);
	is_late = true;
	writes_are_held = false;
	wait_for(&writes_withheld, 1);
	cr_expect_eq(writes_asked, 1);
	cr_expect_eq(pods_asked, 0);
	is_late = false;
	for (const time_t patience = time(NULL) + 20; pods_made < 3 && time(NULL) < patience;) {
		clock_advance(CLOCK_SECOND);
		wait_a_moment();
	}
	cr_expect_eq(pods_asked, 3);
	pthread_mutex_unlock(&mutex);
}

Test(controller, who_leads_no_more_writes_no_more_and_may_lead_again)
{
	tell_all();
	lead();
	expect_pods(&pods_made, 3);
	controller_yield(controller);
	controller_yield(controller);
	expect_state(DIALECT_MODERN, CONTROLLER_STANDS_BY);
	tell_of(DIALECT_MODERN, "b", 1);
	cr_expect_eq(controller_stats(controller).pods[DIALECT_MODERN], 0u);
	expect_pods(&pods_asked, 3);
	/* The lists are empty: all pods are made again, those of the second, too. */
	lead();
	lead();
	expect_state(DIALECT_MODERN, CONTROLLER_WORKS);
	expect_pods(&pods_made, 3 + 3 + 2);
}

static void tell_leases(const char *line)
{
	pthread_mutex_lock(&mutex);
	our_news = line;
	pthread_mutex_unlock(&mutex);
}

static size_t unjudged(void)
{
	const struct world_tally tally = controller_stats(controller).clusters[DIALECT_MODERN];
	size_t count = 0;

	for (size_t i = 0; i < WORLD_STATES; i++)
		count += tally.clusters[i][WORLD_UNJUDGED];
	return count;
}

static void wait_until_unjudged(void)
{
	const time_t patience = time(NULL) + 20;

	while (unjudged() == 0 && time(NULL) < patience) {
		pthread_mutex_lock(&mutex);
		wait_a_moment();
		pthread_mutex_unlock(&mutex);
	}
	cr_expect_eq(unjudged(), 1u);
}

#define OF_NS(type) "{\"type\":\"" type "\",\"object\":" LEASE("ns", "b_1_controller_of_ns") "}\n"

/*
 * What was accepted where a namespace had a controller of its own stands in the status. That one is
 * gone, and we know of an earlier generation, beyond which our policy has no room.
 */
Test(controller, what_a_namespace_s_own_controller_accepted_is_accepted)
{
	policy_free(&policy);
	policy = review_policy(
		"apiVersion: raygate.dev/v1\nkind: Policy\n"
		"target: {controller: raygate}\nquotas: {ns: {requests.cpu: \"3\"}}\n");
	tell_all();
	lead();
	expect_pods(&pods_made, 3);
	tell_leases(OF_NS("ADDED"));
	wait_until_unjudged();
	tell_of_generation(DIALECT_MODERN, "a", 4, 2,
		",\"status\":{\"observedGeneration\":2,\"conditions\":[{\"type\":\"Accepted\","
		"\"status\":\"True\",\"reason\":\"Accepted\",\"observedGeneration\":2,\"message\":"
		"\"of this size it is kept: headgroup=1, workers=4\"}]}");
	tell_leases(OF_NS("DELETED"));
	expect_pods(&pods_made, 5);
}
