#include "api/schema_unknown.h"

#include <ctype.h>
#include <string.h>

#include "api/pod.h"
#include "api/raycluster.h"
#include "api/schema_index.h"
#include "api/schema_value.h"

/* What people write for what; the second counts where the schema has it. */
static const char *const SYNONYMS[][2] = {
	{"autoscaling", "enableInTreeAutoscaling"},
	{"cmd", "command"},
	{"count", "replicas"},
	{"enableAutoscaling", "enableInTreeAutoscaling"},
	{"deletionPolicy", "deletionStrategy"},
	{"entrypoint", "command"},
	{"head", "headGroupSpec"},
	{"hosts", "numOfHosts"},
	{"maxReplicas", "maxWorkers"},
	{"maxWorkers", "maxReplicas"},
	{"minReplicas", "minWorkers"},
	{"minWorkers", "minReplicas"},
	{"name", "groupName"},
	{"params", "rayStartParams"},
	{"podConfig", "template"},
	{"pullPolicy", "imagePullPolicy"},
	{"rayClusterConfig", "rayClusterSpec"},
	{"rayClusterSpec", "rayClusterConfig"},
	{"rayClusterTemplate", "rayClusterSpec"},
	{"rayResources", "resources"},
	{"replicas", "minWorkers"},
	{"serviceAccount", "serviceAccountName"},
	{"startParams", "rayStartParams"},
	{"template", "podConfig"},
	{"version", "rayVersion"},
	{"workers", "workerGroupSpecs"},
};

/* The members that lead from an object to the parts where most fields are, each in another. */
static const char *const WAY[] = {"containers", "headGroupSpec", "metadata", "podConfig",
	"podTypes", "resources", "spec", "template", "workerGroupSpecs"};

enum {
	WAY_MAX = 8,
	SHORT_NAME = 6,  /* below it one edit may be another word */
	SURE = 2,        /* edits of a name that is surely misspelt */
	STEM_LEAST = 4,  /* of a name that another one begins with */
	NOT_FOUND = 100, /* levels */
	/* A body can be nothing but unknown fields, hundred thousands of them: of so many findings
	 * nobody reads what was meant, and finding it out takes a hundred times as long as the
	 * rest. */
	LOOKED_UP = 100,
};

/* "worker_group_specs", "Worker-Group-Specs" and "workergroupspecs" are one name. */
static bool same_letters(struct str name, struct str key)
{
	size_t k = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '_' || name.at[i] == '-')
			continue;
		if (k == key.len ||
			tolower((unsigned char)name.at[i]) != tolower((unsigned char)key.at[k++]))
			return false;
	}
	return k == key.len;
}

/* How far a key is from the name, in edits; more than `limit` where it is another one. */
static size_t edits(struct str name, struct str key, size_t limit)
{
	return same_letters(name, key) ? 1 : str_distance(name, key, limit);
}

static const struct schema_field *row_of(const struct schema *schema, const char *key)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (strcmp(schema->fields[i].key, key) == 0)
			return &schema->fields[i];
	}
	return NULL;
}

/* Ray's own labels and resources, and those of a pod as a whole, are what hardly anybody means. */
static bool has(const struct schema *schema, const char *name)
{
	const struct schema_field *const row = row_of(schema, name);

	return row && row->part != PART_GROUP_LABELS && row->part != PART_GROUP_RESOURCES &&
	       row->part != PART_POD_RESOURCES;
}

static const struct schema_field *nearest(
	const struct schema *schema, struct str name, size_t limit)
{
	const struct schema_field *found = NULL;

	for (size_t i = 0; i < schema->count; i++) {
		const size_t distance = edits(name, str_from(schema->fields[i].key), limit);

		if (distance <= limit) {
			found = &schema->fields[i];
			limit = distance - (distance > 0);
		}
	}
	return found;
}

static const struct schema_field *synonym(const struct schema *schema, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(SYNONYMS); i++) {
		if (str_is(name, SYNONYMS[i][0]) && row_of(schema, SYNONYMS[i][1]))
			return row_of(schema, SYNONYMS[i][1]);
	}
	return NULL;
}

/* The one key that begins with the name but for a plural's s: "headGroup", "workerGroups". */
static const struct schema_field *longer(const struct schema *schema, struct str name)
{
	const struct schema_field *found = NULL;

	if (name.len > STEM_LEAST && name.at[name.len - 1] == 's')
		name.len--;
	for (size_t i = 0; name.len >= STEM_LEAST && i < schema->count; i++) {
		const struct schema_field *const row = &schema->fields[i];

		if (row->key_len <= name.len || memcmp(row->key, name.at, name.len) != 0)
			continue;
		if (found)
			return NULL;
		found = row;
	}
	return found;
}

