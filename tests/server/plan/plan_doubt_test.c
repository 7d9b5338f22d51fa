/* Pods of which nobody says whether they are there: what is asked for in their place has their
 * names. */
#include <criterion/criterion.h>

#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE "template: {spec: {containers: [{name: r, image: i}]}}"
#define SERVICE  "service demo-head-svc None\n"
#define HEAD     SERVICE "pod h headgroup running ready\n"

static const char MODERN[] = "  headGroupSpec: {" TEMPLATE "}\n"
			     "  workerGroupSpecs:\n"
			     "  - {groupName: w, replicas: 2, " TEMPLATE "}\n";
static const char HOSTS[] = "  headGroupSpec: {" TEMPLATE "}\n"
			    "  workerGroupSpecs:\n"
			    "  - {groupName: w, replicas: 1, numOfHosts: 2, " TEMPLATE "}\n";
static const char GIVEN_UP[] =
	"  headGroupSpec: {" TEMPLATE "}\n"
	"  workerGroupSpecs:\n"
	"  - {groupName: w, replicas: 2, scaleStrategy: {workersToDelete: [demo-w-worker-aaaaa]}, "
	"" TEMPLATE "}\n";
static const char NAMED[] =
	"  headGroupSpec: {template: {metadata: {name: boss}, spec: {containers: [{name: r, "
	"image: i}]}}}\n";
static const char LEGACY[] =
	"  headPodType: h\n"
	"  podTypes:\n"
	"  - {name: h, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n";

/* Names of pods that are created, "*" where it is a new one, and in whatever order. */
static const struct {
	const char *what, *spec, *there;
	size_t count;
	const char *again[3];
} CASES[] = {
	{"both workers", MODERN,
		HEAD "doubt demo-w-worker-aaaaa w index=0\ndoubt demo-w-worker-bbbbb w index=1\n",
		2, {"demo-w-worker-aaaaa", "demo-w-worker-bbbbb"}},
	{"one of them", MODERN, HEAD "doubt demo-w-worker-aaaaa w index=0\n", 2,
		{"demo-w-worker-aaaaa"}},
	{"one in a place that nobody has", MODERN,
		HEAD "doubt demo-w-worker-aaaaa w index=2147483646\n", 2, {NULL}},
	{"one that is there by now", MODERN,
		HEAD "pod demo-w-worker-aaaaa w running\ndoubt demo-w-worker-aaaaa w index=0\n", 1,
		{NULL}},
	{"one that is not wanted any more", MODERN,
		HEAD "pod a w running\npod b w running\ndoubt demo-w-worker-aaaaa w index=0\n", 0,
		{NULL}},
	{"one that Ray has given up", GIVEN_UP, HEAD "doubt demo-w-worker-aaaaa w index=0\n", 2,
		{NULL}},
	{"the hosts of a replica", HOSTS,
		HEAD "doubt demo-w-worker-aaaaa w replica=w-rrrrr index=3 host=0\n"
		     "doubt demo-w-worker-bbbbb w replica=w-rrrrr index=3 host=1\n",
		2, {"demo-w-worker-aaaaa", "demo-w-worker-bbbbb"}},
	{"a host of a replica that runs", HOSTS,
		HEAD "pod a w running ready replica=w-rrrrr index=0 host=0\n"
		     "doubt demo-w-worker-bbbbb w replica=w-rrrrr index=0 host=1\n",
		1, {"demo-w-worker-bbbbb"}},
	{"the other one's host of a replica that runs", HOSTS,
		HEAD "pod a w running ready replica=w-rrrrr index=0 host=0\n"
		     "doubt demo-w-worker-aaaaa w replica=w-sssss index=0 host=1\n"
		     "doubt demo-w-worker-bbbbb w replica=w-rrrrr index=0 host=1\n",
		1, {"demo-w-worker-bbbbb"}},
	{"the second host alone", HOSTS,
		HEAD "doubt demo-w-worker-bbbbb w replica=w-rrrrr index=3 host=1\n", 2,
		{"demo-w-worker-bbbbb"}},
	{"one whose index another one has by now", MODERN,
		HEAD "pod a w running index=0\ndoubt demo-w-worker-aaaaa w index=0\n"
		     "doubt demo-w-worker-bbbbb w index=1\n",
		1, {"demo-w-worker-bbbbb"}},
	{"what is in doubt is of a group of single hosts", HOSTS,
		HEAD "doubt demo-w-worker-aaaaa w index=0\n", 2, {NULL}},
	{"the head", MODERN,
		SERVICE "pod a w running\npod b w running\ndoubt demo-head-aaaaa headgroup\n", 1,
		{"demo-head-aaaaa"}},
	{"a head with a name of the user's", NAMED, SERVICE "doubt boss headgroup\n", 1, {"boss"}},
	{"another group's", MODERN, HEAD "doubt demo-x-worker-aaaaa x index=0\n", 2, {NULL}},
	{"a legacy head", LEGACY,
		"service demo-ray-head 10.0.0.1\ndoubt demo-ray-head-aaaaa h head\n", 1,
		{"demo-ray-head-aaaaa"}},
};

static size_t count_pods(const struct round *round, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < round->count; i++) {
		const struct action *const action = &round->actions[i];

		if (action->kind == ACTION_CREATE && action->child == CHILD_POD)
			count += name == NULL || str_is(action->name, name);
	}
	return count;
}

/* What has the name of one in doubt has its place, too; hosts have a replica. */
static void expect_places(const struct observed *seen, const struct round *round, const char *what)
{
	for (size_t i = 0; i < round->count * (seen->doubt_count + 1); i++) {
		const struct action *const action = &round->actions[i / (seen->doubt_count + 1)];
		const struct observed_pod *const asked = &action->expected;
		const size_t at = i % (seen->doubt_count + 1);

		if (action->kind != ACTION_CREATE || action->child != CHILD_POD)
			continue;
		cr_expect_eq(asked->host_index >= 0, asked->replica_name.len > 0, "%s", what);
		if (at == seen->doubt_count || !str_eq(seen->doubts[at].name, action->name))
			continue;
		cr_expect(str_eq(asked->replica_name, seen->doubts[at].replica_name), "%s", what);
		cr_expect_eq(asked->replica_index, seen->doubts[at].replica_index, "%s", what);
		cr_expect_eq(asked->host_index, seen->doubts[at].host_index, "%s", what);
	}
}

Test(plan_doubt, a_pod_that_may_be_there_is_asked_for_by_its_name)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct plan_kit_cluster cluster = {NULL, CASES[i].spec, CASES[i].there};
		const bool legacy = CASES[i].spec == LEGACY;
		struct arena arena;
		struct round round;
		size_t again = 0;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		const struct observed *const seen =
			legacy ? plan_kit_observe_legacy(&arena, &cluster)
			       : plan_kit_observe(&arena, &cluster);

		(legacy ? plan_legacy : plan_modern)(seen, &round);
		if (!legacy)
			expect_places(seen, &round, CASES[i].what);
		cr_expect_eq(count_pods(&round, NULL), CASES[i].count, "%s: %zu", CASES[i].what,
			count_pods(&round, NULL));
		for (; again < 3 && CASES[i].again[again]; again++)
			cr_expect_eq(
				count_pods(&round, CASES[i].again[again]), 1u, "%s", CASES[i].what);
		cr_expect(again || count_pods(&round, "demo-w-worker-aaaaa") == 0, "%s",
			CASES[i].what);
		round_done(&round);
		arena_done(&arena);
	}
}
