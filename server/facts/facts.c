#include "server/facts/facts.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "server/facts/decode.h"

const struct facts_source FACTS_SOURCES[FACTS_KINDS] = {
	[FACTS_RESOURCE_QUOTA] = {"", "v1", "resourcequotas", "ResourceQuota", true, false, NULL},
	[FACTS_LIMIT_RANGE] = {"", "v1", "limitranges", "LimitRange", true, false, NULL},
	[FACTS_NODE] = {"", "v1", "nodes", "Node", false, false, NULL},
	[FACTS_PRIORITY_CLASS] = {"scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass",
		false, true, NULL},
	[FACTS_RUNTIME_CLASS] = {"node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", false, true,
		NULL},
	[FACTS_SERVICE_ACCOUNT] = {"", "v1", "serviceaccounts", "ServiceAccount", true, true, NULL},
	[FACTS_SECRET] = {"", "v1", "secrets", "Secret", true, true, NULL},
	[FACTS_VOLUME_CLAIM] = {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true,
		true, NULL},
	[FACTS_CUSTOM_RESOURCE] = {"apiextensions.k8s.io", "v1", "customresourcedefinitions",
		"CustomResourceDefinition", false, true, NULL},
	[FACTS_SERVICE] = {"", "v1", "services", "Service", true, true, "!ray.io/cluster"},
	[FACTS_GCS_STORE] = {"ray.io", "v1", "rayclusters", "RayCluster", true, false, NULL},
};

enum {
	ENTRY_BYTES = 512,  /* what most entries fit into */
	NEAREST_MAX = 1000, /* names that are looked through */
	NEAREST_EDITS = 2,
};

/* One object; its memory is its own, so that an event replaces it and nothing else. */
struct entry {
	struct arena arena;
	void *value;
};

/* The objects of one kind in one namespace, by name. */
struct space {
	struct strmap entries;
};

struct facts {
	pthread_rwlock_t lock;
	struct strmap spaces[FACTS_KINDS]; /* by namespace */
	bool known[FACTS_KINDS];
	int64_t broken_since[FACTS_KINDS]; /* clock_now(); 0: its watch goes on */
};

struct facts *facts_new(void)
{
	struct facts *const facts = mem_alloc(sizeof(*facts));

	pthread_rwlock_init(&facts->lock, NULL);
	return facts;
}

static void free_entry(struct entry *entry)
{
	if (entry == NULL)
		return;
	arena_done(&entry->arena);
	free(entry);
}

static void free_space(struct space *space)
{
	const struct strmap_entry *at;

	for (size_t i = 0; (at = strmap_next(&space->entries, &i)) != NULL;)
		free_entry(at->value);
	strmap_done(&space->entries);
	free(space);
}

void facts_free(struct facts **facts)
{
	struct facts *const f = *facts;
	const struct strmap_entry *at;

	*facts = NULL;
	if (f == NULL)
		return;
	for (size_t kind = 0; kind < FACTS_KINDS; kind++) {
		for (size_t i = 0; (at = strmap_next(&f->spaces[kind], &i)) != NULL;)
			free_space(at->value);
		strmap_done(&f->spaces[kind]);
	}
	pthread_rwlock_destroy(&f->lock);
	free(f);
}

static struct space *space_for(struct facts *facts, enum facts_kind kind, struct str namespace)
{
	struct space *space = strmap_find(&facts->spaces[kind], namespace);

	if (space == NULL) {
		space = mem_alloc(sizeof(*space));
		strmap_set(&facts->spaces[kind], namespace, space);
	}
	return space;
}

static struct entry *entry_new(enum facts_kind kind, const struct json_node *object)
{
	struct entry *const entry = mem_alloc(sizeof(*entry));

	arena_init(&entry->arena, ENTRY_BYTES);
	entry->value = facts_decode(&entry->arena, kind, object);
	return entry;
}

static bool is_of(const struct facts_source *source, struct str api_version, struct str kind)
{
	CLEANUP(buf_done) struct buf own = {0};

	buf_printf(&own, "%s%s%s", source->group, source->group[0] ? "/" : "", source->version);
	return str_is(kind, source->kind) && str_eq(api_version, buf_str(&own));
}

enum facts_kind facts_recognise(const struct json_node *object)
{
	enum facts_kind kind = 0;
	struct arena arena;

	arena_init(&arena, ENTRY_BYTES);
	const struct str api_version = json_str(&arena, json_get(object, "apiVersion"));
	const struct str name = json_str(&arena, json_get(object, "kind"));

	while (kind < FACTS_KINDS && !is_of(&FACTS_SOURCES[kind], api_version, name))
		kind++;
	arena_done(&arena);
	return kind;
}

