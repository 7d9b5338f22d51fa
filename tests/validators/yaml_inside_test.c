#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define JOB                                                                                        \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: j}, spec: {entrypoint: x, "        \
	"runtimeEnvYAML: \"%s\", rayClusterSpec: {headGroupSpec: {template: {spec: {containers: "  \
	"[{name: h, image: ray}]}}}}}}"

/* A key that stands twice is taken by KubeRay, whatever we think of it. */
Test(yaml_inside, what_kuberay_can_read_is_not_refused)
{
	static const struct {
		const char *text;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"# nothing", FIELD_SEVERITY_OFF},
		{"pip: [a]", FIELD_SEVERITY_OFF},
		{"pip: [a]\\n---\\nb: [", FIELD_SEVERITY_OFF},
		{"- a", FIELD_SEVERITY_ERROR},
		{"word", FIELD_SEVERITY_ERROR},
		{"pip: [a", FIELD_SEVERITY_ERROR},
		{"a: 1\\n b: 2", FIELD_SEVERITY_ERROR},
		{"a: 1\\na: 2", FIELD_SEVERITY_WARN},
		{"a: {b: 1, b: 2}\\nc: 1", FIELD_SEVERITY_WARN},
		{"a: 1\\na: 2\\nb: [", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1212", JOB, CASES[i].text), CASES[i].grade, "%s",
			CASES[i].text);
}

#define SERVICE                                                                                    \
	"{apiVersion: ray.io/v1, kind: RayService, metadata: {name: s}, spec: {"                   \
	"serveConfigV2: \"%s\", rayClusterConfig: {headGroupSpec: {template: {spec: {containers: " \
	"[{name: h, image: ray}]}}}}}}"
#define APP(fields)  "applications: [{import_path: 'a:b', " fields "}]"
#define APPS(fields) "applications: [{import_path: 'a:b'}, {import_path: a.b, " fields "}]"
#define OF(fields)   APP("deployments: [{name: d, " fields "}]")

Test(yaml_inside, applications_that_ray_serve_refuses_are_warned_of)
{
	static const struct {
		const char *text;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"applications: []", FIELD_SEVERITY_OFF},
		{"import_path: 'a:b'", FIELD_SEVERITY_WARN},
		{"applications: {name: a}", FIELD_SEVERITY_WARN},
		{"applications: [{name: a}]", FIELD_SEVERITY_WARN},
		{"applications: [{import_path: a.b.c}]", FIELD_SEVERITY_OFF},
		{"applications: [{import_path: 'a.b:c'}]", FIELD_SEVERITY_OFF},
		{"applications: [{import_path: a}]", FIELD_SEVERITY_WARN},
		{"applications: [{import_path: 'a:'}]", FIELD_SEVERITY_WARN},
		{"applications: [{import_path: ':a'}]", FIELD_SEVERITY_WARN},
		{"applications: [{import_path: 'a:b:c'}]", FIELD_SEVERITY_WARN},
		{"applications: [{import_path: a.}]", FIELD_SEVERITY_WARN},
		{APP("route_prefix: /"), FIELD_SEVERITY_OFF},
		{APP("route_prefix: /a/b"), FIELD_SEVERITY_OFF},
		{APP("route_prefix: null"), FIELD_SEVERITY_OFF},
		{APP("route_prefix: a"), FIELD_SEVERITY_WARN},
		{APP("route_prefix: /a/"), FIELD_SEVERITY_WARN},
		{APP("route_prefix: '/{a}'"), FIELD_SEVERITY_WARN},
		{APPS("name: a, route_prefix: /a"), FIELD_SEVERITY_OFF},
		{APPS("name: a, route_prefix: null"), FIELD_SEVERITY_OFF},
		{APPS("name: a"), FIELD_SEVERITY_WARN},
		{APPS("name: a, route_prefix: /"), FIELD_SEVERITY_WARN},
		{APPS("route_prefix: /a"), FIELD_SEVERITY_WARN},
		{APPS("name: default, route_prefix: /a"), FIELD_SEVERITY_WARN},
		{OF("num_replicas: 2"), FIELD_SEVERITY_OFF},
		{OF("num_replicas: '2'"), FIELD_SEVERITY_OFF},
		{OF("num_replicas: auto, autoscaling_config: {}"), FIELD_SEVERITY_OFF},
		{OF("num_replicas: two"), FIELD_SEVERITY_WARN},
		{OF("num_replicas: 2, autoscaling_config: {}"), FIELD_SEVERITY_WARN},
		/* what is no YAML is told by another rule */
		{"applications: [", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1248", SERVICE, CASES[i].text), CASES[i].grade, "%s",
			CASES[i].text);
}

#define JOB_ENV                                                                                    \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {entrypoint: a, "        \
	"runtimeEnvYAML: '%s', rayClusterSpec: {headGroupSpec: {template: {spec: {containers: "    \
	"[{name: head, image: ray}]}}}}}}"

Test(yaml_inside, what_ray_refuses_of_a_runtime_env_is_told)
{
	static const struct {
		const char *text;
		enum field_severity grade;
	} CASES[] = {
		{"{env_vars: {A: 1}}", FIELD_SEVERITY_WARN},
		{"{env_vars: {A: b, C: true}}", FIELD_SEVERITY_WARN},
		{"{env_vars: {A: b, C: \"1\"}}", FIELD_SEVERITY_OFF},
		{"{env_vars: {}}", FIELD_SEVERITY_OFF},
		{"{pip: [a], conda: b}", FIELD_SEVERITY_WARN},
		{"{pip: [a], uv: [b]}", FIELD_SEVERITY_WARN},
		{"{pip: [a], working_dir: b}", FIELD_SEVERITY_OFF},
		{"[a]", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1216", JOB_ENV, CASES[i].text), CASES[i].grade, "%s",
			CASES[i].text);
}
