/* What a round asks for of a legacy cluster, by what is there. */
#include "server/plan/plan_legacy.h"

#include <criterion/criterion.h>
#include <string.h>

#include "server/children/legacy_pod.h"
#include "tests/support/plan_kit.h"

#define CONFIG(prefix, image)                                                                      \
	"podConfig: {apiVersion: v1, kind: Pod, metadata: {generateName: " prefix "}, "            \
	"spec: {restartPolicy: Never, containers: [{name: r, image: " image "}]}}"
#define TYPE(name, more) "  - {name: " name ", " more CONFIG(name "-", "i") "}\n"
#define HEAD_WORKERS                                                                               \
	"  headPodType: h\n  maxWorkers: 2\n  podTypes:\n" TYPE(                                   \
		"h", "minWorkers: 1, maxWorkers: 1, ") TYPE("w", "minWorkers: 2, maxWorkers: 2, ")
#define SPEC(more)  "  headPodType: h\n" more "  podTypes:\n" TYPE("h", "")
#define TWO         SPEC("  maxWorkers: 3\n") TYPE("w", "minWorkers: 2, maxWorkers: 3, ")
#define TWO_AT_MOST SPEC("  maxWorkers: 2\n") TYPE("w", "minWorkers: 2, maxWorkers: 2, ")

#define SERVICE   "service demo-ray-head 10.0.0.1\n"
#define HEAD      "pod head h head running ready launch=now ip=1.2.3.4\n"
#define IS_THERE  SERVICE HEAD
#define W(name)   "pod " name " w running ready launch=now\n"
#define LAST_HEAD "status head: {podName: head, launchConfig: now}\n"
/* A pod that waits is told of after a while. */
#define WAITS  "again 200\n"
#define AN_OLD "00000000000000000000000000000000"

struct example {
	const char *what;
	const char *spec;
	const char *there;
	const char *actions;
	const char *phase; /* with RESTARTS, as they will be; NULL: not looked at */
};

/*
 * The label of a pod that was made today is "now", of one for another head "elsewhere", and "old"
 * of one that was made of another spec.
 */
static struct str launch_of(const struct child_context *c, const struct observed_pod *pod,
	const struct legacy_head *head)
{
	static const struct legacy_head OTHER = {STR_INIT("9.9.9.9"), STR_INIT("gone")};
	const bool is_head = pod->role == POD_HEAD;
	const struct ray_group *const type =
		is_head ? c->cluster->head : raycluster_worker(c->cluster, pod->group);
	const struct str word = pod->launch_hash;

	if (type == NULL || word.len == 0 || word.len >= strlen(AN_OLD))
		return word;
	const struct str now = legacy_launch(c, type,
		is_head                     ? NULL
		: str_is(word, "elsewhere") ? &OTHER
					    : head);

	if (str_is(word, "old"))
		return arena_printf(
			c->arena, AN_OLD "%.*s", STR_ARG(str_from_offset(now, strlen(AN_OLD))));
	return now;
}

static void fill_launch(struct arena *arena, struct observed *seen)
{
	struct observed_pod *const pods = arena_array(arena, seen->pod_count + 1, sizeof(*pods));
	struct legacy_head head = {STR(""), STR("")};
	struct child_context c;

	child_context_init(&c, arena, seen->object, seen->namespace, seen->domain);
	for (size_t i = 0; i < seen->pod_count; i++) {
		if (seen->pods[i].role == POD_HEAD && seen->pods[i].ip.len)
			head = (struct legacy_head){seen->pods[i].ip, seen->pods[i].uid};
	}
	for (size_t i = 0; i < seen->pod_count; i++) {
		pods[i] = seen->pods[i];
		pods[i].launch_hash = launch_of(&c, &pods[i], &head);
	}
	seen->pods = pods;
}

