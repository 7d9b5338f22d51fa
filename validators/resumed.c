#include "validators/resumed.h"

#include <string.h>

static void *copy_of(struct arena *arena, const void *of, size_t size)
{
	return memcpy(arena_alloc(arena, size), of, size);
}

#define COPY(arena, of) copy_of((arena), (of), sizeof(*(of)))

static bool is_any_suspended(const struct ray_object *object)
{
	const struct raycluster *const cluster = object->cluster;

	if ((object->job && object->job->suspend.v) ||
		(object->service && object->service->suspend.v) ||
		(object->cron && object->cron->suspend.v) || cluster->suspend.v)
		return true;
	for (size_t i = 0; i < cluster->group_count; i++) {
		if (cluster->groups[i]->suspend.v)
			return true;
	}
	return false;
}

static struct ray_group *copy_group(struct arena *arena, const struct ray_group *group)
{
	struct ray_group *const out = COPY(arena, group);

	out->suspend.v = false;
	return out;
}

static struct raycluster *copy_cluster(struct arena *arena, const struct raycluster *cluster)
{
	struct raycluster *const out = COPY(arena, cluster);

	out->suspend.v = false;
	return out;
}

/* The head stands before the workers. */
static void copy_groups(struct arena *arena, struct raycluster *cluster)
{
	struct ray_group **const groups =
		arena_array(arena, cluster->group_count, sizeof(struct ray_group *));

	for (size_t i = 0; i < cluster->group_count; i++)
		groups[i] = copy_group(arena, cluster->groups[i]);
	cluster->head = cluster->head ? groups[0] : NULL;
	cluster->workers = groups + (cluster->group_count - cluster->worker_count);
	cluster->groups = groups;
	cluster->distinct = groups;
	cluster->distinct_count = cluster->group_count;
}

static struct ray_object *copy_object(struct arena *arena, const struct ray_object *object)
{
	struct ray_object *const out = COPY(arena, object);

	out->cluster = copy_cluster(arena, object->cluster);
	if (object->job) {
		out->job = COPY(arena, object->job);
		out->job->suspend.v = false;
	}
	if (object->service) {
		out->service = COPY(arena, object->service);
		out->service->suspend.v = false;
	}
	if (object->cron) {
		out->cron = COPY(arena, object->cron);
		out->cron->suspend.v = false;
	}
	return out;
}

const struct ray_object *resumed_object(struct arena *arena, const struct ray_object *object)
{
	if (object->cluster == NULL || !is_any_suspended(object))
		return NULL;
	struct ray_object *const out = copy_object(arena, object);

	copy_groups(arena, out->cluster);
	return out;
}

const struct ray_object *resumed_group(struct arena *arena, const struct ray_object *object,
	const struct ray_group *group, const struct ray_group **out)
{
	if (!object->cluster->suspend.v && !group->suspend.v)
		return NULL;
	*out = copy_group(arena, group);
	return copy_object(arena, object);
}

const char *resumed_words(const struct policy *policy, const char *rule, bool always)
{
	enum field_severity severity = FIELD_SEVERITY_ERROR;

	policy_severity(policy, str_from(rule), &severity);
	if (policy->enforcement != POLICY_DENY || severity != FIELD_SEVERITY_ERROR)
		return "suspended now; when resumed: ";
	return always ? "suspended now; resuming will be refused: "
		      : "suspended now; resuming today would be refused: ";
}
