/*
 * The ports that rayStartParams choose for one Ray, those that it takes where they choose none, and
 * the ones that KubeRay chooses. Ray compares them all on every node before it starts anything, and
 * ends where two are the same: update_pre_selected_port() of python/ray/_private/parameter.py, the
 * same from 2.0 to 2.60 but for dashboard-grpc-port, which 2.46 takes and compares no more. Older
 * ones take fewer ports by themselves, and the oldest do not compare them: of those nothing is an
 * error, and where nobody knows how old Ray is only what holds for them, too.
 */
#include <string.h>

#include "validators/rules.h"
#include "validators/shell_word.h"
#include "validators/start_flags.h"
#include "validators/start_read.h"
#include "validators/v2.h"

enum {
	LEAST_WORKER_PORT = 10002,      /* where min-worker-port is not given, */
	MOST_WORKER_PORT = 19999,       /* and max-worker-port; */
	OLDER_MOST_WORKER_PORT = 10999, /* until 1.8 */
};

#define ONE_PORT_TWICE "Ray does not start with one port twice; change one"

/* Most choose none, and all that do are called so. */
static bool chooses_port(const struct rule_context *c, const struct ray_group *group)
{
	for (struct json_iter it = json_iter(group->start_params.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);

		if (str_ends(name, "port") || str_is(name, "worker-port-list"))
			return true;
	}
	return false;
}

/* What of Ray has a port of its own. What some Rays lack comes last: the others are certain. */
static const struct component {
	const char *param;
	int64_t usual; /* where it is not given; 0: one that is free */
	bool by_kuberay;
	bool of_head;
	bool may_lack; /* a Ray that was installed without its client, where it is not given */
	bool of_old;   /* only older ones compare it */
	bool usual_since_2;
} COMPONENTS[] = {
	{.param = "port", .usual = 6379, .of_head = true},
	{.param = "node-manager-port"},
	{.param = "object-manager-port"},
	{.param = "dashboard-port", .usual = 8265},
	{.param = "dashboard-agent-grpc-port"},
	{.param = "runtime-env-agent-port"},
	{.param = "metrics-export-port", .usual = 8080, .by_kuberay = true},
	{.param = "dashboard-agent-listen-port", .usual = 52365, .usual_since_2 = true},
	{.param = "ray-client-server-port", .usual = 10001, .may_lack = true},
	{.param = "dashboard-grpc-port", .of_old = true},
};

struct component_port {
	const struct component *of;
	const struct json_node *value; /* NULL: not given */
	int64_t port;                  /* 0: not known, or one that is free */
};

/* The ports of the processes that run tasks and actors. */
struct worker_ports {
	const struct json_node *min, *max, *list; /* as they were given */
	int64_t least, most;                      /* none where least is above most */
};

enum ray_age { RAY_OLDER, RAY_OF_UNKNOWN_AGE, RAY_SINCE_2 };

struct ports {
	const struct rule_context *c;
	const struct ray_group *group;
	enum ray_age age;
	struct component_port of[ARRAY_LEN(COMPONENTS)];
	struct worker_ports workers;
};

static enum ray_age ray_age(const struct raycluster *cluster)
{
	struct version version;

	if (!v2_ray_version(cluster, &version))
		return RAY_OF_UNKNOWN_AGE;
	return version_at_least(version, 2, 0, 0) ? RAY_SINCE_2 : RAY_OLDER;
}

static struct component_port component_port(
	const struct ports *ports, const struct component *component)
{
	const struct ray_group *const group = ports->group;
	struct component_port out = {component, group_start_param(group, component->param), 0};

	if (component->of_head && !group->is_head)
		return out;
	if (out.value == NULL)
		out.port =
			component->usual_since_2 && ports->age == RAY_OLDER ? 0 : component->usual;
	else if (!start_param_number(ports->c, group, component->param, &out.port))
		out.port = 0;
	return out;
}

/* False where it cannot be known. */
static bool read_bound(const struct rule_context *c, const struct ray_group *group,
	const char *param, const struct json_node **value, int64_t *bound)
{
	*value = group_start_param(group, param);
	return *value == NULL || start_param_number(c, group, param, bound);
}

static struct worker_ports worker_ports(const struct ports *ports)
{
	const struct rule_context *const c = ports->c;
	const struct ray_group *const group = ports->group;
	struct worker_ports out = {.least = LEAST_WORKER_PORT,
		.most = ports->age == RAY_OLDER ? OLDER_MOST_WORKER_PORT : MOST_WORKER_PORT};
	/* Both, whatever the first is: each is told of by itself. */
	const bool least = read_bound(c, group, "min-worker-port", &out.min, &out.least);
	const bool most = read_bound(c, group, "max-worker-port", &out.max, &out.most);

	out.list = group_start_param(group, "worker-port-list");
	if (!least || !most || out.list)
		out.most = out.least - 1;
	return out;
}

static struct ports read_ports(const struct rule_context *c, const struct ray_group *group)
{
	struct ports out = {.c = c, .group = group, .age = ray_age(c->cluster)};