/* The status remembers the label, too. */
static const char *fill_status(struct arena *arena, const struct example *e)
{
	struct plan_kit_cluster bare = {NULL, e->spec, ""};
	const struct observed *const seen = plan_kit_observe_legacy(arena, &bare);
	struct child_context c;
	struct str there = str_from(e->there);
	const size_t at = str_find(there, '@');

	child_context_init(&c, arena, seen->object, seen->namespace, seen->domain);
	if (at == there.len)
		return e->there;
	return arena_printf(arena, "%.*s%.*s%s", (int)at, there.at,
		STR_ARG(legacy_launch(&c, c.cluster->head, NULL)), there.at + at + 1)
		.at;
}

static const struct json_edit *status_of(const struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		if (round->actions[i].kind == ACTION_STATUS)
			return json_edit_get(round->actions[i].body, STR("status"));
	}
	return NULL;
}

/* As it is after the write: what is not written stays. */
static struct str after(struct arena *arena, const struct observed *seen, const struct round *round,
	const char *key)
{
	const struct json_edit *const written = json_edit_get(status_of(round), str_from(key));
	const struct json_node *const was = json_get(json_get(seen->root, "status"), key);

	if (written)
		return json_edit_text(written);
	return json_is(was, JSON_STRING) ? json_str(arena, was) : json_raw(was);
}

#define SCALING                                                                                    \
	"not supported by this version: autoscaling (minWorkers are held, and nothing scales "     \
	"beyond them)"
#define TELLS_SCALING "warning NotSupported: " SCALING "\n"

/* Of most examples there might be more workers than are held; that it is told is none of theirs. */
static struct str but_for_scaling(struct arena *arena, struct str actions)
{
	const struct str mark = STR(TELLS_SCALING);

	for (size_t i = 0; i + mark.len <= actions.len; i++) {
		if (memcmp(actions.at + i, mark.at, mark.len) == 0)
			return arena_printf(
				arena, "%.*s%s", (int)i, actions.at, actions.at + i + mark.len);
	}
	return actions;
}

static void expect(const struct example *e, bool scaling)
{
	struct arena arena;
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	const struct plan_kit_cluster cluster = {NULL, e->spec, fill_status(&arena, e)};
	struct observed *const seen = plan_kit_observe_legacy(&arena, &cluster);

	if (seen->object->cluster && seen->object->cluster->head)
		fill_launch(&arena, seen);
	plan_legacy(seen, &round);
	const struct str all = plan_kit_actions(&arena, &round);
	const struct str actions = scaling ? all : but_for_scaling(&arena, all);
	const struct str phase =
		arena_printf(&arena, "%.*s %.*s", STR_ARG(after(&arena, seen, &round, "phase")),
			STR_ARG(after(&arena, seen, &round, "autoscalerRetries")));

	cr_expect(str_is(actions, e->actions), "%s: expected\n%sgot\n%s", e->what, e->actions,
		actions.at);
	cr_expect(e->phase == NULL || str_is(phase, e->phase), "%s: expected %s, got %s", e->what,
		e->phase, phase.at);
	round_done(&round);
	arena_done(&arena);
}

static void expect_all(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect(&examples[i], false);
}

