/* How many pods of each podType there are to be. */
#include "server/children/legacy_size.h"
#include "server/plan/legacy_parts.h"

int64_t legacy_pods_wanted(const struct legacy *l, const struct ray_group *type)
{
	const struct observed_verdict *const verdict = &l->m.seen->verdict;
	const int64_t wanted = type->is_head ? 1 : legacy_workers_wanted(l->m.c.cluster, type);

	for (size_t i = 0; !verdict->accepted && i < verdict->size_count; i++) {
		if (str_eq(verdict->sizes[i].group, type->name.v))
			return wanted < verdict->sizes[i].pods ? wanted : verdict->sizes[i].pods;
	}
	return verdict->accepted ? wanted : 0;
}
