#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "server/controller/acceptance.h"
#include "server/controller/world_parts.h"
#include "server/controller/world_text.h"

uint32_t world_hash(const struct world_space *space, struct str name)
{
	return (uint32_t)hash_str(hash_process_key(), name) ^ space->name->item.hash;
}

struct world_space *world_space_find(struct world *world, struct str namespace)
{
	return strmap_find(&world->spaces, namespace);
}

static struct world_space *space_get(struct world *world, struct str namespace)
{
	struct world_space *space = world_space_find(world, namespace);

	if (space == NULL) {
		space = mem_alloc(sizeof(*space));
		space->name = intern_take(&world->interns, namespace);
		strmap_set(&world->spaces, namespace, space);
	}
	return space;
}

struct str world_cluster_name(const struct world_cluster *cluster)
{
	return (struct str){cluster->name, cluster->name_len};
}

struct world_key world_key_of(const struct world_cluster *cluster, struct arena *arena)
{
	return (struct world_key){
		.dialect = cluster->dialect,
		.namespace = arena_str(arena, intern_str(cluster->space->name)),
		.name = arena_str(arena, world_cluster_name(cluster)),
	};
}

static bool is_named(const struct table_item *item, const void *key)
{
	const struct world_cluster *const cluster = (const void *)item;
	const struct world_name *const name = key;

	return cluster->space == name->space && str_eq(world_cluster_name(cluster), name->name);
}

struct world_cluster *world_cluster_find(
	const struct world *world, enum dialect dialect, const struct world_name *name)
{
	return table_find(&world->sides[dialect].of[WORLD_CLUSTERS],
		world_hash(name->space, name->name), is_named, name);
}

struct world_cluster *world_cluster_of(struct world *world, const struct world_key *key)
{
	const struct world_space *const space = world_space_find(world, key->namespace);

	return space ? world_cluster_find(
			       world, key->dialect, &(struct world_name){space, key->name})
		     : NULL;
}

struct world_cluster *world_cluster_live(
	struct world *world, const struct world_key *key, struct str uid)
{
	struct world_cluster *const cluster = world_cluster_of(world, key);
	const struct uid wanted = uid_of(uid);

	return cluster && cluster->told && uid_eq(&cluster->uid, &wanted) ? cluster : NULL;
}

struct world_cluster *world_cluster_get(
	struct world *world, enum dialect dialect, struct str namespace, struct str name)
{
	struct world_space *const space = space_get(world, namespace);
	struct world_cluster *cluster =
		world_cluster_find(world, dialect, &(struct world_name){space, name});

	if (cluster)
		return cluster;
	cluster = mem_alloc(sizeof(*cluster) + name.len);
	cluster->item.hash = world_hash(space, name);
	cluster->dialect = dialect;
	cluster->space = space;
	cluster->name_len = (uint16_t)name.len;
	memcpy(cluster->name, name.at, name.len);
	cluster->next = space->clusters;
	space->clusters = cluster;
	table_add(&world->sides[dialect].of[WORLD_CLUSTERS], &cluster->item);
	return cluster;
}

void world_cluster_settle(struct world *world, struct world_cluster *cluster)
{
	struct world_cluster **link = &cluster->space->clusters;

	if (cluster->told || cluster->pods || cluster->assets)
		return;
	while (*link != cluster)
		link = &(*link)->next;
	*link = cluster->next;
	table_remove(&world->sides[cluster->dialect].of[WORLD_CLUSTERS], &cluster->item);
	free(cluster);
}

/* What belongs to this object alone, and to no later one of its name. */
static void forget_object(struct world *world, struct world_cluster *cluster)
{
	free(cluster->text);
	free(cluster->status);
	cluster->text = cluster->status = NULL;
	cluster->text_hash = cluster->status_hash = 0;
	cluster->status_version = cluster->generation = cluster->checked = 0;
	cluster->status_before = 0;
	cluster->pace = (struct status_pace){0};
	cluster->writing = false;
	acceptance_free(&cluster->acceptance, &world->interns);
	world_failures_done(cluster);
	world_stir(world, cluster->space);
}

static void forget_work(struct world *world, struct world_cluster *cluster)
{
	acceptance_free(&cluster->acceptance, &world->interns);
	world_failures_done(cluster);
	cluster->checked = 0;
}

void world_forget_work(struct world *world, enum dialect dialect)
{
	struct world_cluster *cluster;

	pthread_mutex_lock(&world->mutex);
	const struct table *const clusters = &world->sides[dialect].of[WORLD_CLUSTERS];

	for (size_t at = 0; (cluster = table_next(clusters, &at)) != NULL;)
		forget_work(world, cluster);
	pthread_mutex_unlock(&world->mutex);
}

void world_forget_work_on(struct world *world, const struct world_key *key)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_of(world, key);

	if (cluster)
		forget_work(world, cluster);
	pthread_mutex_unlock(&world->mutex);
}

void world_cluster_untell(struct world *world, struct world_cluster *cluster)
{
	if (!cluster->told)
		return;
	forget_object(world, cluster);
	cluster->told = false;
	cluster->uid = (struct uid){0};
	world->sides[cluster->dialect].told--;
	/* Nobody waits any more for what was asked for and never seen. */
	for (struct world_pod *pod = cluster->pods, *next; pod; pod = next) {
		next = pod->next;
		if (pod->expected)
			world_pod_remove(world, pod);
	}
	for (struct world_asset *asset = cluster->assets, *next; asset; asset = next) {
		next = asset->next;
		if (asset->text == NULL)
			world_asset_remove(world, asset);
	}
}

