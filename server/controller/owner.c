#include "server/controller/owner.h"

#include "api/derived_names.h"

const struct json_node *owner_controller(const struct json_node *meta)
{
	for (struct json_iter it = json_iter(json_get(meta, "ownerReferences"));
		json_next_item(&it);) {
		if (json_is(json_get(it.value, "controller"), JSON_TRUE))
			return it.value;
	}
	return NULL;
}

/* The name is the cluster's own, or follows from it; but for two that the spec may have otherwise.
 */
static const char *other_name(struct arena *arena, const struct json_node *object,
	const struct world_key *key, enum child_kind child)
{
	const struct str name = json_str(arena, json_get(json_get(object, "metadata"), "name"));

	if (child == CHILD_POD)
		return "take metadata.name out of the template";
	if (child == CHILD_SERVICE && key->dialect == DIALECT_MODERN &&
		!str_eq(name, derived_headless_service(arena, key->name)) &&
		!str_eq(name, derived_serve_service(arena, key->name)))
		return "name the head's otherwise (headService.metadata.name)";
	return "give the RayCluster another name";
}

/* Those of the two dialects may have one name. */
static bool is_of_dialect(struct str api_version, enum dialect dialect)
{
	const struct str group = {api_version.at, str_find(api_version, '/')};

	return group.len == 0 || str_is(group, DIALECT_WORDS[dialect].group);
}

struct str owner_in_the_way(struct arena *arena, const struct json_node *object,
	const struct world_key *key, enum child_kind child)
{
	const struct json_node *const owner = owner_controller(json_get(object, "metadata"));
	const struct str version = json_str(arena, json_get(owner, "apiVersion"));
	const struct str kind = json_str(arena, json_get(owner, "kind"));
	const struct str name = json_str(arena, json_get(owner, "name"));
	const bool namesake = str_is(kind, "RayCluster") && str_eq(name, key->name);
	const bool of_dialect = is_of_dialect(version, key->dialect);
	const char *const other = other_name(arena, object, key, child);

	if (owner == NULL)
		return arena_printf(arena, "and has no controller: delete it, or %s", other);
	if (namesake && of_dialect)
		return STR("and is of an earlier RayCluster of this name: " OWNER_GOES);
	return arena_printf(arena, "and its controller is %.*s \"%.*s\"%s%.*s: delete it, or %s",
		STR_ARG(kind), STR_ARG(name), namesake ? " of " : "",
		STR_ARG(namesake ? version : STR("")), other);
}
