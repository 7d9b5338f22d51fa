/* The amounts of limits and quotas, in the words of ResourceQuota. */
#include "api/policy_builder.h"

/* "requests.cpu", "limits.memory", "pods", "count/rayclusters"; plain "cpu" is requests.cpu. */
static bool is_short(struct str name)
{
	return str_is(name, "cpu") || str_is(name, "memory");
}

static bool is_count(struct str name)
{
	return str_is(name, "pods") || str_is(name, "count/rayclusters");
}

static bool is_amount_name(struct str name)
{
	return str_starts(name, "requests.") || str_starts(name, "limits.") || is_count(name) ||
	       is_short(name);
}

/* Of a container: few of Kubernetes' own, and whatever has a domain. */
static bool can_be_asked_for(struct str resource)
{
	return is_short(resource) || str_is(resource, "ephemeral-storage") ||
	       str_starts(resource, "hugepages-") || str_find(resource, '/') < resource.len;
}

/* Whether an amount of that name bounds what there cannot be. */
static bool counts_nothing(struct str name)
{
	return str_find(name, '.') < name.len &&
	       !can_be_asked_for(str_from_offset(name, str_find(name, '.') + 1));
}

static struct str amount_name(struct arena *arena, struct str name)
{
	return is_short(name) ? arena_printf(arena, "requests.%.*s", STR_ARG(name)) : name;
}

static void check_amount(const struct policy_builder *b, const struct resource_list *list,
	const struct resource *r, const struct field_path *at)
{
	if (quantity_is_negative(r->quantity))
		policy_wrong(b, at, r->node, "must be 0 or more");
	if (!is_amount_name(r->name))
		policy_wrong(b, at, r->node,
			"unknown amount: write requests.<resource>, limits.<resource>, "
			"pods or count/rayclusters");
	else if (counts_nothing(r->name))
		policy_doubt(b, at, r->node,
			"no container can ask for this resource, so nothing is ever counted: write "
			"cpu, memory, ephemeral-storage, or a name with its domain, such as "
			"nvidia.com/gpu");
	if (is_count(r->name) && !quantity_is_whole(r->quantity))
		policy_wrong(b, at, r->node, "must be a whole number");
	if (is_short(r->name) && resource_find_str(list, amount_name(&b->policy->arena, r->name)))
		policy_wrong(b, at, r->node,
			str_is(r->name, "cpu")
				? "is short for requests.cpu, which is there, too: remove one"
				: "is short for requests.memory, which is there, too: remove one");
}

struct policy_amounts policy_amounts_build(const struct policy_builder *b,
	const struct resource_list *list, const struct field_path *at)
{
	struct arena *const arena = &b->policy->arena;
	struct policy_amounts out = {.items = arena_array(arena, list->count, sizeof(*out.items))};

	for (size_t i = 0; i < list->count; i++) {
		const struct resource *const r = &list->items[i];

		check_amount(b, list, r, FIELD_KEY(at, r->name));
		out.items[out.count++] =
			(struct policy_amount){amount_name(arena, r->name), r->quantity, r->node};
	}
	return out;
}
