/*
 * Suspending is a promise kept to its end: once begun, all pods go, whatever the spec says by then
 * (controller reference: §11). Two conditions of the status hold where it stands.
 */
#include "server/controller/modern_parts.h"
#include "server/controller/status_modern.h"

enum modern_phase modern_phase_of(const struct observed *seen)
{
	if (status_says(seen->root, STATUS_SUSPENDING))
		return MODERN_SUSPENDING;
	return status_says(seen->root, STATUS_SUSPENDED) ? MODERN_SUSPENDED : MODERN_RUNS;
}

static bool has_pods(const struct observed *seen)
{
	for (size_t i = 0; i < seen->pod_count; i++) {
		if (seen->pods[i].ours && seen->pods[i].role != POD_CLEANUP)
			return true;
	}
	return false;
}

enum modern_phase modern_phase_next(const struct modern *m)
{
	const bool wanted = m->c.cluster->suspend.v;

	switch (m->phase) {
	case MODERN_RUNS:
		return wanted ? MODERN_SUSPENDING : MODERN_RUNS;
	case MODERN_SUSPENDING:
		return has_pods(m->seen) ? MODERN_SUSPENDING : MODERN_SUSPENDED;
	case MODERN_SUSPENDED:
		return wanted ? MODERN_SUSPENDED : MODERN_RUNS;
	}
	return m->phase;
}
