#include <stdlib.h>

#include "base/clock.h"
#include "server/controller/world_parts.h"

static bool is_named(const struct table_item *item, const void *key)
{
	const struct world_service *const service = (const void *)item;
	const struct world_name *const name = key;

	return service->cluster->space == name->space &&
	       str_eq((struct str){service->name, service->name_len}, name->name);
}

struct world_service *world_service_find(
	const struct world *world, enum dialect dialect, const struct world_name *name)
{
	return table_find(&world->sides[dialect].services, world_hash(name->space, name->name),
		is_named, name);
}

static struct world_service *service_get(
	struct world *world, struct world_cluster *cluster, struct str name)
{
	struct world_side *const side = &world->sides[cluster->dialect];
	struct world_service *service = world_service_find(
		world, cluster->dialect, &(struct world_name){cluster->space, name});

	if (service && service->cluster == cluster)
		return service;
	if (service) {
		struct world_cluster *const before = service->cluster;

		world_service_remove(world, service);
		world_cluster_settle(world, before);
	}
	service = mem_alloc(sizeof(*service) + name.len);
	service->item.hash = world_hash(cluster->space, name);
	service->cluster = cluster;
	service->name_len = (uint16_t)name.len;
	memcpy(service->name, name.at, name.len);
	service->next = cluster->services;
	cluster->services = service;
	table_add(&side->services, &service->item);
	return service;
}

void world_service_remove(struct world *world, struct world_service *service)
{
	struct world_service **link = &service->cluster->services;

	while (*link != service)
		link = &(*link)->next;
	*link = service->next;
	table_remove(&world->sides[service->cluster->dialect].services, &service->item);
	intern_give(&world->interns, service->ip);
	free(service->ports);
	free(service);
}

static uint64_t owner_of(const struct json_node *meta, struct arena *arena)
{
	for (struct json_iter it = json_iter(json_get(meta, "ownerReferences"));
		json_next_item(&it);) {
		if (json_is(json_get(it.value, "controller"), JSON_TRUE))
			return uid_hash(json_str(arena, json_get(it.value, "uid")));
	}
	return 0;
}

struct world_cluster *world_put_service(struct world *world, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct json_node *const spec = json_get(object, "spec");
	const struct json_node *const ports = json_get(spec, "ports");
	const struct str label =
		json_str(arena, json_get(json_get(meta, "labels"), POD_WORDS[dialect].cluster));
	const struct str name = json_str(arena, json_get(meta, "name"));

	if (name.len == 0 || label.len == 0)
		return NULL;
	struct world_cluster *const cluster = world_cluster_get(
		world, dialect, json_str(arena, json_get(meta, "namespace")), label);
	struct world_service *const service = service_get(world, cluster, name);

	service->owner = owner_of(meta, arena);
	service->round = world->sides[dialect].round[WORLD_SERVICES];
	service->asked = 0;
	free(service->ports);
	service->ports = deflater_pack(world->deflater, ports ? json_raw(ports) : STR("[]"));
	intern_give(&world->interns, service->ip);
	service->ip = intern_take(&world->interns, json_str(arena, json_get(spec, "clusterIP")));
	return cluster;
}

void world_service_expect(struct world *world, struct world_cluster *cluster, struct str name)
{
	struct world_service *const service = service_get(world, cluster, name);

	if (service->ports == NULL)
		service->asked = (uint32_t)(clock_now() / CLOCK_SECOND) | 1;
}
