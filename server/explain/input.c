#include "server/explain/input.h"

#include "base/clock.h"

const struct explain_kind_row EXPLAIN_KIND_ROWS[EXPLAIN_KINDS] = {
	[EXPLAIN_CLUSTER] = {"ray.io/v1", "RayCluster", "rayclusters"},
	[EXPLAIN_OWNER] = {"ray.io/v1", "RayJob", "rayjobs and rayservices"},
	[EXPLAIN_POD] = {"v1", "Pod", "pods"},
	[EXPLAIN_EVENT] = {"v1", "Event", "events"},
	[EXPLAIN_QUOTA] = {"v1", "ResourceQuota", "resourcequotas"},
	[EXPLAIN_RANGE] = {"v1", "LimitRange", "limitranges"},
	[EXPLAIN_NODE] = {"v1", "Node", "nodes"},
	[EXPLAIN_SERVICE] = {"v1", "Service", "services"},
	[EXPLAIN_SLICE] = {"discovery.k8s.io/v1", "EndpointSlice", "endpointslices"},
	[EXPLAIN_CLAIM] = {"v1", "PersistentVolumeClaim", "persistentvolumeclaims"},
	[EXPLAIN_LEASE] = {"coordination.k8s.io/v1", "Lease", "leases"},
	[EXPLAIN_ACCOUNT] = {"v1", "ServiceAccount", "serviceaccounts"},
	[EXPLAIN_ROLE] = {"rbac.authorization.k8s.io/v1", "Role", "roles"},
	[EXPLAIN_BINDING] = {"rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"},
};

/* Two that are told apart by more than a row: the legacy dialect, and the RayService. */
static const struct {
	const char *api_version, *kind;
	enum explain_kind is;
} ALSO[] = {
	{"cluster.ray.io/v1", "RayCluster", EXPLAIN_CLUSTER},
	{"ray.io/v1", "RayService", EXPLAIN_OWNER},
};

static enum explain_kind recognise(const struct json_node *object)
{
	const struct json_node *const version = json_get(object, "apiVersion");
	const struct json_node *const kind = json_get(object, "kind");

	for (size_t i = 0; i < ARRAY_LEN(ALSO); i++) {
		if (json_str_is(version, str_from(ALSO[i].api_version)) &&
			json_str_is(kind, str_from(ALSO[i].kind)))
			return ALSO[i].is;
	}
	for (size_t i = 0; i < EXPLAIN_KINDS; i++) {
		if (json_str_is(version, str_from(EXPLAIN_KIND_ROWS[i].api_version)) &&
			json_str_is(kind, str_from(EXPLAIN_KIND_ROWS[i].kind)))
			return (enum explain_kind)i;
	}
	return EXPLAIN_KINDS;
}

void explain_add_as(
	struct explain_input *in, enum explain_kind kind, const struct json_node *object)
{
	struct explain_objects *const list = &in->of[kind];

	if (list->count == list->room) {
		const size_t size = sizeof(*list->items);

		list->room = list->room ? 2 * list->room : 16;
		list->items =
			arena_grow(in->arena, list->items, list->count * size, list->room * size);
	}
	list->items[list->count++] = object;
}

void explain_add(struct explain_input *in, const struct json_node *object)
{
	const enum explain_kind kind = recognise(object);
	const struct json_node *const items = json_get(object, "items");

	if (kind < EXPLAIN_KINDS)
		explain_add_as(in, kind, object);
	/* A List of Lists is nothing that kubectl prints. */
	for (struct json_iter it = json_iter(items); json_next_item(&it);) {
		const enum explain_kind is = recognise(it.value);

		if (is < EXPLAIN_KINDS)
			explain_add_as(in, is, it.value);
	}
}

void explain_add_gap(struct explain_input *in, const char *what, struct str why)
{
	if (in->gap_count < EXPLAIN_GAPS_MAX)
		in->gaps[in->gap_count++] = (struct explain_gap){
			arena_str(in->arena, str_from(what)), arena_str(in->arena, why)};
}

const struct explain_log *explain_find_log(
	const struct explain_input *in, struct str pod, struct str container, bool previous)
{
	for (size_t i = 0; i < in->log_count; i++) {
		const struct explain_log *const log = &in->logs[i];

		if (str_eq(log->pod, pod) && str_eq(log->container, container) &&
			log->previous == previous)
			return log;
	}
	return NULL;
}

const struct json_node *explain_at(const struct json_node *object, const char *const path[])
{
	for (; *path; path++)
		object = json_get(object, *path);
	return object;
}

int64_t explain_i64(const struct json_node *node, int64_t absent)
{
	int64_t value;

	return json_i64(node, &value) ? value : absent;
}

int64_t explain_time(struct arena *arena, const struct json_node *node)
{
	int64_t wall;

	return clock_parse_rfc3339(json_str(arena, node), &wall) ? wall / CLOCK_SECOND : 0;
}
