#include "validators/second_cluster.h"

#include "base/attr.h"

/*
 * What KubeRay's hash of a cluster's spec leaves out, as others than the user write it: wherever
 * such a member stands, which is nearly always where KubeRay means it.
 */
static bool is_left_out(const struct json_node *key)
{
	static const char *const MEMBERS[] = {"replicas", "minReplicas", "maxReplicas",
		"workersToDelete", "tolerations", "schedulingGates", "upgradeStrategy", "suspend"};

	for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
		if (json_str_is(key, str_from(MEMBERS[i])))
			return true;
	}
	return false;
}

static const struct json_node *same_member(
	const struct json_node *object, const struct json_node *key)
{
	return json_get_str(object, (struct str){key->at, key->len});
}

static bool hashes_alike(const struct json_node *a, const struct json_node *b);

/* All that `a` has is in `b` as well. */
static bool has_members_of(const struct json_node *a, const struct json_node *b)
{
	for (struct json_iter it = json_iter(a); json_next_member(&it);) {
		if (!is_left_out(it.key) && !hashes_alike(it.value, same_member(b, it.key)))
			return false;
	}
	return true;
}

/* Groups that are added behind the others are added to the cluster that runs. */
static bool begins_with(const struct json_node *longer, const struct json_node *list)
{
	struct json_iter in_longer = json_iter(longer);

	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (!json_next_item(&in_longer) || !hashes_alike(it.value, in_longer.value))
			return false;
	}
	return true;
}

static bool hashes_alike(const struct json_node *a, const struct json_node *b)
{
	if (json_is(a, JSON_OBJECT) && json_is(b, JSON_OBJECT))
		return has_members_of(a, b) && has_members_of(b, a);
	if (json_is(a, JSON_ARRAY) && json_is(b, JSON_ARRAY))
		return json_count(a) == json_count(b) && begins_with(b, a);
	return json_equal(a, b);
}

/* Whether the cluster that runs is left as it is, or changed where it is. */
static bool stays(const struct json_node *was, const struct json_node *is)
{
	static const struct str GROUPS = STR_INIT("workerGroupSpecs");

	for (struct json_iter it = json_iter(is); json_next_member(&it);) {
		if (!is_left_out(it.key) && !json_str_is(it.key, GROUPS) &&
			!hashes_alike(it.value, same_member(was, it.key)))
			return false;
	}
	for (struct json_iter it = json_iter(was); json_next_member(&it);) {
		if (!is_left_out(it.key) && !json_str_is(it.key, GROUPS) &&
			same_member(is, it.key) == NULL)
			return false;
	}
	return begins_with(json_get(is, GROUPS.at), json_get(was, GROUPS.at));
}

bool second_cluster_is_made(const struct json_node *old, const struct ray_object *object)
{
	if (object->kind != RAY_SERVICE || object->cluster == NULL ||
		str_is(object->service->upgrade.type.v, "None"))
		return false;
	const struct json_node *const was = json_get(json_get(old, "spec"), "rayClusterConfig");

	return json_is(was, JSON_OBJECT) && !stays(was, object->cluster->self.node);
}
