/*
 * Suspending is a promise kept to its end: once begun, all pods go, whatever the spec says by
 * then. Two conditions of the status hold where it stands.
 */
#include "server/plan/modern_parts.h"
#include "server/plan/status_modern.h"

enum modern_phase modern_phase_of(const struct observed *seen)
{
	if (status_says(seen->root, STATUS_SUSPENDING))
		return MODERN_SUSPENDING;
	return status_says(seen->root, STATUS_SUSPENDED) ? MODERN_SUSPENDED : MODERN_RUNS;
}

/* Those on a node that is lost are not waited for. */
static bool has_pods(struct modern *m)
{
	bool found = false;

	for (size_t i = 0; i < m->seen->pod_count; i++) {
		const struct observed_pod *const pod = &m->seen->pods[i];

		if (pod->ours && pod->role != POD_CLEANUP)
			found |= !pod->deleting || modern_pod_ends(m, pod);
	}
	return found;
}

enum modern_phase modern_phase_next(struct modern *m)
{
	const bool wanted = m->c.cluster->suspend.v;

	switch (m->phase) {
	case MODERN_RUNS:
		return wanted ? MODERN_SUSPENDING : MODERN_RUNS;
	case MODERN_SUSPENDING:
		return has_pods(m) ? MODERN_SUSPENDING : MODERN_SUSPENDED;
	case MODERN_SUSPENDED:
		if (!wanted)
			return MODERN_RUNS;
		/* Of a resumption that was not told in time, or of somebody else. */
		return has_pods(m) ? MODERN_SUSPENDING : MODERN_SUSPENDED;
	}
	return m->phase;
}
