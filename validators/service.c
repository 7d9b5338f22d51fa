/* The services that KubeRay makes for the head. */
#include "validators/check.h"
#include "validators/rules.h"
#include "validators/service_settings.h"

enum { METRICS_PORT = 8080 };

/* What the head's service gets where the container names no port. */
static const struct {
	const char *name;
	int64_t port;
} DEFAULT_PORTS[] = {
	{"client", 10001},
	{"dashboard", 8265},
	{"gcs-server", 6379},
	{"metrics", METRICS_PORT},
	{"serve", 8000},
};

/* One port of the service, with where it comes from. */
struct head_port {
	struct str name;
	int64_t number;
	const struct container_port *from; /* NULL: KubeRay adds it */
};

struct head_ports {
	struct head_port *items;
	size_t count;
};

static const struct container *head_container(const struct raycluster *cluster)
{
	const struct container *const ray =
		cluster->head ? pod_ray_container(&cluster->head->template) : NULL;

	return ray && ray->self.node ? ray : NULL;
}

static struct head_ports default_ports(struct arena *arena)
{
	struct head_ports ports = {
		arena_array(arena, ARRAY_LEN(DEFAULT_PORTS), sizeof(*ports.items)),
		ARRAY_LEN(DEFAULT_PORTS)};

	for (size_t i = 0; i < ARRAY_LEN(DEFAULT_PORTS); i++)
		ports.items[i] = (struct head_port){
			str_from(DEFAULT_PORTS[i].name), DEFAULT_PORTS[i].port, NULL};
	return ports;
}

/* As KubeRay makes them: the ports of the container, and metrics. */
static struct head_ports head_ports(struct arena *arena, const struct container *ray)
{
	struct head_ports ports = {0};
	bool metrics = false;

	if (!ray->ports.count)
		return default_ports(arena);
	ports.items = arena_array(arena, ray->ports.count + 1, sizeof(*ports.items));
	for (size_t i = 0; i < ray->ports.count; i++) {
		const struct container_port *const port = &ray->ports.items[i];
		const struct str name = port->name.v.len
						? port->name.v
						: arena_printf(arena, "%d-port", (int)port->port.v);

		if (!port->self.node || !port->port.node)
			continue;
		metrics |= str_is(name, "metrics");
		ports.items[ports.count++] = (struct head_port){name, port->port.v, port};
	}
	if (!metrics)
		ports.items[ports.count++] = (struct head_port){STR("metrics"), METRICS_PORT, NULL};
	return ports;
}

static void report_port(
	const struct rule_context *c, const struct head_port *port, const struct head_port *first)
{
	const struct container_port *const from = port->from ? port->from : first->from;

	if (port->from)
		rule_found(c, FIELD_CHILD(from->self.at, "containerPort"), FIELD_DUPLICATE,
			FIELD_READS(from->port.node, from->name.node, first->from->name.node),
			"port \"%.*s\" has the same number, which the head's service cannot hold "
			"twice: remove one of them",
			STR_ARG(first->name));
	else
		rule_found(c, FIELD_CHILD(from->self.at, "containerPort"), FIELD_DUPLICATE,
			FIELD_READS(from->port.node, from->name.node),
			"KubeRay adds port \"metrics\" of the same number, which the head's "
			"service cannot hold twice: name this one metrics, or change it");
}

static void head_ports_differ(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct container *const ray = head_container(cluster);

	if (!ray || !ray->ports.count)
		return;
	const struct head_ports ports = head_ports(c->arena, ray);
	uint64_t *const numbers = arena_array(c->arena, ports.count + 1, sizeof(*numbers));

	for (size_t i = 0; i < ports.count; i++)
		numbers[i] = (uint64_t)ports.items[i].number;
	const size_t *const firsts = check_twin_numbers(c->arena, numbers, ports.count);

	for (size_t i = 0; i < ports.count; i++) {
		const struct head_port *const first = &ports.items[firsts[i]];

		if (firsts[i] != i && !str_eq(ports.items[i].name, first->name))
			report_port(c, &ports.items[i], first);
	}
}

/* What asks for the service of Serve; NULL where nobody does. */
static const struct json_node *asks_for_serve(const struct rule_context *c)
{
	const struct json_node *const wanted =
		json_get(c->object->meta.annotations.node, "ray.io/enable-serve-service");

	return c->object->kind == RAY_CLUSTER && json_str_is(wanted, STR("true")) ? wanted : NULL;
}

static bool has_serve_port(const struct container *ray)
{
	for (size_t i = 0; i < ray->ports.count; i++) {
		const struct str name = ray->ports.items[i].name.v;

		if (str_is(name, "serve") || str_starts(name, "serve-"))
			return true;
	}
	return false;
}

/* A RayService serves, but never gets ready; one with a serveService of its own does. */
static void service_needs_port(const struct rule_context *c, const struct container *ray)
{
	const struct json_node *const own = json_get(c->object->service->self.node, "serveService");

	if (!json_present(own))
		rule_warned(c, FIELD_CHILD(ray->self.at, "ports"), FIELD_REQUIRED,
			FIELD_READS(ray->ports.node, own),
			"must have one named serve: without it KubeRay makes no Service for Serve, "
			"and the RayService never gets ready: add {name: serve, containerPort: "
			"8000}");
}

