/* A RayService: its Services and how it is upgraded. */
#include "validators/rules.h"

#include "validators/check.h"

#define INCREMENTAL "NewClusterWithIncrementalUpgrade"
#define GATE        "RayServiceIncrementalUpgrade"

enum {
	PERCENT_MAX = 100,
	SURGE_DEFAULT = 100,
};

/* The gate is open by default; where it is closed KubeRay takes the word, and upgrades at once. */
static bool is_incremental(const struct rule_context *c, const struct ray_object *object)
{
	return object->service && str_is(object->service->upgrade.type.v, INCREMENTAL) &&
	       policy_gate(c->policy, GATE) != POLICY_GATE_OFF;
}

/* RG1241 */
static void head_service_has_no_name(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_group *const head = object->cluster ? object->cluster->head : NULL;
	const struct json_node *const name =
		head ? json_get(json_get(head->service.node, "metadata"), "name") : NULL;

	if (object->service && json_is(name, JSON_STRING) && name->len)
		rule_found(c, FIELD_CHILD(FIELD_CHILD(head->service.at, "metadata"), "name"),
			FIELD_FORBIDDEN, FIELD_READS(name),
			"the clusters of a RayService come and go, each with a Service of its own: "
			"remove it");
}

/* RG1242 */
static void upgrade_type_is_known(const struct rule_context *c, const struct ray_object *object)
{
	static const char *const TYPES[] = {"NewCluster", "None", INCREMENTAL, NULL};

	if (object->service)
		check_word(c, FIELD_CHILD(object->service->upgrade.self.at, "type"),
			object->service->upgrade.type.node, TYPES);
}

/* RG1243 */
static void incremental_autoscales(const struct rule_context *c, const struct ray_object *object)
{
	const struct raycluster *const cluster = object->cluster;

	if (is_incremental(c, object) && cluster && !raycluster_autoscales(cluster))
		rule_found(c, FIELD_CHILD(cluster->self.at, "enableInTreeAutoscaling"),
			FIELD_REQUIRED,
			FIELD_READS(cluster->autoscaling.node, object->service->upgrade.type.node),
			"must be true with upgradeStrategy.type " INCREMENTAL
			", or use type NewCluster");
}

static void percent_is_possible(const struct rule_context *c,
	const struct cluster_upgrade_options *options, const char *name,
	const struct val_i32 *percent)
{
	if (percent->node && (percent->v < 0 || percent->v > PERCENT_MAX))
		rule_found(c, FIELD_CHILD(options->self.at, name), FIELD_INVALID,
			FIELD_READS(percent->node), "must be between 0 and 100");
}

/* RG1244 */
static void incremental_has_options(const struct rule_context *c, const struct ray_object *object)
{
	if (!is_incremental(c, object))
		return;
	const struct service_upgrade *const upgrade = &object->service->upgrade;
	const struct cluster_upgrade_options *const options = &upgrade->options;

	if (options->self.node == NULL) {
		rule_found(c, FIELD_CHILD(upgrade->self.at, "clusterUpgradeOptions"),
			FIELD_REQUIRED, FIELD_READS(upgrade->type.node),
			"type " INCREMENTAL
			" needs gatewayClassName, stepSizePercent and intervalSeconds here");
		return;
	}
	percent_is_possible(c, options, "maxSurgePercent", &options->max_surge_percent);
	percent_is_possible(c, options, "stepSizePercent", &options->step_size_percent);
	if (options->interval_seconds.node && options->interval_seconds.v <= 0)
		rule_found(c, FIELD_CHILD(options->self.at, "intervalSeconds"), FIELD_INVALID,
			FIELD_READS(options->interval_seconds.node), "must be 1 or more");
	if (options->gateway_class.node && options->gateway_class.v.len == 0)
		rule_found(c, FIELD_CHILD(options->self.at, "gatewayClassName"), FIELD_REQUIRED,
			FIELD_READS(options->gateway_class.node),
			"must be the name of a GatewayClass");
}

/* RG1245 */
static void step_fits_surge(const struct rule_context *c, const struct ray_object *object)
{
	if (!is_incremental(c, object))
		return;
	const struct cluster_upgrade_options *const options = &object->service->upgrade.options;
	const int surge =
		options->max_surge_percent.node ? (int)options->max_surge_percent.v : SURGE_DEFAULT;

	if (options->step_size_percent.v > surge && surge >= 0)
		rule_found(c, FIELD_CHILD(options->self.at, "stepSizePercent"), FIELD_INVALID,
			FIELD_READS(
				options->step_size_percent.node, options->max_surge_percent.node),
			"must be at most maxSurgePercent (%d): lower it, or raise maxSurgePercent",
			surge);
}

/* RG1247 */
static void incremental_has_its_gate(const struct rule_context *c, const struct ray_object *object)
{
	const struct service_upgrade *const upgrade =
		object->service ? &object->service->upgrade : NULL;

	if (upgrade && str_is(upgrade->type.v, INCREMENTAL) &&
		policy_gate(c->policy, GATE) == POLICY_GATE_OFF)
		rule_found(c, FIELD_CHILD(upgrade->self.at, "type"), FIELD_FORBIDDEN,
			FIELD_READS(upgrade->type.node),
			"needs KubeRay's feature gate " GATE
			", which is off: have it turned on, or use NewCluster");
}

static const struct rule RULES[] = {
	RULE("RG1241", "service-head-service-unnamed", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The head's Service in a RayService has no name of its own.",
		RULE_CHECKS_OBJECT(head_service_has_no_name), .needs = PART(HEAD_SERVICE)),
	RULE("RG1242", "service-upgrade-type-is-known", ERROR, MODERN, "0.1", "KubeRay's operator",
		"upgradeStrategy.type of a RayService is one that KubeRay knows.",
		RULE_CHECKS_OBJECT(upgrade_type_is_known), .needs = PART(SERVICE)),
	RULE("RG1243", "incremental-upgrade-autoscales", ERROR, MODERN, "0.1", "KubeRay's operator",
		"An incremental upgrade needs the autoscaler.",
		RULE_CHECKS_OBJECT(incremental_autoscales), .needs = PART(SERVICE)),
	RULE("RG1244", "incremental-upgrade-has-options", ERROR, MODERN, "0.1",
		"KubeRay's operator", "An incremental upgrade has options in their ranges.",
		RULE_CHECKS_OBJECT(incremental_has_options), .needs = PART(SERVICE)),
	RULE("RG1245", "incremental-step-fits-surge", ERROR, MODERN, "0.1", "KubeRay's operator",
		"stepSizePercent is at most maxSurgePercent.", RULE_CHECKS_OBJECT(step_fits_surge),
		.needs = PART(SERVICE)),
	RULE("RG1247", "incremental-upgrade-needs-its-gate", WARN, MODERN, "0.1", NULL,
		"An incremental upgrade needs KubeRay's feature gate.",
		RULE_CHECKS_OBJECT(incremental_has_its_gate), .needs = PART(SERVICE)),
};

const struct rule_table RULES_RAYSERVICE = RULE_TABLE(RULES);
