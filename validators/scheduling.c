/* Where a pod may run: selectors, tolerations, affinity and spreading. */
#include "validators/check.h"
#include "validators/name_set.h"
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

/* Of a node's fields the scheduler knows its name alone. */
static void check_field_requirement(
	const struct rule_context *c, const struct schema_object *up, bool in)
{
	const struct json_node *const key = json_get(up->node, "key");
	const struct json_node *const operator= json_get(up->node, "operator");

	if (json_is(key, JSON_STRING) && !json_str_is(key, STR("metadata.name")))
		rule_found(c, FIELD_CHILD(up->at, "key"), FIELD_INVALID, FIELD_READS(key),
			"must be metadata.name, the only field of a node that can be matched; "
			"labels belong in matchExpressions");
	if (json_is(operator, JSON_STRING) && !in)
		rule_found(c, FIELD_CHILD(up->at, "operator"), FIELD_INVALID, FIELD_READS(operator),
			"must be In or NotIn for a node's field");
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
	if (by_field) {
		check_field_requirement(c, up, in);
		return;
	}
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

/* The keys of a LabelSelector, those of its expressions too. */
static struct name_set selector_keys(const struct rule_context *c, const struct json_node *selector)
{
	const struct json_node *const labels = json_get(selector, "matchLabels");
	const struct json_node *const expressions = json_get(selector, "matchExpressions");
	struct name_set keys =
		name_set_make(c->arena, json_count(labels) + json_count(expressions));

	for (struct json_iter it = json_iter(labels); json_next_member(&it);)
		name_set_add(&keys, json_str(c->arena, it.key));
	for (struct json_iter it = json_iter(expressions); json_next_item(&it);)
		name_set_add(&keys, check_text(c, it.value, "key"));
	name_set_sort(&keys);
	return keys;
}

/* matchLabelKeys or mismatchLabelKeys, which narrow the labelSelector beside them. */
static void check_label_keys(
	const struct rule_context *c, const struct schema_object *term, const char *which)
{
	const struct json_node *const keys = json_get(term->node, which);
	const struct json_node *const selector = json_get(term->node, "labelSelector");
	const struct field_path *const at = FIELD_CHILD(term->at, which);

	if (!json_is(keys, JSON_ARRAY) || json_count(keys) == 0)
		return;
	if (!json_present(selector))
		rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(keys, selector),
			"only goes with a labelSelector: add one, or remove this");
	else
		check_names(c, at, keys, NAME_QUALIFIED);
}

/* A key that is to match may not be said twice. The API server looks once the pod has the label. */
static void check_matched_keys(const struct rule_context *c, const struct schema_object *term)
{
	const struct json_node *const keys = json_get(term->node, "matchLabelKeys");
	const struct json_node *const others = json_get(term->node, "mismatchLabelKeys");
	const struct json_node *const selector = json_get(term->node, "labelSelector");
	const struct field_path *const at = FIELD_CHILD(term->at, "matchLabelKeys");

	check_label_keys(c, term, "matchLabelKeys");
	check_label_keys(c, term, "mismatchLabelKeys");
	if (!json_is(keys, JSON_ARRAY) || json_count(keys) == 0)
		return;
	const struct name_set selected = selector_keys(c, selector);
	struct name_set mismatched = name_set_make(c->arena, json_count(others));

	for (struct json_iter it = json_iter(others); json_next_item(&it);)
		name_set_add(&mismatched, json_str(c->arena, it.value));
	name_set_sort(&mismatched);
	for (struct json_iter it = json_iter(keys); json_next_item(&it);) {
		const struct str key = json_str(c->arena, it.value);

		if (name_set_holds(&mismatched, key))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_INVALID,
				FIELD_READS(it.value),
				"is in mismatchLabelKeys too: remove it from one of the two");
		if (name_set_holds(&selected, key))
			rule_warned(c, FIELD_INDEX(at, it.index), FIELD_INVALID,
				FIELD_READS(it.value),
				"is in the labelSelector too, with which Kubernetes refuses a pod "
				"that has this label: remove it from one of the two");
	}
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
	check_matched_keys(c, &(struct schema_object){term, at});
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

/* The API server takes any text here, but no node has a label of such a name. */
static void check_spread_key(const struct rule_context *c, const struct schema_object *item)
{
	const struct json_node *const key = json_get(item->node, "topologyKey");
	const char *const fault = names_fault(NAME_QUALIFIED, json_str(c->arena, key));

	check_given(c, item, "topologyKey", "must be the key of a label of nodes");
	if (json_is(key, JSON_STRING) && !json_str_is(key, STR("")) && fault)
		rule_warned(c, FIELD_CHILD(item->at, "topologyKey"), FIELD_INVALID,
			FIELD_READS(key), "is a label that no node can have: %s", fault);
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
	check_given(c, item, "whenUnsatisfiable", "must be DoNotSchedule or ScheduleAnyway");
	check_spread_key(c, item);
	check_matched_keys(c, item);
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
		"to 100.",
		RULE_CHECKS_POD(affinity_has_terms), .needs = PART(AFFINITY)),
	RULE("RG0614", "spreading-possible", ERROR, BOTH, "0.1", NULL,
		"A topology spread constraint has keys, positive numbers and a selector for its "
		"keys.",
		RULE_CHECKS_POD(spreading_is_possible), .needs = PART(SPREADING)),
};

const struct rule_table RULES_SCHEDULING = RULE_TABLE(RULES);
