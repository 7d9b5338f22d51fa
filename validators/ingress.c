/* The ingress that KubeRay makes for the head. */
#include <arpa/inet.h>

#include "validators/check.h"
#include "validators/rules.h"

static const struct json_node *ingress_class(const struct rule_context *c)
{
	return json_get(c->object->meta.annotations.node, "kubernetes.io/ingress.class");
}

static void ingress_has_a_class(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->head && cluster->head->enable_ingress.v && !json_present(ingress_class(c)))
		rule_found(c, FIELD_CHILD(cluster->head->self.at, "enableIngress"), FIELD_INVALID,
			FIELD_READS(cluster->head->enable_ingress.node, ingress_class(c)),
			"makes an Ingress without a class, which only a default class serves: add "
			"annotation kubernetes.io/ingress.class");
}

static void ingress_options_count(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->head && cluster->head->ingress.node && !cluster->head->enable_ingress.v)
		rule_found(c, cluster->head->ingress.at, FIELD_FORBIDDEN,
			FIELD_READS(
				cluster->head->ingress.node, cluster->head->enable_ingress.node),
			"has no effect without enableIngress: true: set that, or remove this");
}

static void check_host(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node)
{
	struct str host = json_str(c->arena, node);
	char address[16];

	if (!json_is(node, JSON_STRING) || !host.len)
		return;
	if (inet_pton(AF_INET, arena_str(c->arena, host).at, address) == 1) {
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node),
			"must be a DNS name, not an IP address");
		return;
	}
	if (str_starts(host, "*."))
		host = str_from_offset(host, 2);
	const char *const fault = names_fault(NAME_DNS1123_SUBDOMAIN, host);

	if (fault)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node), "%s", fault);
}

static void check_ingress_path(const struct rule_context *c, const struct schema_object *ingress)
{
	static const char *const BAD[] = {"//", "/./", "/../", "%2f", "%2F"};
	const struct json_node *const node = json_get(ingress->node, "path");
	const struct json_node *const type = json_get(ingress->node, "pathType");
	const struct field_path *const at = FIELD_CHILD(ingress->at, "path");
	const struct str path = json_str(c->arena, node);

	if (!json_is(node, JSON_STRING) || !path.len)
		return;
	if (path.at[0] != '/')
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node), "must begin with \"/\"");
	if (json_str_is(type, STR("ImplementationSpecific")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
		if (str_contains(path, BAD[i]))
			rule_found(c, at, FIELD_INVALID, FIELD_READS(node, type),
				"must not contain \"%s\", unless pathType is "
				"ImplementationSpecific",
				BAD[i]);
	}
}

static void ingress_has_syntax(const struct rule_context *c, const struct raycluster *cluster)
{
	if (!cluster->head || !cluster->head->enable_ingress.v || !cluster->head->ingress.node)
		return;
	const struct schema_object *const ingress = &cluster->head->ingress;
	const struct json_node *const tls = json_get(ingress->node, "tls");
	const struct field_path *const list = FIELD_CHILD(ingress->at, "tls");

	check_host(c, FIELD_CHILD(ingress->at, "host"), json_get(ingress->node, "host"));
	check_ingress_path(c, ingress);
	if (!json_is(tls, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(tls); json_next_item(&it);) {
		const struct schema_object entry = {it.value, FIELD_INDEX(list, it.index)};
		const struct field_path *const hosts = FIELD_CHILD(entry.at, "hosts");
		const struct json_node *const names = json_get(it.value, "hosts");

		if (check_text(c, it.value, "secretName").len)
			check_member_name(c, &entry, "secretName", NAME_DNS1123_SUBDOMAIN);
		if (!json_is(names, JSON_ARRAY))
			continue;
		for (struct json_iter host = json_iter(names); json_next_item(&host);)
			check_host(c, FIELD_INDEX(hosts, host.index), host.value);
	}
}

static const struct rule RULES[] = {
	RULE("RG1007", "ingress-has-a-class", WARN, MODERN, "0.1", NULL,
		"An ingress that is asked for has a class.",
		RULE_CHECKS_CLUSTER(ingress_has_a_class), .needs = PART(INGRESS)),
	RULE("RG1008", "ingress-options-count", WARN, MODERN, "0.1", NULL,
		"Options for an ingress come with enableIngress.",
		RULE_CHECKS_CLUSTER(ingress_options_count), .needs = PART(INGRESS)),
	RULE("RG1009", "ingress-syntax", ERROR, MODERN, "0.1", NULL,
		"Host, path and TLS of an ingress are ones that Kubernetes accepts.",
		RULE_CHECKS_CLUSTER(ingress_has_syntax), .needs = PART(INGRESS)),
};

const struct rule_table RULES_INGRESS = RULE_TABLE(RULES);
