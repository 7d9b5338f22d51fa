/* Requests and limits of containers: what the API server refuses, and what was not meant. */
#include <stdlib.h>
#include <string.h>

#include "validators/check.h"
#include "validators/rules.h"

/* What people write instead of a resource's name. */
static const struct {
	const char *wrong, *right;
} MISTAKES[] = {
	{"gpu", "nvidia.com/gpu"},
	{"gpus", "nvidia.com/gpu"},
	{"nvidia/gpu", "nvidia.com/gpu"},
	{"nvidia.com/gpus", "nvidia.com/gpu"},
	{"amd.com/gpus", "amd.com/gpu"},
	{"tpu", "google.com/tpu"},
	{"tpus", "google.com/tpu"},
	{"google.com/tpus", "google.com/tpu"},
	{"neuron", "aws.amazon.com/neuron"},
	{"neuroncore", "aws.amazon.com/neuroncore"},
	{"aws.amazon.com/neurons", "aws.amazon.com/neuron"},
	{"cpus", "cpu"},
	{"cpu", "cpu"},
	{"memory", "memory"},
	{"mem", "memory"},
	{"storage", "ephemeral-storage"},
	{"disk", "ephemeral-storage"},
	{"ephemeralstorage", "ephemeral-storage"},
	{"nvidia.com/gpu", "nvidia.com/gpu"},
	{"amd.com/gpu", "amd.com/gpu"},
	{"google.com/tpu", "google.com/tpu"},
};

/* What is meant by these is right as it is. */
static bool is_right(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(MISTAKES); i++) {
		if (str_is(name, MISTAKES[i].right))
			return true;
	}
	return false;
}

static const char *meant_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(MISTAKES); i++) {
		if (str_is_nocase(name, MISTAKES[i].wrong) && !str_is(name, MISTAKES[i].right))
			return MISTAKES[i].right;
	}
	return NULL;
}

static bool has_domain(struct str name)
{
	return str_find(name, '/') < name.len;
}

static bool is_huge_page(struct str name)
{
	return str_starts(name, "hugepages-");
}

static bool is_cpu(struct str name)
{
	return str_is(name, "cpu");
}

static bool is_memory(struct str name)
{
	return str_is(name, "memory");
}

static bool is_common(struct str name)
{
	return is_cpu(name) || is_memory(name);
}

static bool is_special(struct str name)
{
	return !is_common(name);
}

static bool is_any(struct str name)
{
	(void)name;
	return true;
}

static bool is_standard(struct str name)
{
	return is_common(name) || str_is(name, "ephemeral-storage") || is_huge_page(name);
}

static const char OF_QUOTA[] = "requests.";

/* As a quota calls what is asked for of a device; no container has a resource of that name. */
static bool is_of_quota(struct str name)
{
	return str_starts(name, OF_QUOTA) && !str_contains(name, "kubernetes.io/");
}

/* Of a device plugin: whole numbers, never more asked for than limited. */
static bool is_extended(struct str name)
{
	return !is_common(name) && has_domain(name) && !str_contains(name, "kubernetes.io/");
}

/* An amount that stands in a list of limits or requests. */
struct place {
	const struct resource_requirements *of;
	const char *list;
};

#define RESOURCE_AT(p, item) FIELD_KEY(FIELD_CHILD((p)->of->self.at, (p)->list), (item)->name)

typedef bool resource_is_fn(struct str name);
typedef void resource_fn(
	const struct rule_context *c, const struct place *p, const struct resource *item);

static inline void each_of_list(const struct rule_context *c, const struct resource_list *list,
	const struct place *p, resource_is_fn *is_meant, resource_fn *check)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_meant(list->items[i].name))
			check(c, p, &list->items[i]);
	}
}

static inline const struct resource *last_of_list(
	const struct resource_list *list, resource_is_fn *is_meant)
{
	for (size_t i = list->count; i-- > 0;) {
		if (is_meant(list->items[i].name))
			return &list->items[i];
	}
	return NULL;
}

/* Of limits and then requests the last whose name is one that is meant; NULL when none is. */
static inline const struct resource *last_resource(
	const struct resource_requirements *r, resource_is_fn *is_meant)
{
	const struct resource *const request = last_of_list(&r->requests, is_meant);

	return request ? request : last_of_list(&r->limits, is_meant);
}

/* Of the limits and requests those whose name is one that is meant. */
static inline void each_resource(const struct rule_context *c,
	const struct resource_requirements *r, resource_is_fn *is_meant, resource_fn *check)
{
	each_of_list(c, &r->limits, &(struct place){r, "limits"}, is_meant, check);
	each_of_list(c, &r->requests, &(struct place){r, "requests"}, is_meant, check);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct resource *)a)->name, ((const struct resource *)b)->name);
}

/* A list of so few is searched as it is. */
enum { FEW = 8 };

/* The list in order of names: a copy where it is long, so that looking names up stays cheap. */
static struct resource_list sorted(struct arena *arena, const struct resource_list *list)
{
	struct resource_list copy = *list;

