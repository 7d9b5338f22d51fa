#include "api/ray_object.h"

#include "api/rayjob_schema.h"

static const struct schema_field META_ROWS[] = {
	SCHEMA_KEEP(struct object_meta, annotations, "annotations", .part = PART_ANNOTATIONS),
	SCHEMA_CHECK(SCHEMA_ANY, "creationTimestamp"),
	SCHEMA_CHECK(SCHEMA_INT64, "deletionGracePeriodSeconds"),
	SCHEMA_KEEP(struct object_meta, deletion_timestamp, "deletionTimestamp"),
	SCHEMA_KEEP(struct object_meta, finalizers, "finalizers"),
	SCHEMA_KEEP(struct object_meta, generate_name, "generateName"),
	SCHEMA_KEEP(struct object_meta, generation, "generation"),
	SCHEMA_KEEP(struct object_meta, labels, "labels", .part = PART_LABELS),
	SCHEMA_CHECK(SCHEMA_ANY, "managedFields"),
	SCHEMA_KEEP(struct object_meta, name, "name"),
	SCHEMA_KEEP(struct object_meta, namespace, "namespace"),
	SCHEMA_CHECK(SCHEMA_ANY, "ownerReferences"),
	SCHEMA_KEEP(struct object_meta, resource_version, "resourceVersion"),
	SCHEMA_CHECK(SCHEMA_STRING, "selfLink"),
	SCHEMA_KEEP(struct object_meta, uid, "uid"),
};
static const struct schema META = SCHEMA_OF_STRUCT("metadata", META_ROWS, struct object_meta, NULL);

/* The spec is decoded by kind, after the frame. */
static const struct schema_field FRAME_ROWS[] = {
	SCHEMA_KEEP(struct ray_object, api_version, "apiVersion"),
	SCHEMA_KEEP(struct ray_object, kind_name, "kind"),
	SCHEMA_KEEP_OBJECT(struct ray_object, meta, &META, "metadata"),
	SCHEMA_KEEP(struct ray_object, spec, "spec", .required = true),
	SCHEMA_KEEP(struct ray_object, status, "status"),
};
static const struct schema FRAME =
	SCHEMA_OF_STRUCT("the object", FRAME_ROWS, struct ray_object, NULL);

static void decode_cluster(
	const struct schema_decoder *d, struct ray_object *object, const struct schema_object *spec)
{
	if (spec->node)
		object->cluster = raycluster_decode(d, object->dialect, spec->node, spec->at);
}

static void decode_job(const struct schema_decoder *d, struct ray_object *object,
	const struct json_node *spec, const struct field_path *at)
{
	object->job = arena_alloc(d->arena, sizeof(*object->job));
	schema_decode(d, &SCHEMA_RAY_JOB_SPEC, spec, at, object->job);
	decode_cluster(d, object, &object->job->cluster_spec);
}

static void decode_service(const struct schema_decoder *d, struct ray_object *object,
	const struct json_node *spec, const struct field_path *at)
{
	object->service = arena_alloc(d->arena, sizeof(*object->service));
	schema_decode(d, &SCHEMA_RAY_SERVICE_SPEC, spec, at, object->service);
	decode_cluster(d, object, &object->service->cluster_spec);
}

static void decode_cron(const struct schema_decoder *d, struct ray_object *object,
	const struct json_node *spec, const struct field_path *at)
{
	object->cron = arena_alloc(d->arena, sizeof(*object->cron));
	schema_decode(d, &SCHEMA_RAY_CRON_JOB_SPEC, spec, at, object->cron);
	if (object->cron->job.self.node) {
		object->job = &object->cron->job;
		decode_cluster(d, object, &object->job->cluster_spec);
	}
}

static void decode_spec(const struct schema_decoder *d, struct ray_object *object,
	const struct json_node *spec, const struct field_path *at)
{
	switch (object->kind) {
	case RAY_CLUSTER:
		object->cluster = raycluster_decode(d, object->dialect, spec, at);
		break;
	case RAY_JOB:
		decode_job(d, object, spec, at);
		break;
	case RAY_SERVICE:
		decode_service(d, object, spec, at);
		break;
	case RAY_CRON_JOB:
		decode_cron(d, object, spec, at);
		break;
	}
}

static uint64_t parts_of_kind(enum ray_kind kind)
{
	static const uint64_t PARTS[] = {
		[RAY_CLUSTER] = PART(NONE),
		[RAY_JOB] = PART(NONE) | PART(JOB),
		[RAY_SERVICE] = PART(NONE) | PART(SERVICE),
		[RAY_CRON_JOB] = PART(NONE) | PART(JOB) | PART(CRON_JOB),
	};

	return PARTS[kind];
}

/* By kind, and of the legacy dialect. */
static const struct schema *const WHOLE[][4] = {
	[RAY_CLUSTER] = {&FRAME, &SCHEMA_RAYCLUSTER_SPEC},
	[RAY_JOB] = {&FRAME, &SCHEMA_RAY_JOB_SPEC, &SCHEMA_RAYCLUSTER_SPEC},
	[RAY_SERVICE] = {&FRAME, &SCHEMA_RAY_SERVICE_SPEC, &SCHEMA_RAYCLUSTER_SPEC},
	[RAY_CRON_JOB] = {&FRAME, &SCHEMA_RAY_CRON_JOB_SPEC, &SCHEMA_RAYCLUSTER_SPEC},
};
static const struct schema *const WHOLE_LEGACY[] = {&FRAME, &SCHEMA_LEGACY_SPEC, NULL};

struct ray_object *ray_object_decode(const struct schema_decoder *decoder, enum ray_kind kind,
	enum dialect dialect, const struct json_node *root)
{
	struct ray_object *const object = arena_alloc(decoder->arena, sizeof(*object));
	const struct field_path *const at = field_path_keep(decoder->arena, FIELD_ROOT("spec"));
	uint64_t parts = parts_of_kind(kind);
	struct schema_decoder noting = *decoder;

	noting.parts = &parts;
	noting.whole = dialect == DIALECT_LEGACY ? WHOLE_LEGACY : WHOLE[kind];
	object->kind = kind;
	object->dialect = dialect;
	schema_decode(&noting, &FRAME, root, NULL, object);
	object->is_older = ray_kind_is_older(kind, dialect, object->api_version.v);
	noting.older = object->is_older;
	decode_spec(&noting, object, object->spec.node, at);
	object->parts = parts;
	return object;
}

struct str ray_object_name(const struct ray_object *object)
{
	return object->meta.name.v.len ? object->meta.name.v : object->meta.generate_name.v;
}

bool ray_object_runs_elsewhere(const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	return (job && (str_is(job->managed_by.v, RAY_MULTIKUEUE) ||
			       json_count(job->cluster_selector.node))) ||
	       (object->service && str_is(object->service->managed_by.v, RAY_MULTIKUEUE)) ||
	       (object->cluster && raycluster_runs_elsewhere(object->cluster));
}

static struct str map_value(struct arena *arena, const struct val_map *map, const char *key)
{
	const struct json_node *const value = json_get(map->node, key);

	return json_is(value, JSON_STRING) ? json_str(arena, value) : (struct str){0};
}

struct str ray_object_annotation(
	const struct ray_object *object, struct arena *arena, const char *key)
{
	return map_value(arena, &object->meta.annotations, key);
}

struct str ray_object_label(const struct ray_object *object, struct arena *arena, const char *key)
{
	return map_value(arena, &object->meta.labels, key);
}
