/*
 * The CRDs of manifests/crds say the same as the decoder's tables: an API server then refuses what
 * the gate calls a mistake of the schema, and knows every field that the gate knows. Where a CRD
 * is open, as below a pod template, only what it says must agree.
 */
#include <criterion/criterion.h>

#include "api/raycluster.h"
#include "base/buf.h"
#include "base/yaml.h"
#include "tests/support/files.h"

enum { CLIENT_SIDE_APPLY_MAX = 256 * 1024 };

/* What may differ, and why. An exception that nothing needs is an error, too. */
static const struct exception {
	const char *difference, *reason;
} EXCEPTIONS[] = {
	{"spec.managedBy: words", "its CEL rule has them, with a message that names them"},
	{"spec.workerGroupSpecs: keys", "the gate has a rule for it, which tells more"},
	{"spec.podTypes: keys", "the gate has a rule for it, which tells more"},
	{"spec.podTypes[].podConfig.spec.containers: keys",
		"as in 2022; the gate refuses what stands twice"},
};

struct walk {
	struct arena arena;
	struct buf differences;
	bool used[ARRAY_LEN(EXCEPTIONS)];
};

static void differ(struct walk *w, const char *at, const char *what)
{
	const struct str text = arena_printf(&w->arena, "%s: %s", at, what);

	for (size_t i = 0; i < ARRAY_LEN(EXCEPTIONS); i++) {
		if (str_is(text, EXCEPTIONS[i].difference)) {
			w->used[i] = true;
			return;
		}
	}
	buf_printf(&w->differences, "%.*s\n", STR_ARG(text));
}

static const char *below(struct walk *w, const char *at, const char *key)
{
	return arena_printf(&w->arena, "%s.%s", at, key).at;
}

static bool is_open(const struct json_node *node)
{
	return json_is(json_get(node, "x-kubernetes-preserve-unknown-fields"), JSON_TRUE);
}

static bool lists(const struct json_node *list, const char *word)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (json_str_is(it.value, str_from(word)))
			return true;
	}
	return false;
}

static bool same_words(const struct json_node *list, const char *const *words)
{
	size_t count = 0;

	for (; words && words[count]; count++) {
		if (!lists(list, words[count]))
			return false;
	}
	return json_count(list) == count;
}

static bool type_is(const struct json_node *node, const char *type)
{
	return json_str_is(json_get(node, "type"), str_from(type));
}

static bool is_int_or_string(const struct json_node *node)
{
	return json_is(json_get(node, "x-kubernetes-int-or-string"), JSON_TRUE);
}

static bool type_agrees(const struct schema_field *row, const struct json_node *node)
{
	const struct json_node *const items = json_get(node, "items");
	const struct json_node *const values = json_get(node, "additionalProperties");

	switch (row->kind) {
	case SCHEMA_STRING:
		return type_is(node, "string");
	case SCHEMA_BOOL:
		return type_is(node, "boolean");
	case SCHEMA_INT32:
	case SCHEMA_INT64:
		return type_is(node, "integer");
	case SCHEMA_NUMBER:
		return type_is(node, "number");
	case SCHEMA_QUANTITY:
		return is_int_or_string(node) && json_get(node, "pattern");
	case SCHEMA_INT_OR_STRING:
		return is_int_or_string(node) && json_get(node, "pattern") == NULL;
	case SCHEMA_OBJECT:
		return type_is(node, "object");
	case SCHEMA_LIST:
		return type_is(node, "array") && type_is(items, "object");
	case SCHEMA_STRINGS:
		return type_is(node, "array") && type_is(items, "string");
	case SCHEMA_INTS:
		return type_is(node, "array") && type_is(items, "integer");
	case SCHEMA_STRING_MAP:
		return type_is(node, "object") && type_is(values, "string");
	case SCHEMA_QUANTITY_MAP:
		return type_is(node, "object") && is_int_or_string(values);
	case SCHEMA_ANY:
		return is_open(node);
	}
	return false;
}

static bool fallback_agrees(const struct schema_field *row, const struct json_node *node)
{
	const struct json_node *const fallback = json_get(node, "default");

	if (fallback == NULL || row->fallback == NULL)
		return fallback == NULL && row->fallback == NULL;
	return str_is(json_raw(fallback), row->fallback);
}

static bool minimum_agrees(const struct schema_field *row, const struct json_node *node)
{
	const struct json_node *const minimum = json_get(node, "minimum");
	int64_t least;

	if (!row->bounded || row->judge != SCHEMA_JUDGE_CRD)
		return minimum == NULL;
	return json_i64(minimum, &least) && least == row->min;
}