	out.workers = worker_ports(&out);
	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++)
		out.of[i] = component_port(&out, &COMPONENTS[i]);
	return out;
}

static bool is_worker_port(const struct worker_ports *workers, int64_t port)
{
	return workers->least <= port && port <= workers->most;
}

/* What has the port of `at`, too: of what is given only what comes before; NULL: nothing. */
static const struct component_port *same_port(
	const struct ports *ports, const struct component_port *at)
{
	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++) {
		const struct component_port *const other = &ports->of[i];

		if (other != at && other->port == at->port && (!other->value || other < at))
			return other;
	}
	return NULL;
}

static const char *describe(struct arena *arena, const struct component_port *at)
{
	if (at->value)
		return arena_printf(arena, "\"%s\"", at->of->param).at;
	return arena_printf(arena, "\"%s\" (%s%lld where it is not given)", at->of->param,
		at->of->by_kuberay ? "KubeRay gives it " : "", (long long)at->port)
		.at;
}

/* How grave it is at most. */
static enum field_severity surest(const struct ports *ports)
{
	return ports->age == RAY_OLDER ? FIELD_SEVERITY_WARN
				       : start_param_grade(ports->c, ports->group);
}

/* How grave it is where `at` has a port that something else has. */
static enum field_severity grade(const struct ports *ports, const struct component_port *at)
{
	const bool unsure =
		at->of->may_lack || (at->of->usual_since_2 && ports->age != RAY_SINCE_2);

	return at->of->of_old || (!at->value && unsure) ? FIELD_SEVERITY_WARN : surest(ports);
}

/* Whether it is one of the workers' ports with any Ray that this may be. */
static bool is_surely_workers(const struct ports *ports, int64_t port)
{
	return is_worker_port(&ports->workers, port) &&
	       (ports->workers.max || ports->age == RAY_SINCE_2 || port <= OLDER_MOST_WORKER_PORT);
}

static void check_component(const struct ports *ports, const struct component_port *at)
{
	const struct rule_context *const c = ports->c;
	const struct worker_ports *const workers = &ports->workers;
	const struct component_port *const other = same_port(ports, at);

	const bool sure = is_surely_workers(ports, at->port);

	if (sure || (is_worker_port(workers, at->port) && other == NULL))
		rule_found_at_most(c, sure ? grade(ports, at) : FIELD_SEVERITY_WARN,
			start_param_path(c, ports->group, at->of->param), FIELD_INVALID,
			FIELD_READS(at->value, workers->min, workers->max, workers->list),
			"is one of the workers' ports, %lld to %lld: " ONE_PORT_TWICE,
			(long long)workers->least, (long long)workers->most);
	else if (other)
		rule_found_at_most(c, grade(ports, at->of->of_old ? at : other),
			start_param_path(c, ports->group, at->of->param), FIELD_INVALID,
			FIELD_READS(at->value, other->value),
			"is also the port of %s: " ONE_PORT_TWICE, describe(c->arena, other));
}

/* Of what nobody has given; NULL: none is a port of the workers. */
static const struct component_port *usual_among_workers(const struct ports *ports)
{
	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++) {
		const struct component_port *const at = &ports->of[i];

		if (!at->value && at->port && is_worker_port(&ports->workers, at->port))
			return at;
	}
	return NULL;
}

static void check_range(const struct ports *ports)
{
	const struct rule_context *const c = ports->c;
	const struct worker_ports *const workers = &ports->workers;
	const struct component_port *const other = usual_among_workers(ports);
	const char *const param = workers->min ? "min-worker-port" : "max-worker-port";

	if (other)
		rule_found_at_most(c, grade(ports, other), start_param_path(c, ports->group, param),
			FIELD_INVALID,
			FIELD_READS(workers->min ? workers->min : workers->max, workers->min,
				workers->max, workers->list, other->value),
			"makes %lld to %lld the workers' ports, and among them is that of "
			"%s: " ONE_PORT_TWICE,
			(long long)workers->least, (long long)workers->most,
			describe(c->arena, other));
}

struct port_set {
	uint64_t bits[(UINT16_MAX + 1) / 64];
	int64_t twice; /* 0: none was added twice */
};

static bool has_port(const struct port_set *set, int64_t port)
{
	return port > 0 && port <= UINT16_MAX && (set->bits[port / 64] >> (port % 64) & 1);
}

static void add_port(struct port_set *set, int64_t port)
{
	if (has_port(set, port))
		set->twice = port;
	set->bits[port / 64] |= UINT64_C(1) << (port % 64);
}

