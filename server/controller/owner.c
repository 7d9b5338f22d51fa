#include "server/controller/owner.h"

const struct json_node *owner_controller(const struct json_node *meta)
{
	for (struct json_iter it = json_iter(json_get(meta, "ownerReferences"));
		json_next_item(&it);) {
		if (json_is(json_get(it.value, "controller"), JSON_TRUE))
			return it.value;
	}
	return NULL;
}

struct str owner_in_the_way(
	struct arena *arena, const struct json_node *object, const struct world_key *key)
{
	const struct json_node *const owner = owner_controller(json_get(object, "metadata"));
	const struct str kind = json_str(arena, json_get(owner, "kind"));
	const struct str name = json_str(arena, json_get(owner, "name"));

	if (owner == NULL)
		return STR("and has no controller: delete it, or give the RayCluster another name");
	if (str_is(kind, "RayCluster") && str_eq(name, key->name))
		return STR("and is of an earlier RayCluster of this name: it goes with that one");
	return arena_printf(arena,
		"and its controller is %.*s \"%.*s\": delete it, or give the RayCluster another "
		"name",
		STR_ARG(kind), STR_ARG(name));
}
