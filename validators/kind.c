/* What an object says that it is. The API server sends nothing else; a file may. */
#include "validators/rules.h"

#include "api/ray_kind.h"

/* The version of "ray.io/v1", or all of what is no such pair. */
static struct str version_of(struct str api_version)
{
	const size_t slash = str_find(api_version, '/');

	return slash < api_version.len ? str_from_offset(api_version, slash + 1) : api_version;
}

static bool has_group(struct str api_version, const char *group)
{
	return str_is((struct str){api_version.at, str_find(api_version, '/')}, group);
}

static void kind_is_known(const struct rule_context *c, const struct ray_object *object)
{
	const char *const name = ray_kind_name(object->kind);

	if (object->kind_name.v.len == 0)
		rule_found(c, FIELD_ROOT("kind"), FIELD_REQUIRED,
			FIELD_READS(object->kind_name.node), "write \"%s\", if that is meant",
			name);
	else if (!str_is(object->kind_name.v, name))
		rule_found(c, FIELD_ROOT("kind"), FIELD_NOT_SUPPORTED,
			FIELD_READS(object->kind_name.node),
			"%s has no such kind; did you mean \"%s\"?",
			ray_kind_group(object->dialect), name);
}

static void version_is_served(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const version = &object->api_version;
	const char *const group = ray_kind_group(object->dialect);
	const char *const name = ray_kind_name(object->kind);

	if (version->v.len == 0)
		rule_found(c, FIELD_ROOT("apiVersion"), FIELD_REQUIRED, FIELD_READS(version->node),
			"write \"%s/v1\"", group);
	else if (!has_group(version->v, group))
		rule_found(c, FIELD_ROOT("apiVersion"), FIELD_NOT_SUPPORTED,
			FIELD_READS(version->node), "has no %s; did you mean \"%s/v1\"?", name,
			group);
	else if (!ray_kind_has_version(object->kind, object->dialect, version_of(version->v)))
		rule_found(c, FIELD_ROOT("apiVersion"), FIELD_NOT_SUPPORTED,
			FIELD_READS(version->node),
			"no %s is served in this version; did you mean \"%s/v1\"?", name, group);
}

/* Each of them in the RayClusters of one dialect alone, the first in all of those. */
static const char *const FIELDS_OF[][2] = {
	[DIALECT_MODERN] = {"headGroupSpec", "workerGroupSpecs"},
	[DIALECT_LEGACY] = {"podTypes", "headPodType"},
};

/* A spec of the other dialect: what is wrong with its fields one by one says nothing of that. */
static void spec_is_of_version(const struct rule_context *c, const struct ray_object *object)
{
	const bool legacy = object->dialect == DIALECT_LEGACY;
	const enum dialect other = legacy ? DIALECT_MODERN : DIALECT_LEGACY;
	const struct json_node *const spec = c->cluster ? c->cluster->self.node : NULL;
	const struct json_node *const version = object->api_version.node;

	if (object->kind != RAY_CLUSTER || json_get(spec, FIELDS_OF[object->dialect][0]))
		return;
	for (size_t i = 0; i < ARRAY_LEN(FIELDS_OF[other]); i++) {
		const struct json_node *const foreign = json_get(spec, FIELDS_OF[other][i]);

		if (foreign == NULL)
			continue;
		rule_found(c, FIELD_ROOT("apiVersion"), FIELD_INVALID,
			FIELD_READS(version, foreign),
			"the fields of this spec, such as %s, are those of \"%s/v1\": %s",
			FIELDS_OF[other][i], ray_kind_group(other),
			legacy ? "write that" : "write that, or a spec of this version");
		return;
	}
}

static void kind_is_served(const struct rule_context *c, const struct ray_object *object)
{
	kind_is_known(c, object);
	version_is_served(c, object);
	spec_is_of_version(c, object);
}

static const struct rule RULES[] = {
	RULE("RG0110", "kind-is-served", WARN, BOTH, "0.1", NULL,
		"apiVersion and kind are a pair that Kubernetes serves, and the spec is of it.",
		RULE_CHECKS_OBJECT(kind_is_served), .strict = true),
};

const struct rule_table RULES_KIND = RULE_TABLE(RULES);
