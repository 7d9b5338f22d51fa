/*
 * Advisories: what is known to go wrong with certain versions of Ray. A row of the table is a range
 * of versions, what the cluster must use, and what to say; the number of the upstream issue stands
 * in the row of the rule. The version is rayVersion, else the tag of the head's image.
 */
#include "validators/rules.h"

#include <string.h>

#include "api/version.h"
#include "validators/v2.h"

static const struct container *ray_of(const struct ray_group *group)
{
	return group ? pod_ray_container(&group->template) : NULL;
}

static bool image_version(const struct ray_group *group, struct version *out)
{
	const struct container *const ray = ray_of(group);

	return ray && version_image_is_ray(ray->image.v) && version_of_image(ray->image.v, out);
}

/* RG1501 */
static void version_is_one(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const text = &cluster->ray_version;

	if (text->v.len && !cluster->has_version)
		rule_found(c, FIELD_CHILD(cluster->self.at, "rayVersion"), FIELD_INVALID,
			FIELD_READS(text->node),
			"is no version that %s can compare: write that of the image, such as "
			"2.52.0",
			rule_is_ours(c) ? "the controller" : "KubeRay");
}

/* "2.52" says nothing of a patch. */
static bool says_patch(struct str text)
{
	const size_t first = str_find(text, '.');

	if (first == text.len)
		return false;
	const struct str rest = str_from_offset(text, first + 1);
	const size_t second = str_find(rest, '.');

	return second + 1 < rest.len && rest.at[second + 1] >= '0' && rest.at[second + 1] <= '9';
}

/* Equal as far as both texts say. */
static bool same_version(struct str a, struct str b)
{
	struct version x, y;

	if (str_eq(a, b) || !version_parse(a, &x) || !version_parse(b, &y))
		return true;
	return x.major == y.major && x.minor == y.minor &&
	       (x.patch == y.patch || !says_patch(a) || !says_patch(b));
}

/* As nearly every tag does: the version, and behind a '-' perhaps what else is in the image. */
static bool tag_says(struct str tag, struct str version)
{
	return tag.len >= version.len && str_same(tag.at, version.at, version.len) &&
	       (tag.len == version.len || tag.at[version.len] == '-');
}

/* RG1502 */
static void version_is_of_image(const struct rule_context *c, const struct ray_group *group)
{
	const struct val_str *const said = &c->cluster->ray_version;
	const struct container *const ray = ray_of(group);

	if (ray == NULL || !c->cluster->has_version)
		return;
	const struct str tag = version_image_tag(ray->image.v);

	if (!tag_says(tag, said->v) && !same_version(said->v, tag) &&
		version_image_is_ray(ray->image.v))
		rule_found(c, FIELD_CHILD(ray->self.at, "image"), FIELD_INVALID,
			FIELD_READS(ray->image.node, said->node),
			"is another Ray than rayVersion says (%.*s): make them equal, %s goes by "
			"rayVersion",
			STR_ARG(said->v), rule_is_ours(c) ? "the controller" : "KubeRay");
}

/* RG1503: where rayVersion cannot say it. */
static void workers_run_heads_ray(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const head = ray_of(c->cluster->head);
	const struct container *const ray = ray_of(group);
	struct version of_head, v;

	if (c->cluster->has_version || !image_version(c->cluster->head, &of_head) ||
		!image_version(group, &v))
		return;
	const struct str tag = version_image_tag(head->image.v);

	if (!same_version(tag, version_image_tag(ray->image.v)))
		rule_found(c, FIELD_CHILD(ray->self.at, "image"), FIELD_INVALID,
			FIELD_READS(ray->image.node, head->image.node),
			"is another Ray than the head's (%.*s), which takes no worker of another "
			"version",
			STR_ARG(tag));
}

/* What an advisory points at; `at` NULL where the cluster does not use it. */
struct place {
	const struct field_path *at;
	const struct json_node *node;
};

typedef struct place place_fn(const struct rule_context *c, const struct raycluster *cluster);

