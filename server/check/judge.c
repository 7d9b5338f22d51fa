#include "server/check/judge.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "server/admission/charge.h"
#include "server/check/spot.h"

/* As the gate does: what is refused anyway holds nothing of the quota. */
static void charge(struct judge *judge, const struct manifest *manifest, struct str namespace,
	struct mutation *m)
{
	const size_t before = m->errors.count;
	const struct charge_input in = {
		.arena = &judge->arena,
		.policy = judge->policy,
		.ledger = judge->ledger,
		.group = str_from(ray_kind_group(manifest->dialect)),
		.namespace = namespace,
		.uid = arena_printf(&judge->arena, "%zu", ++judge->objects),
		.object = m->object,
		.old = manifest->old,
		.judge_only = m->findings.errors > 0,
	};

	if (charge_reserve(&in, &m->errors) && m->errors.count > before)
		mutation_settle(m);
}

/* The key is shown where the value is long, or where it is the key that is wrong. */
static const struct json_node *shown_node(const struct field_error *error, const struct spot *spot)
{
	assert(spot->value); /* it begins as the root and only ever moves to a node */
	const struct str rule = str_from(error->rule);
	const bool key = error->type == FIELD_REQUIRED || spot->value->kind >= JSON_ARRAY ||
			 str_is(rule, SCHEMA_RULE_UNKNOWN) || str_is(rule, SCHEMA_RULE_REQUIRED);

	return spot->key && key ? spot->key : spot->value;
}

/* The node as it is written in the line, when it is written as its JSON is; else 1. */
static uint32_t length_of(
	struct source *source, const struct json_node *node, const struct judged_finding *f)
{
	const struct str text = {node->at, node->len};
	struct str before, rest;

	if (node->kind >= JSON_ARRAY || !source_split(source, f->line, f->column, &before, &rest))
		return 1;
	const bool quoted = rest.len && (rest.at[0] == '"' || rest.at[0] == '\'');

	if (quoted)
		rest = str_from_offset(rest, 1);
	if (text.len == 0 || rest.len < text.len || !str_eq((struct str){rest.at, text.len}, text))
		return 1;
	return source_characters(text) + 2 * quoted;
}

struct place_context {
	const struct documents *documents;
	const struct document *document;
	const struct manifest *manifest;
	const struct mutation *mutation;
};

/* A plain number or boolean as it stands in its line; nothing where an alias or a tag stands there.
 */
static struct str spelled(const void *context, const struct json_node *number)
{
	const struct place_context *const c = context;
	uint32_t line, column;
	struct str before, word;
	size_t len = 0;

	if (!spot_holds(c->manifest->root, number))
		return (struct str){0};
	documents_place(c->documents, c->document, number, &line, &column);
	if (!source_split(c->documents->source, line, column, &before, &word))
		return (struct str){0};
	while (len < word.len &&
		(isalnum((unsigned char)word.at[len]) || memchr("+-._", word.at[len], 4)))
		len++;
	return (struct str){word.at, len};
}

static struct mutation *run(
	struct judge *judge, const struct place_context *c, struct str namespace)
{
	const struct manifest *const manifest = c->manifest;
	const struct schema_spelling spelling = {spelled, c};
	const struct mutation_input in = {
		.arena = &judge->arena,
		.policy = judge->policy,
		.namespace = namespace,
		.kind = manifest->kind,
		.dialect = manifest->dialect,
		.object = manifest->root,
		.api_version = manifest->api_version,
		.old = manifest->old,
		.defaults = judge->defaults,
		.crd_defaults = true,
		.spelling = &spelling,
		.strict = true,
	};

	return mutation_run(&in);
}

static const struct json_node *node_to_show(
	const struct place_context *c, const struct field_error *error, struct spot_trail *trail)
{
	const struct json_node *const source = c->manifest->root;
	const struct json_node *const patched = c->mutation->object->self.node;
	struct spot spot = {source, NULL};

	if (spot_holds(source, error->node))
		spot = spot_find(source, error->node, source, trail);
	else if (spot_holds(patched, error->node))
		spot = spot_find(patched, error->node, source, trail);
	return shown_node(error, &spot);
}

/* A finding and the node of the source that is shown for it. */
struct shown {
	const struct finding *finding;
	const struct json_node *node;
};

static int by_node(const void *a, const void *b)
{
	const struct shown *const x = a;
	const struct shown *const y = b;

	return (x->node > y->node) - (x->node < y->node);
}

/*
 * In the order of the nodes that are shown, so that the source is gone through once; and found in
 * the order of those that were judged, so that the objects are.
 */
static struct shown *nodes_to_show(struct arena *arena, const struct place_context *c)
{
	const struct findings *const found = &c->mutation->findings;
	struct shown *const shown = arena_array(arena, found->count, sizeof(*shown));
	struct spot_trail trail = {0};

	for (size_t i = 0; i < found->count; i++)
		shown[i] = (struct shown){&found->items[i], found->items[i].error->node};
	if (found->count > 1)
		qsort(shown, found->count, sizeof(*shown), by_node);
	for (size_t i = 0; i < found->count; i++)
		shown[i].node = node_to_show(c, shown[i].finding->error, &trail);
	if (found->count > 1)
		qsort(shown, found->count, sizeof(*shown), by_node);
	return shown;
}

static int by_place(const void *a, const void *b)
{
	const struct judged_finding *const x = a;
	const struct judged_finding *const y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	/* at one place errors come first, each kind in the order in which it was found */
	return (x->finding > y->finding) - (x->finding < y->finding);
}

static void place_all(struct arena *arena, const struct place_context *c, struct judged *out)
{
	const struct shown *const shown = nodes_to_show(arena, c);

	out->count = c->mutation->findings.count;
	out->findings = arena_array(arena, out->count, sizeof(*out->findings));
	for (size_t i = 0; i < out->count; i++) {
		struct judged_finding *const f = &out->findings[i];

		f->finding = shown[i].finding;
		documents_place(c->documents, c->document, shown[i].node, &f->line, &f->column);
		f->length = length_of(c->documents->source, shown[i].node, f);
	}
	if (out->count > 1)
		qsort(out->findings, out->count, sizeof(*out->findings), by_place);
}

void judge_object(struct judge *judge, const struct documents *documents,
	const struct document *document, const struct manifest *manifest, struct judged *out)
{
	const struct str namespace =
		manifest->namespace.len ? manifest->namespace : judge->namespace;
	struct place_context c = {documents, document, manifest, NULL};
	struct mutation *const m = run(judge, &c, namespace);
	uint32_t column;

	c.mutation = m;
	charge(judge, manifest, namespace, m);
	*out = (struct judged){
		.source = documents->source,
		.manifest = manifest,
		.mutation = m,
		.api_version =
			manifest->api_version.len
				? manifest->api_version
				: json_str(&judge->arena, json_get(manifest->root, "apiVersion")),
		.namespace = namespace,
		.name = ray_object_name(m->object),
		.errors = m->findings.errors + m->findings.unlisted_errors,
		.warnings = m->findings.warnings + m->findings.unlisted_warnings,
	};
	documents_place(documents, document, manifest->root, &out->line, &column);
	place_all(&judge->arena, &c, out);
}

void judge_reset(struct judge *judge)
{
	arena_reset(&judge->arena);
}
