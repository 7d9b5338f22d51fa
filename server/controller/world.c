#include <stdlib.h>

#include "base/hash.h"
#include "server/controller/acceptance.h"
#include "server/controller/world_parts.h"
#include "server/controller/world_text.h"

/* At depth 4 stands what a container has: only its name is read. */
const struct json_place WORLD_POD_SKIPS[] = {
	{2, "managedFields"},
	{2, "volumes"},
	{2, "initContainers"},
	{2, "tolerations"},
	{4, "env"},
	{4, "volumeMounts"},
	{4, "livenessProbe"},
	{4, "readinessProbe"},
	{0, NULL},
};

const struct json_place WORLD_SERVICE_SKIPS[] = {
	{2, "managedFields"},
	{2, "selector"},
	{0, NULL},
};

const struct json_place WORLD_CLAIM_SKIPS[] = {
	{1, "status"},
	{2, "managedFields"},
	{0, NULL},
};

uint32_t world_key_hash(const struct world_key *key)
{
	return (uint32_t)(hash_str(hash_process_key(), key->name) +
			  3 * hash_str(hash_process_key(), key->namespace)) +
	       (uint32_t)key->dialect;
}

bool world_key_eq(const struct world_key *a, const struct world_key *b)
{
	return a->dialect == b->dialect && str_eq(a->name, b->name) &&
	       str_eq(a->namespace, b->namespace);
}

struct world_key world_key_copy(struct arena *arena, const struct world_key *key)
{
	return (struct world_key){
		.dialect = key->dialect,
		.namespace = arena_str(arena, key->namespace),
		.name = arena_str(arena, key->name),
	};
}

struct world *world_new(const struct world_options *options)
{
	struct world *const world = mem_alloc(sizeof(*world));

	world->options = *options;
	world->deflater = deflater_new();
	pthread_mutex_init(&world->mutex, NULL);
	return world;
}

static void forget_children(struct world *world, struct world_cluster *cluster)
{
	while (cluster->pods)
		world_pod_remove(world, cluster->pods);
	while (cluster->assets)
		world_asset_remove(world, cluster->assets);
	world_failures_done(cluster);
	cluster->checked = 0;
}

/* All clusters, as an array that outlives their removal. */
static size_t all_clusters(struct world_side *side, struct world_cluster ***out)
{
	struct world_cluster *cluster;
	size_t count = 0;

	*out = mem_alloc((side->of[WORLD_CLUSTERS].count + 1) * sizeof(struct world_cluster *));
	for (size_t at = 0; (cluster = table_next(&side->of[WORLD_CLUSTERS], &at)) != NULL;)
		(*out)[count++] = cluster;
	return count;
}

static void forget_side(struct world *world, struct world_side *side, bool whole)
{
	struct world_cluster **all;
	const size_t count = all_clusters(side, &all);

	for (size_t i = 0; i < count; i++) {
		forget_children(world, all[i]);
		if (whole)
			world_cluster_untell(world, all[i]);
		world_cluster_settle(world, all[i]);
	}
	free(all);
}

void world_forget_children(struct world *world)
{
	pthread_mutex_lock(&world->mutex);
	for (size_t i = 0; i < WORLD_SIDES; i++)
		forget_side(world, &world->sides[i], false);
	pthread_mutex_unlock(&world->mutex);
}

void world_free(struct world **pointer)
{
	struct world *const world = *pointer;
	const struct strmap_entry *entry;

	if (world == NULL)
		return;
	for (size_t i = 0; i < WORLD_SIDES; i++) {
		forget_side(world, &world->sides[i], true);
		for (size_t kind = 0; kind < WORLD_KINDS; kind++)
			table_done(&world->sides[i].of[kind]);
	}
	for (size_t at = 0; (entry = strmap_next(&world->spaces, &at)) != NULL;) {
		const struct world_space *const space = entry->value;

		intern_give(&world->interns, space->name);
		free(entry->value);
	}
	strmap_done(&world->spaces);
	interns_done(&world->interns);
	deflater_free(&world->deflater);
	buf_done(&world->text);
	pthread_mutex_destroy(&world->mutex);
	mem_free(pointer);
}

const char *world_selector(enum dialect dialect)
{
	return POD_WORDS[dialect].cluster;
}

/* What a change of this cluster means, told once the mutex is free. */
static void tell(const struct world *world, size_t count, const struct world_key *keys)
{
	for (size_t i = 0; i < count && world->options.changed; i++)
		world->options.changed(world->options.context, &keys[i]);
}

