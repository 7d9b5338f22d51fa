#include "server/children/start_params.h"

#include <stdlib.h>

#include "server/children/logical_resources.h"
#include "validators/gpu.h"

const struct str *start_params_get(const struct start_params *params, const char *key)
{
	for (size_t i = 0; i < params->count; i++) {
		if (str_is(params->items[i].key, key))
			return &params->items[i].value;
	}
	return NULL;
}

void start_params_set(struct start_params *params, struct str key, struct str value)
{
	for (size_t i = 0; i < params->count; i++) {
		if (str_eq(params->items[i].key, key)) {
			params->items[i].value = value;
			return;
		}
	}
	if (params->count == params->room) {
		const size_t room = params->room ? params->room * 2 : 16;

		params->items = arena_grow(params->arena, params->items,
			params->room * sizeof(*params->items), room * sizeof(*params->items));
		params->room = room;
	}
	params->items[params->count++] = (struct start_param){key, value};
}

/* Sets it where it is absent. */
static void set_default(struct start_params *params, const char *key, struct str value)
{
	if (start_params_get(params, key) == NULL)
		start_params_set(params, str_from(key), value);
}

static struct str whole(struct arena *arena, struct quantity quantity)
{
	return arena_printf(arena, "%lld", (long long)quantity_value(quantity));
}

/* As close as a double comes; Ray itself computes with these. */
static double quantity_double(struct quantity quantity)
{
	return (double)quantity.nano / 1e9;
}

static struct str lower(struct arena *arena, struct str text)
{
	char *const copy = (char *)(uintptr_t)arena_str(arena, text).at;

	for (size_t i = 0; i < text.len; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	}
	return (struct str){copy, text.len};
}

/* The parameter that a logical resource is given by; NULL for those that go into "resources". */
static const char *param_of(struct arena *arena, struct str resource)
{
	const struct str name = lower(arena, resource);

	if (str_is(name, "cpu"))
		return "num-cpus";
	if (str_is(name, "memory"))
		return "memory";
	return gpu_is_key(name) ? "num-gpus" : NULL;
}

/* A quantity that cannot be read is left out, as upstream does; a rule has told the user. */
static void add_resources(struct start_params *params, const struct ray_group *group)
{
	struct logical_resources others = {.arena = params->arena};

	for (struct json_iter it = json_iter(group->resources.node); json_next_member(&it);) {
		const struct str name = json_str(params->arena, it.key);
		const char *const param = param_of(params->arena, name);
		struct quantity quantity;
		struct err err;

		if (!quantity_parse(json_str(params->arena, it.value), &quantity, &err))
			continue;
		if (param)
			start_params_set(params, str_from(param), whole(params->arena, quantity));
		else
			logical_resources_set(&others, name, quantity_double(quantity));
	}
	if (others.count)
		start_params_set(params, STR("resources"), logical_resources_print(&others));
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct start_param *)a)->key, ((const struct start_param *)b)->key);
}

static void sort(struct start_params *params)
{
	if (params->count > 1)
		qsort(params->items, params->count, sizeof(*params->items), by_key);
}

/* "k=v,k=v" */
static void add_labels(struct start_params *params, const struct ray_group *group)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct start_params labels = {.arena = params->arena};

	for (struct json_iter it = json_iter(group->labels.node); json_next_member(&it);)
		start_params_set(&labels, json_str(params->arena, it.key),
			json_str(params->arena, it.value));
	sort(&labels);
	for (size_t i = 0; i < labels.count; i++)
		buf_printf(&text, "%s%.*s=%.*s", i ? "," : "", STR_ARG(labels.items[i].key),
			STR_ARG(labels.items[i].value));
	if (labels.count)
		start_params_set(params, STR("labels"), arena_str(params->arena, buf_str(&text)));
}

void start_params_of_group(
	struct start_params *params, struct arena *arena, const struct ray_group *group)
{
	*params = (struct start_params){.arena = arena};
	for (struct json_iter it = json_iter(group->start_params.node); json_next_member(&it);)
		start_params_set(params, json_str(arena, it.key), json_str(arena, it.value));
	add_resources(params, group);
	add_labels(params, group);
}