/* clang-format off */
static const struct example STARTS[] = {
	{"the head first", TWO, "first\n",
	 "create Service demo-ray-head needed\n"
	 "create Pod demo-h-*\n", "Updating 0"},
	{"also where its Service is refused", TWO, "failure Service demo-ray-head no\n",
	 "create Service demo-ray-head\n"
	 "create Pod demo-h-*\n"
	 "warning FailedToCreateService: Service \"demo-ray-head\": no\n", "Updating 0"},
	{"but not where it is somebody else's", TWO, "taken Service demo-ray-head taken\n",
	 "create Service demo-ray-head\n"
	 "warning FailedToCreateService: Service \"demo-ray-head\": taken\n", "Updating 0"},
	{"no worker before the head has an address", TWO, SERVICE "pod head h head launch=now\n",
	 WAITS, "Updating 0"},
	{"then as many as minWorkers says", TWO,
	 SERVICE "pod head h head launch=now ip=1.2.3.4\n",
	 "create Pod demo-w-*\n"
	 "create Pod demo-w-*\n" WAITS, "Updating 0"},
	{"what is there is not made again", TWO, IS_THERE W("a") "pod b w untold launch=now\n",
	 "", "Running 0"},
	{"pods of others are nobody's capacity", TWO, IS_THERE W("a") "pod x w foreign running\n",
	 "create Pod demo-w-*\n", "Running 0"},
	{"maxWorkers of the type is less than its minWorkers",
	 SPEC("  maxWorkers: 9\n") TYPE("w", "minWorkers: 5, maxWorkers: 1, "), IS_THERE,
	 "create Pod demo-w-*\n", "Running 0"},
	{"maxWorkers of all is less than the minimums together",
	 SPEC("  maxWorkers: 3\n") TYPE("v", "minWorkers: 2, ") TYPE("w", "minWorkers: 2, "), IS_THERE,
	 "create Pod demo-v-*\n"
	 "create Pod demo-v-*\n"
	 "create Pod demo-w-*\n", "Running 0"},
	{"where maxWorkers is absent it is 2", SPEC("") TYPE("w", "minWorkers: 5, "), IS_THERE,
	 "create Pod demo-w-*\n"
	 "create Pod demo-w-*\n", NULL},
	{"one at a time where one was refused", TWO, IS_THERE "failure Pod w exceeded quota\n",
	 "create Pod demo-w-*\n"
	 "warning FailedToCreateWorkerPod: Pod of \"w\": exceeded quota\n", "Running 0"},
};

static const struct example SIZES[] = {
	{"workers beyond the minimum stay, they may be busy", TWO, IS_THERE W("a") W("b") W("c"),
	 "", "Running 0"},
	{"those beyond the maximum go, the worst first", TWO,
	 IS_THERE W("a") W("b") W("c") "pod d w launch=now age=90\n",
	 "delete d: maxWorkers is less\nagain 210\n", "Running 0"},
	{"so do those beyond the maximum of all, but no minimum",
	 SPEC("  maxWorkers: 2\n") TYPE("v", "minWorkers: 1, ") TYPE("w", "minWorkers: 1, "),
	 IS_THERE "pod a v running ready launch=now\n" "pod b v running ready launch=now age=5\n"
	 "pod c w running ready launch=now\n",
	 "delete b: maxWorkers is less\n", "Running 0"},
	{"pods of a podType that was taken out go", TWO, IS_THERE W("a") W("b") "pod x gone running\n",
	 "delete x: its podType is no longer there\n", "Running 0"},
	{"a worker that ended is replaced", TWO, IS_THERE W("a") "pod b w failed never launch=now age=90 since=1\n",
	 "delete b: it has ended\n"
	 "create Pod demo-w-* failed-before=1\n", "Running 0"},
	{"and one whose Ray has ended", TWO, IS_THERE W("a") "pod b w running never ended launch=now\n",
	 "delete b: it has ended\n"
	 "create Pod demo-w-* failed-before=1\n", "Running 0"},
	{"one that fails again and again rests", TWO,
	 IS_THERE W("a") "pod b w failed failed-before=2 launch=now age=30 since=5\n",
	 "again 15\n", "Running 0"},
	{"a pod that ends is no capacity", TWO, IS_THERE W("a") "pod b w running deleting launch=now\n",
	 "create Pod demo-w-*\n", "Running 0"},
};

