/* rayStartParams against what else the group says: the container's resources and its ports. */
#include "validators/gpu.h"
#include "validators/rules.h"
#include "validators/shell_word.h"
#include "validators/start_flags.h"

/* A parameter that is plainly a number; what the shell has yet to expand is none. */
static const struct json_node *number_param(
	const struct rule_context *c, const struct ray_group *group, const char *name, int64_t *out)
{
	const struct json_node *const value = group_start_param(group, name);

	if (!json_is(value, JSON_STRING))
		return NULL;
	const struct shell_word word = shell_word_read(c->arena, json_str(c->arena, value));

	return !word.expands && start_int(word.text, out) ? value : NULL;
}

static const struct field_path *param_path(
	struct arena *arena, const struct ray_group *group, const char *name)
{
	const struct field_path *const map =
		field_path_keep(arena, FIELD_CHILD(group->self.at, "rayStartParams"));

	return field_path_keep(arena, FIELD_KEY(map, str_from(name)));
}

/* Most choose none, and all that do are called so. */
static bool chooses_port(const struct rule_context *c, const struct ray_group *group)
{
	for (struct json_iter it = json_iter(group->start_params.node); json_next_member(&it);) {
		if (str_ends(json_str(c->arena, it.key), "port"))
			return true;
	}
	return false;
}

/* The ports of the head that others reach through its Service. */
static const struct served_port {
	const char *param;
	int64_t usual;
	const char *who;
} SERVED[] = {
	{"port", 6379, "workers"},
	{"dashboard-port", 8265, "the dashboard's users"},
	{"ray-client-server-port", 10001, "Ray clients"},
};

static bool declares(const struct container *ray, int64_t port)
{
	for (size_t i = 0; i < ray->ports.count; i++) {
		if (ray->ports.items[i].port.v == port)
			return true;
	}
	return false;
}

static void ports_are_declared(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct container *const ray =
		cluster->head ? pod_ray_container(&cluster->head->template) : NULL;

	if (ray == NULL || !chooses_port(c, cluster->head))
		return;
	for (size_t i = 0; i < ARRAY_LEN(SERVED); i++) {
		int64_t port = 0;
		const struct json_node *const value =
			number_param(c, cluster->head, SERVED[i].param, &port);
		const bool known = ray->ports.count == 0 && port == SERVED[i].usual;

		if (value && port > 0 && port <= UINT16_MAX && !known && !declares(ray, port))
			rule_found(c, param_path(c->arena, cluster->head, SERVED[i].param),
				FIELD_INVALID, FIELD_READS(value, ray->ports.node),
				"is no port of the head's Ray container, so its Service does not "
				"have it for %s: add containerPort %lld",
				SERVED[i].who, (long long)port);
	}
}

static void cpus_fit(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	const struct resource *const limit = resource_find(&ray->resources.limits, "cpu");
	int64_t cpus = 0;
	const struct json_node *const value = number_param(c, group, "num-cpus", &cpus);

	if (value && limit && cpus > quantity_value(limit->quantity))
		rule_found(c, param_path(c->arena, group, "num-cpus"), FIELD_INVALID,
			FIELD_READS(value, limit->node),
			"is more than the container's CPU limit (%s), so Ray runs more at once "
			"than there is CPU for: lower it, or raise the limit",
			quantity_print(limit->quantity).at);
}

static void memory_fits(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	static const char *const PARAMS[] = {"memory", "object-store-memory"};
	const struct resource *const limit = resource_find(&ray->resources.limits, "memory");

	for (size_t i = 0; limit && i < ARRAY_LEN(PARAMS); i++) {
		int64_t bytes = 0;
		const struct json_node *const value = number_param(c, group, PARAMS[i], &bytes);

		if (value && bytes > quantity_value(limit->quantity))
			rule_found(c, param_path(c->arena, group, PARAMS[i]), FIELD_INVALID,
				FIELD_READS(value, limit->node),
				"is more than the container's memory limit (%s): it would be "
				"killed before Ray sees that memory is short; lower it",
				quantity_print(limit->quantity).at);
	}
}

/* One whose name KubeRay does not know for a GPU's ("GPU") is what the user then tells Ray of. */
static bool has_gpu(const struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (gpu_is_key_nocase(list->items[i].name) &&
			!quantity_is_zero(list->items[i].quantity))
			return true;
	}
	return false;
}

/* Devices may come by a claim (dynamic resource allocation): then nothing is known. */
static void gpus_are_there(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	const struct resource_requirements *const have = &ray->resources;
	int64_t gpus = 0;
	const struct json_node *const value = number_param(c, group, "num-gpus", &gpus);

	if (value && gpus > 0 && !has_gpu(&have->limits) && !has_gpu(&have->requests) &&
		json_count(json_get(have->self.node, "claims")) == 0)
		rule_found(c, param_path(c->arena, group, "num-gpus"), FIELD_INVALID,
			FIELD_READS(value, have->limits.node, have->requests.node),
			"promises GPUs that the Ray container does not ask for: add "
			"resources.limits[nvidia.com/gpu]");
}

