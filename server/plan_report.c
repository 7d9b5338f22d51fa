#include "server/plan_report.h"

#include <string.h>

#include "api/injected.h"
#include "server/check/report.h"
#include "server/children/auth_secret.h"
#include "server/children/children.h"
#include "server/plan_cost.h"
#include "validators/footprint.h"
#include "validators/unsupported.h"

/* One block of the footprint: the whole, a group, or the pod that submits a job. */
struct block {
	struct str name;
	struct footprint footprint;
	const char *injected[INJECTED_MAX + 1];
	size_t injected_count;
};

static const struct ray_object *object_of(const struct plan *plan)
{
	return plan->judged->mutation->object;
}

static struct block block_of(const struct plan *plan, const struct ray_group *group)
{
	const struct ray_object *const object = object_of(plan);
	struct block block = {.name = group->is_head ? STR("head") : group->name.v};
	struct injected list[INJECTED_MAX];
	struct injected submitter;

	footprint_of_group(plan->arena, plan->policy, object->cluster, group, &block.footprint);
	block.injected_count =
		injected_containers(plan->arena, plan->policy, object->cluster, group, list);
	for (size_t i = 0; i < block.injected_count; i++)
		block.injected[i] = list[i].name;
	if (group->is_head &&
		injected_submitter(plan->arena, object, &submitter) == INJECTED_IN_HEAD)
		block.injected[block.injected_count++] = submitter.name;
	return block;
}

static struct str names_of(struct arena *arena, const struct block *block)
{
	CLEANUP(buf_done) struct buf names = {0};

	for (size_t i = 0; i < block->injected_count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", block->injected[i]);
	return arena_str(arena, buf_str(&names));
}

static void add_lines(const struct footprint *footprint, struct buf *out)
{
	for (size_t i = 0; i < footprint->count; i++) {
		const struct footprint_line *const line = &footprint->lines[i];

		buf_printf(out, "    %-32.*s %10s %10s %10s\n", STR_ARG(line->name),
			footprint_print(line->name, line->least).at,
			footprint_print(line->name, line->now).at,
			footprint_print(line->name, line->most).at);
	}
}

static void add_group(const struct plan *plan, const struct ray_group *group, struct buf *out)
{
	const struct block block = block_of(plan, group);

	buf_printf(out, "  %s%.*s", group->is_head ? "" : "group ", STR_ARG(block.name));
	if (block.injected_count)
		buf_printf(out, ", with %.*s injected", STR_ARG(names_of(plan->arena, &block)));
	buf_add_char(out, '\n');
	add_lines(&block.footprint, out);
}

static void add_cost(const struct plan *plan, const struct footprint *whole, struct buf *out)
{
	const struct policy *const policy = plan->policy;

	if (policy->price_count)
		buf_printf(out, "  %-34s %10s %10s %10s\n", "price of an hour",
			plan_cost(policy, whole, FOOTPRINT_LEAST).at,
			plan_cost(policy, whole, FOOTPRINT_NOW).at,
			plan_cost(policy, whole, FOOTPRINT_MOST).at);
}

static void add_footprint(const struct plan *plan, struct buf *out)
{
	const struct raycluster *const cluster = object_of(plan)->cluster;
	struct injected submitter;
	struct footprint whole;

	if (cluster == NULL) {
		buf_add_cstr(out, "\nNo footprint: it makes no cluster of its own.\n");
		return;
	}
	buf_printf(out, "\n%-36s %10s %10s %10s\n", "Footprint", "least", "now", "most");
	for (size_t i = 0; i < cluster->group_count; i++)
		add_group(plan, cluster->groups[i], out);
	if (injected_submitter(plan->arena, object_of(plan), &submitter) == INJECTED_IN_POD)
		buf_printf(out, "  and a pod that submits the job, %s\n", submitter.name);
	buf_add_cstr(out, "  whole\n");
	footprint_count(plan->arena, plan->policy, object_of(plan), &whole);
	add_lines(&whole, out);
	add_cost(plan, &whole, out);
}

static void add_patch(const struct patch *patch, struct buf *out)
{
	buf_add_cstr(out, patch->count ? "\nPatch\n" : "\nNo patch: nothing is added.\n");
	for (size_t i = 0; i < patch->count; i++) {
		const struct patch_step *const step = &patch->steps[i];

		buf_printf(out, "  %s %.*s", patch_verb_name(step->verb), STR_ARG(step->path));
		if (step->value.len)
			buf_printf(out, "\n      %.*s", STR_ARG(step->value));
		buf_add_char(out, '\n');
	}
}

enum { ERRORS_MAX = 20 }; /* printed of one object */

/* By this policy and this namespace, which `raygate check` may not be given. */
static void add_errors(const struct judged *judged, struct buf *out)
{
	const struct findings *const found = &judged->mutation->findings;
	const size_t shown = found->errors < ERRORS_MAX ? found->errors : ERRORS_MAX;

	for (size_t i = 0; i < shown; i++) {
		buf_add_cstr(out, "  ");
		report_sentence(&found->items[i], out);
		buf_printf(out, " [%s]\n", found->items[i].rule->id);
	}
	if (judged->errors > shown)
		buf_printf(out, "  and %zu more\n", judged->errors - shown);
}

static void add_verdict(const struct judged *judged, struct buf *out)
{
	buf_printf(out, "%s ", ray_kind_name(judged->manifest->kind));
	if (judged->namespace.len)
		buf_printf(out, "%.*s/", STR_ARG(judged->namespace));
	buf_printf(
		out, "%.*s (%s:%u): ", STR_ARG(judged->name), judged->source->name, judged->line);
	buf_add_cstr(out, judged->errors ? "refused\n" : "admitted\n");
	add_errors(judged, out);
}

enum { PODS_MAX = 1000 }; /* printed of one cluster */

static bool is_planned(const struct plan *plan, struct buf *notes)
{
	const struct ray_object *const object = object_of(plan);

	if (object->kind != RAY_CLUSTER)
		buf_printf(notes,
			"A %s is run by KubeRay, which makes RayClusters of it: plan one of those "
			"to see its pods.\n",
			ray_kind_name(object->kind));
	else if (object->cluster)
		return true;
	return false;
}

struct missing {
	struct buf *notes;
	bool by_us;       /* it is our controller that does not make it */
	const char *last; /* that was told: several fields may ask for one feature */
};

/* What our controller does not make is not planned of KubeRay's either. */
static void add_missing(void *context, const struct unsupported *row, const struct field_path *at,
	const struct json_node *node)
{
	struct missing *const missing = context;

	(void)at;
	(void)node;
	if (missing->last && strcmp(missing->last, row->feature) == 0)
		return;
	missing->last = row->feature;
	if (missing->by_us)
		buf_printf(
			missing->notes, "Not supported yet: %s: %s.\n", row->feature, row->instead);
	else
		buf_printf(
			missing->notes, "What KubeRay makes for %s is not shown.\n", row->feature);
}

/* What is not among the objects, or not as it will be. */
static void add_notes(const struct plan *plan, const struct child_context *c, struct buf *notes)
{
	struct json_edit *secret = auth_secret(c, NULL);
	struct missing missing = {
		.notes = notes,
		.by_us = child_is_of_raygate(c) || object_of(plan)->dialect == DIALECT_LEGACY,
	};

	unsupported_each(object_of(plan), add_missing, &missing);
	if (!child_is_managed_here(c->cluster))
		buf_printf(notes, "Nothing is made of it here: it is left to %.*s (managedBy).\n",
			STR_ARG(c->cluster->managed_by.v));
	else if (secret)
		buf_add_cstr(notes, "The token in the Secret is random, and not shown.\n");
	json_edit_free(&secret);
}

struct json_edit *plan_report_objects(const struct plan *plan, struct buf *notes)
{
	struct child_context c;
	uint64_t left_out;

