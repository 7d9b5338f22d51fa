/*
 * The object's own name, labels and annotations: what the API server takes, and what still works
 * once KubeRay or the legacy operator has made other names from it.
 */
#include "api/derived_names.h"
#include "api/names.h"
#include "validators/rules.h"

enum {
	ANNOTATIONS_MAX = 256 * 1024, /* bytes of all keys and values (apimachinery) */
};

static const struct name_limit {
	enum ray_kind kind;
	enum dialect dialect;
	size_t most;
	const char *why;
} LIMITS[] = {
	{RAY_CLUSTER, DIALECT_MODERN, 53, "the names of its Services are made from it"},
	{RAY_CLUSTER, DIALECT_LEGACY, 52, "a label of its pods is \"ray-<name>-worker\""},
	{RAY_JOB, DIALECT_MODERN, 47, "the name of its RayCluster is made from it"},
	{RAY_SERVICE, DIALECT_MODERN, 47, "the names of its RayClusters are made from it"},
	{RAY_CRON_JOB, DIALECT_MODERN, 36, "the names of its RayJobs are made from it"},
};

static const struct name_limit *limit_of(const struct ray_object *object)
{
	for (size_t i = 0; i < ARRAY_LEN(LIMITS); i++) {
		if (LIMITS[i].kind == object->kind && LIMITS[i].dialect == object->dialect)
			return &LIMITS[i];
	}
	return NULL;
}

/* The field that names the object: generateName counts while there is no name. */
static const struct val_str *naming_field(const struct ray_object *object, const char **member)
{
	const bool named = object->meta.name.v.len > 0;

	*member = named ? "name" : "generateName";
	return named ? &object->meta.name : &object->meta.generate_name;
}

/* The longest beginning that could end a name as well. */
static struct str beginning(struct str name, size_t most)
{
	struct str cut = {name.at, name.len < most ? name.len : most};

	while (cut.len && (cut.at[cut.len - 1] == '-' || cut.at[cut.len - 1] == '.'))
		cut.len--;
	return cut;
}

static void name_is_short_enough(const struct rule_context *c, const struct ray_object *object)
{
	const struct name_limit *const limit = limit_of(object);
	const char *member;
	const struct val_str *const field = naming_field(object, &member);
	const bool generated = field == &object->meta.generate_name;
	const size_t kept = generated && field->v.len > DERIVED_GENERATE_MAX ? DERIVED_GENERATE_MAX
									     : field->v.len;
	const struct field_path *const at = FIELD_CHILD(FIELD_ROOT("metadata"), member);

	if (field->v.len == 0 || limit == NULL)
		return;
	if (generated && kept + DERIVED_SUFFIX_LEN > limit->most)
		rule_found_crd(c, field->v.len > NAMES_SUBDOMAIN_MAX, at, FIELD_TOO_LONG,
			FIELD_READS(field->node),
			"must be at most %zu characters, has %zu: five are added to it, and %s",
			limit->most - DERIVED_SUFFIX_LEN, field->v.len, limit->why);
	else if (!generated && field->v.len > limit->most) {
		const struct str shorter = beginning(field->v, limit->most);

		rule_found_crd(c, field->v.len > NAMES_SUBDOMAIN_MAX, at, FIELD_TOO_LONG,
			FIELD_READS(field->node),
			"must be at most %zu characters, has %zu: %s; \"%.*s\" would fit",
			limit->most, field->v.len, limit->why, STR_ARG(shorter));
	}
}

/* The name without its middle: its length is another rule's business. */
static struct str shape_of(struct arena *arena, struct str name)
{
	if (name.len <= NAMES_LABEL_MAX)
		return name;
	return arena_printf(arena, "%.*s%c", NAMES_LABEL_MAX - 1, name.at, name.at[name.len - 1]);
}

/*
 * Whether the API server refuses it of any object. Of a name that others are made from it looks at
 * the beginning, whose last character is to be followed by more.
 */
static bool is_no_name(struct arena *arena, struct str name, bool generated)
{
	if (generated && name.len > 1 && name.at[name.len - 1] == '-')
		name = arena_printf(arena, "%.*sa", (int)name.len - 2, name.at);
	return names_fault(NAME_DNS1123_SUBDOMAIN, name) != NULL;
}

static void name_is_a_label(const struct rule_context *c, const struct ray_object *object)
{
	const char *member;
	const struct val_str *const field = naming_field(object, &member);
	const bool generated = field == &object->meta.generate_name;
	const struct str name =
		generated ? derived_generated_name(c->arena, field->v, STR("xxxxx")) : field->v;
	const struct str shape = shape_of(c->arena, name);
	const char *const fault = names_fault(NAME_DNS1035_LABEL, shape);

	if (field->v.len == 0 || fault == NULL)
		return;
	const struct str better =
		names_suggest(c->arena, shape_of(c->arena, field->v), NAME_DNS1035_LABEL);

	rule_found_crd(c, is_no_name(c->arena, field->v, generated),
		FIELD_CHILD(FIELD_ROOT("metadata"), member), FIELD_INVALID,
		FIELD_READS(field->node),
		"must be lower-case letters, digits and '-', begin with a letter and end with a "
		"letter or digit%s%.*s%s%s",
		better.len ? ", such as \"" : "", STR_ARG(better),
		generated && better.len ? "-" : "", better.len ? "\"" : "");
}

