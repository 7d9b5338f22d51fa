/* What is suspended costs nothing, and is told what refuses it when it is resumed. */
#include "validators/resumed.h"

#include <criterion/criterion.h>

#include "tests/support/review.h"
#include "tests/support/verdict.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 65536);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(resumed, .init = start, .fini = stop);

#define POLICY(more)   "{apiVersion: raygate.dev/v1, kind: Policy, " more "}"
#define QUOTA(amounts) "quotas: {team: {" amounts "}}"
#define LIMITS         "limits: {group: {pods: 2}, cluster: {pods: 4}}"
#define POD(cpu)                                                                                   \
	"{spec: {containers: [{name: r, image: 'rayproject/ray:2.46.0', resources: {limits: "      \
	"{cpu: " cpu ", memory: 4Gi}}}]}}"
#define GROUP(name, count, more)                                                                   \
	"{groupName: " name ", replicas: " count more ", template: " POD("1") "}"
#define SPEC(more, groups)                                                                         \
	"{" more "headGroupSpec: {template: " POD("1") "}, workerGroupSpecs: [" groups "]}"
#define OBJECT(kind, spec)                                                                         \
	"{apiVersion: ray.io/v1, kind: " kind                                                      \
	", metadata: {name: c, namespace: team}, spec: " spec "}"
#define CLUSTER(more, groups) OBJECT("RayCluster", SPEC(more, groups))
#define JOB(more, groups)                                                                          \
	OBJECT("RayJob", "{entrypoint: x, submissionMode: HTTPMode, " more                         \
			 "rayClusterSpec: " SPEC("", groups) "}")
#define SERVICE(more, groups)                                                                      \
	OBJECT("RayService", "{serveConfigV2: 'applications: []', " more                           \
			     "rayClusterConfig: " SPEC("", groups) "}")
#define CRON(more, groups)                                                                         \
	OBJECT("RayCronJob", "{schedule: '0 * * * *', " more                                       \
			     "jobTemplate: {entrypoint: x, submissionMode: HTTPMode, "             \
			     "rayClusterSpec: " SPEC("", groups) "}}")
#define ASLEEP "suspend: true, "
#define BEFORE "suspended now; resuming will be refused: "

