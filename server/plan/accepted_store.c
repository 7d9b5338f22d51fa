#include "server/plan/accepted_store.h"

#include "server/children/accepted.h"

void accepted_store(const struct observed *seen, const struct child_context *c, struct round *round)
{
	if (seen->to_store == NULL)
		return;
	round->checks = true;
	struct action *const action = round_add(round, ACTION_CREATE);

	action->child = CHILD_REVISION;
	action->revision = seen->verdict.generation;
	action->name = accepted_name(round->arena, seen->object->dialect, seen->name);
	action->body = accepted_revision(c, action->revision, seen->to_store);
}
