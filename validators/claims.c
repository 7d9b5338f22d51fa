/* Devices that are claimed (resource.k8s.io): a pod's claims, and who uses them. */
#include "validators/check.h"
#include "validators/name_set.h"
#include "validators/rules.h"

static void claims_have_sources(const struct rule_context *c, const struct rule_pod *pod)
{
	static const char *const SOURCES[] = {
		"resourceClaimName", "resourceClaimTemplateName", NULL};
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const claims = json_get(spec->node, "resourceClaims");
	const struct field_path *const at = FIELD_CHILD(spec->at, "resourceClaims");

	if (!json_is(claims, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(claims); json_next_item(&it);) {
		const struct schema_object claim = {it.value, FIELD_INDEX(at, it.index)};

		if (!json_is(it.value, JSON_OBJECT))
			continue;
		check_member_name(c, &claim, "name", NAME_DNS1123_LABEL);
		check_member_name(c, &claim, SOURCES[0], NAME_DNS1123_SUBDOMAIN);
		check_member_name(c, &claim, SOURCES[1], NAME_DNS1123_SUBDOMAIN);
		check_one_of(c, &claim, SOURCES, true);
	}
}

static struct name_set claim_names(const struct rule_context *c, const struct json_node *claims)
{
	struct name_set names = name_set_make(c->arena, json_count(claims));

	for (struct json_iter it = json_iter(claims); json_next_item(&it);)
		name_set_add(&names, check_text(c, it.value, "name"));
	name_set_sort(&names);
	return names;
}

/* Only the name is read: that the old object had no such claim either is seen by judging it. */
static void check_used(const struct rule_context *c, const struct schema_object *resources,
	const struct name_set *names)
{
	const struct json_node *const used = json_get(resources->node, "claims");
	const struct field_path *const at = FIELD_CHILD(resources->at, "claims");

	if (!json_is(used, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(used); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		if (json_is(name, JSON_STRING) && !name_set_holds(names, json_str(c->arena, name)))
			rule_found(c, FIELD_CHILD(FIELD_INDEX(at, it.index), "name"),
				FIELD_NOT_FOUND, FIELD_READS(name),
				"the pod has no such claim: add it to the pod's resourceClaims, or "
				"remove this");
	}
}

static void claimed_resources_exist(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const container_list *const lists[] = {&spec->containers, &spec->init_containers};
	const struct json_node *const claims = json_get(spec->self.node, "resourceClaims");
	const struct json_node *const of_pod = json_get(spec->resources.self.node, "claims");
	const struct name_set names = claim_names(c, claims);

	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++)
			check_used(c, &lists[l]->items[i].resources.self, &names);
	}
	if (pod->group && pod->group->is_head && raycluster_autoscales(c->cluster))
		check_used(c, &c->cluster->autoscaler.resources.self, &names);
	if (json_count(of_pod))
		rule_found(c, FIELD_CHILD(spec->resources.self.at, "claims"), FIELD_FORBIDDEN,
			FIELD_READS(of_pod),
			"a pod as a whole uses no claim: give it to a container");
}

static const struct rule RULES[] = {
	RULE("RG0610", "resource-claims-complete", ERROR, BOTH, "0.1", NULL,
		"A pod's resource claim has a name and exactly one source.",
		RULE_CHECKS_POD(claims_have_sources), .needs = PART(RESOURCE_CLAIMS)),
	RULE("RG0616", "claimed-resource-exists", ERROR, BOTH, "0.1", NULL,
		"A container uses claims that its pod has.",
		RULE_CHECKS_POD(claimed_resources_exist), .needs = PART(CLAIMS_USED)),
};

const struct rule_table RULES_CLAIMS = RULE_TABLE(RULES);