/* clang-format off */
static const struct {
	const char *name, *policy, *old, *object, *told;
} CASES[] = {
	{"a cluster beyond its quota", QUOTA("requests.cpu: 4"), "",
		CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1401 spec: Forbidden: " BEFORE "exceeds the quota of namespace \"team\": "
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower replicas or its "
		"pods' resources, or have the policy's quota raised\n"},
	{"within it", QUOTA("requests.cpu: 5"), "", CLUSTER(ASLEEP, GROUP("a", "4", "")), ""},
	{"not suspended", QUOTA("requests.cpu: 5"), "", CLUSTER("", GROUP("a", "4", "")), ""},
	{"a group of it", QUOTA("requests.cpu: 4"), "",
		CLUSTER("", GROUP("a", "4", ", suspend: true")),
		"warning RG1401 spec: Forbidden: " BEFORE "exceeds the quota of namespace \"team\": "
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower replicas or its "
		"pods' resources, or have the policy's quota raised\n"},
	{"more than what is refused already", QUOTA("requests.cpu: 4"), "",
		CLUSTER("", GROUP("a", "4", "") "," GROUP("b", "4", ", suspend: true")),
		"error RG1401 spec: Forbidden: exceeds the quota of namespace \"team\": "
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower replicas or its "
		"pods' resources, or have the policy's quota raised\n"},
	{"without a most", QUOTA("pods: 2"), "",
		CLUSTER(ASLEEP "enableInTreeAutoscaling: true, ",
			GROUP("a", "1", ", minReplicas: 0, maxReplicas: 2147483647")),
		"warning RG1401 spec: Forbidden: " BEFORE "exceeds the quota of namespace \"team\": pods "
		"is unbounded, 0 of 2 are used by others: set maxReplicas of worker group \"a\"\n"},
	{"a job", QUOTA("requests.cpu: 4"), "", JOB(ASLEEP, GROUP("a", "4", "")),
		"warning RG1401 spec.rayClusterSpec: Forbidden: " BEFORE "exceeds the quota of "
		"namespace \"team\": requests.cpu asks for 5, 0 of 4 are used by others: over by 1; "
		"lower replicas or its pods' resources, or have the policy's quota raised\n"},
	{"an update that suspends", QUOTA("requests.cpu: 4"), CLUSTER("", GROUP("a", "4", "")),
		CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1401 spec: Forbidden: " BEFORE "exceeds the quota of namespace \"team\": "
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower replicas or its "
		"pods' resources, or have the policy's quota raised\n"},
	{"where nothing is refused", QUOTA("requests.cpu: 4") ", enforcement: warn", "",
		CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1401 spec: Forbidden: suspended now; when resumed: exceeds the quota of "
		"namespace \"team\": requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower "
		"replicas or its pods' resources, or have the policy's quota raised\n"},
	{"where the rule only warns", QUOTA("requests.cpu: 4") ", rules: {RG1401: warn}", "",
		CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1401 spec: Forbidden: suspended now; when resumed: exceeds the quota of "
		"namespace \"team\": requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower "
		"replicas or its pods' resources, or have the policy's quota raised\n"},
	{"at its largest", QUOTA("pods: 4") ", charge: now", "",
		CLUSTER(ASLEEP "enableInTreeAutoscaling: true, ",
			GROUP("a", "1", ", minReplicas: 0, maxReplicas: 9")),
		"warning RG1403 spec: Forbidden: at its largest it comes to 10 of pods, now 0, and "
		"namespace \"team\" has 4 in all; lower maxReplicas, or have the policy's quota raised\n"},
	{"beyond both limits", LIMITS, "", CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1412 spec.workerGroupSpecs[0]: Forbidden: " BEFORE "the policy limits a "
		"worker group to pods: 2, and this one comes to 4: lower replicas, or have the "
		"policy's limit raised\n"
		"warning RG1413 spec: Forbidden: " BEFORE "the policy limits a cluster to pods: 4, "
		"and this one comes to 5: lower replicas, or have the policy's limit raised\n"},
	{"a group beyond its limit", LIMITS, "",
		CLUSTER("", GROUP("a", "1", "") "," GROUP("b", "3", ", suspend: true")),
		"warning RG1412 spec.workerGroupSpecs[1]: Forbidden: " BEFORE "the policy limits a "
		"worker group to pods: 2, and this one comes to 3: lower replicas, or have the "
		"policy's limit raised\n"
		"warning RG1413 spec: Forbidden: " BEFORE "the policy limits a cluster to pods: 4, "
		"and this one comes to 5: lower replicas, or have the policy's limit raised\n"},
	{"what is refused as it is", LIMITS, "",
		CLUSTER("", GROUP("a", "2", "") "," GROUP("b", "2", "") ","
			GROUP("d", "1", ", suspend: true")),
		"error RG1413 spec: Forbidden: the policy limits a cluster to pods: 4, and this one "
		"comes to 5: lower replicas, or have the policy's limit raised\n"},
	{"a limit that only warns", LIMITS ", rules: {RG1412: warn, RG1413: off}", "",
		CLUSTER(ASLEEP, GROUP("a", "4", "")),
		"warning RG1412 spec.workerGroupSpecs[0]: Forbidden: suspended now; when resumed: the "
		"policy limits a worker group to pods: 2, and this one comes to 4: lower replicas, or "
		"have the policy's limit raised\n"},
	{"as before, and suspended", LIMITS, CLUSTER("", GROUP("a", "4", "")),
		CLUSTER("", GROUP("a", "4", ", suspend: true")),
		"warning RG1412 spec.workerGroupSpecs[0]: Forbidden: " BEFORE "the policy limits a "
		"worker group to pods: 2, and this one comes to 4: lower replicas, or have the "
		"policy's limit raised\n"
		"warning RG1413 spec: Forbidden: " BEFORE "the policy limits a cluster to pods: 4, "
		"and this one comes to 5: lower replicas, or have the policy's limit raised\n"},
	{"a job's whole", "limits: {cluster: {pods: 4}}", "", JOB(ASLEEP, GROUP("a", "4", "")),
		"warning RG1413 spec.rayClusterSpec: Forbidden: " BEFORE "the policy limits a cluster "
		"to pods: 4, and this one comes to 5: lower replicas, or have the policy's limit "
		"raised\n"},
	{"a service's whole", "limits: {cluster: {pods: 4}}", "",
		SERVICE(ASLEEP, GROUP("a", "4", "")),
		"warning RG1413 spec.rayClusterConfig: Forbidden: " BEFORE "the policy limits a "
		"cluster to pods: 4, and this one comes to 5: lower replicas, or have the policy's "
		"limit raised\n"},
	{"a cron job's whole", "limits: {cluster: {pods: 4}}", "",
		CRON(ASLEEP, GROUP("a", "4", "")),
		"warning RG1413 spec.jobTemplate.rayClusterSpec: Forbidden: " BEFORE "the policy "
		"limits a cluster to pods: 4, and this one comes to 5: lower replicas, or have the "
		"policy's limit raised\n"},
};
/* clang-format on */