static const struct example UPDATES[] = {
	{"a head of an older spec goes", TWO,
	 SERVICE "pod head h head running ready ip=1.2.3.4 launch=old\n" W("a") W("b")
	 "status phase: Running\nstatus head: {podName: head, launchConfig: 'older'}\n",
	 "delete head: its podType has changed\n", "Updating 0"},
	{"but not in the round that asks for its Service, which may be somebody else's", TWO,
	 "pod head h head running ready ip=1.2.3.4 launch=old\n"
	 "pod a w running ready launch=old\npod b w launch=elsewhere\n"
	 "status phase: Running\nstatus head: {podName: head, launchConfig: 'older'}\n",
	 "create Service demo-ray-head needed\nagain 200\n", NULL},
	{"nor where it is", TWO,
	 "taken Service demo-ray-head taken\n"
	 "pod head h head running ready ip=1.2.3.4 launch=old\n"
	 "pod a w running ready launch=old\npod b w launch=elsewhere\n"
	 "status phase: Running\nstatus head: {podName: head, launchConfig: 'older'}\n",
	 "create Service demo-ray-head\n"
	 "warning FailedToCreateService: Service \"demo-ray-head\": taken\nagain 200\n", NULL},
	{"and then what is going already is none of those that are too many",
	 SPEC("") TYPE("w", "minWorkers: 1, maxWorkers: 1, "),
	 "taken Service demo-ray-head taken\n" HEAD
	 "pod a w running unready launch=now\npod b w running ready deleting launch=now\n",
	 "create Service demo-ray-head\n"
	 "warning FailedToCreateService: Service \"demo-ray-head\": taken\n", NULL},
	{"and the next one comes when it has ended", TWO,
	 SERVICE "pod head h head running deleting ends=20 launch=old\n"
	 "status head: {podName: head, launchConfig: 'older'}\n",
	 "again 50\n", "Updating 0"},
	{"workers of an older spec go, one while the others serve", TWO,
	 IS_THERE "pod a w running ready launch=old\npod b w running ready launch=old\n",
	 "delete b: its podType has changed\n"
	 "create Pod demo-w-*\n", "Updating 0"},
	{"and none while one is missing", TWO,
	 IS_THERE "pod a w running ready launch=old\npod b w launch=now\n", WAITS, "Updating 0"},
	{"those that do not serve go at once", TWO,
	 IS_THERE "pod a w launch=old\npod b w launch=old\n",
	 "delete b: its podType has changed\n"
	 "delete a: its podType has changed\n"
	 "create Pod demo-w-*\n"
	 "create Pod demo-w-*\n" WAITS, "Updating 0"},
	{"all workers of another head go", TWO,
	 IS_THERE "pod a w running ready launch=elsewhere\npod b w running ready launch=elsewhere\n",
	 "delete b: its head is no longer there\n"
	 "delete a: its head is no longer there\n"
	 "create Pod demo-w-*\n"
	 "create Pod demo-w-*\n", "Running 0"},
	{"a worker whose node is lost for long is replaced", TWO,
	 IS_THERE "pod a w running unready lost since=601 launch=now\n" W("b"),
	 "delete a: its node has not been heard of for long\n"
	 "create Pod demo-w-*\n", "Running 0"},
	{"pods of the operator of 2022 are taken as they are", TWO,
	 SERVICE "pod head h head running ready ip=1.2.3.4 launch=0123456789012345678901234567890123456789\n"
	 "pod a w running ready launch=0123456789012345678901234567890123456789\n" W("b"),
	 "", "Running 0"},
	{"while the spec is not accepted nothing is rolled, and what ends is replaced", TWO,
	 SERVICE "pod head h head running ready ip=1.2.3.4 launch=old\n"
	 "pod a w failed launch=now since=1\n" "verdict InvalidSpec h=1 w=1\n",
	 "delete a: it has ended\n"
	 "create Pod demo-w-* failed-before=1\n"
	 "warning InvalidSpec: spec is wrong\n", "Error 0"},
	{"nothing is made of what was never accepted", TWO, "verdict QuotaExceeded\n",
	 "warning QuotaExceeded: spec is wrong\n", "Error 0"},
};

