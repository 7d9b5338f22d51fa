/* Where a pod may run: selectors, tolerations, affinity and spreading. */
#include "validators/check.h"
#include "validators/rules.h"

static void node_selector_has_syntax(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	if (spec->node_selector.node)
		check_label_map(
			c, FIELD_CHILD(spec->self.at, "nodeSelector"), spec->node_selector.node);
}

static void check_toleration(const struct rule_context *c, const struct toleration *t)
{
	const bool exists = str_is(t->operator.v, "Exists");
	const struct json_node *const seconds = json_get(t->self.node, "tolerationSeconds");

	if (t->key.v.len)
		check_name(c, FIELD_CHILD(t->self.at, "key"), t->key.node, NAME_QUALIFIED);
	else if (!exists)
		rule_found(c, FIELD_CHILD(t->self.at, "key"), FIELD_REQUIRED,
			FIELD_READS(t->key.node, t->operator.node),
			"must name the taint; only with operator Exists may it be empty, for all "
			"taints");
	if (exists && t->value.v.len)
		rule_found(c, FIELD_CHILD(t->self.at, "value"), FIELD_INVALID,
			FIELD_READS(t->value.node, t->operator.node),
			"must be left out with operator Exists: remove it, or use operator Equal");
	else if (!exists)
		check_name(c, FIELD_CHILD(t->self.at, "value"), t->value.node, NAME_LABEL_VALUE);
	if (json_present(seconds) && !str_is(t->effect.v, "NoExecute"))
		rule_found(c, FIELD_CHILD(t->self.at, "tolerationSeconds"), FIELD_INVALID,
			FIELD_READS(seconds, t->effect.node),
			"only goes with effect NoExecute: remove it, or set that effect");
}

static void tolerations_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->tolerations.count; i++) {
		if (spec->tolerations.items[i].self.node)
			check_toleration(c, &spec->tolerations.items[i]);
	}
}

static void check_node_requirement(
	const struct rule_context *c, const struct schema_object *up, bool by_field, bool required)
{
	const struct json_node *const operator= json_get(up->node, "operator");
	const struct json_node *const values = json_get(up->node, "values");
	const size_t count = json_count(values);
	const struct field_path *const at = FIELD_CHILD(up->at, "values");
	const bool in = json_str_is(operator, STR("In")) || json_str_is(operator, STR("NotIn"));

	if (in && by_field ? count != 1 : in && count == 0)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(values, operator),
			by_field ? "must have exactly one value"
				 : "must name at least one value with In and NotIn");
	if ((json_str_is(operator, STR("Exists")) || json_str_is(operator, STR("DoesNotExist"))) &&
		count)
		rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(values, operator),
			"must be left out with Exists and DoesNotExist: remove the values, or use "
			"In");
	if ((json_str_is(operator, STR("Gt")) || json_str_is(operator, STR("Lt"))) && count != 1)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(values, operator),
			"must be exactly one number with Gt and Lt");
	if (by_field)
		return;
	check_member_name(c, up, "key", NAME_QUALIFIED);
	if (required)
		check_names(c, at, values, NAME_LABEL_VALUE);
}

static void check_node_requirements(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, bool by_field, bool required)
{
	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		check_node_requirement(c,
			&(struct schema_object){it.value, FIELD_INDEX(at, it.index)}, by_field,
			required);
}

static void check_node_term(const struct rule_context *c, const struct field_path *at,
	const struct json_node *term, bool required)
{
	check_node_requirements(c, FIELD_CHILD(at, "matchExpressions"),
		json_get(term, "matchExpressions"), false, required);
	check_node_requirements(
		c, FIELD_CHILD(at, "matchFields"), json_get(term, "matchFields"), true, required);
}

static void check_pod_term(
	const struct rule_context *c, const struct field_path *at, const struct json_node *term)
{
	const struct json_node *const key = json_get(term, "topologyKey");

	check_name(c, FIELD_CHILD(at, "topologyKey"), key, NAME_QUALIFIED);
	check_names(
		c, FIELD_CHILD(at, "namespaces"), json_get(term, "namespaces"), NAME_DNS1123_LABEL);
	check_label_selector(c, FIELD_CHILD(at, "labelSelector"), json_get(term, "labelSelector"));
	check_label_selector(
		c, FIELD_CHILD(at, "namespaceSelector"), json_get(term, "namespaceSelector"));
}

#define REQUIRED_TERMS  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED_TERMS "preferredDuringSchedulingIgnoredDuringExecution"

