#include "server/plan/adopt.h"

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

static bool was_refused(const struct observed *seen, struct str name)
{
	bool found = false;

	for (size_t i = 0; i < seen->failure_count; i++)
		found |= seen->failures[i].adopting && str_eq(seen->failures[i].what, name);
	return found;
}

bool adopt_strays(const struct observed *seen, const struct child_context *c, struct round *round)
{
	bool waits = false;

	for (size_t i = 0; i < seen->service_count; i++) {
		if (seen->services[i].stray)
			adopt(c, round, CHILD_SERVICE, seen->services[i].name, STR(""));
	}
	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (!pod->stray || pod->deleting || pod->role == POD_CLEANUP)
			continue;
		struct action *const action = adopt(c, round, CHILD_POD, pod->name, pod->uid);

		action->reason = "AdoptedPod";
		action->message = STR("it had no controller");
		action->expected.group = pod->group;
		waits |= !was_refused(seen, pod->name);
	}
	return waits;
}