/* Whose it is, as a watch has told; NULL where none has. */
static const struct world_cluster *watched_of(struct world *world, enum world_kind kind,
	enum dialect dialect, const struct json_node *object, struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct world_name name = {
		world_space_find(world, json_str(arena, json_get(meta, "namespace"))),
		json_str(arena, json_get(meta, "name"))};

	if (name.space == NULL)
		return NULL;
	if (kind == WORLD_PODS) {
		const struct world_pod *const pod = world_pod_find(world, dialect, &name);

		return pod && !pod->expected ? pod->cluster : NULL;
	}
	const struct world_asset *const asset = world_asset_find(world, kind, dialect, &name);

	return asset && asset->text ? asset->cluster : NULL;
}

static struct world_cluster *take(struct world *world, enum world_kind kind, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	if (kind == WORLD_CLUSTERS)
		return world_put_cluster(world, dialect, object, arena);
	return kind == WORLD_PODS
		       ? world_put_pod(world, dialect, object, arena)
		       : world_put_asset(
				 world, &(struct world_asset_put){kind, dialect, object}, arena);
}

struct told {
	enum world_kind kind;
	enum dialect dialect;
	const struct json_node *object;
	bool found; /* not by a watch */
};

static struct str label_of(const struct told *told, struct arena *arena)
{
	const struct json_node *const labels =
		json_get(json_get(told->object, "metadata"), "labels");

	return json_str(arena, json_get(labels, world_selector(told->dialect)));
}

/* False where a watch has told that it is another cluster's. */
static bool put(struct world *world, const struct told *told, struct arena *arena)
{
	struct world_key keys[2];
	struct world_key *stirred;
	struct world_cluster *cluster = NULL;
	size_t concerned = 0;

	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const watched =
		told->found ? watched_of(world, told->kind, told->dialect, told->object, arena)
			    : NULL;
	const bool agrees = !watched || str_eq(world_cluster_name(watched), label_of(told, arena));

	if (watched == NULL)
		cluster = take(world, told->kind, told->dialect, told->object, arena);
	if (cluster)
		keys[concerned++] = world_key_of(cluster, arena);
	if (world->left) {
		keys[concerned++] = world_key_of(world->left, arena);
		world_cluster_settle(world, world->left);
		world->left = NULL;
	}
	const size_t count = world_stirred(world, arena, &stirred);

	pthread_mutex_unlock(&world->mutex);
	tell(world, concerned, keys);
	tell(world, count, stirred);
	return agrees;
}

void world_put(struct world *world, enum world_kind kind, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	(void)put(world, &(struct told){kind, dialect, object, false}, arena);
}

bool world_put_found(struct world *world, enum world_kind kind, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	return put(world, &(struct told){kind, dialect, object, true}, arena);
}

/* Each is an item of a table of its own. */
static struct world_cluster *cluster_of(enum world_kind kind, void *item)
{
	const struct world_pod *const pod = item;
	const struct world_asset *const asset = item;

	if (kind == WORLD_CLUSTERS)
		return item;
	return kind == WORLD_PODS ? pod->cluster : asset->cluster;
}

static void remove_item(struct world *world, enum world_kind kind, void *item)
{
	struct world_cluster *const cluster = cluster_of(kind, item);

	if (kind == WORLD_PODS)
		world_pod_remove(world, item);
	else if (kind == WORLD_CLUSTERS)
		world_cluster_untell(world, cluster);
	else
		world_asset_remove(world, item);
	world_cluster_settle(world, cluster);
}

static void *find_item(
	const struct world *world, const struct told *told, const struct world_name *name)
{
	if (told->kind == WORLD_CLUSTERS)
		return world_cluster_find(world, told->dialect, name);
	if (told->kind == WORLD_PODS)
		return world_pod_find(world, told->dialect, name);
	return world_asset_find(world, told->kind, told->dialect, name);
}

/* Its cluster may be gone when this returns, but was copied into `key`. */
static bool drop(struct world *world, const struct told *told, const struct world_name *name,
	struct world_key *key, struct arena *arena)
{
	void *const item = find_item(world, told, name);

	if (item == NULL)
		return false;
	*key = world_key_of(cluster_of(told->kind, item), arena);
	remove_item(world, told->kind, item);
	return true;
}