/* What the engine's rules on limits and quotas say. */
static struct str told_of(const struct findings *all)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct findings limits = *all;

	limits.items = arena_array(&arena, all->count, sizeof(*limits.items));
	limits.count = 0;
	for (size_t i = 0; i < all->count; i++) {
		if (str_starts(str_from(all->items[i].rule->id), "RG14"))
			limits.items[limits.count++] = all->items[i];
	}
	verdict_print(&limits, &out);
	return arena_str(&arena, buf_str(&out));
}

static struct str judge(
	const char *object, const char *old, const char *text, struct ledger *ledger)
{
	struct policy *policy = review_policy(text);
	struct findings findings;

	verdict_judge(&arena,
		&(struct verdict_case){.object = str_from(object),
			.old = str_from(old),
			.policy = policy,
			.ledger = ledger},
		&findings);
	const struct str told = told_of(&findings);

	policy_free(&policy);
	return told;
}

Test(resumed, what_refuses_it_then_is_told_today)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str told = judge(CASES[i].object, CASES[i].old,
			arena_printf(&arena, POLICY("%s"), CASES[i].policy).at, NULL);

		cr_expect(str_is(told, CASES[i].told), "%s:\n%.*s\nand not\n%s", CASES[i].name,
			STR_ARG(told), CASES[i].told);
	}
}

/* What others use today they may have left by then. It takes nothing from them. */
Test(resumed, where_others_use_the_room_only_today_is_spoken_of)
{
	static const char OTHER[] = "{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: o, "
				    "namespace: team}, spec: " SPEC("", GROUP("a", "1", "")) "}";
	struct ledger *ledger = ledger_new(4);

	for (int i = 0; i < 2; i++) {
		struct str told = judge(
			CLUSTER(ASLEEP, GROUP("a", "1", "")), "", POLICY(QUOTA("pods: 2")), ledger);

		cr_expect(
			i == 0 ? told.len == 0
			       : str_is(told,
					 "warning RG1401 spec: Forbidden: suspended now; "
					 "resuming today would be refused: exceeds the quota of "
					 "namespace \"team\": pods asks for 2, 2 of 2 are used by "
					 "others: over by 2; lower replicas, or have the "
					 "policy's quota raised\n"),
			"%d: %.*s", i, STR_ARG(told));
		told = judge(OTHER, "", POLICY(QUOTA("pods: 2")), ledger);
		cr_expect_eq(told.len, 0u, "%d: %.*s", i, STR_ARG(told));
	}
	ledger_free(&ledger);
}
