/* A generation of which only the size is known: the one that is there, of that size. */
#include "server/children/child.h"
#include "server/plan/accept.h"

static const struct observed_size *find_size(
	const struct observed_size *sizes, size_t count, struct str group)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(sizes[i].group, group))
			return &sizes[i];
	}
	return NULL;
}

/* How many replicas hold so many pods, the last one perhaps in part. */
static int64_t replicas_of(int32_t pods, int64_t hosts)
{
	return hosts > 1 ? (pods + hosts - 1) / hosts : pods;
}

/* minReplicas of the spec that is there, as far as the accepted size lets them count. */
static int64_t least_of(const struct json_node *group, int64_t replicas)
{
	int64_t least;

	if (!json_i64(json_get(group, "minReplicas"), &least) || least < 0)
		return 0;
	return least < replicas ? least : replicas;
}

/* Returns how many replicas it may have. */
static int64_t resize_group(const struct raycluster *cluster, const struct ray_group *group,
	const struct observed_size *size, struct json_edit *edit)
{
	const int64_t hosts = group_hosts(group);
	const int64_t replicas = size ? replicas_of(size->pods, hosts) : 0;
	const int64_t most =
		size && size->most > size->pods ? replicas_of(size->most, hosts) : replicas;

	json_edit_put_i64(edit, cluster->words->max, most);
	if (cluster->dialect == DIALECT_LEGACY) {
		json_edit_put_i64(edit, cluster->words->min, replicas);
		return most;
	}
	json_edit_put_i64(edit, "replicas", replicas);
	if (json_present(json_get(group->self.node, cluster->words->min)))
		json_edit_put_i64(edit, cluster->words->min, least_of(group->self.node, replicas));
	json_edit_remove(edit, STR("suspend"));
	json_edit_remove(edit, STR("scaleStrategy"));
	return most;
}

/* Returns how many workers there may be. */
static int64_t resize_groups(const struct raycluster *cluster, const struct observed_size *sizes,
	size_t count, struct json_edit *groups)
{
	int64_t most = 0;

	for (struct json_edit *edit = json_edit_first(groups); edit; edit = json_edit_next(edit)) {
		const struct str name =
			json_edit_text(json_edit_get(edit, str_from(cluster->words->name)));
		const struct ray_group *const group = raycluster_worker(cluster, name);

		/* An item that is no object has no name, as a group without one: it is no group. */
		if (group && json_edit_kind(edit) == JSON_OBJECT)
			most += resize_group(cluster, group, find_size(sizes, count, name), edit);
	}
	return most;
}

static bool has_head(
	const struct raycluster *cluster, const struct observed_size *sizes, size_t count)
{
	const struct str name = cluster->head ? child_group_name(cluster->head) : STR(HEAD_GROUP);

	return find_size(sizes, count, name) != NULL;
}

const struct json_node *accept_resize(struct arena *arena, const struct ray_object *object,
	const struct json_node *root, const struct observed_size *sizes, size_t count)
{
	static const struct json_limits LIMITS = {
		.bytes = 8 * 1024 * 1024, .depth = 256, .nodes = 1024 * 1024};
	const struct raycluster *const cluster = object->cluster;
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err ignored;

	if (cluster == NULL)
		return NULL;
	struct json_edit *edit = json_edit_import(root);
	struct json_edit *const spec = json_edit_get(edit, STR("spec"));

	json_edit_remove(edit, STR("status"));
	const int64_t most = resize_groups(
		cluster, sizes, count, json_edit_get(spec, str_from(cluster->words->groups)));

	if (cluster->dialect == DIALECT_LEGACY)
		json_edit_put_i64(spec, "maxWorkers", most < INT32_MAX ? most : INT32_MAX);
	else
		json_edit_remove(spec, STR("suspend"));
	/* A size without a head is that of a suspended cluster. */
	if (cluster->dialect == DIALECT_MODERN && !has_head(cluster, sizes, count))
		json_edit_put_bool(spec, "suspend", true);
	json_edit_print(edit, &text);
	json_edit_free(&edit);
	return json_read(arena, arena_str(arena, buf_str(&text)), &LIMITS, &doc, &ignored)
		       ? doc.root
		       : NULL;
}