static void serve_port_is_there(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct container *const ray = head_container(cluster);
	const struct json_node *const wanted = asks_for_serve(c);

	if (!ray || !ray->ports.count || has_serve_port(ray))
		return;
	if (c->object->kind == RAY_SERVICE)
		service_needs_port(c, ray);
	else if (wanted)
		rule_found(c, FIELD_CHILD(ray->self.at, "ports"), FIELD_REQUIRED,
			FIELD_READS(ray->ports.node, wanted),
			"must have one named serve, since annotation ray.io/enable-serve-service "
			"asks for its service: add {name: serve, containerPort: 8000}");
}

/* The user's own service of the head: a member of its spec or metadata. */
static struct schema_object service_part(
	struct arena *arena, const struct raycluster *cluster, const char *part)
{
	const struct schema_object *const service = &cluster->head->service;

	return (struct schema_object){json_get(service->node, part),
		service->node ? field_path_keep(arena, FIELD_CHILD(service->at, part)) : NULL};
}

struct own_port {
	const struct json_node *node;
	const struct field_path *at;
	struct str name;
	int64_t number;
};

static void check_against_head(
	const struct rule_context *c, const struct own_port *own, const struct head_ports *ports)
{
	/* Container ports are bounded by what a pod can listen on; services have far fewer. */
	for (size_t i = 0; i < ports->count && i < 256; i++) {
		const struct head_port *const port = &ports->items[i];
		const bool tcp = !json_str_is(json_get(own->node, "protocol"), STR("UDP")) &&
				 !json_str_is(json_get(own->node, "protocol"), STR("SCTP"));

		if (str_eq(own->name, port->name))
			rule_found(c, FIELD_CHILD(own->at, "name"), FIELD_DUPLICATE,
				FIELD_READS(json_get(own->node, "name")),
				"KubeRay adds a port of this name to the service: remove yours");
		else if (tcp && own->number == port->number)
			rule_found(c, FIELD_CHILD(own->at, "port"), FIELD_DUPLICATE,
				FIELD_READS(json_get(own->node, "port")),
				"KubeRay adds port \"%.*s\" of this number to the service: remove "
				"yours",
				STR_ARG(port->name));
	}
}

static void check_own_port(
	const struct rule_context *c, const struct own_port *own, const struct head_ports *ports)
{
	const struct json_node *const name = json_get(own->node, "name");

	if (!own->name.len)
		rule_found(c, FIELD_CHILD(own->at, "name"), FIELD_REQUIRED, FIELD_READS(name),
			"must be there: KubeRay adds ports of its own, and each of several needs a "
			"name");
	else
		check_name(c, FIELD_CHILD(own->at, "name"), name, NAME_DNS1123_LABEL);
	check_against_head(c, own, ports);
}

static void own_ports_fit(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct container *const ray = head_container(cluster);

	if (!ray || !cluster->head->service.node)
		return;
	const struct schema_object spec = service_part(c->arena, cluster, "spec");
	const struct json_node *const list = json_get(spec.node, "ports");
	const struct field_path *const at = FIELD_CHILD(spec.at, "ports");
	const struct head_ports ports = head_ports(c->arena, ray);

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		struct own_port own = {
			it.value, FIELD_INDEX(at, it.index), check_text(c, it.value, "name"), 0};

		if (json_is(it.value, JSON_OBJECT) &&
			json_i64(json_get(it.value, "port"), &own.number))
			check_own_port(c, &own, &ports);
	}
}

static void service_name_fits(const struct rule_context *c, const struct raycluster *cluster)
{
	if (!cluster->head || !cluster->head->service.node)
		return;
	const struct schema_object meta = service_part(c->arena, cluster, "metadata");

	if (check_text(c, meta.node, "name").len)
		check_member_name(c, &meta, "name", NAME_DNS1035_LABEL);
}

static void service_fields_count(const struct rule_context *c, const struct raycluster *cluster)
{
	if (!cluster->head || !cluster->head->service.node)
		return;
	const struct schema_object meta = service_part(c->arena, cluster, "metadata");
	const struct schema_object spec = service_part(c->arena, cluster, "spec");
	const struct json_node *const selector = json_get(spec.node, "selector");
	const struct json_node *const namespace = json_get(meta.node, "namespace");

	if (json_count(selector))
		rule_found(c, FIELD_CHILD(spec.at, "selector"), FIELD_FORBIDDEN,
			FIELD_READS(selector),
			"has no effect: KubeRay selects the head pod itself; remove it");
	if (json_is(namespace, JSON_STRING) && c->namespace.len &&
		!json_str_is(namespace, c->namespace))
		rule_found(c, FIELD_CHILD(meta.at, "namespace"), FIELD_INVALID,
			FIELD_READS(namespace),
			"has no effect: the service is made in the cluster's namespace; remove it");
}

