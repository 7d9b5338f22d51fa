/* Whether what is there may be made real: judged once (accept.h), kept with the cluster. */
#pragma once

#include "server/controller/acceptance.h"

/*
 * Fills seen->verdict and seen->kept; judges first where nothing was settled that still holds.
 */
void settle(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *seen, struct acceptance_view *view);
/*
 * Settles a cluster whose own status says that a generation of it was accepted: this very one, or
 * of an earlier one how large it was; and one that runs already, of which it says nothing
 * (baseline.h). What else there is, is judged in its turn.
 */
void settle_recalled(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen);