static void compare(struct walk *w, const char *at, const struct schema_field *row,
	const struct json_node *node)
{
	if (!type_agrees(row, node))
		differ(w, at, "type");
	if (row->kind == SCHEMA_STRING &&
		!same_words(
			json_get(node, "enum"), row->judge == SCHEMA_JUDGE_CRD ? row->words : NULL))
		differ(w, at, "words");
	if (!fallback_agrees(row, node))
		differ(w, at, "default");
	if (!minimum_agrees(row, node))
		differ(w, at, "minimum");
	if (!same_words(json_get(node, "x-kubernetes-list-map-keys"), row->unique))
		differ(w, at, "keys");
}

static const struct schema_field *row_of(const struct schema *schema, const struct json_node *key)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (json_str_is(key, str_from(schema->fields[i].key)))
			return &schema->fields[i];
	}
	return NULL;
}

/* A required field that has a default is only required of the object as it is stored. */
static void compare_required(struct walk *w, const char *at, const struct schema_field *row,
	const struct json_node *parent)
{
	if (row->required != (lists(json_get(parent, "required"), row->key) && !row->fallback))
		differ(w, at, "required");
}

static void compare_objects(
	struct walk *w, const char *at, const struct schema *schema, const struct json_node *node);

static void compare_field(struct walk *w, const char *at, const struct schema_field *row,
	const struct json_node *parent)
{
	const struct json_node *const node = json_get(json_get(parent, "properties"), row->key);

	if (node == NULL) {
		if (!is_open(parent))
			differ(w, at, "not in the CRD");
		return;
	}
	compare(w, at, row, node);
	compare_required(w, at, row, parent);
	if (row->kind == SCHEMA_OBJECT)
		compare_objects(w, at, row->of, node);
	if (row->kind == SCHEMA_LIST)
		compare_objects(w, arena_printf(&w->arena, "%s[]", at).at, row->of,
			json_get(node, "items"));
}

static void compare_objects(
	struct walk *w, const char *at, const struct schema *schema, const struct json_node *node)
{
	for (size_t i = 0; i < schema->count; i++)
		compare_field(w, below(w, at, schema->fields[i].key), &schema->fields[i], node);
	for (struct json_iter it = json_iter(json_get(node, "properties"));
		json_next_member(&it);) {
		if (row_of(schema, it.key) == NULL)
			differ(w,
				arena_printf(&w->arena, "%s.%.*s", at,
					STR_ARG(json_str(&w->arena, it.key)))
					.at,
				"not in the tables");
	}
}

/* The schema of v1; where there are other versions, theirs is the same. */
static const struct json_node *schema_of(struct walk *w, const char *file, struct buf *text)
{
	const struct yaml_limits limits = {CLIENT_SIDE_APPLY_MAX, 64, 100000, 100000};
	struct yaml_doc doc;
	struct err err;

	cr_assert(files_read(file, text, &err), "%s", err.text);
	cr_assert(
		yaml_read(&w->arena, buf_str(text), &limits, &doc, &err), "%s: %s", file, err.text);
	cr_assert_lt(doc.json.text.len, CLIENT_SIDE_APPLY_MAX / 2,
		"%s: too large for the annotation of kubectl apply", file);
	const struct json_node *const versions =
		json_get(json_get(doc.json.root, "spec"), "versions");

	const struct json_node *const first = json_item(versions, 0);

	cr_assert(json_str_is(json_get(first, "name"), STR("v1")));
	for (size_t i = 1; i < json_count(versions); i++)
		cr_expect(json_equal(json_get(json_item(versions, i), "schema"),
				  json_get(first, "schema")),
			"%s: version %zu", file, i);
	return json_get(json_get(first, "schema"), "openAPIV3Schema");
}

static void compare_file(struct walk *w, const char *file, const struct schema *spec)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct json_node *const root = schema_of(w, file, &text);

	cr_assert(root, "%s has no schema", file);
	compare_objects(w, "spec", spec, json_get(json_get(root, "properties"), "spec"));
}

Test(crd, says_what_the_decoder_says)
{
	struct walk w = {.differences = {0}};

	arena_init(&w.arena, 65536);
	compare_file(&w, "manifests/crds/rayclusters.ray.io.yaml", &SCHEMA_RAYCLUSTER_SPEC);
	compare_file(&w, "manifests/crds/rayclusters.cluster.ray.io.yaml", &SCHEMA_LEGACY_SPEC);
	cr_expect_eq(w.differences.len, 0, "these differ:\n%.*s", STR_ARG(buf_str(&w.differences)));
	for (size_t i = 0; i < ARRAY_LEN(EXCEPTIONS); i++)
		cr_expect(w.used[i], "no longer needed: %s (%s)", EXCEPTIONS[i].difference,
			EXCEPTIONS[i].reason);
	buf_done(&w.differences);
	arena_done(&w.arena);
}
