#include "server/explain/ray_owner.h"

#include "server/explain/finding.h"
#include "server/explain/subject.h"

struct str ray_owner_cluster(struct arena *arena, const struct json_node *owner)
{
	static const char *const SERVICES[] = {"pendingServiceStatus", "activeServiceStatus"};
	const struct json_node *const status = json_get(owner, "status");
	struct str name = json_str(arena, json_get(status, "rayClusterName"));

	for (size_t i = 0; i < ARRAY_LEN(SERVICES) && name.len == 0; i++)
		name = json_str(arena, EXPLAIN_AT(status, SERVICES[i], "rayClusterName"));
	return name;
}

static struct str join(struct arena *arena, struct str stage, struct str message)
{
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(stage),
		stage.len && message.len ? ": " : "", STR_ARG(message));
}

/* A RayJob says it by its stage, a RayService by a condition. */
static struct str own_words(struct arena *arena, const struct json_node *owner)
{
	const struct json_node *const status = json_get(owner, "status");
	const struct json_node *const ready = explain_condition(owner, "Ready");
	const struct str job = json_str(arena, json_get(status, "jobDeploymentStatus"));
	const struct str stage = job.len ? job : json_str(arena, json_get(status, "serviceStatus"));
	const struct str words = join(arena, stage, json_str(arena, json_get(status, "message")));

	if (words.len || ready == NULL || explain_condition_is(ready, "True"))
		return words;
	return join(arena, json_str(arena, json_get(ready, "reason")),
		json_str(arena, json_get(ready, "message")));
}

struct str ray_owner_waits(const struct explain_input *in, const struct json_node *owner,
	const char *type, const char *namespace)
{
	struct arena *const arena = in->arena;
	const struct json_node *const meta = json_get(owner, "metadata");
	const int64_t age = in->now - explain_time(arena, json_get(meta, "creationTimestamp"));
	const bool untouched = json_count(json_get(owner, "status")) == 0;
	const struct str words = own_words(arena, owner);

	if (words.len)
		return words;
	if (untouched && age <= EXPLAIN_FIRST_LOOK_S)
		return arena_printf(arena, "it was made %.*s ago: nobody has looked at it yet",
			STR_ARG(explain_age(arena, age)));
	return arena_printf(arena, "%s%s%s: kubectl describe %s %.*s -n %s",
		untouched ? "its status is empty: KubeRay, which runs " : "it does not say why",
		untouched ? type : "", untouched ? "s, is not here, or says why in an Event" : "",
		type, STR_ARG(json_str(arena, json_get(meta, "name"))), namespace);
}
