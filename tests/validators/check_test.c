#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "tests/support/verdict.h"

enum {
	TIMES = 60,
	READ_MAX = 120, /* bytes that one finding may look at, when the update is judged */
};

/* The object with `item` so many times where it says %s. */
static void put(struct buf *out, const char *before, const char *item, const char *after)
{
	buf_add_cstr(out, "{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: "
			  "{headGroupSpec: "
			  "{template: {spec: {");
	buf_add_cstr(out, before);
	for (int i = 0; i < TIMES; i++)
		buf_printf(out, "%s%s", i ? ", " : "", item);
	buf_add_cstr(out, after);
	buf_add_cstr(out, "}}}}}");
}

static size_t bytes_read(const struct field_error *error)
{
	size_t bytes = 0;

	for (size_t i = 0; i < error->reads.count; i++)
		bytes += error->reads.nodes[i] ? json_raw(error->reads.nodes[i]).len : 0;
	return bytes;
}

#define RAY "containers: [{name: h, image: ray}]"

/*
 * On an update all that the findings have read is compared: a list that each of its thousand wrong
 * items names as read would take seconds.
 */
Test(check, what_is_wrong_many_times_does_not_read_the_list_each_time)
{
	static const struct {
		const char *rule, *before, *item, *after;
	} CASES[] = {
		{"RG0661", "securityContext: {sysctls: [", "{name: a.b, value: '1'}", "]}, " RAY},
		{"RG0637", "containers: [{name: h, image: ray, resizePolicy: [",
			"{resourceName: cpu, restartPolicy: NotRequired}", "]}]"},
		{"RG0616", "containers: [{name: h, image: ray, resources: {claims: [",
			"{name: gpu}", "]}}], resourceClaims: [{name: a, resourceClaimName: a}]"},
		{"RG0684",
			"volumes: [{name: v, emptyDir: {}}], containers: [{name: h, image: ray, "
			"volumeDevices: [",
			"{name: v, devicePath: /d}", "]}]"},
		{"RG0680", "containers: [{name: h, image: ray, volumeMounts: [",
			"{name: v, mountPath: /d}", "]}]"},
		{"RG0614",
			"topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, "
			"whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}, "
			"matchLabelKeys: [",
			"a", "]}], " RAY},
		{"RG0613",
			"affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
			"[{topologyKey: a, labelSelector: {}, mismatchLabelKeys: [a], "
			"matchLabelKeys: [",
			"a", "]}]}}, " RAY},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct policy *policy = policy_empty();
		struct buf text CLEANUP(buf_done) = {0};
		struct arena arena CLEANUP(arena_done);
		struct findings found;
		size_t seen = 0;

		arena_init(&arena, 65536);
		put(&text, CASES[i].before, CASES[i].item, CASES[i].after);
		verdict_judge(&arena,
			&(struct verdict_case){.object = {text.at, text.len}, .policy = policy},
			&found);
		for (size_t f = 0; f < found.errors + found.warnings; f++) {
			if (!str_is(str_from(found.items[f].rule->id), CASES[i].rule))
				continue;
			seen++;
			cr_expect_leq(bytes_read(found.items[f].error), (size_t)READ_MAX, "%s: %s",
				CASES[i].rule, found.items[f].error->message.at);
		}
		cr_expect_geq(seen, 20u, "%s: %zu", CASES[i].rule, seen);
		policy_free(&policy);
	}
}