static const struct example ENDS[] = {
	{"a head that ended is replaced, and counted", TWO,
	 SERVICE "pod head h head failed never launch=now since=1 age=700\n" W("a") W("b")
	 "status phase: Running\nstatus autoscalerRetries: 2\nstatus head: {podName: head, launchConfig: '@'}\n",
	 "delete head: it has ended\n"
	 "create Pod demo-h-* failed-before=1\n", "AutoscalingExceptionRecovery 3"},
	{"workers that have no owner any more are taken back, and it runs on", TWO,
	 IS_THERE "pod a w stray running ready launch=now\n" W("b") "status phase: Running\nstatus autoscalerRetries: 0\n",
	 "adopt Pod a\n", "Running 0"},
	{"so is a head, whose end that is not", TWO,
	 SERVICE "pod head h head stray running ready launch=now ip=1.2.3.4\n" W("a") W("b")
	 "status phase: Running\nstatus autoscalerRetries: 0\nstatus head: {podName: head, launchConfig: '@'}\n",
	 "adopt Pod head\n", "Running 0"},
	{"of a new cluster it says so until then", TWO,
	 SERVICE "pod head h head stray running ready launch=now ip=1.2.3.4\n",
	 "adopt Pod head\n", "Updating 0"},
	{"once", TWO,
	 SERVICE "pod head h head failed deleting never launch=now\npod new h head untold launch=now\n"
	 "status phase: AutoscalingExceptionRecovery\nstatus autoscalerRetries: 3\n"
	 "status head: {podName: head, launchConfig: '@', ended: true}\n",
	 "", "AutoscalingExceptionRecovery 3"},
	{"also where somebody deleted it", TWO,
	 SERVICE "status phase: Running\nstatus autoscalerRetries: 0\nstatus head: {podName: head, launchConfig: '@'}\n",
	 "create Pod demo-h-*\n", "AutoscalingExceptionRecovery 1"},
	{"and where it ended before anybody spoke of it", TWO,
	 SERVICE "pod other h head failed launch=now failed-before=2 since=5\n"
	 "status phase: Updating\nstatus autoscalerRetries: 0\n",
	 "again 15\n", "AutoscalingExceptionRecovery 1"},
	{"no workers are made for one that ended and rests", TWO,
	 SERVICE "pod other h head failed launch=now ip=1.2.3.4 failed-before=2 since=5\n"
	 "status phase: Updating\nstatus autoscalerRetries: 0\n",
	 "again 15\n", "AutoscalingExceptionRecovery 1"},
	{"it counts, too, where the spec is another by now that is not accepted", TWO,
	 SERVICE "status phase: Running\nstatus autoscalerRetries: 0\n"
	 "status head: {podName: head, launchConfig: older}\nverdict InvalidSpec h=1 w=2\n",
	 "create Pod demo-h-*\nwarning InvalidSpec: spec is wrong\n", "Error 1"},
	{"it recovers until the next head is up", TWO,
	 SERVICE "pod new h head launch=now ip=1.1.1.1\n" W("a") W("b")
	 "status phase: AutoscalingExceptionRecovery\nstatus autoscalerRetries: 3\n"
	 "status head: {podName: new, launchConfig: '@'}\n",
	 WAITS, "AutoscalingExceptionRecovery 3"},
	{"and runs then", TWO, IS_THERE W("a") W("b")
	 "status phase: AutoscalingExceptionRecovery\nstatus autoscalerRetries: 3\n"
	 "status head: {podName: head, launchConfig: '@'}\n",
	 "", "Running 3"},
	{"of two heads the better one stays", TWO,
	 IS_THERE "pod other h head launch=now\n" W("a") W("b"),
	 "delete other: there is another head\n" WAITS, "Running 0"},
};
/* clang-format on */

Test(plan_legacy, starts_the_head_and_then_workers)
{
	expect_all(STARTS, ARRAY_LEN(STARTS));
}

Test(plan_legacy, holds_the_sizes)
{
	expect_all(SIZES, ARRAY_LEN(SIZES));
}

Test(plan_legacy, replaces_what_is_of_an_older_spec)
{
	expect_all(UPDATES, ARRAY_LEN(UPDATES));
}

Test(plan_legacy, counts_each_end_of_a_head_once)
{
	expect_all(ENDS, ARRAY_LEN(ENDS));
}

/* Of those that are its own and serve: it says how many there are, and are to be. */
Test(plan_legacy, ready_workers_are_counted)
{
	static const struct plan_kit_cluster CLUSTER = {NULL, TWO,
		IS_THERE W("a") "pod b w launch=now\npod c w running ready deleting launch=now\n"
				"pod x w foreign running ready launch=now\n"};
	struct arena arena;
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	plan_legacy(plan_kit_observe_legacy(&arena, &CLUSTER), &round);
	const struct str status = plan_kit_status(&arena, &round);

	cr_expect(str_contains(status, "desiredWorkers 2\n"), "%s", status.at);
	cr_expect(str_contains(status, "readyWorkers 1\n"), "%s", status.at);
	round_done(&round);
	arena_done(&arena);
}

