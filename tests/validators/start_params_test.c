#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "tests/support/verdict.h"
#include "tests/support/verdict_grade.h"

#define WITH_WORKER_PARAM                                                                          \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"          \
	"  workerGroupSpecs:\n"                                                                    \
	"  - groupName: small\n"                                                                   \
	"    minReplicas: 0\n"                                                                     \
	"    maxReplicas: 1\n"                                                                     \
	"    rayStartParams: {%s: '%s'}\n"                                                         \
	"    template: {spec: {containers: [{name: worker, image: ray}]}}\n"

/* KubeRay takes such objects, and there are some in use. */
Test(start_params, what_keeps_workers_alone_from_starting_is_a_warning)
{
	static const struct {
		const char *rule, *name, *value;
		enum field_severity grade;
	} CASES[] = {
		{"RG0409", "port", "6379", FIELD_SEVERITY_WARN},
		{"RG0409", "redis-shard-ports", "6380", FIELD_SEVERITY_WARN},
		{"RG0409", "include-dashboard", "true", FIELD_SEVERITY_WARN},
		{"RG0409", "dashboard-host", "0.0.0.0", FIELD_SEVERITY_WARN},
		{"RG0409", "head", "true", FIELD_SEVERITY_WARN},
		{"RG0409", "head", "false", FIELD_SEVERITY_OFF},
		{"RG0409", "num-cpus", "1", FIELD_SEVERITY_OFF},
		{"RG0408", "object-store-memory", "5g", FIELD_SEVERITY_WARN},
		{"RG0407", "num_cpus", "1", FIELD_SEVERITY_WARN},
		{"RG0406", "node-name", "a(b)", FIELD_SEVERITY_WARN},
		{"RG0413", "max-worker-port", "10001", FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade(CASES[i].rule, WITH_WORKER_PARAM, CASES[i].name,
				     CASES[i].value),
			CASES[i].grade, "%s %s: %s", CASES[i].rule, CASES[i].name, CASES[i].value);
}

/* Whether these words are said of any parameter. */
static bool is_said(struct str before, const char *name, const char *words)
{
	CLEANUP(buf_done) struct buf object = {0};
	struct policy *policy CLEANUP(policy_free) = policy_empty();
	struct arena arena CLEANUP(arena_done);
	struct findings findings;
	bool said = false;

	arena_init(&arena, 65536);
	buf_printf(&object,
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: example}\n"
		"spec: {headGroupSpec: {rayStartParams: {%.*s%s: '1'},\n"
		"  template: {spec: {containers: [{name: head, image: ray}]}}}}\n",
		STR_ARG(before), name);
	verdict_judge(&arena, &(struct verdict_case){.object = buf_str(&object), .policy = policy},
		&findings);
	for (size_t i = 0; i < findings.errors + findings.warnings; i++)
		said |= str_contains(findings.items[i].error->message, words);
	return said;
}

#define WITH_HEAD_PARAM                                                                            \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example, annotations: {ray.io/overwrite-container-cmd: '%s'}}\n"         \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {'%s': \"%s\"}\n"                                                     \
	"    template: {spec: {containers: [{name: head, image: ray, resources: {limits: {%s: "    \
	"4}}}]}}\n"

