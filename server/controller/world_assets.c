#include <stdlib.h>

#include "base/clock.h"
#include "server/controller/owner.h"
#include "server/controller/world_parts.h"

static bool is_named(const struct table_item *item, const void *key)
{
	const struct world_asset *const asset = (const void *)item;
	const struct world_name *const name = key;

	return asset->cluster->space == name->space &&
	       str_eq((struct str){asset->name, asset->name_len}, name->name);
}

struct world_asset *world_asset_find(const struct world *world, enum world_kind kind,
	enum dialect dialect, const struct world_name *name)
{
	return table_find(&world->sides[dialect].of[kind], world_hash(name->space, name->name),
		is_named, name);
}

static struct world_asset *asset_get(
	struct world *world, struct world_cluster *cluster, enum world_kind kind, struct str name)
{
	struct world_asset *asset = world_asset_find(
		world, kind, cluster->dialect, &(struct world_name){cluster->space, name});

	if (asset && asset->cluster == cluster)
		return asset;
	if (asset) {
		world->left = asset->cluster;
		world_asset_remove(world, asset);
	}
	asset = mem_alloc(sizeof(*asset) + name.len);
	asset->item.hash = world_hash(cluster->space, name);
	asset->cluster = cluster;
	asset->kind = (uint8_t)kind;
	asset->name_len = (uint16_t)name.len;
	memcpy(asset->name, name.at, name.len);
	asset->next = cluster->assets;
	cluster->assets = asset;
	table_add(&world->sides[cluster->dialect].of[kind], &asset->item);
	return asset;
}

void world_asset_remove(struct world *world, struct world_asset *asset)
{
	struct world_asset **link = &asset->cluster->assets;

	while (*link != asset)
		link = &(*link)->next;
	*link = asset->next;
	/* A claim is made where it is missed, which nobody looks after in every round. */
	if (asset->kind == WORLD_CLAIMS)
		asset->cluster->checked = 0;
	table_remove(&world->sides[asset->cluster->dialect].of[asset->kind], &asset->item);
	intern_give(&world->interns, asset->ip);
	free(asset->text);
	free(asset);
}

static void put_text(struct world *world, struct world_asset *asset, const struct json_node *node,
	const char *nothing)
{
	free(asset->text);
	asset->text = deflater_pack(world->deflater, node ? json_raw(node) : str_from(nothing));
}

/* The types that a Service may have; the first one is any other. */
static const char *const TYPES[] = {"", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"};

static uint8_t type_of(struct str word)
{
	size_t type = ARRAY_LEN(TYPES) - 1;

	while (type > 0 && !str_is(word, TYPES[type]))
		type--;
	return (uint8_t)type;
}

struct str world_service_type(const struct world_asset *service)
{
	return str_from(TYPES[service->type]);
}

static void put_service(struct world *world, struct world_asset *asset,
	const struct json_node *object, struct arena *arena)
{
	const struct json_node *const spec = json_get(object, "spec");
	const struct json_node *const labels = json_get(json_get(object, "metadata"), "labels");

	asset->of_head = json_str_is(json_get(labels, "ray.io/node-type"), STR("head"));
	put_text(world, asset, json_get(spec, "ports"), "[]");
	asset->type = type_of(json_str(arena, json_get(spec, "type")));
	intern_give(&world->interns, asset->ip);
	asset->ip = intern_take(&world->interns, json_str(arena, json_get(spec, "clusterIP")));
}

struct world_cluster *world_put_asset(
	struct world *world, const struct world_asset_put *put, struct arena *arena)
{
	const struct json_node *const meta = json_get(put->object, "metadata");
	const struct json_node *const spec = json_get(put->object, "spec");
	const struct str label = json_str(
		arena, json_get(json_get(meta, "labels"), POD_WORDS[put->dialect].cluster));
	const struct str name = json_str(arena, json_get(meta, "name"));

	if (name.len == 0 || label.len == 0)
		return NULL;
	struct world_cluster *const cluster = world_cluster_get(
		world, put->dialect, json_str(arena, json_get(meta, "namespace")), label);
	struct world_asset *const asset = asset_get(world, cluster, put->kind, name);

	asset->owner = uid_hash(json_str(arena, json_get(owner_controller(meta), "uid")));
	asset->uid = uid_hash(json_str(arena, json_get(meta, "uid")));
	asset->deleting = json_present(json_get(meta, "deletionTimestamp"));
	asset->round = world->sides[put->dialect].round[put->kind];
	asset->asked = 0;
	if (put->kind == WORLD_SERVICES)
		put_service(world, asset, put->object, arena);
	else
		put_text(world, asset, spec, "{}");
	return cluster;
}

void world_asset_expect(struct world *world, struct world_cluster *cluster, struct str name)
{
	/* A name that is taken: the API server says by whom. */
	if (world_asset_find(world, WORLD_SERVICES, cluster->dialect,
		    &(struct world_name){cluster->space, name}))
		return;
	asset_get(world, cluster, WORLD_SERVICES, name)->asked =
		(uint32_t)(clock_now() / CLOCK_SECOND) | 1;
}
