/*
 * Eight threads mutate and validate the golden reviews against one ledger and one policy, which is
 * reloaded meanwhile. Then each creates, resizes and deletes clusters of its own in one namespace,
 * and at the end exactly what is left must be charged.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/admission/admit.h"
#include "server/config/policy.h"
#include "tests/support/files.h"

enum { THREADS = 8, ROUNDS = 8, CLUSTERS = 40, REVIEWS_MAX = 256 };

/* Room for what the threads leave behind, and not for one more. */
static const char POLICY[] =
	"apiVersion: raygate.dev/v1\nkind: Policy\n"
	"defaults: {worker: {requests: {cpu: %d}, limits: {cpu: %d}}}\n"
	"quotas: {stress: {requests.cpu: 320, count/rayclusters: 320}, '*': {cpu: 8}}\n";

struct stress {
	struct arena arena;
	struct str reviews[REVIEWS_MAX];
	size_t review_count;
	char path[64];
	struct policy_store *store;
	struct ledger *ledger;
	atomic_bool done;
};

static void fail(const char *what)
{
	fprintf(stderr, "admission: %s\n", what);
	exit(1);
}

static void write_policy(const struct stress *s, int cpu)
{
	FILE *const file = fopen(s->path, "we");

	if (file == NULL || fprintf(file, POLICY, cpu, cpu) < 0 || fclose(file) != 0)
		fail("the policy cannot be written");
}

/* Whether the review was answered and its object admitted. */
static bool ask(struct stress *s, struct arena *arena, enum admit_phase phase, struct str body)
{
	const struct policy *const policy = policy_store_acquire(s->store);
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = phase,
		.body = body,
		.arena = arena,
		.policy = policy,
		.ledger = s->ledger,
	};
	struct admit_outcome outcome;
	struct err err;
	const bool answered = admit(&in, &reply, &outcome, &err);

	policy_store_release(s->store, policy);
	if (!answered)
		fail(err.text);
	return outcome.decision == ADMIT_ALLOWED || outcome.decision == ADMIT_PASSED;
}

static void *ask_golden(void *data)
{
	struct stress *const s = data;
	struct arena arena;

	arena_init(&arena, 65536);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < s->review_count; i++) {
			ask(s, &arena, ADMIT_MUTATE, s->reviews[i]);
			ask(s, &arena, ADMIT_VALIDATE, s->reviews[i]);
			arena_reset(&arena);
		}
	}
	arena_done(&arena);
	return NULL;
}

static void *reload(void *data)
{
	struct stress *const s = data;
	struct err err;

	for (int i = 1; !atomic_load(&s->done); i++) {
		write_policy(s, 1 + i % 2);
		if (policy_store_refresh(s->store, true, &err) == POLICY_BROKEN)
			fail(err.text);
	}
	return NULL;
}

static struct str cluster(struct arena *arena, const char *operation, size_t owner, int n, int cpu)
{
	const struct str object = arena_printf(arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"c-%zu-%d\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":"
		"[{\"name\":\"h\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{"
		"\"cpu\":%d,\"memory\":\"2Gi\"}}}]}}}}}",
		owner, n, cpu);
	const bool create = strcmp(operation, "CREATE") == 0;
	const bool delete = strcmp(operation, "DELETE") == 0;

