#include "validators/service_settings.h"

#include "validators/check.h"

/* Settings that only some types of a Service have (ValidateService of core/validation). */
static const struct {
	const char *key;
	bool node_port; /* NodePort has it, too */
} OF_TYPES[] = {
	{"allocateLoadBalancerNodePorts", false},
	{"externalTrafficPolicy", true},
	{"healthCheckNodePort", false},
	{"loadBalancerClass", false},
	{"loadBalancerSourceRanges", false},
};

/* Whether a member says anything: not "", 0 or an empty list. */
static bool says_something(const struct rule_context *c, const struct json_node *node)
{
	int64_t number;

	if (json_is(node, JSON_STRING))
		return json_str(c->arena, node).len > 0;
	if (json_is(node, JSON_ARRAY))
		return json_count(node) > 0;
	return json_present(node) && !(json_i64(node, &number) && number == 0);
}

static void check_settings(const struct rule_context *c, const struct schema_object *spec,
	const struct json_node *type)
{
	const bool balanced = json_str_is(type, STR("LoadBalancer"));
	const bool external = balanced || json_str_is(type, STR("NodePort"));
	const bool addressed = json_count(json_get(spec->node, "externalIPs")) > 0;
	const struct json_node *const ip = json_get(spec->node, "clusterIP");

	for (size_t i = 0; i < ARRAY_LEN(OF_TYPES); i++) {
		const struct json_node *const node = json_get(spec->node, OF_TYPES[i].key);

		if (balanced || !says_something(c, node) ||
			(OF_TYPES[i].node_port && (external || addressed)))
			continue;
		rule_found(c, FIELD_CHILD(spec->at, OF_TYPES[i].key), FIELD_FORBIDDEN,
			FIELD_READS(node, type, json_get(spec->node, "externalIPs")),
			"only goes with type LoadBalancer%s: remove it, or set that type",
			OF_TYPES[i].node_port ? " or NodePort" : "");
	}
	if (!json_str_is(ip, STR("None")) && says_something(c, ip))
		check_ip(c, FIELD_CHILD(spec->at, "clusterIP"), ip);
	else if (external && says_something(c, ip))
		rule_found(c, FIELD_CHILD(spec->at, "clusterIP"), FIELD_INVALID,
			FIELD_READS(ip, type),
			"a service of type %.*s needs an address of its own: remove it",
			STR_ARG(json_str(c->arena, type)));
}

static void check_families(const struct rule_context *c, const struct schema_object *spec)
{
	const struct json_node *const list = json_get(spec->node, "ipFamilies");
	const struct field_path *const at = FIELD_CHILD(spec->at, "ipFamilies");
	static const char *const FAMILIES[] = {"IPv4", "IPv6", NULL};
	const struct json_node *seen[2] = {NULL, NULL};

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const bool six = json_str_is(it.value, STR("IPv6"));

		if (!json_is(it.value, JSON_STRING))
			continue;
		if (!six && !json_str_is(it.value, STR("IPv4")))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_NOT_SUPPORTED,
				FIELD_READS(it.value), "must be IPv4 or IPv6%.*s",
				STR_ARG(check_meant(
					c->arena, json_str(c->arena, it.value), FAMILIES)));
		else if (seen[six])
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_DUPLICATE,
				FIELD_READS(it.value, seen[six]), "may stand here once");
		else
			seen[six] = it.value;
	}
}

void service_settings_fit(const struct rule_context *c, const struct schema_object *meta,
	const struct schema_object *spec, const struct json_node *type)
{
	check_label_map(c, FIELD_CHILD(meta->at, "labels"), json_get(meta->node, "labels"));
	check_annotation_map(
		c, FIELD_CHILD(meta->at, "annotations"), json_get(meta->node, "annotations"));
	check_settings(c, spec, type);
	check_families(c, spec);
}