/* Nothing where it cannot be known, or Ray refuses it already. */
static void read_list(const struct ports *ports, struct port_set *out)
{
	struct arena *const arena = ports->c->arena;
	const struct start_flag *const flag = start_flag_find(STR("worker-port-list"));
	const struct json_node *const list = ports->workers.list;

	if (!json_is(list, JSON_STRING))
		return;
	const struct shell_word word = shell_word_read(arena, json_str(arena, list));

	if (word.expands || start_value_fault(arena, flag, word.text))
		return;
	for (size_t at = 0; at < word.text.len;) {
		const struct str rest = str_from_offset(word.text, at);
		const size_t len = str_find(rest, ',');
		int64_t port = 0;

		start_int((struct str){rest.at, len}, &port);
		add_port(out, port);
		at += len + 1;
	}
}

static const struct component_port *component_in_list(
	const struct ports *ports, const struct port_set *list)
{
	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++) {
		if (has_port(list, ports->of[i].port))
			return &ports->of[i];
	}
	return NULL;
}

static void check_list(const struct ports *ports)
{
	const struct rule_context *const c = ports->c;
	const struct json_node *const value = ports->workers.list;
	const struct field_path *const path = start_param_path(c, ports->group, "worker-port-list");
	struct port_set list = {.twice = 0};

	read_list(ports, &list);
	const struct component_port *const other = component_in_list(ports, &list);

	if (list.twice)
		rule_found_at_most(c, surest(ports), path, FIELD_INVALID, FIELD_READS(value),
			"holds %lld twice: " ONE_PORT_TWICE, (long long)list.twice);
	else if (other)
		rule_found_at_most(c, grade(ports, other), path, FIELD_INVALID,
			FIELD_READS(value, other->value),
			"holds %lld, also the port of %s: " ONE_PORT_TWICE, (long long)other->port,
			describe(c->arena, other));
}

static void ports_differ(const struct rule_context *c, const struct ray_group *group)
{
	if (!chooses_port(c, group))
		return;
	const struct ports ports = read_ports(c, group);

	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++) {
		if (ports.of[i].value && ports.of[i].port)
			check_component(&ports, &ports.of[i]);
	}
	if (ports.workers.list)
		check_list(&ports);
	else if (ports.workers.min || ports.workers.max)
		check_range(&ports);
}

static void worker_ports_are_in_order(const struct rule_context *c, const struct ray_group *group)
{
	int64_t least = LEAST_WORKER_PORT;
	int64_t most = MOST_WORKER_PORT;
	const struct json_node *min, *max;

	if (!chooses_port(c, group) || !read_bound(c, group, "min-worker-port", &min, &least) ||
		!read_bound(c, group, "max-worker-port", &max, &most) || most == 0 || most > least)
		return;
	if (max)
		rule_found_at_most(c, start_param_grade(c, group),
			start_param_path(c, group, "max-worker-port"), FIELD_INVALID,
			FIELD_READS(max, min),
			"must be above min-worker-port (%lld%s): Ray does not start",
			(long long)least, min ? "" : " when it is not given");
	else
		rule_found_at_most(c, start_param_grade(c, group),
			start_param_path(c, group, "min-worker-port"), FIELD_INVALID,
			FIELD_READS(min, max),
			"must be below max-worker-port (%lld when it is not given): Ray does not "
			"start",
			(long long)most);
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

/* Then it is to be another one, and not to be declared. */
static bool is_taken(const struct rule_context *c, const struct ray_group *group, const char *param)
{
	const struct ports ports = read_ports(c, group);
	const struct component_port *at = ports.of;

	while (strcmp(at->of->param, param) != 0)
		at++;
	if (is_worker_port(&ports.workers, at->port))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(COMPONENTS); i++) {
		if (&ports.of[i] != at && ports.of[i].port == at->port)
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
			start_param_number(c, cluster->head, SERVED[i].param, &port);
		const bool known = ray->ports.count == 0 && port == SERVED[i].usual;

		if (value && port > 0 && port <= UINT16_MAX && !known && !declares(ray, port) &&
			!is_taken(c, cluster->head, SERVED[i].param))
			rule_found(c, start_param_path(c, cluster->head, SERVED[i].param),
				FIELD_INVALID, FIELD_READS(value, ray->ports.node),
				"is no port of the head's Ray container, so its Service does not "
				"have it for %s: add containerPort %lld",
				SERVED[i].who, (long long)port);
	}
}

static const struct rule RULES[] = {
	RULE("RG0411", "start-ports-are-declared", WARN, MODERN, "0.1", NULL,
		"Ports that the head's rayStartParams choose are ports of its Ray container.",
		RULE_CHECKS_CLUSTER(ports_are_declared), .needs = PART(START_PARAMS)),
	RULE("RG0413", "worker-ports-in-order", ERROR, MODERN, "0.1", NULL,
		"max-worker-port is above min-worker-port.",
		RULE_CHECKS_PARAMS(worker_ports_are_in_order), .by_pod = true),
	RULE("RG0414", "start-ports-differ", ERROR, MODERN, "0.1", NULL,
		"Ports that rayStartParams choose for one Ray differ, also from those that it "
		"takes "
		"where they choose none.",
		RULE_CHECKS_PARAMS(ports_differ), .by_pod = true),
};

const struct rule_table RULES_START_PORTS = RULE_TABLE(RULES);
