#include "api/ray_kind.h"

#include <ctype.h>

#include "base/buf.h"

static const struct ray_kind_row {
	const char *group;
	const char *kind;
	const char *resource;
	const char *mark;        /* a member of the spec that no other kind has */
	const char *old_version; /* served besides v1; or NULL */
	enum ray_kind ray_kind;
	enum dialect dialect;
} KINDS[] = {
	{"ray.io", "RayCluster", "rayclusters", "headGroupSpec", "v1alpha1", RAY_CLUSTER,
		DIALECT_MODERN},
	{"cluster.ray.io", "RayCluster", "rayclusters", "podTypes", NULL, RAY_CLUSTER,
		DIALECT_LEGACY},
	{"ray.io", "RayJob", "rayjobs", "rayClusterSpec", "v1alpha1", RAY_JOB, DIALECT_MODERN},
	{"ray.io", "RayService", "rayservices", "rayClusterConfig", "v1alpha1", RAY_SERVICE,
		DIALECT_MODERN},
	{"ray.io", "RayCronJob", "raycronjobs", "jobTemplate", NULL, RAY_CRON_JOB, DIALECT_MODERN},
};

static bool found(const struct ray_kind_row *row, enum ray_kind *kind, enum dialect *dialect)
{
	if (row == NULL)
		return false;
	*kind = row->ray_kind;
	*dialect = row->dialect;
	return true;
}

bool ray_kind_find(
	struct str group, struct str kind_or_resource, enum ray_kind *kind, enum dialect *dialect)
{
	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		if (str_is(group, KINDS[i].group) &&
			(str_is(kind_or_resource, KINDS[i].kind) ||
				str_is(kind_or_resource, KINDS[i].resource)))
			return found(&KINDS[i], kind, dialect);
	}
	return false;
}

const char *ray_kind_name(enum ray_kind kind)
{
	static const char *const NAMES[] = {
		[RAY_CLUSTER] = "RayCluster",
		[RAY_JOB] = "RayJob",
		[RAY_SERVICE] = "RayService",
		[RAY_CRON_JOB] = "RayCronJob",
	};

	return NAMES[kind];
}

const char *ray_kind_group(enum dialect dialect)
{
	return dialect == DIALECT_LEGACY ? "cluster.ray.io" : "ray.io";
}

bool ray_kind_has_version(enum ray_kind kind, enum dialect dialect, struct str version)
{
	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		if (KINDS[i].ray_kind == kind && KINDS[i].dialect == dialect)
			return str_is(version, "v1") ||
			       (KINDS[i].old_version && str_is(version, KINDS[i].old_version));
	}
	return false;
}

bool ray_kind_is_older(enum ray_kind kind, enum dialect dialect, struct str api_version)
{
	const size_t slash = str_find(api_version, '/');
	const struct str group = {api_version.at, slash};

	return slash < api_version.len && str_is(group, ray_kind_group(dialect)) &&
	       !str_is(str_from_offset(api_version, slash + 1), "v1") &&
	       ray_kind_has_version(kind, dialect, str_from_offset(api_version, slash + 1));
}

/* What an object says of itself; empty where it says nothing. */
struct claim {
	struct str group, kind;
	const struct json_node *spec;
};

enum {
	TYPING_MISTAKES = 2, /* in one word */
	NEVER = 100,
};

/* How far a group is from the one that a row has; `sure` where the kind is one of ours. */
static size_t group_distance(struct str group, const struct ray_kind_row *row, bool sure)
{
	enum ray_kind kind;
	enum dialect dialect;

	if (str_is(group, row->group))
		return 0;
	if (!sure)
		return NEVER;
	if (group.len == 0)
		return 1;
	/* the other of our groups, which does not have the kind */
	if (str_is(group, ray_kind_group(DIALECT_MODERN)) ||
		str_is(group, ray_kind_group(DIALECT_LEGACY)))
		return ray_kind_find(group, str_from(row->kind), &kind, &dialect) ? NEVER : 1;
	const size_t mistakes = str_distance(group, str_from(row->group), TYPING_MISTAKES);

	/* "kuberay.io": nobody else has a group that ends so */
	if (mistakes > TYPING_MISTAKES && str_ends(group, "ray.io"))
		return TYPING_MISTAKES;
	return mistakes > TYPING_MISTAKES ? NEVER : mistakes;
}

/* Capitals do not count: "raycluster" is one mistake. */
static size_t kind_distance(const struct claim *claim, const struct ray_kind_row *row)
{
	char lower[2][32];
	const struct str words[] = {claim->kind, str_from(row->kind)};

	if (str_is(claim->kind, row->kind))
		return 0;
	if (claim->kind.len == 0)
		return json_get(claim->spec, row->mark) ? 1 : NEVER;
	if (claim->kind.len >= sizeof(lower[0]))
		return NEVER;
	for (size_t w = 0; w < ARRAY_LEN(words); w++) {
		for (size_t i = 0; i < words[w].len; i++)
			lower[w][i] = (char)tolower((unsigned char)words[w].at[i]);
	}
	const size_t mistakes = str_distance((struct str){lower[0], words[0].len},
		(struct str){lower[1], words[1].len}, TYPING_MISTAKES);

	return mistakes > TYPING_MISTAKES ? NEVER : mistakes + 1;
}

/* Either the group or the kind is right: two mistakes make a word of another language. */
static size_t distance(const struct claim *claim, const struct ray_kind_row *row)
{
	const size_t kind = kind_distance(claim, row);

	return kind + group_distance(claim->group, row, kind == 0);
}

static const struct ray_kind_row *nearest(const struct claim *claim)
{
	const struct ray_kind_row *best = NULL;
	size_t least = 2 * NEVER;

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		const size_t far = distance(claim, &KINDS[i]);
		const bool marked = json_get(claim->spec, KINDS[i].mark) != NULL;

		if (far < NEVER && 2 * far + !marked < least) {
			least = 2 * far + !marked;
			best = &KINDS[i];
		}
	}
	return best;
}

static struct str plain(const struct json_node *node)
{
	return json_is(node, JSON_STRING) ? (struct str){node->at, node->len} : (struct str){0};
}

bool ray_object_recognise(const struct json_node *root, enum ray_kind *kind, enum dialect *dialect)
{
	const struct str version = plain(json_get(root, "apiVersion"));
	const size_t slash = str_find(version, '/');
	const struct claim claim = {
		.group = {version.at, slash < version.len ? slash : 0},
		.kind = plain(json_get(root, "kind")),
		.spec = json_get(root, "spec"),
	};

	if (ray_kind_find(claim.group, claim.kind, kind, dialect))
		return true;
	return json_is(root, JSON_OBJECT) && found(nearest(&claim), kind, dialect);
}

const char *ray_kind_namesake(const struct json_node *root)
{
	const struct json_node *const kind = json_get(root, "kind");

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		if (json_is(kind, JSON_STRING) && json_str_is(kind, str_from(KINDS[i].kind)))
			return KINDS[i].kind;
	}
	return NULL;
}