	if (list->count <= FEW)
		return copy;
	copy.items = arena_array(arena, list->count + 1, sizeof(*copy.items));
	for (size_t i = 0; i < list->count; i++)
		copy.items[i] = list->items[i];
	qsort(copy.items, copy.count, sizeof(*copy.items), by_name);
	return copy;
}

NOINLINE static const struct resource *find_in_order(
	const struct resource_list *list, struct str name)
{
	const struct resource key = {.name = name};

	return bsearch(&key, list->items, list->count, sizeof(*list->items), by_name);
}

static const struct resource *find_sorted(const struct resource_list *list, struct str name)
{
	return list->count <= FEW ? resource_find_str(list, name) : find_in_order(list, name);
}

static struct quantity_text amount(const struct resource *r)
{
	return is_cpu(r->name) || has_domain(r->name) ? quantity_print_count(r->quantity)
						      : quantity_print_bytes(r->quantity);
}

static void request_is_within_limit(
	const struct rule_context *c, const struct resource_requirements *r)
{
	if (!r->requests.count)
		return;
	const struct resource_list limits = sorted(c->arena, &r->limits);
	const struct field_path *const at = FIELD_CHILD(r->self.at, "requests");

	for (size_t i = 0; i < r->requests.count; i++) {
		const struct resource *const request = &r->requests.items[i];
		const struct resource *const limit = find_sorted(&limits, request->name);

		if (limit && quantity_cmp(request->quantity, limit->quantity) > 0)
			rule_found(c, FIELD_KEY(at, request->name), FIELD_INVALID,
				FIELD_READS(request->node, limit->node),
				"must be at most the limit (%s): lower the request, or raise the "
				"limit",
				amount(limit).at);
	}
}

static void check_resource_name(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (is_right(item->name))
		return;
	const char *const meant = meant_name(item->name);
	const char *const fault = names_fault(NAME_QUALIFIED, item->name);

	if (is_standard(item->name) && !fault)
		return;
	if (has_domain(item->name) && !fault) {
		if (is_of_quota(item->name))
			rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
				"a name that begins with requests. belongs into a ResourceQuota: "
				"write %.*s",
				STR_ARG(str_from_offset(item->name, strlen(OF_QUOTA))));
		else if (meant)
			rule_warned(c, RESOURCE_AT(p, item), FIELD_NOT_SUPPORTED,
				FIELD_READS(item->node),
				"no node is known to offer this resource; did you mean \"%s\"?",
				meant);
		return;
	}
	if (meant)
		rule_found(c, RESOURCE_AT(p, item), FIELD_NOT_SUPPORTED, FIELD_READS(item->node),
			"Kubernetes knows no such resource; did you mean \"%s\"?", meant);
	else if (fault)
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"the name of a resource %s", fault);
	else
		rule_found(c, RESOURCE_AT(p, item), FIELD_NOT_SUPPORTED, FIELD_READS(item->node),
			"must be cpu, memory, ephemeral-storage, hugepages-<size>, or have a "
			"domain in front, like nvidia.com/gpu; Ray's own resources do not belong "
			"here");
}

static void resource_name_is_known(
	const struct rule_context *c, const struct resource_requirements *r)
{
	each_resource(c, r, is_special, check_resource_name);
}

static void check_whole(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (!quantity_is_whole(item->quantity))
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"must be a whole number: a container gets whole devices; tasks and actors "
			"of Ray "
			"may ask for parts of one");
}

static void device_is_whole(const struct rule_context *c, const struct resource_requirements *r)
{
	const struct resource_list limits = sorted(c->arena, &r->limits);
	const struct field_path *const at = FIELD_CHILD(r->self.at, "requests");

	each_resource(c, r, is_extended, check_whole);
	for (size_t i = 0; i < r->requests.count; i++) {
		const struct resource *const request = &r->requests.items[i];

		if (!is_extended(request->name) && !is_huge_page(request->name))
			continue;
		const struct resource *const limit = find_sorted(&limits, request->name);

		if (!limit)
			rule_found(c, FIELD_KEY(at, request->name), FIELD_REQUIRED,
				FIELD_READS(request->node, NULL),
				"must have a limit of the same amount: add limits: {%.*s: %s}",
				STR_ARG(request->name), amount(request).at);
		else if (quantity_cmp(request->quantity, limit->quantity) < 0)
			rule_found(c, FIELD_KEY(at, request->name), FIELD_INVALID,
				FIELD_READS(request->node, limit->node),
				"must equal the limit (%s): this resource cannot be shared",
				amount(limit).at);
	}
}

static void check_huge_page(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	struct quantity page;
	struct err err;

	if (!quantity_parse(str_from_offset(item->name, sizeof("hugepages-") - 1), &page, &err) ||
		page.nano <= 0) {
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"the name must end with the size of a page, such as hugepages-2Mi");
		return;
	}
	if (item->quantity.nano % page.nano != 0)
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"must be a multiple of the page's size (%s)",
			quantity_print_bytes(page).at);
}

