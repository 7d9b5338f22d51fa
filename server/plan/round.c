#include "server/plan/round.h"

enum { ROOM = 16 };

const char *const CHILD_KIND_NAMES[CHILD_KINDS] = {
	[CHILD_POD] = "Pod",
	[CHILD_SERVICE] = "Service",
	[CHILD_SERVICE_ACCOUNT] = "ServiceAccount",
	[CHILD_ROLE] = "Role",
	[CHILD_ROLE_BINDING] = "RoleBinding",
	[CHILD_SECRET] = "Secret",
	[CHILD_VOLUME_CLAIM] = "PersistentVolumeClaim",
	[CHILD_REVISION] = "ControllerRevision",
};

void round_init(struct round *round, struct arena *arena)
{
	*round = (struct round){.arena = arena};
}

void round_done(struct round *round)
{
	for (size_t i = 0; i < round->count; i++)
		json_edit_free(&round->actions[i].body);
	round->count = 0;
}

static void grow(struct round *round)
{
	const size_t room = round->room ? 2 * round->room : ROOM;
	struct action *const actions = arena_array(round->arena, room, sizeof(*actions));

	for (size_t i = 0; i < round->count; i++)
		actions[i] = round->actions[i];
	round->actions = actions;
	round->room = room;
}

struct action *round_add(struct round *round, enum action_kind kind)
{
	if (round->count == round->room)
		grow(round);
	struct action *const action = &round->actions[round->count++];

	*action = (struct action){.kind = kind};
	return action;
}

/* Pods of a group stand for one another: each has another name. */
static bool is_about(const struct action *action, const struct observed_failure *failure)
{
	if (action->kind != failure->action)
		return false;
	return action->kind == ACTION_CREATE && str_is(failure->kind, "Pod")
		       ? action->child == CHILD_POD &&
				 str_eq(action->expected.group, failure->group)
		       : str_eq(action->name, failure->what);
}

bool round_asks_again(const struct round *round, const struct observed_failure *failure)
{
	bool found = false;

	for (size_t i = 0; !found && i < round->count; i++)
		found = is_about(&round->actions[i], failure);
	return found;
}

void round_again(struct round *round, int64_t seconds)
{
	if (round->again == 0 || seconds < round->again)
		round->again = seconds;
}
