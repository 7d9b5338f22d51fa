/* What a pod says of why it is not ready. */
#include "server/controller/pod_facts.h"

#include <criterion/criterion.h>

#include "base/attr.h"

/* Of the whole pod; where it fails, of `what`. */
static void read_pod(struct arena *arena, const char *what, const char *role, const char *status,
	struct pod_read *out)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 20, .nodes = 1000};
	const struct str text = arena_printf(arena,
		"{\"metadata\":{\"name\":\"p\",\"labels\":{\"ray.io/cluster\":\"c\","
		"\"ray.io/node-type\":\"%s\"}},\"status\":%s}",
		role, status);
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, text, &LIMITS, &doc, &err), "%s: %s", what, err.text);
	cr_assert(pod_read(DIALECT_MODERN, doc.root, arena, out), "%s", what);
}

/* As Kubernetes' node controller and kubelet write conditions (MarkPodsNotReady, generate.go). */
Test(pod_facts, a_node_that_nobody_hears_of_is_told_from_a_container_that_is_not_ready)
{
#define READY(status, more) "{\"type\":\"Ready\",\"status\":\"" status "\"" more "}"
#define CONTAINERS(status)  "{\"type\":\"ContainersReady\",\"status\":\"" status "\"}"
#define RUNNING(conditions) "{\"phase\":\"Running\",\"conditions\":[" conditions "]}"
#define SAYING(reason)      ",\"reason\":\"" reason "\""
	static const struct {
		const char *what, *status;
		bool lost;
	} CASES[] = {
		{"all is well", RUNNING(READY("True", "") "," CONTAINERS("True")), false},
		{"the node controller", RUNNING(READY("False", "") "," CONTAINERS("True")), true},
		{"in another order", RUNNING(CONTAINERS("True") "," READY("False", "")), true},
		{"a probe that fails",
			RUNNING(READY("False", SAYING("ContainersNotReady")) "," CONTAINERS(
				"False")),
			false},
		{"a gate of the user's",
			RUNNING(READY("False", SAYING("ReadinessGatesNotReady")) "," CONTAINERS(
				"True")),
			false},
		{"who says nothing of containers", RUNNING(READY("False", "")), false},
		{"a phase of old", "{\"phase\":\"Unknown\"}", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct arena arena CLEANUP(arena_done);
		struct pod_read read;

		arena_init(&arena, 4096);
		read_pod(&arena, CASES[i].what, "worker", CASES[i].status, &read);
		cr_expect_eq(read.facts.lost, CASES[i].lost, "%s", CASES[i].what);
	}
}

Test(pod_facts, whose_words_say_why_a_pod_is_not_ready)
{
	/* A worker's need no more than what a status may have to tell. */
	static const struct {
		const char *role, *status, *reason, *message;
	} CASES[] = {
		{"head", "{\"phase\":\"Pending\"}", "", ""},
		{"head",
			"{\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\","
			"\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"m\"}]}",
			"Unschedulable", "m"},
		{"head",
			"{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"False\",\"reason\":\"ContainersNotReady\",\"message\":\"unready: r\"}]}",
			"ContainersNotReady", "unready: r"},
		{"worker",
			"{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"False\",\"reason\":\"ContainersNotReady\",\"message\":\"unready: r\"}]}",
			"", ""},
		{"head",
			"{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"True\",\"reason\":\"\"}]}",
			"", ""},
		{"head",
			"{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"False\",\"reason\":\"ContainersNotReady\",\"message\":\"unready: r\"}],"
			"\"containerStatuses\":[{\"name\":\"r\",\"state\":{\"waiting\":{\"reason\":"
			"\"CrashLoopBackOff\",\"message\":\"back-off\"}}}]}",
			"CrashLoopBackOff", "back-off"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct arena arena CLEANUP(arena_done);
		struct pod_read read;

		arena_init(&arena, 4096);
		read_pod(&arena, CASES[i].reason, CASES[i].role, CASES[i].status, &read);
		cr_expect(str_is(read.texts[POD_TEXT_REASON], CASES[i].reason), "case %zu: %.*s", i,
			STR_ARG(read.texts[POD_TEXT_REASON]));
		cr_expect(str_is(read.texts[POD_TEXT_MESSAGE], CASES[i].message), "case %zu: %.*s",
			i, STR_ARG(read.texts[POD_TEXT_MESSAGE]));
	}
}