/* What holds up its pods, and what nobody does for it, is in its status and an Event, once. */
Test(plan_legacy, what_does_not_come_is_told)
{
	static const char STUCK[] =
		IS_THERE W("a") "pod b w launch=now unscheduled reason=Unschedulable : 0/1 nodes\n";
	static const char TOLD[] =
		IS_THERE W("a") "pod b w launch=now unscheduled reason=Unschedulable : 0/1 nodes\n"
				"status conditions: [{type: PodsPending, status: 'True', reason: "
				"Unschedulable, "
				"message: '1 of \"w\": 0/1 nodes'}]\n";
	static const char LACKS[] =
		IS_THERE W("a") W("b") "status conditions: [{type: Supported, status: 'False', "
				       "reason: NotSupported, lastTransitionTime: x, message: "
				       "'" SCALING "'}]\n";
	static const struct example EXAMPLES[] = {
		{"a pod that no node has room for", TWO_AT_MOST, STUCK,
			"warning PodsPending: 1 of \"w\": 0/1 nodes\n", "Running 0"},
		{"once", TWO_AT_MOST, TOLD, "", "Running 0"},
		{"an autoscaler that is not there", TWO_AT_MOST "  upscalingSpeed: 1.0\n",
			IS_THERE W("a") W("b"), TELLS_SCALING, "Running 0"},
		{"once, too", TWO "  upscalingSpeed: 1.0\n  idleTimeoutMinutes: 5\n", LACKS, "",
			"Running 0"},
		{"without a word on it there may be more workers", TWO, IS_THERE W("a") W("b"),
			TELLS_SCALING, "Running 0"},
		{"which is told once, too", TWO, LACKS, "", "Running 0"},
		{"workers of the head's podType", HEAD_WORKERS, IS_THERE W("a") W("b"),
			"warning NotSupported: not supported by this version: workers of the "
			"head's podType (none is made: give them a podType of their own)\n",
			"Running 0"},
	};

	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++)
		expect(&EXAMPLES[i], true);
}

/* A spec of which nothing can be made is said to be so, and nothing else is done. */
Test(plan_legacy, a_spec_without_a_head_is_an_error)
{
	static const struct example EXAMPLES[] = {
		{"headPodType names none", "  headPodType: x\n  podTypes:\n" TYPE("h", ""),
			"verdict InvalidSpec\n", "warning InvalidSpec: spec is wrong\n", "Error 0"},
		{"no podTypes at all", "  headPodType: x\n", "verdict InvalidSpec\n",
			"warning InvalidSpec: spec is wrong\n", "Error 0"},
	};

	expect_all(EXAMPLES, ARRAY_LEN(EXAMPLES));
}

static struct str actions_of(struct arena *arena, const struct plan_kit_cluster *cluster)
{
	struct round round;

	round_init(&round, arena);
	plan_legacy(plan_kit_observe_legacy(arena, cluster), &round);
	const struct str actions = plan_kit_actions(arena, &round);

	round_done(&round);
	return actions;
}

Test(plan_legacy, the_service_follows_its_ports)
{
	static const struct plan_kit_cluster CLUSTER = {NULL,
		SPEC("  headServicePorts: [{name: dashboard, port: 80, targetPort: 8265}]\n"),
		IS_THERE};
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str actions = actions_of(&arena, &CLUSTER);

	cr_expect(str_starts(actions,
			  "patch demo-ray-head "
			  "{\"spec\":{\"ports\":[{\"name\":\"client\",\"protocol\":"
			  "\"TCP\",\"port\":10001,\"targetPort\":10001},{\"name\":\"dashboard\","
			  "\"protocol\":\"TCP\",\"port\":80,\"targetPort\":8265},{\"name\":"
			  "\"ray-serve\",\"protocol\":\"TCP\",\"port\":8000,\"targetPort\":8000}]}}"
			  "\n"),
		"%s", actions.at);
	arena_done(&arena);
}
