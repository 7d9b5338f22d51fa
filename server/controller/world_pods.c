#include <stdlib.h>

#include "base/clock.h"
#include "server/controller/world_parts.h"

static bool is_named(const struct table_item *item, const void *key)
{
	const struct world_pod *const pod = (const void *)item;
	const struct world_name *const name = key;

	return pod->cluster->space == name->space &&
	       str_eq(pod_facts_text(&pod->facts, POD_TEXT_NAME), name->name);
}

struct world_pod *world_pod_find(
	const struct world *world, enum dialect dialect, const struct world_name *name)
{
	return table_find(&world->sides[dialect].of[WORLD_PODS],
		world_hash(name->space, name->name), is_named, name);
}

static struct world_pod *pod_new(
	struct world *world, struct world_cluster *cluster, const struct pod_read *read)
{
	struct world_pod *const pod =
		mem_alloc(sizeof(*pod) - sizeof(pod->facts) + pod_facts_size(read));

	pod->item.hash = world_hash(cluster->space, read->name);
	pod->cluster = cluster;
	pod->round = world->sides[cluster->dialect].round[WORLD_PODS];
	pod_facts_fill(&pod->facts, read, &world->interns);
	return pod;
}

static void pod_free(struct world *world, struct world_pod *pod)
{
	pod_facts_done(&pod->facts, &world->interns);
	free(pod);
}

static struct world_pod **link_of(const struct world_pod *pod)
{
	struct world_pod **link = &pod->cluster->pods;

	while (*link != pod)
		link = &(*link)->next;
	return link;
}

static void add(struct world *world, struct world_pod *pod)
{
	pod->next = pod->cluster->pods;
	pod->cluster->pods = pod;
	table_add(&world->sides[pod->cluster->dialect].of[WORLD_PODS], &pod->item);
}

static void replace(struct world *world, struct world_pod *old, struct world_pod *pod)
{
	struct world_pod **const link = link_of(old);

	pod->next = old->next;
	*link = pod;
	table_swap(&world->sides[pod->cluster->dialect].of[WORLD_PODS], &old->item, &pod->item);
	pod_free(world, old);
}

void world_pod_remove(struct world *world, struct world_pod *pod)
{
	*link_of(pod) = pod->next;
	table_remove(&world->sides[pod->cluster->dialect].of[WORLD_PODS], &pod->item);
	pod_free(world, pod);
}

/* The end that we asked for is another pod's where the uid is another. */
static bool take_over(const struct world_pod *old, struct world_pod *pod)
{
	if (!old->expected && uid_eq(&old->facts.uid, &pod->facts.uid)) {
		pod->ending = old->ending;
		pod->asked = old->asked;
	}
	return old->expected || !pod_facts_equal(&old->facts, &pod->facts);
}

struct world_cluster *world_put_pod(struct world *world, enum dialect dialect,
	const struct json_node *object, struct arena *arena)
{
	struct pod_read read;

	if (!pod_read(dialect, object, arena, &read) || read.cluster.len == 0)
		return NULL;
	struct world_cluster *const cluster =
		world_cluster_get(world, dialect, read.namespace, read.cluster);
	struct world_pod *const pod = pod_new(world, cluster, &read);
	struct world_pod *const old =
		world_pod_find(world, dialect, &(struct world_name){cluster->space, read.name});

	if (old && old->cluster == cluster) {
		const bool differs = take_over(old, pod);

		replace(world, old, pod);
		return differs ? cluster : NULL;
	}
	if (old) {
		world->left = old->cluster;
		world_pod_remove(world, old);
	}
	add(world, pod);
	return cluster;
}

void world_pod_expect(
	struct world *world, struct world_cluster *cluster, const struct observed_pod *expected)
{
	const struct world_name name = {cluster->space, expected->name};
	struct pod_read read;

	struct world_pod *const old = world_pod_find(world, cluster->dialect, &name);

	/* A name that is taken: the API server says by whom. */
	if (old && !(old->doubtful && old->cluster == cluster))
		return;
	const uint32_t unanswered = old ? old->unanswered : 0;

	if (old)
		world_pod_remove(world, old);
	pod_read_expected(expected, &read);
	struct world_pod *const pod = pod_new(world, cluster, &read);

	pod->expected = true;
	pod->unanswered = unanswered;
	pod->asked = (uint32_t)(clock_now() / CLOCK_SECOND) | 1;
	add(world, pod);
}