static struct place switch_of_autoscaler(
	const struct rule_context *c, const struct raycluster *cluster)
{
	if (!raycluster_autoscales(cluster))
		return (struct place){0};
	return (struct place){
		field_path_keep(c->arena, FIELD_CHILD(cluster->self.at, "enableInTreeAutoscaling")),
		cluster->autoscaling.node};
}

static struct place v2_if_used(
	const struct rule_context *c, const struct raycluster *cluster, bool used)
{
	const struct autoscaler_options *const options = &cluster->autoscaler;

	if (!used || !raycluster_autoscales(cluster))
		return (struct place){0};
	if (options->version.node)
		return (struct place){
			field_path_keep(c->arena, FIELD_CHILD(options->self.at, "version")),
			options->version.node};
	if (v2_env(cluster))
		return (struct place){v2_env(cluster)->self.at, v2_env(cluster)->value.node};
	return switch_of_autoscaler(c, cluster);
}

static struct place v2_asked_for(const struct rule_context *c, const struct raycluster *cluster)
{
	return v2_if_used(c, cluster, v2_is_asked_for(cluster));
}

static struct place v2_used(const struct rule_context *c, const struct raycluster *cluster)
{
	return v2_if_used(c, cluster, v2_is_asked_for(cluster) || v2_is_implied(cluster));
}

/* Amazon's managed Redis, by the names of its hosts. */
static struct place elasticache(const struct rule_context *c, const struct raycluster *cluster)
{
	static const char HOSTS[] = ".cache.amazonaws.com";
	const struct env_var *const env = container_env(ray_of(cluster->head), "RAY_REDIS_ADDRESS");

	if (str_contains(cluster->gcs.redis_address.v, HOSTS))
		return (struct place){field_path_keep(c->arena,
					      FIELD_CHILD(cluster->gcs.self.at, "redisAddress")),
			cluster->gcs.redis_address.node};
	if (env && str_contains(env->value.v, HOSTS))
		return (struct place){env->self.at, env->value.node};
	return (struct place){0};
}

static struct place rocksdb(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const backend = &cluster->gcs.backend;

	if (!str_is(backend->v, "rocksdb"))
		return (struct place){0};
	return (struct place){
		field_path_keep(c->arena, FIELD_CHILD(cluster->gcs.self.at, "backend")),
		backend->node};
}

static const struct {
	char rule[sizeof("RG1504")];
	struct version from, below;
	place_fn *find;
	const char *text;
} ADVISORIES[] = {
	{"RG1504", {0, 0, 0}, {1, 11, 0}, switch_of_autoscaler,
		"KubeRay's autoscaler needs Ray 1.11 or later: use a newer Ray, or switch it off"},
	{"RG1505", {0, 0, 0}, {2, 10, 0}, v2_asked_for,
		"autoscaler v2 is usable from Ray 2.10 on: use a newer Ray, or version v1"},
	{"RG1506", {2, 10, 0}, {2, 49, 0}, v2_used,
		"autoscaler v2 of this Ray can stall while pods are pending (kuberay#3794): use "
		"Ray 2.49 or later, or v1"},
	{"RG1507", {0, 0, 0}, {2, 50, 0}, elasticache,
		"the Redis clean-up of this Ray fails on ElastiCache and blocks deletion "
		"(kuberay#4767): use Ray 2.50 or later"},
	{"RG1516", {0, 0, 0}, {2, 56, 0}, rocksdb,
		"this Ray has no such store, and its head does not start with it: use Ray 2.56 or "
		"later, or redis"},
};

/* RG1504 to RG1507, RG1516: the running rule finds its own row. */
static void version_is_well(const struct rule_context *c, const struct raycluster *cluster)
{
	struct version v;

	if (!v2_ray_version(cluster, &v))
		return;
	for (size_t i = 0; i < ARRAY_LEN(ADVISORIES); i++) {
		if (memcmp(c->rule->id, ADVISORIES[i].rule, sizeof(ADVISORIES[i].rule)) != 0 ||
			version_cmp(v, ADVISORIES[i].from) < 0 ||
			version_cmp(v, ADVISORIES[i].below) >= 0)
			continue;
		const struct place found = ADVISORIES[i].find(c, cluster);

		if (found.at)
			rule_found(c, found.at, FIELD_INVALID,
				FIELD_READS(found.node, cluster->ray_version.node), "%s",
				ADVISORIES[i].text);
	}
}