static int64_t version_of(const struct json_node *meta, struct arena *arena)
{
	int64_t version = 0;

	str_to_i64(json_str(arena, json_get(meta, "resourceVersion")), &version);
	return version;
}

static uint64_t hash_of(struct str text)
{
	return text.len ? hash_str(hash_process_key(), text) : 0;
}

/* Packs the text unless it is the one that is there. */
static bool keep(struct world *world, struct str text, uint64_t *hash, struct deflated **packed)
{
	const uint64_t is = hash_of(text);

	if (is == *hash)
		return false;
	free(*packed);
	*packed = text.len ? deflater_pack(world->deflater, text) : NULL;
	*hash = is;
	return true;
}

/* In the words of both dialects. */
static enum world_state state_of(const struct json_node *status)
{
	static const struct {
		const char *member, *word;
		enum world_state state;
	} WORDS[] = {
		{"state", "ready", WORLD_READY},
		{"state", "suspended", WORLD_SUSPENDED},
		{"state", "failed", WORLD_FAILED},
		{"phase", "Running", WORLD_READY},
		{"phase", "Error", WORLD_FAILED},
	};

	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (json_str_is(json_get(status, WORDS[i].member), str_from(WORDS[i].word)))
			return WORDS[i].state;
	}
	return WORLD_PENDING;
}

/* The latest of those that a watch tells or an answer has. True where it is another one. */
static bool keep_status(struct world *world, struct world_cluster *cluster,
	const struct json_node *object, int64_t version)
{
	const struct json_node *const status = json_get(object, "status");

	if (version < cluster->status_version)
		return false;
	cluster->status_version = version;
	cluster->state = state_of(status);
	return keep(world, status ? json_raw(status) : STR(""), &cluster->status_hash,
		&cluster->status);
}

static bool keep_text(
	struct world *world, struct world_cluster *cluster, const struct json_node *object)
{
	const struct json_node *const meta = json_get(object, "metadata");
	int64_t generation = 0;

	json_i64(json_get(meta, "generation"), &generation);
	world->text.len = 0;
	world_text_put(object, &world->text);
	/* The version that was accepted last is what a refused one is compared with. */
	if (generation != cluster->generation && cluster->acceptance)
		acceptance_keep(cluster->acceptance, cluster->generation, &cluster->text,
			&cluster->text_hash);
	/* Another spec may ask for other children, of which no watch tells. */
	if (generation != cluster->generation) {
		cluster->checked = 0;
		cluster->checking = false;
	}
	cluster->generation = generation;
	return keep(world, buf_str(&world->text), &cluster->text_hash, &cluster->text);
}

/*
 * Whether it is somebody else's status, into which ours was merged, and the answer to that came
 * first: what he wrote stands in ours.
 */
static bool is_merged(
	const struct world_cluster *cluster, const struct json_node *object, int64_t version)
{
	const struct json_node *const status = json_get(object, "status");

	return version < cluster->status_version && !cluster->writing && cluster->status_before &&
	       hash_of(status ? json_raw(status) : STR("")) != cluster->status_before;
}

struct world_cluster *world_put_cluster(struct world *world, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct str name = json_str(arena, json_get(meta, "name"));
	const struct uid uid = uid_of(json_str(arena, json_get(meta, "uid")));
	int64_t created = 0;

	if (name.len == 0)
		return NULL;
	struct world_cluster *const cluster = world_cluster_get(
		world, dialect, json_str(arena, json_get(meta, "namespace")), name);

	if (!uid_eq(&cluster->uid, &uid))
		world_cluster_untell(world, cluster);
	world->sides[dialect].told += !cluster->told;
	cluster->told = true;
	cluster->round = world->sides[dialect].round[WORLD_CLUSTERS];
	cluster->uid = uid;
	clock_parse_rfc3339(json_str(arena, json_get(meta, "creationTimestamp")), &created);
	cluster->created = created;
	/* A status is ours: one that we have not written a round puts right. */
	const int64_t version = version_of(meta, arena);
	const bool merged = is_merged(cluster, object, version);
	const bool differs = keep_status(world, cluster, object, version);
	const bool overwritten = merged || (differs && !cluster->writing);

	/* Ours or somebody else's: the answer tells. */
	if (differs && cluster->writing && cluster->told_meanwhile == 0)
		cluster->told_meanwhile = version;
	return keep_text(world, cluster, object) || overwritten ? cluster : NULL;
}

/* Whether a watch told of a status that is not the one we wrote: it came before it, or after. */
static bool was_overwritten(const struct world_cluster *cluster, int64_t version)
{
	return cluster->told_meanwhile &&
	       (cluster->told_meanwhile != version || cluster->status_version > version);
}

void world_wrote_status(struct world *world, const struct world_key *key, struct str uid,
	const struct json_node *object, struct arena *arena)
{
	const int64_t version = version_of(json_get(object, "metadata"), arena);
	bool overwritten = false;

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster && version > 0) {
		overwritten = was_overwritten(cluster, version);
		cluster->writing = false;
		(void)keep_status(world, cluster, object, version);
	}
	pthread_mutex_unlock(&world->mutex);
	if (overwritten && world->options.changed)
		world->options.changed(world->options.context, key);
}