	return arena_printf(arena,
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{"
		"\"uid\":\"u\",\"kind\":{\"group\":\"ray.io\",\"version\":\"v1\",\"kind\":"
		"\"RayCluster\"},\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\",\"resource\""
		":\"rayclusters\"},\"name\":\"c-%zu-%d\",\"namespace\":\"stress\",\"operation\":"
		"\"%s\",\"object\":%.*s,\"oldObject\":%.*s}}",
		owner, n, operation, STR_ARG(delete ? STR("null") : object),
		STR_ARG(create ? STR("null") : object));
}

struct owner {
	pthread_t thread;
	struct stress *stress;
	size_t index;
};

/* Every cluster costs a CPU in the end; every one fits, since there is room for all of them. */
static void *own_clusters(void *data)
{
	struct owner *const o = data;
	struct arena arena;

	arena_init(&arena, 65536);
	for (int round = 0; round < ROUNDS; round++) {
		for (int n = 0; n < CLUSTERS; n++) {
			if (!ask(o->stress, &arena, ADMIT_VALIDATE,
				    cluster(&arena, "CREATE", o->index, n, 1)))
				fail("a cluster that fits was refused");
			if ((n + round) % 3 == 0)
				ask(o->stress, &arena, ADMIT_VALIDATE,
					cluster(&arena, "DELETE", o->index, n, 1));
			arena_reset(&arena);
		}
	}
	for (int n = 0; n < CLUSTERS; n++)
		if (!ask(o->stress, &arena, ADMIT_VALIDATE,
			    cluster(&arena, "CREATE", o->index, n, 1)))
			fail("a cluster that fits was refused at the end");
	arena_done(&arena);
	return NULL;
}

/* The sums: nothing fits any more; a cluster that goes makes room for one of its size exactly. */
static void check_sums(struct stress *s)
{
	struct arena arena;

	arena_init(&arena, 65536);
	if (ask(s, &arena, ADMIT_VALIDATE, cluster(&arena, "CREATE", THREADS, 0, 1)))
		fail("one cluster too many fits");
	ask(s, &arena, ADMIT_VALIDATE, cluster(&arena, "DELETE", 0, 0, 1));
	if (ask(s, &arena, ADMIT_VALIDATE, cluster(&arena, "CREATE", THREADS, 0, 2)))
		fail("more than what went fits");
	if (!ask(s, &arena, ADMIT_VALIDATE, cluster(&arena, "CREATE", THREADS, 0, 1)))
		fail("what went is still charged");
	for (size_t i = 0; i <= THREADS; i++)
		for (int n = 0; n < CLUSTERS; n++)
			ask(s, &arena, ADMIT_VALIDATE, cluster(&arena, "DELETE", i, n, 1));
	arena_done(&arena);
}

static void load_reviews(struct stress *s)
{
	const struct files_list cases = files_in(&s->arena, "tests/golden/reviews");
	struct err err;

	for (size_t i = 0; i < cases.count; i++) {
		const char *const folder =
			arena_printf(&s->arena, "tests/golden/reviews/%s", cases.names[i]).at;
		const struct files_list files = files_in(&s->arena, folder);

		for (size_t f = 0; f < files.count && s->review_count < REVIEWS_MAX; f++) {
			CLEANUP(buf_done) struct buf text = {0};

			if (!str_ends(str_from(files.names[f]), ".json"))
				continue;
			if (!files_read(arena_printf(&s->arena, "%s/%s", folder, files.names[f]).at,
				    &text, &err))
				fail(err.text);
			s->reviews[s->review_count++] = arena_str(&s->arena, buf_str(&text));
		}
	}
	if (s->review_count == 0)
		fail("there are no golden reviews");
}

/* `run` in all threads at once, under a policy that changes all the time. */
static void run_under_reload(struct stress *s, void *(*run)(void *), struct owner *owners)
{
	pthread_t reloader;

	atomic_store(&s->done, false);
	pthread_create(&reloader, NULL, reload, s);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&owners[i].thread, NULL, run,
			run == ask_golden ? (void *)s : (void *)&owners[i]);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(owners[i].thread, NULL);
	atomic_store(&s->done, true);
	pthread_join(reloader, NULL);
}

int main(void)
{
	struct stress s = {.path = P_tmpdir "/raygate-policy-XXXXXX"};
	struct owner owners[THREADS];
	struct err err;
	const int fd = mkstemp(s.path);

	if (fd < 0)
		fail("no temporary file");
	close(fd);
	write_policy(&s, 1);
	arena_init(&s.arena, 65536);
	load_reviews(&s);
	s.store = policy_store_new(s.path, &err);
	if (s.store == NULL)
		fail(err.text);
	s.ledger = ledger_new(10000);
	for (size_t i = 0; i < THREADS; i++)
		owners[i] = (struct owner){.stress = &s, .index = i};
	run_under_reload(&s, ask_golden, owners);
	const size_t before = ledger_count(s.ledger);

	run_under_reload(&s, own_clusters, owners);
	if (ledger_count(s.ledger) != before + THREADS * CLUSTERS)
		fail("a cluster was lost, or counted twice");
	check_sums(&s);
	if (ledger_count(s.ledger) != before)
		fail("a deleted cluster is still counted");
	unlink(s.path);
	policy_store_free(&s.store);
	ledger_free(&s.ledger);
	arena_done(&s.arena);
	return 0;
}