void world_drop(struct world *world, enum world_kind kind, enum dialect dialect,
	struct str namespace, struct str name)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key key = {0};
	struct world_key *stirred;

	arena_init(&arena, 512);
	pthread_mutex_lock(&world->mutex);
	const struct world_space *const space = world_space_find(world, namespace);
	const struct told told = {.kind = kind, .dialect = dialect};
	const bool differs =
		space && drop(world, &told, &(struct world_name){space, name}, &key, &arena);
	const size_t count = world_stirred(world, &arena, &stirred);

	pthread_mutex_unlock(&world->mutex);
	tell(world, differs, &key);
	tell(world, count, stirred);
}

void world_listing(struct world *world, enum world_kind kind, enum dialect dialect)
{
	pthread_mutex_lock(&world->mutex);
	world->sides[dialect].round[kind]++;
	pthread_mutex_unlock(&world->mutex);
}

/* What was there before this list; what is only expected has never been in one. */
static bool is_left_over(const struct world_side *side, enum world_kind kind, const void *item)
{
	const struct world_pod *const pod = item;
	const struct world_asset *const asset = item;
	const struct world_cluster *const cluster = item;

	if (kind == WORLD_PODS)
		return !pod->expected && pod->round != side->round[kind];
	if (kind == WORLD_CLUSTERS)
		return cluster->told && cluster->round != side->round[kind];
	return asset->text && asset->round != side->round[kind];
}

/* The keys of those who lost something, in the arena; some of them more than once. */
static size_t sweep(struct world *world, struct world_side *side, enum world_kind kind,
	struct arena *arena, struct world_key **keys)
{
	const struct table *const table = &side->of[kind];
	struct table_item **const gone =
		arena_array(arena, table->count + 1, sizeof(struct table_item *));
	struct table_item *item;
	size_t count = 0;

	for (size_t at = 0; (item = table_next(table, &at)) != NULL;) {
		if (is_left_over(side, kind, item))
			gone[count++] = item;
	}
	*keys = arena_array(arena, count + 1, sizeof(**keys));
	for (size_t i = 0; i < count; i++) {
		(*keys)[i] = world_key_of(cluster_of(kind, gone[i]), arena);
		remove_item(world, kind, gone[i]);
	}
	return count;
}

void world_listed(struct world *world, enum world_kind kind, enum dialect dialect)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key *keys;
	struct world_key *stirred;

	arena_init(&arena, 4096);
	pthread_mutex_lock(&world->mutex);
	const size_t count = sweep(world, &world->sides[dialect], kind, &arena, &keys);
	const size_t others = world_stirred(world, &arena, &stirred);

	pthread_mutex_unlock(&world->mutex);
	tell(world, count, keys);
	tell(world, others, stirred);
}

static int by_creation(const void *a, const void *b)
{
	const struct world_cluster *const x = *(struct world_cluster *const *)a;
	const struct world_cluster *const y = *(struct world_cluster *const *)b;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	return str_cmp(world_cluster_name(x), world_cluster_name(y));
}

size_t world_keys(
	struct world *world, enum dialect dialect, struct arena *arena, struct world_key **out)
{
	struct world_cluster **all;
	size_t told = 0;

	pthread_mutex_lock(&world->mutex);
	const size_t count = all_clusters(&world->sides[dialect], &all);

	if (count)
		qsort(all, count, sizeof(struct world_cluster *), by_creation);
	*out = arena_array(arena, count + 1, sizeof(struct world_key));
	for (size_t i = 0; i < count; i++) {
		if (all[i]->told)
			(*out)[told++] = world_key_of(all[i], arena);
	}
	pthread_mutex_unlock(&world->mutex);
	free(all);
	return told;
}

bool world_has(struct world *world, const struct world_key *key)
{
	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const cluster = world_cluster_of(world, key);
	const bool has = cluster && cluster->told;

	pthread_mutex_unlock(&world->mutex);
	return has;
}

struct world_tally world_tally(struct world *world, enum dialect dialect)
{
	struct world_tally tally = {0};
	const struct world_cluster *cluster;

	pthread_mutex_lock(&world->mutex);
	const struct table *const clusters = &world->sides[dialect].of[WORLD_CLUSTERS];

	for (size_t at = 0; (cluster = table_next(clusters, &at)) != NULL;) {
		if (cluster->told)
			tally.clusters[cluster->state][acceptance_verdict(cluster->acceptance)]++;
	}
	pthread_mutex_unlock(&world->mutex);
	return tally;
}

size_t world_count(struct world *world, enum world_kind kind, enum dialect dialect)
{
	const struct world_side *const side = &world->sides[dialect];

	pthread_mutex_lock(&world->mutex);
	const size_t count = kind == WORLD_CLUSTERS ? side->told : side->of[kind].count;

	pthread_mutex_unlock(&world->mutex);
	return count;
}