/* Something stands there, and its type is told already. */
static bool name_is_unreadable(const struct ray_object *object)
{
	const struct json_node *const meta = json_get(object->self.node, "metadata");
	const struct json_node *const name = json_get(meta, "name");

	return (json_present(meta) && !json_is(meta, JSON_OBJECT)) ||
	       (json_present(name) && !json_is(name, JSON_STRING));
}

static void object_has_a_name(const struct rule_context *c, const struct ray_object *object)
{
	if (object->meta.name.v.len == 0 && object->meta.generate_name.v.len == 0 &&
		!name_is_unreadable(object))
		rule_found(c, FIELD_CHILD(FIELD_ROOT("metadata"), "name"), FIELD_REQUIRED,
			FIELD_READS(object->meta.name.node, object->meta.generate_name.node),
			"name or generateName must be given");
}

static void label_is_valid(const struct rule_context *c, const struct field_path *at,
	const struct json_node *key, const struct json_node *value)
{
	const struct str name = json_str(c->arena, key);
	const char *const bad_key = names_fault(NAME_QUALIFIED, name);
	const char *const bad_value =
		json_is(value, JSON_STRING)
			? names_fault(NAME_LABEL_VALUE, json_str(c->arena, value))
			: NULL;

	if (bad_key)
		rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(key),
			"the key of a label %s", bad_key);
	if (bad_value)
		rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(value),
			"the value of a label %s", bad_value);
}

static void labels_are_valid(const struct rule_context *c, const struct ray_object *object)
{
	const struct field_path *const at = FIELD_CHILD(FIELD_ROOT("metadata"), "labels");

	for (struct json_iter it = json_iter(object->meta.labels.node); json_next_member(&it);)
		label_is_valid(c, at, it.key, it.value);
}

static void annotation_keys_are_valid(const struct rule_context *c, const struct ray_object *object)
{
	const struct field_path *const at = FIELD_CHILD(FIELD_ROOT("metadata"), "annotations");

	for (struct json_iter it = json_iter(object->meta.annotations.node);
		json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);
		const char *const fault = names_fault(NAME_ANNOTATION_KEY, name);

		if (fault)
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.key),
				"the key of an annotation %s", fault);
	}
}

static void annotations_are_small(const struct rule_context *c, const struct ray_object *object)
{
	const struct json_node *const map = object->meta.annotations.node;
	struct str longest = {0};
	size_t longest_value = 0;
	size_t total = 0;

	/* With its escapes the text is longer, never shorter: nearly always this is enough. */
	if (!map || map->len <= ANNOTATIONS_MAX)
		return;
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		const struct str key = json_str(c->arena, it.key);
		const size_t value = json_str(c->arena, it.value).len;

		total += key.len + value;
		if (longest.at == NULL || value > longest_value) {
			longest = key;
			longest_value = value;
		}
	}
	if (total > ANNOTATIONS_MAX)
		rule_found(c, FIELD_CHILD(FIELD_ROOT("metadata"), "annotations"), FIELD_TOO_LONG,
			FIELD_READS(map),
			"must have at most %d bytes in all, has %zu: \"%.*s\" alone has %zu",
			ANNOTATIONS_MAX, total, STR_ARG(longest), longest_value);
}

static const struct rule RULES[] = {
	RULE("RG0201", "name-short-enough", ERROR, BOTH, "0.1", "KubeRay's webhook and operator",
		"A name leaves room for the names that are made from it: 53 characters for a "
		"RayCluster, 47 for a RayJob or RayService, 36 for a RayCronJob, 52 for a legacy "
		"RayCluster.",
		RULE_CHECKS_OBJECT(name_is_short_enough)),
	RULE("RG0202", "name-is-dns-label", ERROR, BOTH, "0.1", "KubeRay's webhook and operator",
		"A name is a DNS-1035 label, since the names of Services are made from it.",
		RULE_CHECKS_OBJECT(name_is_a_label)),
	RULE("RG0203", "object-has-a-name", ERROR, BOTH, "0.1", NULL,
		"An object has a name or a generateName.", RULE_CHECKS_OBJECT(object_has_a_name),
		.crd = true),
	RULE("RG0204", "labels-are-valid", ERROR, BOTH, "0.1", NULL,
		"Keys of the object's labels are qualified names, values at most 63 characters of "
		"the label syntax.",
		RULE_CHECKS_OBJECT(labels_are_valid), .needs = PART(LABELS), .crd = true),
	RULE("RG0205", "annotation-keys-are-valid", ERROR, BOTH, "0.1", NULL,
		"Keys of the object's annotations are qualified names.",
		RULE_CHECKS_OBJECT(annotation_keys_are_valid), .needs = PART(ANNOTATIONS),
		.crd = true),
	RULE("RG0206", "annotations-are-small", ERROR, BOTH, "0.1", NULL,
		"All annotations of an object together have at most 262144 bytes.",
		RULE_CHECKS_OBJECT(annotations_are_small), .needs = PART(ANNOTATIONS), .crd = true),
};

const struct rule_table RULES_METADATA = RULE_TABLE(RULES);
