/*
 * What Ray is told that a node has, in place of what it would find: the limits of the Ray
 * container, as the operator of 2022 read them. Mended: every form of a quantity is read, decimal
 * suffixes are decimal, and memory without a limit is left to Ray.
 */
#include "server/children/legacy_start.h"

enum { MEMORY_TENTHS = 7 }; /* Ray's object store has the rest */

static bool is_gpu(struct str name)
{
	for (size_t i = 0; i + 3 <= name.len; i++) {
		if (str_is_nocase((struct str){name.at + i, 3}, "gpu"))
			return true;
	}
	return false;
}

static int64_t positive(struct quantity q)
{
	const int64_t value = quantity_value(q);

	return value > 0 ? value : 0;
}

static int64_t cpus(const struct resource_list *limits)
{
	const struct resource *const cpu = resource_find(limits, "cpu");

	return cpu ? positive(cpu->quantity) : 0;
}

static int64_t gpus(const struct resource_list *limits)
{
	int64_t sum = 0;

	for (size_t i = 0; i < limits->count; i++) {
		const int64_t value = positive(limits->items[i].quantity);

		if (is_gpu(limits->items[i].name))
			sum = value > INT32_MAX - sum ? INT32_MAX : sum + value;
	}
	return sum;
}

static int64_t memory(const struct resource_list *limits)
{
	const struct resource *const limit = resource_find(limits, "memory");
	const int64_t bytes = limit ? positive(limit->quantity) : 0;

	return bytes / 10 * MEMORY_TENTHS + bytes % 10 * MEMORY_TENTHS / 10;
}

struct str legacy_resources(struct arena *arena, const struct ray_group *type)
{
	static const struct resource_list NONE = {0};
	const struct container *const ray = pod_ray_container(&type->template);
	const struct resource_list *const limits = ray ? &ray->resources.limits : &NONE;
	const int64_t bytes = memory(limits);
	struct json_edit *value = json_edit_object();
	CLEANUP(buf_done) struct buf out = {0};

	json_edit_put_i64(value, "CPU", cpus(limits));
	json_edit_put_i64(value, "GPU", gpus(limits));
	if (bytes > 0)
		json_edit_put_i64(value, "memory", bytes);
	/* Those of the user's own take the place of what was found. */
	for (struct json_iter it = json_iter(type->ray_resources.node); json_next_member(&it);) {
		if (json_is(it.value, JSON_NUMBER))
			json_edit_set(value, json_str(arena, it.key), json_edit_import(it.value));
	}
	json_edit_print(value, &out);
	json_edit_free(&value);
	return arena_str(arena, buf_str(&out));
}
