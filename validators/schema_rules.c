/* What the decoder reports (api/schema.c): the rules that come from the tables of fields. */
#include "validators/rules.h"

static const struct rule RULES[] = {
	RULE(SCHEMA_RULE_TYPE, "field-has-its-type", ERROR, BOTH, "0.1", "KubeRay's CRD",
		"A value has the type of its field.", RULE_CHECKED_BY_DECODER, .crd = true),
	RULE(SCHEMA_RULE_UNKNOWN, "field-is-known", WARN, BOTH, "0.1", NULL,
		"Every field is one that the API knows.", RULE_CHECKED_BY_DECODER, .strict = true),
	RULE(SCHEMA_RULE_REQUIRED, "required-field-is-there", ERROR, BOTH, "0.1", "KubeRay's CRD",
		"Required fields are present.", RULE_CHECKED_BY_DECODER, .crd = true),
	RULE(SCHEMA_RULE_WORD, "word-is-supported", ERROR, BOTH, "0.1",
		"KubeRay's CRD and operator", "An enumerated field holds one of its words.",
		RULE_CHECKED_BY_DECODER, .crd = true),
	RULE(SCHEMA_RULE_RANGE, "integer-is-in-range", ERROR, BOTH, "0.1", "KubeRay's CRD",
		"An integer fits its type and the bounds of its field, and a list is no longer "
		"than can be judged.",
		RULE_CHECKED_BY_DECODER),
	RULE(SCHEMA_RULE_QUANTITY, "quantity-can-be-read", ERROR, BOTH, "0.1", "KubeRay's CRD",
		"A quantity is one that Kubernetes can read.", RULE_CHECKED_BY_DECODER,
		.crd = true),
	RULE(SCHEMA_RULE_DUPLICATE, "list-items-are-unique", ERROR, BOTH, "0.1", "KubeRay's CRD",
		"Items of a list that Kubernetes keeps by key have different keys.",
		RULE_CHECKED_BY_DECODER, .crd = true),
	RULE(SCHEMA_RULE_POD_WORD, "pod-word-is-supported", ERROR, BOTH, "0.1", NULL,
		"An enumerated field of a pod holds a word that Kubernetes accepts when the pod is "
		"created.",
		RULE_CHECKED_BY_DECODER),
	RULE(SCHEMA_RULE_POD_RANGE, "pod-number-is-in-range", ERROR, BOTH, "0.1", NULL,
		"A number of a pod is in the range that Kubernetes accepts when the pod is "
		"created.",
		RULE_CHECKED_BY_DECODER),
};

const struct rule_table RULES_SCHEMA = RULE_TABLE(RULES);