static void huge_pages_fit(const struct rule_context *c, const struct resource_requirements *r)
{
	const struct resource *const page = last_resource(r, is_huge_page);

	if (!page)
		return;
	each_resource(c, r, is_huge_page, check_huge_page);
	if (!last_resource(r, is_common))
		rule_found(c, r->self.at, FIELD_FORBIDDEN, FIELD_READS(page->node),
			"hugepages need a request or limit of cpu or memory beside them");
}

static void check_sign(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (quantity_is_negative(item->quantity))
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"must be 0 or more");
}

static void amount_is_not_negative(
	const struct rule_context *c, const struct resource_requirements *r)
{
	each_resource(c, r, is_any, check_sign);
}

/* 512m is half a byte: meant was 512Mi. No container starts with less than some mebibytes. */
static void check_bytes(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (item->quantity.nano <= 0 || quantity_cmp(item->quantity, quantity_whole(1 << 20)) >= 0)
		return;
	const struct str raw = json_raw(item->node);
	const bool milli = raw.len > 2 && str_ends(raw, "m\"");
	const struct resource *const limit = resource_find(&p->of->limits, "memory");

	if (item == limit)
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"no container can start with so little%s",
			milli ? ": \"m\" means thousandths of a byte; did you mean \"Mi\"?"
			      : "; write the unit, such as Mi or Gi");
	else if (!limit || quantity_cmp(item->quantity, limit->quantity) != 0)
		rule_warned(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"asks for next to nothing%s",
			milli ? ": \"m\" means thousandths of a byte; did you mean \"Mi\"?"
			      : "; write the unit, such as Mi or Gi");
}

static void memory_has_a_unit(const struct rule_context *c, const struct resource_requirements *r)
{
	each_resource(c, r, is_memory, check_bytes);
}

COLD static void are_many_cpus(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (quantity_cmp(item->quantity, quantity_whole(1000000)) > 0)
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"no node has so many CPUs");
	else
		rule_found(c, RESOURCE_AT(p, item), FIELD_INVALID, FIELD_READS(item->node),
			"no node has so many CPUs; did you mean %sm, thousandths of a CPU?",
			quantity_print_count(item->quantity).at);
}

/* A thousand CPUs and more: 1000m was meant. */
static void check_cpus(
	const struct rule_context *c, const struct place *p, const struct resource *item)
{
	if (quantity_cmp(item->quantity, quantity_whole(1000)) >= 0)
		are_many_cpus(c, p, item);
}

static void cpu_is_plausible(const struct rule_context *c, const struct resource_requirements *r)
{
	each_resource(c, r, is_cpu, check_cpus);
}

static const struct rule RULES[] = {
	RULE("RG0501", "request-within-limit", ERROR, BOTH, "0.1", "kuberay#2178",
		"A container asks for no more of a resource than its limit.",
		RULE_CHECKS_RESOURCES(request_is_within_limit), .needs = PART(REQUESTS)),
	RULE("RG0502", "resource-name-known", ERROR, BOTH, "0.1", NULL,
		"A resource is one of Kubernetes' own or has a domain in its name, without a known "
		"misspelling.",
		RULE_CHECKS_SPECIAL(resource_name_is_known),
		.needs = PART(LIMITS) | PART(REQUESTS)),
	RULE("RG0503", "device-count-whole", ERROR, BOTH, "0.1", NULL,
		"Devices such as GPUs are asked for in whole numbers, with a limit equal to the "
		"request.",
		RULE_CHECKS_SPECIAL(device_is_whole), .needs = PART(LIMITS) | PART(REQUESTS)),
	RULE("RG0504", "huge-pages-fit", ERROR, BOTH, "0.1", NULL,
		"Huge pages are whole pages and stand beside CPU or memory.",
		RULE_CHECKS_SPECIAL(huge_pages_fit), .needs = PART(LIMITS) | PART(REQUESTS)),
	RULE("RG0505", "amount-not-negative", ERROR, BOTH, "0.1", NULL,
		"No request or limit is negative.", RULE_CHECKS_RESOURCES(amount_is_not_negative),
		.needs = PART(LIMITS) | PART(REQUESTS)),
	RULE("RG0506", "memory-has-a-unit", ERROR, BOTH, "0.1", NULL,
		"A memory limit is enough to start a container at all: 512Mi, not 512m.",
		RULE_CHECKS_RESOURCES(memory_has_a_unit), .needs = PART(LIMITS) | PART(REQUESTS)),
	RULE("RG0507", "cpu-plausible", WARN, BOTH, "0.1", NULL,
		"A container asks for less than 1000 CPUs.",
		RULE_CHECKS_RESOURCES(cpu_is_plausible), .needs = PART(LIMITS) | PART(REQUESTS)),
};

const struct rule_table RULES_RESOURCES = RULE_TABLE(RULES);