static void params_fit_container(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	if (ray == NULL)
		return;
	cpus_fit(c, group, ray);
	memory_fits(c, group, ray);
	gpus_are_there(c, group, ray);
}

static void worker_ports_are_in_order(const struct rule_context *c, const struct ray_group *group)
{
	enum { USUAL_LEAST = 10002 };
	int64_t least = USUAL_LEAST;
	int64_t most = 0;

	if (!chooses_port(c, group))
		return;
	const struct json_node *const min = number_param(c, group, "min-worker-port", &least);
	const struct json_node *const max = number_param(c, group, "max-worker-port", &most);

	if (max && most > 0 && most <= least &&
		(min || group_start_param(group, "min-worker-port") == NULL))
		rule_found_at_most(c, group->is_head ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_WARN,
			param_path(c->arena, group, "max-worker-port"), FIELD_INVALID,
			FIELD_READS(max, min),
			"must be above min-worker-port (%lld%s): Ray does not start",
			(long long)least, min ? "" : " when it is not given");
}

/* What Ray keeps a port for, each its own: python/ray/_private/parameter.py. */
static const char *const PORT_PARAMS[] = {
	"port",
	"node-manager-port",
	"object-manager-port",
	"ray-client-server-port",
	"dashboard-port",
	"dashboard-agent-grpc-port",
	"dashboard-agent-listen-port",
	"dashboard-grpc-port",
	"runtime-env-agent-port",
	"metrics-export-port",
};

struct chosen_port {
	const char *param;
	const struct json_node *value;
	int64_t port;
};

static void report_port(const struct rule_context *c, const struct ray_group *group,
	const struct chosen_port *at, const char *other, const struct json_node *read)
{
	rule_found_at_most(c, group->is_head ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_WARN,
		param_path(c->arena, group, at->param), FIELD_INVALID, FIELD_READS(at->value, read),
		"is also a port of %s: Ray does not start with one port twice; change one", other);
}

static void compare_port(const struct rule_context *c, const struct ray_group *group,
	const struct chosen_port *chosen, size_t before)
{
	const struct chosen_port *const last = &chosen[before];
	int64_t least = 0, most = 0;
	const struct json_node *const min = number_param(c, group, "min-worker-port", &least);
	const struct json_node *const max = number_param(c, group, "max-worker-port", &most);

	for (size_t i = 0; i < before; i++) {
		if (chosen[i].port == last->port) {
			report_port(c, group, last, chosen[i].param, chosen[i].value);
			return;
		}
	}
	if (min && max && least > 0 && least <= last->port && last->port <= most &&
		group_start_param(group, "worker-port-list") == NULL)
		report_port(c, group, last, "min-worker-port to max-worker-port", max);
}

static void ports_differ(const struct rule_context *c, const struct ray_group *group)
{
	struct chosen_port chosen[ARRAY_LEN(PORT_PARAMS)];
	size_t count = 0;

	if (!chooses_port(c, group))
		return;
	for (size_t i = 0; i < ARRAY_LEN(PORT_PARAMS); i++) {
		struct chosen_port *const at = &chosen[count];

		*at = (struct chosen_port){.param = PORT_PARAMS[i]};
		at->value = number_param(c, group, at->param, &at->port);
		if (at->value && at->port > 0)
			compare_port(c, group, chosen, count++);
	}
}

static const struct rule RULES[] = {
	RULE("RG0411", "start-ports-are-declared", WARN, MODERN, "0.1", NULL,
		"Ports that the head's rayStartParams choose are ports of its Ray container.",
		RULE_CHECKS_CLUSTER(ports_are_declared), .needs = PART(START_PARAMS)),
	RULE("RG0412", "start-params-fit-container", WARN, MODERN, "0.1", NULL,
		"rayStartParams promise Ray no more CPU, memory or GPUs than the container has.",
		RULE_CHECKS_PARAMS(params_fit_container), .by_pod = true),
	RULE("RG0413", "worker-ports-in-order", ERROR, MODERN, "0.1", NULL,
		"max-worker-port is above min-worker-port.",
		RULE_CHECKS_PARAMS(worker_ports_are_in_order), .by_pod = true),
	RULE("RG0414", "start-ports-differ", ERROR, MODERN, "0.1", NULL,
		"Ports that rayStartParams choose for one Ray differ.",
		RULE_CHECKS_PARAMS(ports_differ), .by_pod = true),
};

const struct rule_table RULES_START_CONFLICTS = RULE_TABLE(RULES);
