/*
 * A kill between any two writes, of clusters that have more than pods and a Service: what was begun
 * is ended by the next process, and nothing is made twice or anew.
 */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

#define NS "/namespaces/ns/"

struct shape {
	const char *what;
	enum dialect dialect;
	const char *to; /* what comes before rayVersion in the spec; NULL: nothing */
	const char
		*children[6]; /* that there are besides pods and Services; NULL behind the last */
	size_t writes_least;  /* so many there are to be killed between */
};

static const struct shape SHAPES[] = {
	{"a cluster of 2022", DIALECT_LEGACY, NULL, {NULL}, 6},
	{"a child of every kind", DIALECT_MODERN,
		"\"enableInTreeAutoscaling\":true,\"authOptions\":{\"mode\":\"token\"},"
		"\"gcsFaultToleranceOptions\":{\"backend\":\"rocksdb\"},\"rayVersion\"",
		{"/api/v1" NS "serviceaccounts/a",
			"/apis/rbac.authorization.k8s.io/v1" NS "roles/a",
			"/apis/rbac.authorization.k8s.io/v1" NS "rolebindings/a",
			"/api/v1" NS "secrets/a", "/api/v1" NS "persistentvolumeclaims/a-gcs-pvc",
			NULL},
		11},
};

static struct controller_kit *kit;

static void begin(const struct shape *shape)
{
	kit = controller_kit_new_of(shape->dialect, NULL);
	controller_kit_apply(kit, "a", 3);
	if (shape->to)
		controller_kit_edit(kit, "a", "\"rayVersion\"", shape->to);
}

/* So many writes at most, pods running as they come, and no end to say good-bye; how many. */
static size_t write_then_kill(size_t writes)
{
	size_t done = 0;

	controller_kit_begin(kit);
	while (done < writes) {
		if (controller_kit_write(kit))
			done++;
		else if (controller_kit_run_pods(kit))
			controller_kit_tell(kit);
		else
			break;
	}
	controller_kit_kill(kit);
	return done;
}

/* What is there of a child by then, of which nothing may change afterwards. */
static const char *uid_of_child(struct arena *arena, const char *path)
{
	const char *const json = fake_cluster_get(kit->cluster, path);
	const char *const uid = json ? strstr(json, "\"uid\":\"uid-") : NULL;

	return uid ? arena_printf(arena, "%.*s", (int)strcspn(uid + 7, "\""), uid + 7).at : NULL;
}

static size_t count_objects(void)
{
	const char *path;
	size_t count = 0;

	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path);)
		count++;
	return count;
}

static void go_on(const struct shape *shape, size_t n, size_t workers)
{
	struct arena arena CLEANUP(arena_done);
	const char *uids[ARRAY_LEN(shape->children)] = {NULL};
	size_t children = 0;

	arena_init(&arena, 1024);
	for (; shape->children[children]; children++)
		uids[children] = uid_of_child(&arena, shape->children[children]);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", workers);
	for (size_t i = 0; i < children; i++) {
		const char *const uid = uid_of_child(&arena, shape->children[i]);

		cr_expect(uid && (uids[i] == NULL || strcmp(uid, uids[i]) == 0),
			"%s, after %zu writes: %s", shape->what, n, shape->children[i]);
	}
	/* The cluster, its head and its Service. */
	cr_expect_eq(
		count_objects(), 3 + workers + children, "%s, after %zu writes", shape->what, n);
	controller_kit_free(&kit);
}

static void kill_while_it_is_made(const struct shape *shape)
{
	size_t n = 0;

	for (bool more = true; more; n++) {
		begin(shape);
		more = write_then_kill(n) == n;
		go_on(shape, n, 3);
	}
	cr_expect_gt(n, shape->writes_least, "%s: %zu", shape->what, n);
}

Test(kill, between_any_two_writes_of_the_first)
{
	for (size_t i = 0; i < ARRAY_LEN(SHAPES); i++)
		kill_while_it_is_made(&SHAPES[i]);
}

/* The write was done, and nobody heard of it. */
Test(kill, with_the_answer_on_its_way)
{
	for (size_t i = 0; i < ARRAY_LEN(SHAPES); i++) {
		for (size_t n = 0; n < SHAPES[i].writes_least; n++) {
			begin(&SHAPES[i]);
			fake_cluster_lose(kit->cluster, n);
			write_then_kill(n + 1);
			go_on(&SHAPES[i], n, 3);
		}
	}
}

static void kill_while_it_scales(const struct shape *shape, int workers)
{
	size_t n = 0;

	for (bool more = true; more; n++) {
		begin(shape);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_kill(kit);
		controller_kit_scale(kit, "a", workers);
		more = write_then_kill(n) == n;
		go_on(shape, n, (size_t)workers);
	}
	cr_expect_gt(n, 2u, "%s: %zu", shape->what, n);
}

Test(kill, between_any_two_writes_of_a_change)
{
	for (size_t i = 0; i < ARRAY_LEN(SHAPES); i++)
		kill_while_it_scales(&SHAPES[i], 6);
}

/* A head that ended takes its workers with it, in the one dialect; is counted once, killed or not.
 */
Test(kill, between_any_two_writes_of_a_legacy_head_s_replacement)
{
	const struct shape *const shape = &SHAPES[0];
	size_t n = 0;

	for (bool more = true; more; n++) {
		begin(shape);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_kill(kit);
		controller_kit_end_pod(kit, "head-");
		more = write_then_kill(n) == n;
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		cr_expect_not_null(strstr(fake_cluster_get(kit->cluster,
						  "/apis/cluster.ray.io/v1" NS "rayclusters/a"),
					   "\"autoscalerRetries\":1"),
			"after %zu writes", n);
		controller_kit_kill(kit);
		go_on(shape, n, 3);
	}
	cr_expect_gt(n, 4u, "%zu", n);
}
