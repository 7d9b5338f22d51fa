/* Annotations and labels that KubeRay reads: a value it takes for something else is a trap. */
#include "validators/rules.h"

#include "api/go_duration.h"

#define RAY_DOMAIN           "ray.io/"
#define INITIALIZING_TIMEOUT RAY_DOMAIN "initializing-timeout"
#define GANG_SCHEDULING      RAY_DOMAIN "gang-scheduling-enabled"

static bool is_word_nocase(struct str value)
{
	return value.len == 0 || str_is_nocase(value, "true") || str_is_nocase(value, "false");
}

/* Off in any spelling, or on in the only one that counts. */
static bool is_exact_word(struct str value)
{
	return value.len == 0 || str_is(value, "true") || str_is_nocase(value, "false");
}

static bool is_positive_integer(struct str value)
{
	int64_t number;

	return str_to_i64(value, &number) && number > 0;
}

static const struct known_annotation {
	const char *key;
	bool (*understood)(struct str value);
	bool on_templates; /* read from a pod's template as well */
	const char *detail;
} KNOWN[] = {
	{RAY_DOMAIN "ft-enabled", is_word_nocase, false,
		"must be \"true\" or \"false\": anything else leaves GCS fault tolerance off"},
	{RAY_DOMAIN "gcs-ft-deletion-timeout", is_positive_integer, false,
		"must be a positive number of seconds, such as \"300\": KubeRay takes 300 "
		"instead"},
	{RAY_DOMAIN "overwrite-container-cmd", is_word_nocase, true,
		"must be \"true\" or \"false\": anything else counts as \"false\""},
	{RAY_DOMAIN "enable-serve-service", is_exact_word, false,
		"must be exactly \"true\" to count: write it in lower case, or remove it"},
	{RAY_DOMAIN "disable-provisioned-head-restart", is_exact_word, false,
		"must be exactly \"true\" to count: write it in lower case, or remove it"},
};

/* Nearly every object has annotations, and most have none of these. */
static bool has_any_of_ray(struct arena *arena, const struct json_node *map)
{
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		if (str_starts(json_str(arena, it.key), RAY_DOMAIN))
			return true;
	}
	return false;
}

static void look_at(const struct rule_context *c, const struct json_node *map,
	const struct field_path *at, bool template)
{
	if (!has_any_of_ray(c->arena, map))
		return;
	for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++) {
		const struct json_node *const value = json_get(map, KNOWN[i].key);

		if ((template && !KNOWN[i].on_templates) || !json_is(value, JSON_STRING) ||
			KNOWN[i].understood(json_str(c->arena, value)))
			continue;
		rule_found(c, FIELD_KEY(at, str_from(KNOWN[i].key)), FIELD_INVALID,
			FIELD_READS(value), "%s", KNOWN[i].detail);
	}
}

static void annotations_are_understood(
	const struct rule_context *c, const struct ray_object *object)
{
	look_at(c, object->meta.annotations.node,
		FIELD_CHILD(FIELD_ROOT("metadata"), "annotations"), false);
	for (size_t i = 0; object->cluster && i < object->cluster->group_count; i++) {
		const struct template_metadata *const meta =
			&object->cluster->groups[i]->template.metadata;

		look_at(c, meta->annotations.node, FIELD_CHILD(meta->self.at, "annotations"), true);
	}
}

/* NULL when there is nothing to say. */
static const char *fault_of_timeout(struct str text)
{
	int64_t amount;

	if (text.len == 0)
		return NULL;
	if (!go_duration_parse(text, &amount) && !str_to_i64(text, &amount))
		return "must be a duration such as \"5m\" or \"1h30m\", or a number of seconds";
	return amount > 0 ? NULL : "must be more than zero, such as \"5m\"";
}

static void initializing_timeout_is_positive(
	const struct rule_context *c, const struct ray_object *object)
{
	const struct json_node *const value =
		json_get(object->meta.annotations.node, INITIALIZING_TIMEOUT);

	if (object->kind != RAY_SERVICE || !json_is(value, JSON_STRING))
		return;
	const char *const fault = fault_of_timeout(json_str(c->arena, value));

	if (fault)
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(FIELD_ROOT("metadata"), "annotations"),
				STR(INITIALIZING_TIMEOUT)),
			FIELD_INVALID, FIELD_READS(value), "%s", fault);
}

static void gang_label_means_what_it_says(
	const struct rule_context *c, const struct ray_object *object)
{
	const struct json_node *const value = json_get(object->meta.labels.node, GANG_SCHEDULING);

	if (json_is(value, JSON_STRING) && str_is_nocase(json_str(c->arena, value), "false"))
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(FIELD_ROOT("metadata"), "labels"),
				STR(GANG_SCHEDULING)),
			FIELD_INVALID, FIELD_READS(value),
			"turns gang scheduling on in YuniKorn and scheduler-plugins, whatever its "
			"value: remove the label to turn it off");
}

static const struct rule RULES[] = {
	RULE("RG0207", "annotation-is-understood", WARN, MODERN, "0.1", NULL,
		"Annotations that KubeRay reads have values that it understands.",
		RULE_CHECKS_OBJECT(annotations_are_understood),
		.needs = PART(ANNOTATIONS) | PART(POD_ANNOTATIONS)),
	RULE("RG0208", "initializing-timeout-is-positive", ERROR, MODERN, "0.1",
		"KubeRay's webhook and operator",
		"ray.io/initializing-timeout of a RayService is a positive duration or number of "
		"seconds.",
		RULE_CHECKS_OBJECT(initializing_timeout_is_positive), .needs = PART(SERVICE)),
	RULE("RG0209", "gang-scheduling-label-is-not-false", WARN, MODERN, "0.1", NULL,
		"The label ray.io/gang-scheduling-enabled is absent where gang scheduling is not "
		"wanted.",
		RULE_CHECKS_OBJECT(gang_label_means_what_it_says), .needs = PART(LABELS)),
};

const struct rule_table RULES_ANNOTATIONS = RULE_TABLE(RULES);
