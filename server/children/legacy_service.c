/* The Service of a legacy head: three ports, and the user's in their places or behind them. */
#include "server/children/legacy_pod.h"

static void add_port(
	struct json_edit *ports, struct str name, int64_t port, struct json_edit *target)
{
	struct json_edit *const value = json_edit_object();
	struct json_edit *v = json_edit_first(ports);

	json_edit_put_str(value, "name", name);
	json_edit_put_cstr(value, "protocol", "TCP");
	json_edit_put_i64(value, "port", port);
	json_edit_put(value, "targetPort", target);
	while (v && !str_eq(json_edit_text(json_edit_get(v, STR("name"))), name))
		v = json_edit_next(v);
	if (v)
		json_edit_replace(ports, v, value);
	else
		json_edit_add(ports, value);
}

static void put_ports(const struct child_context *c, struct json_edit *ports)
{
	static const struct {
		const char *name;
		int64_t port;
	} DEFAULTS[] = {{"client", 10001}, {"dashboard", 8265}, {"ray-serve", 8000}};

	for (size_t i = 0; i < ARRAY_LEN(DEFAULTS); i++)
		add_port(ports, str_from(DEFAULTS[i].name), DEFAULTS[i].port,
			json_edit_i64(DEFAULTS[i].port));
	for (size_t i = 0; i < c->cluster->head_service_ports.count; i++) {
		const struct service_port *const own = &c->cluster->head_service_ports.items[i];

		if (own->name.node && own->port.node && own->target_port.node)
			add_port(ports, own->name.v, own->port.v,
				json_edit_import(own->target_port.node));
	}
}

struct json_edit *legacy_service(const struct child_context *c)
{
	struct json_edit *const service = child_new(c, "v1", "Service");
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));
	struct json_edit *const spec = json_edit_put_object(service, "spec");

	json_edit_put_str(meta, "name", c->head_service);
	json_edit_put_str(json_edit_put_object(meta, "labels"), LEGACY_CLUSTER, c->name);
	json_edit_put_str(
		json_edit_put_object(spec, "selector"), LEGACY_COMPONENT, c->head_service);
	put_ports(c, json_edit_put_array(spec, "ports"));
	return service;
}

/* By what we write; the API server adds members of its own. */
static bool same_port(const struct json_edit *wanted, const struct json_node *found)
{
	for (const struct json_edit *v = json_edit_first(wanted); v; v = json_edit_next(v)) {
		struct json_edit *there = json_edit_import(json_get_str(found, json_edit_key(v)));
		const bool same = json_edit_equal(v, there);

		json_edit_free(&there);
		if (!same)
			return false;
	}
	return true;
}

bool legacy_ports_fit(const struct json_edit *service, const struct json_node *ports)
{
	const struct json_edit *v =
		json_edit_first(json_edit_get(json_edit_get(service, STR("spec")), STR("ports")));
	struct json_iter it = json_iter(ports);

	for (; v; v = json_edit_next(v)) {
		if (!json_next_item(&it) || !same_port(v, it.value))
			return false;
	}
	return !json_next_item(&it);
}
