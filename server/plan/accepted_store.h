/* What was accepted survives us while something else is refused. */
#pragma once

#include "server/children/child.h"
#include "server/plan/round.h"

void accepted_store(
	const struct observed *seen, const struct child_context *c, struct round *round);