/* RG1508: the autoscaler of older Rays reads limits alone. */
static void cpu_can_be_detected(const struct rule_context *c, const struct ray_group *group)
{
	static const struct version FIXED = {2, 41, 0};
	const struct container *const ray = ray_of(group);
	struct version v;

	if (ray == NULL || !raycluster_autoscales(c->cluster) || !v2_ray_version(c->cluster, &v) ||
		version_cmp(v, FIXED) >= 0)
		return;
	if (!resource_find(&ray->resources.limits, "cpu") &&
		resource_find(&ray->resources.requests, "cpu") &&
		!group_start_param(group, "num-cpus") && !json_get(group->resources.node, "CPU"))
		rule_found(c, FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "limits"), STR("cpu")),
			FIELD_REQUIRED, FIELD_READS(NULL, c->cluster->ray_version.node),
			"the autoscaler of this Ray stops without it (kuberay#2612): write a limit "
			"or num-cpus, or use Ray 2.41 or later");
}

static const struct rule RULES[] = {
	RULE("RG1501", "ray-version-can-be-compared", WARN, MODERN, "0.1", NULL,
		"rayVersion is a version.", RULE_CHECKS_CLUSTER(version_is_one),
		.needs = PART(RAY_VERSION)),
	RULE("RG1502", "ray-version-is-of-image", WARN, MODERN, "0.1", NULL,
		"rayVersion agrees with the tag of Ray's images.",
		RULE_CHECKS_GROUP(version_is_of_image), .by_pod = true, .needs = PART(RAY_VERSION)),
	RULE("RG1503", "workers-run-ray-of-head", WARN, MODERN, "0.1", NULL,
		"Workers have an image of the same Ray as the head.",
		RULE_CHECKS_WORKER(workers_run_heads_ray), .by_pod = true),
	RULE("RG1504", "autoscaler-needs-ray-1-11", WARN, MODERN, "0.1", NULL,
		"The autoscaler runs with Ray 1.11 or later.", RULE_CHECKS_CLUSTER(version_is_well),
		.needs = PART(AUTOSCALING)),
	RULE("RG1505", "autoscaler-v2-needs-ray-2-10", WARN, MODERN, "0.1", NULL,
		"Autoscaler v2 runs with Ray 2.10 or later.", RULE_CHECKS_CLUSTER(version_is_well),
		.needs = PART(AUTOSCALING)),
	RULE("RG1506", "autoscaler-v2-stalls", WARN, MODERN, "0.1",
		"kuberay#3794, kuberay#2759, ray#50868",
		"Autoscaler v2 runs with Ray 2.49 or later, where it no longer stalls.",
		RULE_CHECKS_CLUSTER(version_is_well), .needs = PART(AUTOSCALING)),
	RULE("RG1507", "redis-cleanup-on-elasticache", WARN, MODERN, "0.1", "kuberay#4767",
		"Fault tolerance on ElastiCache runs with Ray 2.50 or later.",
		RULE_CHECKS_CLUSTER(version_is_well), .needs = PART(GCS) | PART(ENV)),
	RULE("RG1516", "rocksdb-needs-ray-2-56", WARN, MODERN, "0.1", "ray#63657",
		"The rocksdb backend runs with Ray 2.56 or later.",
		RULE_CHECKS_CLUSTER(version_is_well), .needs = PART(GCS)),
	RULE("RG1508", "old-autoscaler-needs-cpu-limit", WARN, MODERN, "0.1",
		"kuberay#2612, ray#49613",
		"With the autoscaler of a Ray before 2.41 every group has a CPU limit or num-cpus.",
		RULE_CHECKS_GROUP(cpu_can_be_detected), .by_pod = true, .needs = PART(AUTOSCALING)),
};

const struct rule_table RULES_ADVISORIES = RULE_TABLE(RULES);
