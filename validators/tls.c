/* TLS between the nodes of a Ray cluster: tlsOptions, and what KubeRay then keeps for itself. */
#include "validators/rules.h"

#define TLS_GATE   "RayClusterMTLS"
#define TLS_VOLUME "ray-tls"
#define TLS_PATH   "/etc/ray/tls"

/* RG0921: KubeRay asks for the gate even where TLS is switched off. */
static void gate_is_open(const struct rule_context *c, const struct raycluster *cluster)
{
	enum field_severity at_most;

	if (cluster->tls.self.node && !rule_cluster_gate_is_open(c, TLS_GATE, &at_most))
		rule_found_at_most(c, at_most, cluster->tls.self.at, FIELD_FORBIDDEN,
			FIELD_READS_NOTHING,
			"needs KubeRay's feature gate " TLS_GATE
			", %s: have it turned on, or remove this",
			rule_gate_state(at_most));
}

static bool is_tls_env(struct str name)
{
	static const char *const NAMES[] = {
		"RAY_USE_TLS", "RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY", "RAY_TLS_CA_CERT"};

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		if (str_is(name, NAMES[i]))
			return true;
	}
	return false;
}

static void env_is_free(const struct rule_context *c, const struct env_var *env)
{
	if (is_tls_env(env->name.v))
		rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_FORBIDDEN,
			FIELD_READS(env->name.node),
			"KubeRay sets %.*s with tlsOptions.enabled: remove it",
			STR_ARG(env->name.v));
}

static void mount_is_free(const struct rule_context *c, const struct volume_mount *mount)
{
	if (str_is(mount->name.v, TLS_VOLUME) || str_is(mount->path.v, TLS_PATH))
		rule_found(c, mount->self.at, FIELD_FORBIDDEN,
			FIELD_READS(mount->name.node, mount->path.node),
			"KubeRay mounts the volume " TLS_VOLUME " at " TLS_PATH
			" with tlsOptions.enabled: use another name and path");
}

/* RG0922, of head and workers. */
static void pod_env_is_free(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	for (size_t i = 0; c->cluster->tls.enabled.v && ray && i < ray->env.count; i++)
		env_is_free(c, &ray->env.items[i]);
}

/* RG0923 */
static void pod_mounts_are_free(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	for (size_t i = 0; c->cluster->tls.enabled.v && ray && i < ray->mounts.count; i++)
		mount_is_free(c, &ray->mounts.items[i]);
}

/* RG0924 */
static void autoscaler_is_free(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct autoscaler_options *const autoscaler = &cluster->autoscaler;

	if (!cluster->tls.enabled.v)
		return;
	for (size_t i = 0; i < autoscaler->env.count; i++)
		env_is_free(c, &autoscaler->env.items[i]);
	for (size_t i = 0; i < autoscaler->mounts.count; i++)
		mount_is_free(c, &autoscaler->mounts.items[i]);
}

/* RG0925 */
static void switch_is_said(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->tls.self.node && cluster->tls.enabled.node == NULL)
		rule_found(c, FIELD_CHILD(cluster->tls.self.at, "enabled"), FIELD_REQUIRED,
			FIELD_READS(cluster->tls.enabled.node),
			"without it nothing is encrypted: write true, or remove tlsOptions");
}

static const struct rule RULES[] = {
	RULE("RG0921", "tls-needs-its-gate", ERROR, MODERN, "0.1", "KubeRay's operator",
		"tlsOptions needs KubeRay's feature gate.", RULE_CHECKS_CLUSTER(gate_is_open),
		.needs = PART(TLS)),
	RULE("RG0922", "tls-env-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With TLS the Ray containers leave its variables to KubeRay.",
		RULE_CHECKS_GROUP(pod_env_is_free), .by_pod = true, .needs = PART(TLS)),
	RULE("RG0923", "tls-mount-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With TLS the mounts named ray-tls and at /etc/ray/tls are KubeRay's.",
		RULE_CHECKS_GROUP(pod_mounts_are_free), .by_pod = true, .needs = PART(TLS)),
	RULE("RG0924", "tls-of-autoscaler-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With TLS the autoscaler's variables and mounts for it are KubeRay's.",
		RULE_CHECKS_CLUSTER(autoscaler_is_free), .needs = PART(TLS)),
	RULE("RG0925", "tls-is-switched", WARN, MODERN, "0.1", NULL,
		"tlsOptions says whether TLS is enabled.", RULE_CHECKS_CLUSTER(switch_is_said),
		.needs = PART(TLS)),
};

const struct rule_table RULES_TLS = RULE_TABLE(RULES);