/* The type of the head's service, and where it stands. */
static const struct json_node *service_type(const struct rule_context *c,
	const struct raycluster *cluster, const struct field_path **at)
{
	const struct schema_object spec = service_part(c->arena, cluster, "spec");
	const struct json_node *const own = json_get(spec.node, "type");
	const bool is_own = json_is(own, JSON_STRING) && own->len;

	*at = field_path_keep(
		c->arena, is_own ? FIELD_CHILD(spec.at, "type")
				 : FIELD_CHILD(cluster->head->self.at, "serviceType"));
	return is_own ? own : cluster->head->service_type.node;
}

static void service_has_pods(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct field_path *at = NULL;

	if (!cluster->head)
		return;
	const struct json_node *const type = service_type(c, cluster, &at);
	const struct schema_object spec = service_part(c->arena, cluster, "spec");
	const struct json_node *const name = json_get(spec.node, "externalName");

	if (!json_str_is(type, STR("ExternalName")))
		return;
	if (json_is(name, JSON_STRING) && name->len)
		rule_warned(c, at, FIELD_NOT_SUPPORTED, FIELD_READS(type, name),
			"leads workers to another host than the head pod: leave it out, or use "
			"ClusterIP");
	else
		rule_found(c, at, FIELD_NOT_SUPPORTED, FIELD_READS(type, name),
			"must be ClusterIP, NodePort or LoadBalancer: the head's service leads to "
			"a pod");
}

static void service_fits_its_type(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct field_path *at = NULL;

	check_annotation_map(c, FIELD_CHILD(cluster->self.at, "headServiceAnnotations"),
		cluster->head_service_annotations.node);
	if (!cluster->head || !cluster->head->service.node)
		return;
	const struct schema_object meta = service_part(c->arena, cluster, "metadata");
	const struct schema_object spec = service_part(c->arena, cluster, "spec");

	service_settings_fit(c, &meta, &spec, service_type(c, cluster, &at));
}

static void dashboard_is_guarded(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct field_path *at = NULL;

	if (!cluster->head || str_is(cluster->auth.mode.v, "token"))
		return;
	const struct json_node *const type = service_type(c, cluster, &at);

	if (json_str_is(type, STR("LoadBalancer")) || json_str_is(type, STR("NodePort")))
		rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(type, cluster->auth.mode.node),
			"opens the dashboard, by which anybody can run code in the cluster: set "
			"authOptions.mode: token (Ray 2.52)");
	if (cluster->head->enable_ingress.v)
		rule_found(c, FIELD_CHILD(cluster->head->self.at, "enableIngress"), FIELD_FORBIDDEN,
			FIELD_READS(cluster->head->enable_ingress.node, cluster->auth.mode.node),
			"opens the dashboard, by which anybody can run code in the cluster: set "
			"authOptions.mode: token (Ray 2.52)");
}

static const struct rule RULES[] = {
	RULE("RG1001", "head-ports-differ", ERROR, MODERN, "0.1", NULL,
		"The ports of the head's container and KubeRay's own make a service without twins.",
		RULE_CHECKS_CLUSTER(head_ports_differ), .needs = PART(PORTS)),
	RULE("RG1002", "serve-port-there", ERROR, MODERN, "0.1", "KubeRay's operator",
		"Where the serve service is asked for, as by each RayService, a declared port is "
		"named serve.",
		RULE_CHECKS_CLUSTER(serve_port_is_there), .needs = PART(PORTS)),
	RULE("RG1003", "head-service-ports-fit", ERROR, MODERN, "0.1", NULL,
		"The ports of headService have names and do not repeat those that KubeRay adds.",
		RULE_CHECKS_CLUSTER(own_ports_fit), .needs = PART(HEAD_SERVICE)),
	RULE("RG1004", "head-service-name-syntax", ERROR, MODERN, "0.1", NULL,
		"The name of headService is one that a Service can have.",
		RULE_CHECKS_CLUSTER(service_name_fits), .needs = PART(HEAD_SERVICE)),
	RULE("RG1005", "head-service-fields-count", WARN, MODERN, "0.1", NULL,
		"headService has no selector or namespace, which KubeRay would ignore.",
		RULE_CHECKS_CLUSTER(service_fields_count), .needs = PART(HEAD_SERVICE)),
	RULE("RG1006", "head-service-has-pods", ERROR, MODERN, "0.1", NULL,
		"The head's service leads to a pod, not to an external name.",
		RULE_CHECKS_CLUSTER(service_has_pods), .needs = PART(HEAD_SERVICE)),
	RULE("RG1011", "head-service-fits-its-type", ERROR, MODERN, "0.1", NULL,
		"headService has settings that go with its type, and labels that a Service can "
		"have.",
		RULE_CHECKS_CLUSTER(service_fits_its_type), .needs = PART(HEAD_SERVICE)),
	RULE("RG1010", "dashboard-guarded", WARN, MODERN, "0.1", "kuberay#4115",
		"A head that can be reached from outside asks for a token.",
		RULE_CHECKS_CLUSTER(dashboard_is_guarded),
		.needs = PART(HEAD_SERVICE) | PART(INGRESS)),
};

const struct rule_table RULES_SERVICE = RULE_TABLE(RULES);