/* The part so many steps below the schema that has the field; the steps are put into `way`. */
static const struct schema *below(
	const struct schema *schema, const char *name, size_t depth, const char **way)
{
	const struct schema *found = NULL;

	if (depth == 0)
		return has(schema, name) ? schema : NULL;
	for (size_t i = 0; !found && i < ARRAY_LEN(WAY); i++) {
		const struct schema_field *const row = row_of(schema, WAY[i]);

		way[0] = WAY[i];
		if (row && row->of)
			found = below(row->of, name, depth - 1, way + 1);
	}
	return found;
}

/* The nearest below. The schema of the object itself does not lead to those of its specs. */
static const struct schema *nearest_below(const struct schema_decoder *d,
	const struct schema *schema, const char *name, const char **way, size_t *steps)
{
	const struct schema *found = NULL;

	for (*steps = 1; *steps < WAY_MAX; ++*steps) {
		found = below(schema, name, *steps, way);
		for (size_t i = 1; !found && schema == d->whole[0] && d->whole[i]; i++) {
			way[0] = "spec";
			found = below(d->whole[i], name, *steps - 1, way + 1);
		}
		if (found)
			break;
	}
	return found;
}

/* A walk along WAY, from the object itself. */
struct walk {
	const struct schema *from; /* whose level is looked for; or NULL */
	const char *name;          /* or whoever has this, nearest to from_level */
	int from_level;
	const struct schema *home;
	int distance; /* of the home */
};

static void look_at(struct walk *w, const struct schema *schema, int level)
{
	const int distance = level < w->from_level ? w->from_level - level : level - w->from_level;

	if (w->from) {
		if (schema == w->from)
			w->from_level = level;
	} else if (distance < w->distance && has(schema, w->name)) {
		w->home = schema;
		w->distance = distance;
	}
}

static void walk(struct walk *w, const struct schema *schema, int level)
{
	look_at(w, schema, level);
	for (size_t i = 0; level < WAY_MAX && i < ARRAY_LEN(WAY); i++) {
		const struct schema_field *const row = row_of(schema, WAY[i]);

		if (row && row->of)
			walk(w, row->of, level + 1);
	}
}

static void walk_all(struct walk *w, const struct schema *const *whole)
{
	for (size_t i = 0; whole[i]; i++)
		walk(w, whole[i], i > 0);
}

/* The part of the object, around the schema or beside it, that has a field of that name. */
static const struct schema *nearest_around(
	const struct schema_decoder *d, const struct schema *schema, const char *name)
{
	struct walk w = {.from = schema, .from_level = NOT_FOUND, .distance = NOT_FOUND};

	walk_all(&w, d->whole);
	if (w.from_level == NOT_FOUND)
		return NULL;
	w.from = NULL;
	w.name = name;
	walk_all(&w, d->whole);
	return w.home;
}

/* Why the head group lacks what a worker group has; NULL where it is nothing of a worker group. */
static const char *no_workers(struct str name)
{
	static const char *const WHY[][2] = {
		{"groupName", "the head's group is always called headgroup"},
		{"idleTimeoutSeconds", "the head is never removed as idle"},
		{"maxReplicas", "there is one head"},
		{"minReplicas", "there is one head"},
		{"numOfHosts", "there is one head"},
		{"priority", "only worker groups come before one another"},
		{"replicas", "there is one head"},
		{"scaleStrategy", "there is one head"},
		{"suspend", "only worker groups and whole clusters are suspended"},
	};

	for (size_t i = 0; i < ARRAY_LEN(WHY); i++) {
		if (edits(name, str_from(WHY[i][0]), SURE) <= SURE)
			return WHY[i][1];
	}
	return NULL;
}

/* Why a field belongs nowhere; NULL where it may belong elsewhere. */
static const char *needless(
	const struct schema *schema, struct str name, const struct json_node *value)
{
	const char *const why = schema == &SCHEMA_HEAD_GROUP ? no_workers(name) : NULL;

	/* As `kubectl create --dry-run -o yaml` prints it below a pod. */
	if (why == NULL && str_is(name, "status") && json_is(value, JSON_OBJECT))
		return "and a status is written by the cluster";
	/* KubeRay's template has none; a podType of 2022 has. */
	if (why == NULL && str_is(name, "generateName"))
		return "and the controller names the pods";
	return why == NULL && json_is(value, JSON_NULL) ? "and it holds nothing" : why;
}

