/* headServicePorts: what the legacy operator makes a Service of, together with its own three. */
#include "validators/rules.h"

#include "api/names.h"
#include "base/strmap.h"

static const struct {
	const char *name;
	int64_t port;
} DEFAULTS[] = {
	{"client", 10001},
	{"dashboard", 8265},
	{"ray-serve", 8000},
};

static void number_is_in_range(
	const struct rule_context *c, const struct service_port *port, const char *member)
{
	const struct json_node *const node = json_get(port->self.node, member);
	int64_t number;

	if (!json_i64(node, &number))
		return;
	const char *const fault = names_port_number_fault(number);

	if (fault)
		rule_found(c, FIELD_CHILD(port->self.at, member), FIELD_INVALID, FIELD_READS(node),
			"%s", fault);
}

/* RG1112 */
static void ports_are_valid(const struct rule_context *c, const struct raycluster *cluster)
{
	for (size_t i = 0; i < cluster->head_service_ports.count; i++) {
		const struct service_port *const port = &cluster->head_service_ports.items[i];
		const struct json_node *const target = port->target_port.node;
		const char *fault = names_fault(NAME_DNS1123_LABEL, port->name.v);

		if (fault && port->name.node)
			rule_found(c, FIELD_CHILD(port->self.at, "name"), FIELD_INVALID,
				FIELD_READS(port->name.node), "%s", fault);
		number_is_in_range(c, port, "port");
		number_is_in_range(c, port, "targetPort");
		fault = json_is(target, JSON_STRING)
				? names_fault(NAME_PORT, json_str(c->arena, target))
				: NULL;
		if (fault)
			rule_found(c, FIELD_CHILD(port->self.at, "targetPort"), FIELD_INVALID,
				FIELD_READS(target), "%s", fault);
	}
}

/* The last entry of a name counts: the operator merges by name. */
static void collect_names(
	const struct rule_context *c, const struct raycluster *cluster, struct strmap *by_name)
{
	for (size_t i = 0; i < cluster->head_service_ports.count; i++) {
		struct service_port *const port = &cluster->head_service_ports.items[i];

		if (port->name.node && strmap_set(by_name, port->name.v, port))
			rule_warned(c, FIELD_CHILD(port->self.at, "name"), FIELD_DUPLICATE,
				FIELD_READS(port->name.node),
				"the operator keeps only the last port of a name");
	}
}

static struct str port_key(struct arena *arena, int64_t port)
{
	return arena_printf(arena, "%lld", (long long)port);
}

/* RG1113: each port once, the default ones that nobody replaced included. */
static void ports_are_unique(const struct rule_context *c, const struct raycluster *cluster)
{
	struct strmap by_name = {0}, by_port = {0};
	const struct strmap_entry *entry;

	if (cluster->head_service_ports.count == 0)
		return;
	collect_names(c, cluster, &by_name);
	for (size_t i = 0; i < ARRAY_LEN(DEFAULTS); i++) {
		if (!strmap_find(&by_name, str_from(DEFAULTS[i].name)))
			strmap_set(&by_port, port_key(c->arena, DEFAULTS[i].port),
				(void *)(uintptr_t)DEFAULTS[i].name);
	}
	for (size_t at = 0; (entry = strmap_next(&by_name, &at)) != NULL;) {
		const struct service_port *const port = entry->value;
		const struct str key = port_key(c->arena, port->port.v);
		const char *const other = port->port.node ? strmap_find(&by_port, key) : NULL;

		if (other)
			rule_found(c, FIELD_CHILD(port->self.at, "port"), FIELD_DUPLICATE,
				FIELD_READS(port->port.node),
				"the port named %s has this number: use another, or the name %s",
				other, other);
		else if (port->port.node)
			strmap_set(&by_port, key, (void *)(uintptr_t)entry->key.at);
	}
	strmap_done(&by_port);
	strmap_done(&by_name);
}

static const struct rule RULES[] = {
	RULE("RG1112", "head-service-ports-are-valid", ERROR, LEGACY, "0.1", NULL,
		"A port of the head's Service has a valid name and numbers from 1 to 65535.",
		RULE_CHECKS_CLUSTER(ports_are_valid)),
	RULE("RG1113", "head-service-ports-are-unique", ERROR, LEGACY, "0.1", NULL,
		"The ports of the head's Service, its default ones included, differ.",
		RULE_CHECKS_CLUSTER(ports_are_unique)),
};

const struct rule_table RULES_LEGACY_PORTS = RULE_TABLE(RULES);