	if (!is_planned(plan, notes))
		return json_edit_array();
	const struct str namespace = plan->judged->namespace;

	child_context_init(&c, plan->arena, object_of(plan),
		namespace.len ? namespace : STR("default"), STR(""));
	c.policy = plan->policy;
	add_notes(plan, &c, notes);
	struct json_edit *const objects = children_of(&c, PODS_MAX, &left_out);

	if (left_out)
		buf_printf(notes, "%llu more pods are left out.\n", (unsigned long long)left_out);
	return objects;
}

static struct str name_of(const struct json_edit *object)
{
	const struct json_edit *const meta = json_edit_get(object, STR("metadata"));
	const struct str name = json_edit_text(json_edit_get(meta, STR("name")));

	return name.len ? name : json_edit_text(json_edit_get(meta, STR("generateName")));
}

/* Pods of one group are many and alike: a line for each name, and how often it comes. */
static void add_objects(const struct plan *plan, struct buf *out)
{
	CLEANUP(buf_done) struct buf notes = {0};
	struct json_edit *objects = plan_report_objects(plan, &notes);
	const struct json_edit *v = json_edit_first(objects);

	buf_add_cstr(out, v ? "\nObjects\n" : "\n");
	while (v) {
		const struct str name = name_of(v);
		const struct str kind = json_edit_text(json_edit_get(v, STR("kind")));
		size_t count = 0;

		for (; v && str_eq(name_of(v), name) &&
			str_eq(json_edit_text(json_edit_get(v, STR("kind"))), kind);
			v = json_edit_next(v))
			count++;
		buf_printf(out, "  %-15.*s %.*s", STR_ARG(kind), STR_ARG(name));
		if (count > 1)
			buf_printf(out, " (%zu of them)", count);
		buf_add_char(out, '\n');
	}
	buf_add(out, buf_str(&notes));
	json_edit_free(&objects);
}

static void add_head(const struct plan *plan, struct buf *out)
{
	add_verdict(plan->judged, out);
	add_patch(&plan->judged->mutation->patch, out);
	add_footprint(plan, out);
}

void plan_report_text(const struct plan *plan, struct buf *out)
{
	add_head(plan, out);
	add_objects(plan, out);
}

void plan_report_yaml(const struct plan *plan, bool first, struct buf *out)
{
	CLEANUP(buf_done) struct buf head = {0};
	CLEANUP(buf_done) struct buf notes = {0};
	struct json_edit *objects = plan_report_objects(plan, &notes);
	const struct json_edit *v = json_edit_first(objects);

	add_head(plan, &head);
	if (notes.len)
		buf_add_char(&head, '\n');
	buf_add(&head, buf_str(&notes));
	if (!first)
		buf_add_cstr(out, v ? "---\n" : "\n");
	json_edit_print_yaml_comment(buf_str(&head), out);
	while (v) {
		json_edit_print_yaml(v, out);
		v = json_edit_next(v);
		if (v)
			buf_add_cstr(out, "---\n");
	}
	json_edit_free(&objects);
}

static void put_lines(struct json_edit *resources, const struct footprint *footprint)
{
	for (size_t i = 0; i < footprint->count; i++) {
		const struct footprint_line *const line = &footprint->lines[i];
		struct json_edit *const columns = json_edit_object();

		json_edit_put_cstr(columns, "least", footprint_print(line->name, line->least).at);
		json_edit_put_cstr(columns, "now", footprint_print(line->name, line->now).at);
		json_edit_put_cstr(columns, "most", footprint_print(line->name, line->most).at);
		json_edit_set(resources, line->name, columns);
	}
}

static struct json_edit *group_value(const struct plan *plan, const struct ray_group *group)
{
	const struct block block = block_of(plan, group);
	struct json_edit *const value = json_edit_object();

