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
