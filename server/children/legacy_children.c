#include "server/children/legacy_children.h"

#include "server/children/legacy_pod.h"
#include "server/children/legacy_size.h"

struct json_edit *legacy_children_of(
	const struct child_context *c, size_t pods_max, uint64_t *left_out)
{
	/* Nobody knows it before the head runs. */
	static const struct legacy_head HEAD = {STR_INIT("<IP of the head>"), STR_INIT("")};
	const struct raycluster *const cluster = c->cluster;
	struct json_edit *const list = json_edit_array();
	uint64_t room = pods_max;

	*left_out = 0;
	if (cluster->head == NULL || pod_ray_container(&cluster->head->template) == NULL)
		return list;
	json_edit_add(list, legacy_service(c));
	json_edit_add(list, legacy_pod_of_head(c));
	for (size_t i = 0; i < cluster->worker_count; i++) {
		const struct ray_group *const type = cluster->workers[i];
		const uint64_t wanted = pod_ray_container(&type->template)
						? (uint64_t)legacy_workers_wanted(cluster, type)
						: 0;
		const uint64_t made = wanted < room ? wanted : room;

		for (uint64_t n = 0; n < made; n++)
			json_edit_add(list, legacy_pod_of_worker(c, type, &HEAD));
		room -= made;
		*left_out += wanted - made;
	}
	return list;
}