/* What a shell or KubeRay itself makes of a value, nobody knows beforehand. */
Test(start_params, a_value_is_judged_where_it_reaches_ray_as_it_is)
{
	static const struct {
		const char *rule, *overwrite, *name, *value, *resource;
		enum field_severity grade;
	} CASES[] = {
		{"RG0408", "false", "num-cpus", "two", "cpu", FIELD_SEVERITY_ERROR},
		{"RG0408", "", "num-cpus", "two", "cpu", FIELD_SEVERITY_ERROR},
		{"RG0408", "False", "num-cpus", "two", "cpu", FIELD_SEVERITY_ERROR},
		{"RG0408", "true", "num-cpus", "two", "cpu", FIELD_SEVERITY_WARN},
		{"RG0408", "TRUE", "num-cpus", "two", "cpu", FIELD_SEVERITY_WARN},
		{"RG0408", "false", "num-cpus", "$(nproc)", "cpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "num-cpus", "`nproc`", "cpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "num-cpus", "$N", "cpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "num-cpus", "'two", "cpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "num-cpus", "a(b)", "cpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "resources", "{a: 1}", "cpu", FIELD_SEVERITY_ERROR},
		{"RG0408", "false", "resources", "{a: 1}", "google.com/tpu", FIELD_SEVERITY_OFF},
		{"RG0408", "false", "resources", "{a: 1}", "aws.amazon.com/neuroncore",
			FIELD_SEVERITY_OFF},
		{"RG0407", "false", "", "x", "cpu", FIELD_SEVERITY_ERROR},
		{"RG0406", "false", "node-name", "a\\nb", "cpu", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_HEAD_PARAM, CASES[i].overwrite,
				     CASES[i].name, CASES[i].value, CASES[i].resource),
			CASES[i].grade, "case %zu: %s", i, CASES[i].value);
}

#define OF_RAY_VERSION                                                                             \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  %s\n"                                                                                   \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {%s: '0'}\n"                                                          \
	"    template: {spec: {containers: [{name: head, image: ray}]}}\n"

/* `ray start` of 2.54 knows some flags no more; of a version that is not given nothing is said. */
Test(start_params, flags_that_are_gone_are_told_by_the_version_of_ray)
{
	static const struct {
		const char *version, *flag;
		enum field_severity grade;
	} CASES[] = {
		{"rayVersion: 2.54.0", "gcs-server-port", FIELD_SEVERITY_WARN},
		{"rayVersion: 2.60.1", "storage", FIELD_SEVERITY_WARN},
		{"rayVersion: 2.53.0", "gcs-server-port", FIELD_SEVERITY_OFF},
		{"rayVersion: 2.54.0", "num-cpus", FIELD_SEVERITY_OFF},
		{"suspend: false", "gcs-server-port", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			verdict_grade("RG0407", OF_RAY_VERSION, CASES[i].version, CASES[i].flag),
			CASES[i].grade, "%s %s", CASES[i].version, CASES[i].flag);
}

/* Each name would be compared with each flag. */
Test(start_params, of_very_many_names_the_last_are_not_guessed)
{
	CLEANUP(buf_done) struct buf names = {0};

	for (int i = 0; i < 100; i++)
		buf_printf(&names, "x%d: '', ", i);
	cr_expect(is_said(STR(""), "num-cpu", "did you mean \"num-cpus\"?"));
	cr_expect(is_said(STR(""), "num_cpus", "write \"num-cpus\""));
	cr_expect_not(is_said(buf_str(&names), "num-cpu", "did you mean \"num-cpus\"?"));
	cr_expect(is_said(buf_str(&names), "num-cpu", "is no known flag"));
	cr_expect(is_said(buf_str(&names), "num_cpus", "write \"num-cpus\""), "it is an error");
}

/* As it has to stand between single quotes of YAML, ready to be copied. */
Test(start_params, json_and_bytes_are_told_as_they_are_written)
{
#define HEAD_WITH(param)                                                                           \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {headGroupSpec: "    \
	"{rayStartParams: {" param "}, template: {spec: {containers: [{name: c, image: ray}]}}}}}"
	static const struct {
		const char *manifest, *words;
	} CASES[] = {
		{HEAD_WITH("resources: {Custom: 1}"),
			"is JSON, whose quotes the shell takes away: write "
			"'\"{\\\"Custom\\\":1}\"'"},
		{HEAD_WITH("resources: '{\"a\": 1}'"), "write '\"{\\\"a\\\": 1}\"'"},
		/* Who does as he is told meets no second refusal. */
		{HEAD_WITH("resources: '{\"CPU\": 4}'"),
			"write '\"{\\\"CPU\\\": 4}\"'; what it says is wrong too: must not "
			"hold \"CPU\": Ray takes it from num-cpus"},
		{HEAD_WITH("resources: {a: -1}"),
			"what it says is wrong too: \"a\" must be a whole number, 0 or more"},
		{HEAD_WITH("system-config: '{\"a\": true}'"), "write '\"{\\\"a\\\": true}\"'"},
		{HEAD_WITH("resources: a"),
			"must be a JSON object in quotes for the shell: '\"{\\\"Custom\\\": 1}\"'"},
		{HEAD_WITH("memory: 4Gi"),
			"must be a whole number of bytes without a unit: write \"4294967296\""},
		{HEAD_WITH("object-store-memory: much"),
			"must be a whole number of bytes without a unit, such as \"4294967296\" "
			"for 4Gi"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0408", CASES[i].manifest, CASES[i].words);
}
