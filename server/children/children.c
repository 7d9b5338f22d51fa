#include "server/children/children.h"

#include "api/derived_names.h"
#include "server/children/auth_secret.h"
#include "server/children/legacy_children.h"
#include "server/children/pod.h"
#include "server/children/rbac.h"
#include "server/children/service.h"
#include "server/children/store.h"

static void add(struct json_edit *list, struct json_edit *child)
{
	if (child)
		json_edit_add(list, child);
}

static uint64_t pods_of(const struct child_context *c, const struct ray_group *group)
{
	const int64_t replicas = group_replicas(c->cluster, group);
	const int64_t hosts = group_hosts(group);

	if (c->cluster->suspend.v || group->suspend.v || replicas <= 0 || hosts <= 0)
		return 0;
	return (uint64_t)replicas * (uint64_t)hosts;
}

/* The controller takes random ones; here the same plan has the same names. */
static struct str replica_name(
	const struct child_context *c, const struct ray_group *group, uint64_t replica)
{
	static const char ALPHABET[] = DERIVED_ALPHABET;
	char suffix[DERIVED_SUFFIX_LEN];

	for (size_t i = DERIVED_SUFFIX_LEN; i-- > 0; replica /= sizeof(ALPHABET) - 1)
		suffix[i] = ALPHABET[replica % (sizeof(ALPHABET) - 1)];
	return arena_printf(
		c->arena, "%.*s-%.*s", STR_ARG(group->name.v), DERIVED_SUFFIX_LEN, suffix);
}

static void add_workers(const struct child_context *c, const struct ray_group *group,
	uint64_t count, struct json_edit *list)
{
	const uint64_t hosts = (uint64_t)group_hosts(group);

	for (uint64_t i = 0; i < count; i++) {
		const struct pod_place place = {
			.replica = (uint32_t)(i / hosts),
			.host = (uint32_t)(i % hosts),
			.replica_name = replica_name(c, group, i / hosts),
		};

		add(list, pod_of_worker(c, group, &place));
	}
}

struct json_edit *children_of(const struct child_context *c, size_t pods_max, uint64_t *left_out)
{
	if (c->cluster->dialect == DIALECT_LEGACY)
		return legacy_children_of(c, pods_max, left_out);
	const struct raycluster *const cluster = c->cluster;
	struct json_edit *const list = json_edit_array();
	uint64_t room = pods_max;

	*left_out = 0;
	if (!child_is_managed_here(cluster))
		return list;
	if (raycluster_autoscales(cluster)) {
		add(list, rbac_service_account(c));
		add(list, rbac_role(c));
		add(list, rbac_role_binding(c));
	}
	add(list, auth_secret(c, NULL));
	add(list, store_claim(c));
	add(list, service_of_head(c));
	add(list, service_of_serve(c));
	add(list, service_of_hosts(c));
	if (!cluster->suspend.v)
		add(list, pod_of_head(c));
	for (size_t i = 0; i < cluster->worker_count; i++) {
		const uint64_t wanted = pods_of(c, cluster->workers[i]);
		const uint64_t made = wanted < room ? wanted : room;

		add_workers(c, cluster->workers[i], made, list);
		room -= made;
		*left_out += wanted - made;
	}
	return list;
}