void facts_put(struct facts *facts, enum facts_kind kind, const struct json_node *object)
{
	const struct json_node *const meta = json_get(object, "metadata");
	struct arena names;

	arena_init(&names, ENTRY_BYTES);
	const struct str name = json_str(&names, json_get(meta, "name"));
	const struct str namespace = json_str(&names, json_get(meta, "namespace"));

	struct entry *const entry = name.len ? entry_new(kind, object) : NULL;

	if (entry && entry->value == NULL) {
		free_entry(entry);
		facts_remove(facts, kind, namespace, name);
	} else if (entry) {
		pthread_rwlock_wrlock(&facts->lock);
		free_entry(strmap_set(&space_for(facts, kind, namespace)->entries, name, entry));
		pthread_rwlock_unlock(&facts->lock);
	}
	arena_done(&names);
}

void facts_remove(struct facts *facts, enum facts_kind kind, struct str namespace, struct str name)
{
	pthread_rwlock_wrlock(&facts->lock);
	struct space *const space = strmap_find(&facts->spaces[kind], namespace);

	if (space) {
		free_entry(strmap_remove(&space->entries, name));
		if (space->entries.count == 0)
			free_space(strmap_remove(&facts->spaces[kind], namespace));
	}
	pthread_rwlock_unlock(&facts->lock);
}

void facts_forget(struct facts *facts, enum facts_kind kind)
{
	const struct strmap_entry *at;

	pthread_rwlock_wrlock(&facts->lock);
	for (size_t i = 0; (at = strmap_next(&facts->spaces[kind], &i)) != NULL;)
		free_space(at->value);
	strmap_done(&facts->spaces[kind]);
	facts->spaces[kind] = (struct strmap){0};
	pthread_rwlock_unlock(&facts->lock);
}

void facts_set_known(struct facts *facts, enum facts_kind kind)
{
	pthread_rwlock_wrlock(&facts->lock);
	facts->known[kind] = true;
	pthread_rwlock_unlock(&facts->lock);
}

void facts_set_broken(struct facts *facts, enum facts_kind kind, int64_t since)
{
	pthread_rwlock_wrlock(&facts->lock);
	facts->broken_since[kind] = since;
	pthread_rwlock_unlock(&facts->lock);
}

void facts_lock(struct facts *facts)
{
	pthread_rwlock_rdlock(&facts->lock);
}

void facts_unlock(struct facts *facts)
{
	pthread_rwlock_unlock(&facts->lock);
}

bool facts_known(const struct facts *facts, enum facts_kind kind)
{
	const int64_t since = facts->broken_since[kind];

	return facts->known[kind] && (since == 0 || clock_now() - since < FACTS_PATIENCE);
}

static const struct strmap *entries_of(
	const struct facts *facts, enum facts_kind kind, struct str namespace)
{
	static const struct strmap NOTHING;
	const struct space *const space = strmap_find(&facts->spaces[kind], namespace);

	return space ? &space->entries : &NOTHING;
}

bool facts_has(
	const struct facts *facts, enum facts_kind kind, struct str namespace, struct str name)
{
	return strmap_find(entries_of(facts, kind, namespace), name) != NULL;
}

struct str facts_nearest(
	const struct facts *facts, enum facts_kind kind, struct str namespace, struct str name)
{
	const struct strmap *const entries = entries_of(facts, kind, namespace);
	size_t nearest = NEAREST_EDITS + 1;
	struct str best = {0};
	const struct strmap_entry *it;

	if (entries->count > NEAREST_MAX)
		return best;
	for (size_t at = 0; (it = strmap_next(entries, &at)) != NULL;) {
		const size_t edits = str_distance(it->key, name, NEAREST_EDITS);

		if (edits < nearest && edits * 3 <= name.len) {
			nearest = edits;
			best = it->key;
		}
	}
	return best;
}

size_t facts_count(const struct facts *facts, enum facts_kind kind, struct str namespace)
{
	return entries_of(facts, kind, namespace)->count;
}

static const void *next(
	const struct facts *facts, enum facts_kind kind, struct str namespace, size_t *at)
{
	const struct strmap_entry *const found =
		strmap_next(entries_of(facts, kind, namespace), at);

	return found ? ((const struct entry *)found->value)->value : NULL;
}

const struct facts_quota *facts_next_quota(
	const struct facts *facts, struct str namespace, size_t *at)
{
	return next(facts, FACTS_RESOURCE_QUOTA, namespace, at);
}

const struct facts_limit_range *facts_next_limit_range(
	const struct facts *facts, struct str namespace, size_t *at)
{
	return next(facts, FACTS_LIMIT_RANGE, namespace, at);
}

const struct node_shape *facts_next_node(const struct facts *facts, size_t *at)
{
	return next(facts, FACTS_NODE, STR(""), at);
}

const struct facts_store *facts_next_store(
	const struct facts *facts, struct str namespace, size_t *at)
{
	return next(facts, FACTS_GCS_STORE, namespace, at);
}