/* Where a field belongs that stands in the wrong place; NULL where that is not known. */
static const char *right_place(
	const struct schema_decoder *d, const struct schema *schema, const char *name)
{
	const char *way[WAY_MAX];
	struct str path = STR("");
	size_t steps;

	if (schema == &SCHEMA_RESOURCES)
		return "limits and requests have: move it below them";
	if (d->whole == NULL)
		return NULL;
	const struct schema *home = nearest_below(d, schema, name, way, &steps);

	for (size_t i = 0; home && i < steps; i++)
		path = arena_printf(d->arena, "%.*s%s%s", STR_ARG(path), i ? "." : "", way[i]);
	if (home)
		return arena_printf(
			d->arena, "%s has: move it below %.*s", home->name, STR_ARG(path))
			.at;
	home = nearest_around(d, schema, name);
	return home ? arena_printf(d->arena, "%s has: move it there", home->name).at : NULL;
}

/* What else differs where a field had another name; NULL: nothing that we know of. */
static const char *note_of(struct str old, const struct schema_field *row)
{
	if (str_is(old, "runtimeEnv") && strcmp(row->key, "runtimeEnvYAML") == 0)
		return " It holds the YAML itself, where runtimeEnv held it in base64";
	return "";
}

/* A RayCluster's spec of the other group, where `schema` is one; else NULL. */
static const struct schema *spec_of_other(const struct schema *schema)
{
	if (schema == &SCHEMA_RAYCLUSTER_SPEC)
		return &SCHEMA_LEGACY_SPEC;
	return schema == &SCHEMA_LEGACY_SPEC ? &SCHEMA_RAYCLUSTER_SPEC : NULL;
}

/* What the spec of one group has for a field of the other's; "nothing like it" where none is here.
 */
static const char *counterpart(struct str name)
{
	static const char *const PAIRS[][2] = {
		{"autoscalerOptions", "upscalingSpeed and idleTimeoutMinutes"},
		{"headGroupSpec", "headPodType, which names one of podTypes"},
		{"headPodType", "headGroupSpec"},
		{"headServicePorts", "headGroupSpec.headService"},
		{"headStartRayCommands", "headGroupSpec.rayStartParams"},
		{"idleTimeoutMinutes", "autoscalerOptions.idleTimeoutSeconds"},
		{"maxWorkers", "maxReplicas in each of workerGroupSpecs"},
		{"podTypes", "headGroupSpec and workerGroupSpecs"},
		{"upscalingSpeed", "autoscalerOptions.upscalingMode"},
		{"workerGroupSpecs", "podTypes"},
		{"workerStartRayCommands", "rayStartParams in each of workerGroupSpecs"},
	};

	for (size_t i = 0; i < ARRAY_LEN(PAIRS); i++) {
		if (str_is(name, PAIRS[i][0]))
			return PAIRS[i][1];
	}
	return "nothing like it";
}

/* Whether the spec of the other group has the field; then that is told. */
static bool report_of_other_group(const struct schema_decoder *d, const struct schema *schema,
	struct str name, const struct field_path *at)
{
	const struct schema *const other = spec_of_other(schema);
	const bool modern = schema == &SCHEMA_RAYCLUSTER_SPEC;
	const struct field_fact unknown =
		schema_fact(SCHEMA_RULE_UNKNOWN, FIELD_INVALID, FIELD_READS_NOTHING);

	if (other == NULL || row_of(other, name.at) == NULL)
		return false;
	field_add(d->errors, at, &unknown, "unknown field: %s of %s/v1 has it, one of %s/v1 has %s",
		other->name, DIALECT_WORDS[modern ? DIALECT_LEGACY : DIALECT_MODERN].group,
		DIALECT_WORDS[modern ? DIALECT_MODERN : DIALECT_LEGACY].group, counterpart(name));
	return true;
}

static void report_near(const struct schema_decoder *d, const struct schema *schema,
	const struct schema_field *row, const struct field_path *at)
{
	const struct field_fact unknown =
		schema_fact(SCHEMA_RULE_UNKNOWN, FIELD_INVALID, FIELD_READS_NOTHING);
	const bool newer = d->older && row->older == SCHEMA_OLDER_LACKS;

	if (newer && strcmp(at->name, row->key) == 0)
		field_add(d->errors, at, &unknown,
			"unknown field of this apiVersion, which drops it: write apiVersion: "
			"ray.io/v1");
	else
		field_add(d->errors, at, &unknown, "unknown field in %s; did you mean \"%s\"%s?%s",
			schema->name, row->key, newer ? " of ray.io/v1" : "",
			note_of(str_from(at->name), row));
}

