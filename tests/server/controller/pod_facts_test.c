/* What a pod says of why it is not ready. */
#include "server/controller/pod_facts.h"

#include <criterion/criterion.h>

#include "base/attr.h"

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
		static const struct json_limits LIMITS = {
			.bytes = 65536, .depth = 20, .nodes = 1000};
		struct arena arena;
		struct json_doc doc;
		struct pod_read read;
		struct err err;

		arena_init(&arena, 4096);
		const struct str text = arena_printf(&arena,
			"{\"metadata\":{\"name\":\"p\",\"labels\":{\"ray.io/cluster\":\"c\","
			"\"ray.io/node-type\":\"%s\"}},\"status\":%s}",
			CASES[i].role, CASES[i].status);

		cr_assert(json_read(&arena, text, &LIMITS, &doc, &err), "%s", err.text);
		cr_assert(pod_read(DIALECT_MODERN, doc.root, &arena, &read));
		cr_expect(str_is(read.texts[POD_TEXT_REASON], CASES[i].reason), "case %zu: %.*s", i,
			STR_ARG(read.texts[POD_TEXT_REASON]));
		cr_expect(str_is(read.texts[POD_TEXT_MESSAGE], CASES[i].message), "case %zu: %.*s",
			i, STR_ARG(read.texts[POD_TEXT_MESSAGE]));
		arena_done(&arena);
	}
}
