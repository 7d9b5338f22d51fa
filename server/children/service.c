#include "server/children/service.h"

#include <stdlib.h>
#include <string.h>

#include "api/derived_names.h"

struct port {
	struct str name;
	int32_t number;
};

struct ports {
	struct port *items;
	size_t count;
};

static void set_port(struct ports *ports, struct str name, int32_t number)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (str_eq(ports->items[i].name, name)) {
			ports->items[i].number = number;
			return;
		}
	}
	ports->items[ports->count++] = (struct port){name, number};
}

static bool has_port(const struct ports *ports, struct str name)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (str_eq(ports->items[i].name, name))
			return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct port *)a)->name, ((const struct port *)b)->name);
}

/* Those of the head's Ray container, else Ray's own; by name. */
static struct ports ports_of(const struct child_context *c)
{
	static const struct port DEFAULTS[] = {
		{STR_INIT("client"), 10001},
		{STR_INIT("dashboard"), 8265},
		{STR_INIT("gcs-server"), 6379},
		{STR_INIT("metrics"), 8080},
		{STR_INIT("serve"), 8000},
	};
	const struct container *const ray = pod_ray_container(&c->cluster->head->template);
	const size_t own = ray ? ray->ports.count : 0;
	struct ports ports = {
		.items = arena_array(c->arena, own + ARRAY_LEN(DEFAULTS), sizeof(struct port))};

	for (size_t i = 0; i < own; i++) {
		const struct container_port *const port = &ray->ports.items[i];

		set_port(&ports,
			port->name.v.len ? port->name.v
					 : arena_printf(c->arena, "%d-port", port->port.v),
			port->port.v);
	}
	for (size_t i = 0; own == 0 && i < ARRAY_LEN(DEFAULTS); i++)
		set_port(&ports, DEFAULTS[i].name, DEFAULTS[i].number);
	if (!has_port(&ports, STR("metrics")))
		set_port(&ports, STR("metrics"), 8080);
	if (ports.count > 1)
		qsort(ports.items, ports.count, sizeof(*ports.items), by_name);
	return ports;
}

static struct json_edit *port_value(const struct port *port, bool tcp)
{
	struct json_edit *const value = json_edit_object();

	json_edit_put_str(value, "name", port->name);
	json_edit_put_i64(value, "port", port->number);
	if (tcp)
		json_edit_put_cstr(value, "appProtocol", "tcp");
	return value;
}

/* By these the Service finds its pod, and clients find the Service. */
static struct json_edit *head_labels(const struct child_context *c)
{
	struct json_edit *const labels = json_edit_object();
	const struct json_node *const app =
		json_get(c->cluster->head->template.metadata.labels.node, LABEL_APP);

	json_edit_put_str(labels, LABEL_CLUSTER, c->name);
	json_edit_put_cstr(labels, LABEL_NODE_TYPE, "head");
	json_edit_put_str(labels, LABEL_IDENTIFIER, derived_identifier(c->arena, c->name, "head"));
	json_edit_put_str(labels, LABEL_APP, app ? json_str(c->arena, app) : STR(APP_NAME));
	json_edit_put_cstr(labels, LABEL_CREATED_BY, CREATED_BY);
	return labels;
}

/* What `more` has comes over what is there. */
static void lay_over(struct json_edit *map, const struct json_edit *more)
{
	const struct json_edit *v = json_edit_first(more);

	for (; v; v = json_edit_next(v))
		json_edit_set(map, json_edit_key(v), json_edit_copy(v));
}

static void lay_nodes_over(struct arena *arena, struct json_edit *map, const struct json_node *more)
{
	for (struct json_iter it = json_iter(more); json_next_member(&it);)
		json_edit_set(map, json_str(arena, it.key), json_edit_import(it.value));
}

static void put_type(struct json_edit *spec, const struct child_context *c)
{
	const struct str type = c->cluster->head->service_type.v;

	if (type.len)
		child_default_str(spec, "type", type);
}

/* The user's own Service, with what must be so laid over it. */
static void take_own(
	const struct child_context *c, struct json_edit *service, const struct json_node *own)
{
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));
	const struct json_node *const own_meta = json_get(own, "metadata");

	lay_nodes_over(c->arena, child_object(meta, "labels"), json_get(own_meta, "labels"));
	lay_nodes_over(
		c->arena, child_object(meta, "annotations"), json_get(own_meta, "annotations"));
	if (json_present(json_get(own, "spec")))
		json_edit_set(service, STR("spec"), json_edit_import(json_get(own, "spec")));
}

