/* What a status says, and when it is written. */
#include "server/controller/status_modern.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "server/controller/plan_modern.h"
#include "tests/support/plan_kit.h"

#define THREE                                                                                      \
	"  headGroupSpec: {template: {spec: {containers: [{name: r, image: i, resources: "         \
	"{limits: {cpu: 2, memory: 4Gi}}}]}}}\n"                                                   \
	"  workerGroupSpecs:\n"                                                                    \
	"  - {groupName: w, replicas: 3, maxReplicas: 5, template: {spec: {containers: "           \
	"[{name: r, image: i, resources: {limits: {cpu: 500m, memory: 1Gi}}}]}}}\n"

struct example {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *status;
};

static void expect_status(const struct example *e)
{
	struct arena arena;
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	plan_modern(plan_kit_observe(&arena, &e->cluster), &round);
	const struct str status = plan_kit_status(&arena, &round);

	cr_expect(str_is(status, e->status), "%s: expected\n%s\ngot\n%s\n", e->what, e->status,
		status.at);
	round_done(&round);
	arena_done(&arena);
}

/* clang-format off */
static const struct example WRITES[] = {
	{"a new cluster",
	 {NULL, THREE, "first\n"},
	 "observedGeneration 7\n"
	 "desiredCPU \"3500m\"\n"
	 "desiredMemory \"7Gi\"\n"
	 "desiredGPU \"0\"\n"
	 "desiredTPU \"0\"\n"
	 "desiredWorkerReplicas 3\n"
	 "minWorkerReplicas 0\n"
	 "maxWorkerReplicas 5\n"
	 "availableWorkerReplicas 0\n"
	 "readyWorkerReplicas 0\n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 "RayClusterProvisioned False RayClusterPodsProvisioning now: RayCluster Pods are being provisioned for first time\n"
	 "RayClusterSuspending False RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended now: \n"
	 "Accepted True Accepted of 7 now: of this size it is kept: headgroup=1, w=3\n"},
};
/* clang-format on */

Test(status_modern, says_what_is_there)
{
	for (size_t i = 0; i < ARRAY_LEN(WRITES); i++)
		expect_status(&WRITES[i]);
}
