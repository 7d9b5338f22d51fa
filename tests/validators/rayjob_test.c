#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define JOB                                                                                        \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayJob\n"                                                                           \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  entrypoint: python job.py\n"                                                            \
	"  %s\n"                                                                                   \
	"  rayClusterSpec:\n"                                                                      \
	"    headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"
#define TEMPLATE(spec)       "submitterPodTemplate: {" spec "}"
#define CONTAINERS           "containers: [{name: submitter, image: ray}]"
#define MODE(mode, template) "submissionMode: " mode "\n  " template

Test(rayjob, the_template_of_a_submitter_makes_a_pod_of_a_job)
{
	static const struct {
		const char *fields;
		enum field_severity grade;
	} CASES[] = {
		{"shutdownAfterJobFinishes: true", FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: {restartPolicy: Never, " CONTAINERS "}"), FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: {restartPolicy: OnFailure, " CONTAINERS "}"), FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: {restartPolicy: Always, " CONTAINERS "}"), FIELD_SEVERITY_ERROR},
		{TEMPLATE("spec: {" CONTAINERS "}"), FIELD_SEVERITY_ERROR},
		{TEMPLATE("spec: {restartPolicy: Never, containers: []}"), FIELD_SEVERITY_ERROR},
		{TEMPLATE(""), FIELD_SEVERITY_ERROR},
		{MODE("K8sJobMode", TEMPLATE("spec: {" CONTAINERS "}")), FIELD_SEVERITY_ERROR},
		/* what nothing is made of */
		{MODE("HTTPMode", TEMPLATE("spec: {" CONTAINERS "}")), FIELD_SEVERITY_OFF},
		{MODE("InteractiveMode", TEMPLATE("")), FIELD_SEVERITY_OFF},
		/* what other rules tell */
		{TEMPLATE("spec: {restartPolicy: Sometimes, " CONTAINERS "}"), FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: {restartPolicy: Never}"), FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: {restartPolicy: 5, " CONTAINERS "}"), FIELD_SEVERITY_OFF},
		{TEMPLATE("spec: 5"), FIELD_SEVERITY_OFF},
		{"submitterPodTemplate: 5", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1213", JOB, CASES[i].fields), CASES[i].grade, "%s",
			CASES[i].fields);
}

#define WITH_ENTRYPOINT                                                                            \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {%s rayClusterSpec: "    \
	"{headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}}}}"

Test(rayjob, an_entrypoint_that_is_no_text_is_told_once)
{
	cr_expect_eq(verdict_grade("RG1211", WITH_ENTRYPOINT, ""), FIELD_SEVERITY_WARN);
	cr_expect_eq(
		verdict_grade("RG1211", WITH_ENTRYPOINT, "entrypoint: '',"), FIELD_SEVERITY_WARN);
	cr_expect_eq(verdict_grade("RG1211", WITH_ENTRYPOINT, "entrypoint: [a, b],"),
		FIELD_SEVERITY_OFF);
	cr_expect_eq(verdict_grade("RG0101", WITH_ENTRYPOINT, "entrypoint: [a, b],"),
		FIELD_SEVERITY_ERROR);
}

/* clang-format off */
static const struct {
	const char *fields;
	enum field_severity grade;
} ENTRYPOINTS[] = {
	{"entrypoint: 'python \"a.py',", FIELD_SEVERITY_ERROR},
	{"entrypoint: 'python a.py --b ${c',", FIELD_SEVERITY_ERROR},
	{"entrypoint: python f(1),", FIELD_SEVERITY_ERROR},
	{"entrypoint: \"python it's.py\", submissionMode: SidecarMode,", FIELD_SEVERITY_ERROR},
	{"entrypoint: python a.py && python b.py,", FIELD_SEVERITY_WARN},
	{"entrypoint: python a.py; ls,", FIELD_SEVERITY_WARN},
	{"entrypoint: python a.py > /tmp/log,", FIELD_SEVERITY_WARN},
	{"entrypoint: \"python a.py\\npython b.py\",", FIELD_SEVERITY_WARN},
	{"entrypoint: \"python a.py # don't\\npython b.py\",", FIELD_SEVERITY_WARN},
	{"entrypoint: 'cd /a && (python b.py)',", FIELD_SEVERITY_WARN},
	/* one command, however it is written */
	{"entrypoint: python a.py --b c,", FIELD_SEVERITY_OFF},
	{"entrypoint: \"  python a.py\\n\",", FIELD_SEVERITY_OFF},
	{"entrypoint: \"python a.py \\\\\\n  --b\",", FIELD_SEVERITY_OFF},
	{"entrypoint: 'bash -c \"a && b; (c) > d\"',", FIELD_SEVERITY_OFF},
	{"entrypoint: 'python a.py $HOME ${B} $(NAME)',", FIELD_SEVERITY_OFF},
	{"entrypoint: 'python a.py $(cat \"b',", FIELD_SEVERITY_OFF},
	{"entrypoint: 'python -c \"print(1)\"',", FIELD_SEVERITY_OFF},
	/* read by no bash of KubeRay's */
	{"entrypoint: 'python \"a.py', submissionMode: HTTPMode,", FIELD_SEVERITY_OFF},
	{"entrypoint: a && b, submissionMode: InteractiveMode,", FIELD_SEVERITY_OFF},
	{"entrypoint: a && b, submitterPodTemplate: {spec: {restartPolicy: Never, containers: "
		"[{name: s, image: ray, command: [x]}]}},", FIELD_SEVERITY_OFF},
	{"entrypoint: a && b, submitterPodTemplate: {spec: {restartPolicy: Never, containers: "
		"[{name: s, image: ray}]}},", FIELD_SEVERITY_WARN},
};
/* clang-format on */

Test(rayjob, an_entrypoint_is_one_command_of_bash)
{
	for (size_t i = 0; i < ARRAY_LEN(ENTRYPOINTS); i++)
		cr_expect_eq(verdict_grade("RG1214", WITH_ENTRYPOINT, ENTRYPOINTS[i].fields),
			ENTRYPOINTS[i].grade, "%s", ENTRYPOINTS[i].fields);
}

Test(rayjob, what_is_submitted_with_it_can_be_read)
{
	static const struct {
		const char *fields;
		enum field_severity grade;
	} CASES[] = {
		{"entrypointResources: '{\"a\": 1, \"b\": 0.5}',", FIELD_SEVERITY_OFF},
		{"entrypointResources: '{}',", FIELD_SEVERITY_OFF},
		{"entrypointResources: '',", FIELD_SEVERITY_OFF},
		{"entrypointResources: '{a: 1}',", FIELD_SEVERITY_WARN},
		{"entrypointResources: '[]',", FIELD_SEVERITY_WARN},
		{"entrypointResources: '{\"a\": \"1\"}',", FIELD_SEVERITY_WARN},
		{"entrypointResources: '{\"a\": -1}',", FIELD_SEVERITY_WARN},
		{"entrypointResources: '[]', submissionMode: HTTPMode,", FIELD_SEVERITY_WARN},
		{"entrypointResources: '[]', submissionMode: InteractiveMode,", FIELD_SEVERITY_OFF},
		{"jobId: a-1_b.c,", FIELD_SEVERITY_OFF},
		{"jobId: a b,", FIELD_SEVERITY_WARN},
		{"jobId: a;b,", FIELD_SEVERITY_WARN},
		{"jobId: a b, submissionMode: HTTPMode,", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1215", WITH_ENTRYPOINT, CASES[i].fields),
			CASES[i].grade, "%s", CASES[i].fields);
}