static void check_node_affinity(
	const struct rule_context *c, const struct field_path *at, const struct json_node *affinity)
{
	const struct json_node *const required = json_get(affinity, REQUIRED_TERMS);
	const struct json_node *const terms = json_get(required, "nodeSelectorTerms");
	const struct field_path *const list =
		FIELD_CHILD(FIELD_CHILD(at, REQUIRED_TERMS), "nodeSelectorTerms");
	const struct json_node *const preferred = json_get(affinity, PREFERRED_TERMS);
	const struct field_path *const weighted = FIELD_CHILD(at, PREFERRED_TERMS);

	if (json_is(terms, JSON_ARRAY) && json_count(terms) == 0)
		rule_found(
			c, list, FIELD_REQUIRED, FIELD_READS(terms), "must have at least one term");
	for (struct json_iter it = json_iter(terms); json_next_item(&it);)
		check_node_term(c, FIELD_INDEX(list, it.index), it.value, true);
	for (struct json_iter it = json_iter(preferred); json_next_item(&it);) {
		const struct schema_object item = {it.value, FIELD_INDEX(weighted, it.index)};

		check_range(c, &item, "weight", 1, 100);
		check_node_term(c, FIELD_CHILD(item.at, "preference"),
			json_get(it.value, "preference"), false);
	}
}

static void check_pod_affinity(
	const struct rule_context *c, const struct field_path *at, const struct json_node *affinity)
{
	const struct json_node *const required = json_get(affinity, REQUIRED_TERMS);
	const struct field_path *const terms = FIELD_CHILD(at, REQUIRED_TERMS);
	const struct json_node *const preferred = json_get(affinity, PREFERRED_TERMS);
	const struct field_path *const weighted = FIELD_CHILD(at, PREFERRED_TERMS);

	for (struct json_iter it = json_iter(required); json_next_item(&it);)
		check_pod_term(c, FIELD_INDEX(terms, it.index), it.value);
	for (struct json_iter it = json_iter(preferred); json_next_item(&it);) {
		const struct schema_object item = {it.value, FIELD_INDEX(weighted, it.index)};

		check_range(c, &item, "weight", 1, 100);
		check_pod_term(c, FIELD_CHILD(item.at, "podAffinityTerm"),
			json_get(it.value, "podAffinityTerm"));
	}
}

static void affinity_has_terms(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const affinity = json_get(spec->node, "affinity");
	const struct field_path *const at = FIELD_CHILD(spec->at, "affinity");

	check_node_affinity(c, FIELD_CHILD(at, "nodeAffinity"), json_get(affinity, "nodeAffinity"));
	check_pod_affinity(c, FIELD_CHILD(at, "podAffinity"), json_get(affinity, "podAffinity"));
	check_pod_affinity(
		c, FIELD_CHILD(at, "podAntiAffinity"), json_get(affinity, "podAntiAffinity"));
}

static void check_spread(const struct rule_context *c, const struct schema_object *item)
{
	const struct json_node *const domains = json_get(item->node, "minDomains");
	const struct json_node *const when = json_get(item->node, "whenUnsatisfiable");

	check_range(c, item, "maxSkew", 1, INT32_MAX);
	check_range(c, item, "minDomains", 1, INT32_MAX);
	if (json_present(domains) && !json_str_is(when, STR("DoNotSchedule")))
		rule_found(c, FIELD_CHILD(item->at, "minDomains"), FIELD_INVALID,
			FIELD_READS(domains, when),
			"only goes with whenUnsatisfiable: DoNotSchedule");
	check_member_name(c, item, "topologyKey", NAME_QUALIFIED);
	check_label_selector(
		c, FIELD_CHILD(item->at, "labelSelector"), json_get(item->node, "labelSelector"));
}

static void spreading_is_possible(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const list = json_get(spec->node, "topologySpreadConstraints");
	const struct field_path *const at = FIELD_CHILD(spec->at, "topologySpreadConstraints");

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		check_spread(c, &(struct schema_object){it.value, FIELD_INDEX(at, it.index)});
}

static const struct rule RULES[] = {
	RULE("RG0611", "node-selector-syntax", ERROR, BOTH, "0.1", NULL,
		"A node selector has keys and values that labels can have.",
		RULE_CHECKS_POD(node_selector_has_syntax), .needs = PART(NODE_SELECTOR)),
	RULE("RG0612", "tolerations-fit", ERROR, BOTH, "0.1", NULL,
		"A toleration's key, operator, value and seconds go together.",
		RULE_CHECKS_POD(tolerations_fit), .needs = PART(TOLERATIONS)),
	RULE("RG0613", "affinity-terms-complete", ERROR, BOTH, "0.1", NULL,
		"Terms of affinity have keys, values that fit their operator, and weights from 1 "
		"to "
		"100.",
		RULE_CHECKS_POD(affinity_has_terms), .needs = PART(AFFINITY)),
	RULE("RG0614", "spreading-possible", ERROR, BOTH, "0.1", NULL,
		"A topology spread constraint has a key and positive numbers.",
		RULE_CHECKS_POD(spreading_is_possible), .needs = PART(SPREADING)),
};

const struct rule_table RULES_SCHEDULING = RULE_TABLE(RULES);
