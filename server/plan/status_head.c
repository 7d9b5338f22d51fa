/* Where the head is and how it is, by KubeRay's words. */
#include "server/plan/status_parts.h"

const struct observed_service *status_head_service(const struct status_input *in)
{
	for (size_t i = 0; i < in->seen->service_count; i++) {
		if (str_eq(in->seen->services[i].name, in->c->head_service))
			return &in->seen->services[i];
	}
	return NULL;
}

static void put_addresses(struct status_draft *d, const struct observed_pod *head,
	const struct observed_service *service)
{
	struct json_edit *const map = json_edit_object();
	const bool headless = service && str_is(service->cluster_ip, "None");

	if (head && head->ip.len)
		json_edit_put_str(map, "podIP", head->ip);
	if (head && head->uid.len)
		json_edit_put_str(map, "podName", head->name);
	if (service) {
		/* Behind a Service without an address of its own the head's stands. */
		const struct str ip = headless ? (head ? head->ip : STR("")) : service->cluster_ip;

		if (ip.len)
			json_edit_put_str(map, "serviceIP", ip);
		json_edit_put_str(map, "serviceName", service->name);
	}
	status_put_map(d, "head", map, STATUS_SOON);
}

/* How the port is reached: on nodes, else in the pod. */
static struct str endpoint_of(struct arena *arena, const struct json_node *port)
{
	static const char *const KEYS[] = {"nodePort", "targetPort", "port"};

	for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
		const struct json_node *const value = json_get(port, KEYS[i]);

		if (json_is(value, JSON_STRING))
			return json_str(arena, value);
		if (json_is(value, JSON_NUMBER) && !str_is(json_raw(value), "0"))
			return json_raw(value);
	}
	return STR("");
}

static void put_endpoints(struct status_draft *d, const struct observed_service *service)
{
	struct json_edit *map = json_edit_object();
	struct arena *const arena = d->round->arena;

	for (struct json_iter it = json_iter(service ? service->ports : NULL);
		json_next_item(&it);) {
		const struct str name = json_str(arena, json_get(it.value, "name"));
		const struct str at = endpoint_of(arena, it.value);

		if (name.len && at.len)
			json_edit_set(map, name, json_edit_str(at));
	}
	if (json_edit_first(map))
		status_put_map(d, "endpoints", map, STATUS_SOON);
	else
		json_edit_free(&map);
}

bool status_head_is_ready(const struct observed_pod *head)
{
	return head && head->ready == POD_READY_TRUE && !head->lost;
}

static void put_condition(struct status_draft *d, const struct observed_pod *head)
{
	const bool there = head && head->uid.len;
	struct status_condition condition = {
		.type = STATUS_HEAD_READY,
		.reason = STR("HeadPodNotFound"),
		.message = STR("Head Pod not found"),
		.flip = STATUS_SOON,
		.words = STATUS_SOON,
	};

	if (there) {
		condition.status = status_head_is_ready(head);
		condition.reason = head->reason;
		condition.message = head->message;
	}
	if (there && head->lost) {
		condition.reason = STR("NodeLost");
		condition.message = STR("the node of the head Pod has not been heard of");
	}
	if (condition.status && condition.reason.len == 0)
		condition.reason = STR("HeadPodRunningAndReady");
	status_put_condition(d, &condition);
}

void status_put_head(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts)
{
	const struct observed_service *const service = status_head_service(in);

	put_addresses(d, counts->head, service);
	put_endpoints(d, service);
	put_condition(d, counts->head);
}
