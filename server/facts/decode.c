#include "server/facts/decode.h"

static struct str text(struct arena *arena, const struct json_node *node)
{
	/* json_str borrows from the event, which does not outlive the watch's buffer. */
	return json_is(node, JSON_STRING) ? arena_str(arena, json_str(arena, node))
					  : (struct str){0};
}

static struct quantity amount(const struct json_node *node)
{
	struct quantity q = {0};
	struct err err;

	return quantity_read(node, &q, &err) ? q : (struct quantity){0};
}

static struct resource_list resources(struct arena *arena, const struct json_node *map)
{
	struct resource_list list = {0};

	list.items = arena_array(arena, json_count(map), sizeof(*list.items));
	for (struct json_iter it = json_iter(map); json_next_member(&it);)
		list.items[list.count++] = (struct resource){
			.name = text(arena, it.key), .quantity = amount(it.value)};
	return list;
}

/* ResourceQuota takes "cpu" and "requests.cpu" for the same; so for what can be requested at all.
 */
static struct str quota_name(struct arena *arena, const struct json_node *key)
{
	static const char *const SHORT[] = {"cpu", "memory", "ephemeral-storage"};

	for (size_t i = 0; i < ARRAY_LEN(SHORT); i++) {
		if (json_str_is(key, str_from(SHORT[i])))
			return arena_printf(arena, "requests.%s", SHORT[i]);
	}
	return json_str_is(key, STR("count/pods")) ? STR("pods") : text(arena, key);
}

static void decode_amounts(
	struct arena *arena, const struct json_node *object, struct facts_quota *out)
{
	const struct json_node *const status = json_get(object, "status");
	const struct json_node *hard = json_get(status, "hard");
	const struct json_node *const used = json_get(status, "used");

	if (!json_present(hard))
		hard = json_get(json_get(object, "spec"), "hard");
	out->amounts = arena_array(arena, json_count(hard), sizeof(*out->amounts));
	for (struct json_iter it = json_iter(hard); json_next_member(&it);)
		out->amounts[out->amount_count++] = (struct facts_amount){
			.name = quota_name(arena, it.key),
			.hard = amount(it.value),
			.used = amount(json_get_str(used, json_str(arena, it.key))),
		};
}

static void decode_values(
	struct arena *arena, const struct json_node *list, struct facts_scope *out)
{
	out->values = arena_array(arena, json_count(list), sizeof(*out->values));
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		out->values[out->value_count++] = text(arena, it.value);
}

static void decode_scopes(
	struct arena *arena, const struct json_node *spec, struct facts_quota *out)
{
	const struct json_node *const names = json_get(spec, "scopes");
	const struct json_node *const selector =
		json_get(json_get(spec, "scopeSelector"), "matchExpressions");

	out->scopes =
		arena_array(arena, json_count(names) + json_count(selector), sizeof(*out->scopes));
	for (struct json_iter it = json_iter(names); json_next_item(&it);)
		out->scopes[out->scope_count++] = (struct facts_scope){
			.name = text(arena, it.value), .operator= STR("Exists")};
	for (struct json_iter it = json_iter(selector); json_next_item(&it);) {
		struct facts_scope *const scope = &out->scopes[out->scope_count++];

		scope->name = text(arena, json_get(it.value, "scopeName"));
		scope->operator= text(arena, json_get(it.value, "operator"));
		decode_values(arena, json_get(it.value, "values"), scope);
	}
}

static void *decode_quota(struct arena *arena, const struct json_node *object)
{
	struct facts_quota *const quota = arena_alloc(arena, sizeof(*quota));

	quota->name = text(arena, json_get(json_get(object, "metadata"), "name"));
	decode_amounts(arena, object, quota);
	decode_scopes(arena, json_get(object, "spec"), quota);
	return quota;
}

static void *decode_limit_range(struct arena *arena, const struct json_node *object)
{
	const struct json_node *const limits = json_get(json_get(object, "spec"), "limits");
	struct facts_limit_range *const range = arena_alloc(arena, sizeof(*range));

	range->name = text(arena, json_get(json_get(object, "metadata"), "name"));
	range->limits = arena_array(arena, json_count(limits), sizeof(*range->limits));
	for (struct json_iter it = json_iter(limits); json_next_item(&it);)
		range->limits[range->count++] = (struct facts_limit){
			.type = text(arena, json_get(it.value, "type")),
			.max = resources(arena, json_get(it.value, "max")),
			.min = resources(arena, json_get(it.value, "min")),
			.defaults = resources(arena, json_get(it.value, "default")),
			.default_requests = resources(arena, json_get(it.value, "defaultRequest")),
			.ratio = resources(arena, json_get(it.value, "maxLimitRequestRatio")),
		};
	return range;
}

static void decode_labels(
	struct arena *arena, const struct json_node *labels, struct node_shape *out)
{
	out->labels = arena_array(arena, json_count(labels), sizeof(*out->labels));
	for (struct json_iter it = json_iter(labels); json_next_member(&it);)
		out->labels[out->label_count++] =
			(struct node_label){text(arena, it.key), text(arena, it.value)};
}

static void decode_taints(
	struct arena *arena, const struct json_node *taints, struct node_shape *out)
{
	out->taints = arena_array(arena, json_count(taints), sizeof(*out->taints));
	for (struct json_iter it = json_iter(taints); json_next_item(&it);)
		out->taints[out->taint_count++] = (struct node_taint){
			.key = text(arena, json_get(it.value, "key")),
			.value = text(arena, json_get(it.value, "value")),
			.effect = text(arena, json_get(it.value, "effect")),
		};
}

static void *decode_node(struct arena *arena, const struct json_node *object)
{
	const struct json_node *const spec = json_get(object, "spec");
	const struct json_node *const meta = json_get(object, "metadata");
	struct node_shape *const node = arena_alloc(arena, sizeof(*node));

	node->name = text(arena, json_get(meta, "name"));
	node->allocatable = resources(arena, json_get(json_get(object, "status"), "allocatable"));
	node->unschedulable = json_is(json_get(spec, "unschedulable"), JSON_TRUE);
	decode_labels(arena, json_get(meta, "labels"), node);
	decode_taints(arena, json_get(spec, "taints"), node);
	return node;
}

/* One that is being deleted gives its claim up. */
static void *decode_store(struct arena *arena, const struct json_node *object)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct json_node *const storage =
		json_get(json_get(json_get(object, "spec"), "gcsFaultToleranceOptions"), "storage");
	const struct str claim = text(arena, json_get(storage, "claimName"));

	if (claim.len == 0 || json_present(json_get(meta, "deletionTimestamp")))
		return NULL;
	struct facts_store *const store = arena_alloc(arena, sizeof(*store));

	store->cluster = text(arena, json_get(meta, "name"));
	store->claim = claim;
	store->sub_path = text(arena, json_get(storage, "subPath"));
	return store;
}

static void *decode_nothing(struct arena *arena, const struct json_node *object)
{
	(void)object;
	return arena;
}

typedef void *decode_fn(struct arena *arena, const struct json_node *object);

void *facts_decode(struct arena *arena, enum facts_kind kind, const struct json_node *object)
{
	static decode_fn *const DECODE[FACTS_KINDS] = {
		[FACTS_RESOURCE_QUOTA] = decode_quota,
		[FACTS_LIMIT_RANGE] = decode_limit_range,
		[FACTS_NODE] = decode_node,
		[FACTS_GCS_STORE] = decode_store,
	};

	return (DECODE[kind] ? DECODE[kind] : decode_nothing)(arena, object);
}
