/* The strings that clients have seen from KubeRay. */
#include "server/children/start_params.h"

#include <criterion/criterion.h>

#include "api/ray_object.h"
#include "base/yaml.h"

/* A worker group, or with `head` a head, whose members and container have these more. */
struct example {
	bool head;
	const char *group, *container;
	const char *command;
};

static struct ray_group *decode(struct arena *arena, const struct example *e)
{
	static const struct yaml_limits LIMITS = {.bytes = 65536, .depth = 20, .nodes = 1000};
	const struct str text = arena_printf(arena,
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: "
		"{headGroupSpec: {%stemplate: {spec: {containers: [{%sname: r, image: i}]}}}}}",
		e->group, e->container);
	struct field_errors errors;
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s: %s", err.text, text.at);
	field_errors_init(&errors, arena, doc.json.root);
	const struct schema_decoder decoder = {.arena = arena, .errors = &errors};

	return ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, doc.json.root)
		->cluster->head;
}

/* clang-format off */
static const struct example COMMANDS[] = {
	{false, "",
	 "",
	 "ray start "},
	{false, "",
	 "resources: {limits: {cpu: 500m}}, ",
	 "ray start  --num-cpus=1 "},
	{false, "",
	 "resources: {requests: {cpu: 3, memory: 1Gi}}, ",
	 "ray start  --num-cpus=3 "},
	{false, "",
	 "resources: {limits: {cpu: 0}, requests: {cpu: 2}}, ",
	 "ray start  --num-cpus=2 "},
	{false, "",
	 "resources: {limits: {memory: 1Gi}}, ",
	 "ray start  --memory=1073741824 "},
	{false, "rayStartParams: {num-cpus: '0'}, ",
	 "resources: {limits: {cpu: 4}}, ",
	 "ray start  --num-cpus=0 "},
	{false, "",
	 "resources: {limits: {nvidia.com/gpu: 1}}, ",
	 "ray start  --num-gpus=1 "},
	{false, "",
	 "resources: {limits: {nvidia.com/mig-2g.32gb: 1}}, ",
	 "ray start  --num-gpus=1 "},
	{false, "",
	 "resources: {limits: {example.com/GPU: 1}}, ",
	 "ray start "},
	{false, "",
	 "resources: {limits: {google.com/tpu: 4}}, ",
	 "ray start  --resources='{\"TPU\":4}' "},
	{true, "",
	 "resources: {limits: {aws.amazon.com/neuroncore: 4, nvidia.com/gpu: 1, google.com/tpu: 8}}, ",
	 "ray start --head  --num-gpus=1  --resources='{\"neuron_cores\":4}' "},
	{true, "rayStartParams: {resources: '\"{\"custom_resource\":2}\"'}, ",
	 "resources: {limits: {aws.amazon.com/neuroncore: 4}}, ",
	 "ray start --head  --resources='{\"custom_resource\":2,\"neuron_cores\":4}' "},
	{false, "rayStartParams: {resources: '{\"TPU\": 1}'}, ",
	 "resources: {limits: {aws.amazon.com/neuroncore: 4, google.com/tpu: 8}}, ",
	 "ray start  --resources={\"TPU\": 1} "},
	{false, "rayStartParams: {resources: '{'}, ",
	 "resources: {limits: {nvidia.com/gpu: 1}}, ",
	 "ray start  --resources={ "},
	{false, "rayStartParams: {include-log-monitor: 'false', log-color: 'True', block: 'TRUE', x: 'false'}, ",
	 "",
	 "ray start  --block  --include-log-monitor=false  --log-color=True "},
	{false, "resources: {CPU: '2', memory: 2Gi, GPU: '1', custom: 500m, A: '3'}, ",
	 "resources: {limits: {cpu: 8, memory: 8Gi}}, ",
	 "ray start  --memory=2147483648  --num-cpus=2  --num-gpus=1  --resources='{\"A\":3,\"custom\":0.5}' "},
	{false, "labels: {b: '2', a: '1'}, ",
	 "",
	 "ray start  --labels=a=1,b=2 "},
};
/* clang-format on */

Test(start_params, commands_are_those_of_kuberay)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++) {
		const struct ray_group *const group = decode(&arena, &COMMANDS[i]);
		struct start_params params;

		start_params_of_group(&params, &arena, group);
		const struct str command = start_command(
			&params, COMMANDS[i].head, pod_ray_container(&group->template));

		cr_expect(str_is(command, COMMANDS[i].command), "case %zu: '%.*s', not '%s'", i,
			STR_ARG(command), COMMANDS[i].command);
	}
	arena_done(&arena);
}

Test(start_params, what_is_missing_is_added_and_block_is_forced)
{
	/* clang-format off */
	static const struct {
		bool head;
		const char *group;
		const char *flags;
	} CASES[] = {
		{true,  "",
		 "--head  --block  --dashboard-agent-listen-port=52365  --dashboard-host=0.0.0.0  "
		 "--metrics-export-port=8080"},
		{false, "",
		 "--address=h:6379  --block  --dashboard-agent-listen-port=52365  "
		 "--metrics-export-port=8080"},
		{false, "rayStartParams: {address: 'x:1', block: 'false'}, ",
		 "--address=x:1  --block  --dashboard-agent-listen-port=52365  "
		 "--metrics-export-port=8080"},
		{true,  "rayStartParams: {dashboard-host: a, metrics-export-port: '1', "
			"dashboard-agent-listen-port: '2'}, ",
		 "--head  --block  --dashboard-agent-listen-port=2  --dashboard-host=a  "
		 "--metrics-export-port=1"},
	};
	/* clang-format on */
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct example e = {.group = CASES[i].group, .container = ""};
		const struct ray_group *const group = decode(&arena, &e);
		struct start_params params;

		start_params_of_group(&params, &arena, group);
		start_params_complete(&params, CASES[i].head, STR("h:6379"));
		const struct str command =
			start_command(&params, CASES[i].head, pod_ray_container(&group->template));

		const struct str expected = arena_printf(
			&arena, CASES[i].head ? "ray start %s " : "ray start  %s ", CASES[i].flags);

		cr_expect(str_eq(command, expected), "case %zu: '%.*s'", i, STR_ARG(command));
	}
	arena_done(&arena);
}