void start_params_complete(struct start_params *params, bool head, struct str head_address)
{
	if (head)
		set_default(params, "dashboard-host", STR("0.0.0.0"));
	else
		set_default(params, "address", head_address);
	set_default(params, "metrics-export-port", STR("8080"));
	start_params_set(params, STR("block"), STR("true"));
	set_default(params, "dashboard-agent-listen-port", STR("52365"));
}

/* Of the container's limit, else of its request where `or_request`. */
static void take_amount(struct start_params *params, const char *key, const struct container *ray,
	const char *resource, bool or_request)
{
	const struct resource *amount = resource_find(&ray->resources.limits, resource);

	if (or_request && (amount == NULL || quantity_is_zero(amount->quantity)))
		amount = resource_find(&ray->resources.requests, resource);
	if (amount && !quantity_is_zero(amount->quantity))
		set_default(params, key, whole(params->arena, amount->quantity));
}

static const char *accelerator_of(struct str resource)
{
	if (str_is(resource, "aws.amazon.com/neuroncore"))
		return "neuron_cores";
	return str_is(resource, "google.com/tpu") ? "TPU" : NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct resource *const *const x = a;
	const struct resource *const *const y = b;

	return str_cmp((*x)->name, (*y)->name);
}

/* The limits that are not zero, by name. */
static size_t sorted_limits(
	struct arena *arena, const struct resource_list *limits, const struct resource ***out)
{
	const struct resource **const list = arena_array(arena, limits->count, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < limits->count; i++) {
		if (!quantity_is_zero(limits->items[i].quantity))
			list[count++] = &limits->items[i];
	}
	if (count > 1)
		qsort(list, count, sizeof(*list), by_name);
	*out = list;
	return count;
}

/*
 * The first GPU, and the first accelerator of another kind unless the user named one of those.
 * Where his "resources" cannot be read, both are left alone.
 */
static void take_accelerators(struct start_params *params, const struct container *ray)
{
	const struct str *const given = start_params_get(params, "resources");
	struct logical_resources resources = {.arena = params->arena};
	const struct resource **limits;

	if (given && !logical_resources_read(&resources, *given))
		return;
	const size_t count = sorted_limits(params->arena, &ray->resources.limits, &limits);
	bool taken = logical_resources_has(&resources, STR("neuron_cores")) ||
		     logical_resources_has(&resources, STR("TPU"));

	for (size_t i = 0; i < count; i++) {
		const char *const accelerator = accelerator_of(limits[i]->name);

		if (gpu_is_key(limits[i]->name))
			set_default(params, "num-gpus", whole(params->arena, limits[i]->quantity));
		if (accelerator == NULL || taken)
			continue;
		logical_resources_set(
			&resources, str_from(accelerator), quantity_double(limits[i]->quantity));
		start_params_set(params, STR("resources"), logical_resources_print(&resources));
		taken = true;
	}
}

/* Flags of Ray that take "true" or "false" as a value; any other is there or not. */
static bool takes_words(struct str key)
{
	static const char *const KEYS[] = {"log-color", "include-dashboard", "include-log-monitor"};

	for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
		if (str_is(key, KEYS[i]))
			return true;
	}
	return false;
}

static void add_flag(const struct start_param *p, struct buf *out)
{
	const bool on = str_is_nocase(p->value, "true");

	if ((on || str_is_nocase(p->value, "false")) && !takes_words(p->key)) {
		if (on)
			buf_printf(out, " --%.*s ", STR_ARG(p->key));
		return;
	}
	buf_printf(out, " --%.*s=%.*s ", STR_ARG(p->key), STR_ARG(p->value));
}

struct str start_command(struct start_params *params, bool head, const struct container *ray)
{
	CLEANUP(buf_done) struct buf text = {0};

	take_amount(params, "num-cpus", ray, "cpu", true);
	take_amount(params, "memory", ray, "memory", false);
	take_accelerators(params, ray);
	sort(params);
	buf_add_cstr(&text, head ? "ray start --head " : "ray start ");
	for (size_t i = 0; i < params->count; i++)
		add_flag(&params->items[i], &text);
	return arena_str(params->arena, buf_str(&text));
}