	json_edit_put_str(value, "name", block.name);
	struct json_edit *const injected = json_edit_put_array(value, "injected");

	for (size_t i = 0; i < block.injected_count; i++)
		json_edit_add(injected, json_edit_str(str_from(block.injected[i])));
	put_lines(json_edit_put_object(value, "resources"), &block.footprint);
	return value;
}

static void put_cost(
	const struct plan *plan, const struct footprint *whole, struct json_edit *footprint)
{
	const struct policy *const policy = plan->policy;

	if (policy->price_count == 0)
		return;
	struct json_edit *const price = json_edit_put_object(footprint, "pricePerHour");

	json_edit_put_cstr(price, "least", plan_cost(policy, whole, FOOTPRINT_LEAST).at);
	json_edit_put_cstr(price, "now", plan_cost(policy, whole, FOOTPRINT_NOW).at);
	json_edit_put_cstr(price, "most", plan_cost(policy, whole, FOOTPRINT_MOST).at);
}

static void put_footprint(const struct plan *plan, struct json_edit *value)
{
	const struct raycluster *const cluster = object_of(plan)->cluster;
	struct json_edit *const out = json_edit_put_object(value, "footprint");
	struct footprint whole;

	footprint_count(plan->arena, plan->policy, object_of(plan), &whole);
	put_lines(json_edit_put_object(out, "whole"), &whole);
	put_cost(plan, &whole, out);
	struct json_edit *const groups = json_edit_put_array(out, "groups");

	for (size_t i = 0; cluster && i < cluster->group_count; i++)
		json_edit_add(groups, group_value(plan, cluster->groups[i]));
}

static struct json_edit *patch_value(const struct patch *patch)
{
	CLEANUP(buf_done) struct buf text = {0};

	patch_print(patch, &text);
	struct json_edit *const value = json_edit_raw(buf_str(&text));

	json_edit_expand(value);
	return value;
}

struct json_edit *plan_report_value(const struct plan *plan)
{
	const struct judged *const judged = plan->judged;
	struct json_edit *const value = json_edit_object();

	json_edit_put_cstr(value, "kind", ray_kind_name(judged->manifest->kind));
	json_edit_put_str(value, "apiVersion", judged->api_version);
	json_edit_put_str(value, "namespace", judged->namespace);
	json_edit_put_str(value, "name", judged->name);
	json_edit_put_bool(value, "allowed", judged->errors == 0);
	json_edit_put(value, "patch", patch_value(&judged->mutation->patch));
	put_footprint(plan, value);
	return value;
}