/* One head is all there is behind it, so DNS may as well name the pod itself. */
static void make_headless(const struct child_context *c, struct json_edit *spec)
{
	const struct str type = c->cluster->head->service_type.v;

	if (type.len && !str_is(type, "ClusterIP"))
		return;
	json_edit_put_cstr(spec, "clusterIP", "None");
	json_edit_put_bool(spec, "publishNotReadyAddresses", true);
}

struct json_edit *service_of_head(const struct child_context *c)
{
	if (c->cluster->head == NULL)
		return NULL;
	const struct json_node *const own = c->cluster->head->service.node;
	const struct ports ports = ports_of(c);
	struct json_edit *const service = child_new(c, "v1", "Service");
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));
	struct json_edit *labels = head_labels(c);

	json_edit_put_str(meta, "name", c->head_service);
	take_own(c, service, own);
	lay_over(child_object(meta, "labels"), labels);
	lay_nodes_over(c->arena, child_object(meta, "annotations"),
		c->cluster->head_service_annotations.node);
	struct json_edit *const spec = child_object(service, "spec");

	json_edit_set(spec, STR("selector"), labels);
	for (size_t i = 0; i < ports.count; i++)
		json_edit_add(child_array(spec, "ports"), port_value(&ports.items[i], true));
	put_type(spec, c);
	if (!json_present(own))
		make_headless(c, spec);
	return service;
}

struct str service_type_of_head(const struct child_context *c)
{
	const struct ray_group *const head = c->cluster->head;
	const struct str own =
		json_str(c->arena, json_get(json_get(head->service.node, "spec"), "type"));

	if (own.len)
		return own;
	return head->service_type.v.len ? head->service_type.v : STR("ClusterIP");
}

/* By which our controller is told of it; KubeRay follows all Services there are. */
static void put_cluster(const struct child_context *c, struct json_edit *labels)
{
	if (child_is_of_raygate(c))
		json_edit_put_str(labels, LABEL_CLUSTER, c->name);
}

static bool is_serving(struct str name)
{
	return str_is(name, "serve") || str_starts(name, "serve-");
}

struct json_edit *service_of_serve(const struct child_context *c)
{
	const struct str asked =
		ray_object_annotation(c->object, c->arena, "ray.io/enable-serve-service");

	if (!str_is(asked, "true") || c->cluster->head == NULL)
		return NULL;
	const struct ports ports = ports_of(c);
	struct json_edit *service = child_new(c, "v1", "Service");
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));
	struct json_edit *const labels = json_edit_put_object(meta, "labels");
	struct json_edit *const spec = json_edit_put_object(service, "spec");

	json_edit_put_str(meta, "name", derived_serve_service(c->arena, c->name));
	json_edit_put_str(labels, "ray.io/originated-from-cr-name", c->name);
	json_edit_put_cstr(labels, LABEL_CRD, "RayCluster");
	json_edit_put_str(
		labels, "ray.io/serve", arena_printf(c->arena, "%.*s-serve", STR_ARG(c->name)));
	put_cluster(c, labels);
	json_edit_put_str(json_edit_put_object(spec, "selector"), LABEL_CLUSTER, c->name);
	for (size_t i = 0; i < ports.count; i++) {
		if (is_serving(ports.items[i].name))
			json_edit_add(
				child_array(spec, "ports"), port_value(&ports.items[i], false));
	}
	put_type(spec, c);
	if (json_edit_get(spec, STR("ports")) == NULL)
		json_edit_free(&service);
	return service;
}

struct json_edit *service_of_hosts(const struct child_context *c)
{
	bool needed = false;

	for (size_t i = 0; i < c->cluster->worker_count; i++)
		needed |= group_hosts(c->cluster->workers[i]) > 1;
	if (!needed)
		return NULL;
	struct json_edit *const service = child_new(c, "v1", "Service");
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));
	struct json_edit *const spec = json_edit_put_object(service, "spec");
	struct json_edit *const selector = json_edit_put_object(spec, "selector");

	json_edit_put_str(meta, "name", derived_headless_service(c->arena, c->name));
	struct json_edit *const labels = json_edit_put_object(meta, "labels");

	json_edit_put_str(labels, "ray.io/headless-worker-svc", c->name);
	put_cluster(c, labels);
	json_edit_put_str(selector, LABEL_CLUSTER, c->name);
	json_edit_put_cstr(selector, LABEL_NODE_TYPE, "worker");
	json_edit_put_cstr(spec, "type", "ClusterIP");
	json_edit_put_cstr(spec, "clusterIP", "None");
	json_edit_put_bool(spec, "publishNotReadyAddresses", true);
	return service;
}
