#include "server/plan/adopt.h"

#include "api/derived_names.h"
#include "server/children/store.h"

/* Merged with the owner references that there are, where the object is still that one. */
static struct json_edit *patch_of(const struct child_context *c, struct str uid)
{
	struct json_edit *const patch = json_edit_object();
	struct json_edit *const meta = json_edit_put_object(patch, "metadata");

	child_put_owner(c, meta);
	if (uid.len)
		json_edit_put_str(meta, "uid", uid);
	return patch;
}

static struct action *adopt(const struct child_context *c, struct round *round,
	enum child_kind kind, struct str name, struct str uid)
{
	struct action *const action = round_add(round, ACTION_ADOPT);

	action->child = kind;
	action->name = name;
	action->body = patch_of(c, uid);
	return action;
}

/* A list of owners is merged by uid. */
static struct json_edit *patch_without(const struct child_context *c)
{
	struct json_edit *const patch = json_edit_object();
	struct json_edit *const owner = json_edit_object();

	json_edit_put_cstr(owner, "$patch", "delete");
	json_edit_put_str(owner, "uid", c->uid);
	json_edit_add(
		json_edit_put_array(json_edit_put_object(patch, "metadata"), "ownerReferences"),
		owner);
	return patch;
}

void adopt_claim(
	const struct observed_claim *claim, const struct child_context *c, struct round *round)
{
	if (!store_outlives(c) && claim->stray && !claim->deleting)
		adopt(c, round, CHILD_VOLUME_CLAIM, claim->name, STR(""));
	if (!store_outlives(c) || !claim->ours)
		return;
	struct action *const action = round_add(round, ACTION_RELEASE);

	action->child = CHILD_VOLUME_CLAIM;
	action->name = claim->name;
	action->body = patch_without(c);
}

static bool was_refused(const struct observed *seen, struct str name)
{
	bool found = false;

	for (size_t i = 0; i < seen->failure_count; i++)
		found |= seen->failures[i].action == ACTION_ADOPT &&
			 str_eq(seen->failures[i].what, name);
	return found;
}

/* A bare pod that carries the cluster's label for some purpose of its own is nobody's worker. */
static bool is_wanted(const struct child_context *c, const struct observed_pod *pod)
{
	if (!pod->stray || pod->deleting)
		return false;
	return pod->role == POD_HEAD || (pod->role == POD_WORKER && pod->group.len &&
						raycluster_worker(c->cluster, pod->group) != NULL);
}

/* Of Services those that we would make; another one may be the user's. */
static bool is_service(const struct child_context *c, const struct observed_service *service)
{
	return service->stray &&
	       (str_eq(service->name, c->head_service) ||
		       str_eq(service->name, derived_serve_service(c->arena, c->name)) ||
		       str_eq(service->name, derived_headless_service(c->arena, c->name)));
}

bool adopt_strays(const struct observed *seen, const struct child_context *c, struct round *round)
{
	bool waits = false;

	for (size_t i = 0; i < seen->service_count; i++) {
		if (is_service(c, &seen->services[i]))
			adopt(c, round, CHILD_SERVICE, seen->services[i].name, STR(""));
	}
	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (!is_wanted(c, pod))
			continue;
		struct action *const action = adopt(c, round, CHILD_POD, pod->name, pod->uid);

		action->reason = "AdoptedPod";
		action->message = STR("it had no controller");
		action->expected.group = pod->group;
		waits |= !was_refused(seen, pod->name);
	}
	return waits;
}