/* Whether one of the members is there that do instead of an object which is needed. */
static bool has_instead(const struct schema_field *row, const struct json_node *object)
{
	for (const char *const *key = row->words; *key; key++) {
		if (json_count(json_get(object, *key)))
			return true;
	}
	return false;
}

/* Whether the object lacks a field without which it is refused. */
static bool is_missed(const struct schema_decoder *d, const struct schema_unknown *unknown,
	const struct schema_field *row)
{
	const struct json_node *const object = unknown->in.node;
	const ptrdiff_t number = row - unknown->schema->fields;
	const uint64_t asked = schema_index_of(unknown->schema, d->older)->asked;

	if (json_present(json_get(object, row->key)) || unknown->told >> number & 1)
		return false;
	if (row->kind == SCHEMA_OBJECT && row->words)
		return !has_instead(row, object);
	return asked >> number & 1 && row->fallback == NULL;
}

/*
 * One error says both: what is there and is not known, and what is asked for and is not there. So
 * it is as grave as either. What has something that does instead the CRD does not ask for.
 */
static void report_missed(const struct schema_decoder *d, const struct schema *schema,
	const struct schema_field *row, const struct field_path *at)
{
	const bool instead = row->kind == SCHEMA_OBJECT && row->words;
	struct field_fact missing =
		schema_fact(instead ? SCHEMA_RULE_INSTEAD : SCHEMA_RULE_REQUIRED, FIELD_INVALID,
			FIELD_READS_NOTHING);

	missing.or_rule = SCHEMA_RULE_UNKNOWN;
	field_add(d->errors, at, &missing,
		"unknown field in %s, which needs \"%s\": write that name", schema->name, row->key);
}

static void report_plainly(
	const struct schema_decoder *d, const struct schema *schema, const struct field_path *at)
{
	const struct field_fact unknown =
		schema_fact(SCHEMA_RULE_UNKNOWN, FIELD_INVALID, FIELD_READS_NOTHING);

	field_add(d->errors, at, &unknown, "unknown field: %s has no such field", schema->name);
}

/* What is told where no field of the schema was meant. */
static void report_other(const struct schema_decoder *d, const struct schema *schema,
	const char *place, const char *why, const struct field_path *at)
{
	const struct field_fact unknown =
		schema_fact(SCHEMA_RULE_UNKNOWN, FIELD_INVALID, FIELD_READS_NOTHING);

	if (why)
		field_add(d->errors, at, &unknown,
			"unknown field: %s has no such field, %s: take it out", schema->name, why);
	else if (place)
		field_add(d->errors, at, &unknown, "unknown field: %s has no such field, but %s",
			schema->name, place);
	else
		report_plainly(d, schema, at);
}

/* Where nobody looks for what was meant: among hundreds, or where it is plain. */
static bool report_at_once(const struct schema_decoder *d, const struct schema *schema,
	struct str name, const struct field_path *at)
{
	if (d->errors->count < LOOKED_UP)
		return report_of_other_group(d, schema, name, at);
	report_plainly(d, schema, at);
	return true;
}

const struct schema_field *schema_report_unknown(
	const struct schema_decoder *d, const struct schema_unknown *unknown)
{
	const struct schema *const schema = unknown->schema;
	const struct str name = arena_str(d->arena, json_str(d->arena, unknown->key));
	const struct field_path *const at = FIELD_CHILD(unknown->in.at, name.at);
	const char *place = NULL, *why = NULL;

	if (report_at_once(d, schema, name, at))
		return NULL;
	const struct schema_field *row = nearest(schema, name, name.len < SHORT_NAME ? 1 : SURE);

	if (row == NULL)
		row = synonym(schema, name);
	if (row == NULL)
		why = needless(schema, name, unknown->key + 1);
	if (row == NULL && why == NULL)
		place = right_place(d, schema, name.at);
	if (row == NULL && why == NULL && place == NULL && name.len >= SHORT_NAME)
		row = nearest(schema, name, SURE + 1);
	if (row == NULL && why == NULL && place == NULL)
		row = longer(schema, name);
	const bool missed = row && is_missed(d, unknown, row);

	if (missed)
		report_missed(d, schema, row, at);
	else if (row)
		report_near(d, schema, row, at);
	else
		report_other(d, schema, place, why, at);
	return missed ? row : NULL;
}
