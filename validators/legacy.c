/*
 * The legacy dialect: what the Ray Kubernetes Operator of 2022 takes for granted and neither it nor
 * its CRD checks. A cluster that breaks one of the errors makes the operator retry for ever. What
 * our own controller does better is not told where that runs the clusters.
 */
#include "validators/rules.h"

#include "api/names.h"

enum {
	DEFAULT_MAX_WORKERS = 2, /* of the operator, where spec.maxWorkers is absent */
	OVERWRITTEN_BY_US = 5,
};

/* The name that the user probably meant: the nearest of the podTypes. */
static struct str nearest_type(const struct raycluster *cluster, struct str wrong)
{
	struct str nearest = {0};
	size_t best = 6;

	for (size_t i = 0; i < cluster->pod_types.count; i++) {
		const struct str name = cluster->pod_types.items[i].name.v;
		const size_t distance = str_distance(wrong, name, best - 1);

		if (name.len && distance < best) {
			best = distance;
			nearest = name;
		}
	}
	return nearest;
}

/* The value that broke the rule, then a member of each podType: all of them decide. */
static struct field_reads reads_of_types(const struct rule_context *c,
	const struct raycluster *cluster, const struct json_node *first, bool names)
{
	const size_t count = cluster->pod_types.count;
	const struct json_node **const nodes = arena_array(c->arena, count + 1, sizeof(*nodes));

	nodes[0] = first;
	for (size_t i = 0; i < count; i++) {
		const struct ray_group *const type = &cluster->pod_types.items[i];

		nodes[i + 1] = names ? type->name.node : type->min.node;
	}
	return (struct field_reads){(const struct json_node *const *)nodes, count + 1};
}

/* RG1101 */
static void head_type_exists(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const wanted = &cluster->head_pod_type;
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "headPodType");

	if (wanted->node == NULL || cluster->head)
		return;
	const struct str nearest = nearest_type(cluster, wanted->v);
	const struct field_reads reads = reads_of_types(c, cluster, wanted->node, true);

	if (nearest.len)
		rule_found(c, at, FIELD_NOT_FOUND, reads,
			"must be the name of one of the podTypes; did you mean \"%.*s\"?",
			STR_ARG(nearest));
	else
		rule_found(
			c, at, FIELD_NOT_FOUND, reads, "must be the name of one of the podTypes");
}

/* RG1102: the operator puts the cluster's name in front of it. */
static void pods_have_generate_name(const struct rule_context *c, const struct ray_group *group)
{
	const struct schema_object *const config = &group->template.self;

	if (rule_is_ours(c) || config->node == NULL || group->template.metadata.generate_name.node)
		return;
	const struct str name = names_suggest(c->arena, group->name.v, NAME_DNS1123_LABEL);

	rule_found(c, FIELD_CHILD(FIELD_CHILD(config->at, "metadata"), "generateName"),
		FIELD_REQUIRED, FIELD_READS_NOTHING,
		"the operator makes pod names from it and stops without one: write %s-",
		name.len ? name.at : "ray");
}

/* RG1103 */
static void generate_name_makes_names(const struct rule_context *c, const struct ray_group *group)
{
	const struct val_str *const name = &group->template.metadata.generate_name;
	const struct str made =
		arena_printf(c->arena, "c-%.*sx", STR_ARG(name->v)); /* as a pod's name begins */
	const char *const fault = name->node ? names_fault(NAME_DNS1123_SUBDOMAIN, made) : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(group->template.metadata.self.at, "generateName"),
			FIELD_INVALID, FIELD_READS(name->node),
			"no pod can have a name with it: %s", fault);
}

/* RG1104 */
static void type_name_is_label_value(const struct rule_context *c, const struct ray_group *group)
{
	const char *const fault =
		group->name.node ? names_fault(NAME_LABEL_VALUE, group->name.v) : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(group->self.at, "name"), FIELD_INVALID,
			FIELD_READS(group->name.node), "becomes a label of the pods: %s", fault);
}

/* RG1105 */
static void minimums_fit(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_i32 *const max = &cluster->max_workers;
	const int64_t most = max->node ? max->v : DEFAULT_MAX_WORKERS;
	int64_t sum = 0;

	for (size_t i = 0; i < cluster->pod_types.count; i++) {
		if (cluster->pod_types.items[i].min.v > 0)
			sum += cluster->pod_types.items[i].min.v;
	}
	/* That a most is below zero the decoder has told. */
	if (sum > most && most >= 0)
		rule_found(c, FIELD_CHILD(cluster->self.at, "maxWorkers"),
			max->node ? FIELD_INVALID : FIELD_REQUIRED,
			reads_of_types(c, cluster, max->node, false),
			"must be at least %lld, the sum of all minWorkers%s, or lower minWorkers "
			"of the podTypes",
			(long long)sum,
			max->node ? ": raise it" : " (without it the operator takes 2): write it");
}

/* RG1106 */
static void speed_is_not_zero(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_double *const speed = &cluster->upscaling_speed;

	if (!rule_is_ours(c) && speed->node && speed->v >= 0 && speed->v <= 0)
		rule_found(c, FIELD_CHILD(cluster->self.at, "upscalingSpeed"), FIELD_INVALID,
			FIELD_READS(speed->node),
			"the operator takes 1.0 for 0: to stop scaling up lower maxWorkers");
}

/* RG1107 */
static void head_has_no_password(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "headStartRayCommands");

	if (rule_is_ours(c))
		return;
	for (struct json_iter it = json_iter(cluster->head_start_commands.node);
		json_next_item(&it);) {
		if (str_contains(json_str(c->arena, it.value), "redis-password"))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_FORBIDDEN,
				FIELD_READS(it.value),
				"the operator refuses a command with redis-password in it: leave "
				"it out");
	}
}

/*
 * RG1108: what the operator runs instead looks for a file that is not there; what our controller
 * does starts it. Of what is no list the decoder has told.
 */
static void head_is_started(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct json_node *const commands = cluster->head_start_commands.node;
	const bool written = json_present(json_get(cluster->self.node, "headStartRayCommands"));

	if (rule_is_ours(c) && commands == NULL)
		return;
	if (json_count(commands) == 0 && (commands || !written))
		rule_found(c, FIELD_CHILD(cluster->self.at, "headStartRayCommands"), FIELD_REQUIRED,
			FIELD_READS(commands),
			"write how Ray starts, such as \"ray start --head --port=6379 "
			"--no-monitor\": %s",
			commands ? "an empty list starts nothing"
				 : "the operator's default does not fit it");
}

/* RG1109 */
static void head_runs_no_monitor(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "headStartRayCommands");

	if (rule_is_ours(c))
		return;
	for (struct json_iter it = json_iter(cluster->head_start_commands.node);
		json_next_item(&it);) {
		const struct str command = json_str(c->arena, it.value);

		if (str_contains(command, "ray start") && str_contains(command, "--head") &&
			!str_contains(command, "--no-monitor"))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_INVALID,
				FIELD_READS(it.value),
				"the operator is the monitor already: add --no-monitor");
	}
}

/* RG1110 */
static void config_is_a_pod(const struct rule_context *c, const struct ray_group *group)
{
	const struct pod_template *const config = &group->template;

	if (config->api_version.node && !str_is(config->api_version.v, "v1"))
		rule_found(c, FIELD_CHILD(config->self.at, "apiVersion"), FIELD_NOT_SUPPORTED,
			FIELD_READS(config->api_version.node), "must be v1");
	if (config->kind.node && !str_is(config->kind.v, "Pod"))
		rule_found(c, FIELD_CHILD(config->self.at, "kind"), FIELD_NOT_SUPPORTED,
			FIELD_READS(config->kind.node), "must be Pod");
}

/* RG1111: our own controller sets the first of them alone. */
static void labels_are_kept(const struct rule_context *c, const struct ray_group *group)
{
	static const char *const OVERWRITTEN[] = {"ray-cluster-name", "ray-node-type",
		"ray-user-node-type", "ray-node-name", "ray-launch-config", "ray-node-status",
		"ray-node-uuid", "ray-runtime-config", "ray-file-mounts-contents"};
	const size_t count = rule_is_ours(c) ? OVERWRITTEN_BY_US : ARRAY_LEN(OVERWRITTEN);
	const struct template_metadata *const meta = &group->template.metadata;
	const struct field_path *const at = FIELD_CHILD(meta->self.at, "labels");

	for (size_t i = 0; i < count; i++) {
		const struct json_node *const value = json_get(meta->labels.node, OVERWRITTEN[i]);

		if (value)
			rule_found(c, FIELD_KEY(at, str_from(OVERWRITTEN[i])), FIELD_FORBIDDEN,
				FIELD_READS(value),
				"the operator overwrites this label: choose another key");
	}
	const struct json_node *const component =
		json_get(meta->labels.node, "cluster.ray.io/component");

	if (component)
		rule_found(c, FIELD_KEY(at, STR("cluster.ray.io/component")), FIELD_FORBIDDEN,
			FIELD_READS(component),
			"the head's Service selects pods by this label: choose another key");
}

/* RG1124: the operator posts it with each pod; Raygate's own controller leaves it out. */
static void pods_have_no_fixed_name(const struct rule_context *c, const struct ray_group *group)
{
	const struct template_metadata *const meta = &group->template.metadata;

	if (meta->name.v.len)
		rule_found(c, FIELD_CHILD(meta->self.at, "name"), FIELD_FORBIDDEN,
			FIELD_READS(meta->name.node),
			rule_is_ours(c)
				? "has no effect, pods are named by generateName: remove it"
				: "the operator gives it to each pod of this type, and the API "
				  "server refuses the second, also of another cluster: remove it, "
				  "generateName is enough");
}

static const struct rule RULES[] = {
	RULE("RG1101", "head-pod-type-exists", ERROR, LEGACY, "0.1", NULL,
		"headPodType names one of the podTypes.", RULE_CHECKS_CLUSTER(head_type_exists)),
	RULE("RG1102", "pod-config-has-generate-name", ERROR, LEGACY, "0.1", NULL,
		"Every podConfig has metadata.generateName.",
		RULE_CHECKS_GROUP(pods_have_generate_name)),
	RULE("RG1103", "generate-name-makes-names", ERROR, LEGACY, "0.1", NULL,
		"A generateName is the beginning of a pod's name.",
		RULE_CHECKS_GROUP(generate_name_makes_names)),
	RULE("RG1104", "pod-type-name-is-label-value", ERROR, LEGACY, "0.1", NULL,
		"The name of a podType is a label value.",
		RULE_CHECKS_GROUP(type_name_is_label_value)),
	RULE("RG1105", "minimums-fit-max-workers", ERROR, LEGACY, "0.1", NULL,
		"All minWorkers together are at most spec.maxWorkers.",
		RULE_CHECKS_CLUSTER(minimums_fit)),
	RULE("RG1106", "upscaling-speed-is-positive", WARN, LEGACY, "0.1", NULL,
		"upscalingSpeed is more than 0.", RULE_CHECKS_CLUSTER(speed_is_not_zero)),
	RULE("RG1107", "head-command-without-password", ERROR, LEGACY, "0.1",
		"the operator of 2022", "No command of the head holds redis-password.",
		RULE_CHECKS_CLUSTER(head_has_no_password)),
	RULE("RG1108", "head-is-started", WARN, LEGACY, "0.1", NULL,
		"headStartRayCommands says how the head's Ray is started.",
		RULE_CHECKS_CLUSTER(head_is_started)),
	RULE("RG1109", "head-runs-no-monitor", WARN, LEGACY, "0.1", NULL,
		"The head's Ray is started with --no-monitor.",
		RULE_CHECKS_CLUSTER(head_runs_no_monitor)),
	RULE("RG1110", "pod-config-is-a-pod", ERROR, LEGACY, "0.1", NULL,
		"A podConfig is a Pod of v1.", RULE_CHECKS_GROUP(config_is_a_pod)),
	RULE("RG1111", "operator-labels-reserved", WARN, LEGACY, "0.1", NULL,
		"A podConfig does not set the labels that the operator sets.",
		RULE_CHECKS_GROUP(labels_are_kept)),
	RULE("RG1124", "pod-config-leaves-names", WARN, LEGACY, "0.1", NULL,
		"A podConfig gives its pods no fixed name.",
		RULE_CHECKS_GROUP(pods_have_no_fixed_name), .needs = PART(POD_NAME)),
};

const struct rule_table RULES_LEGACY = RULE_TABLE(RULES);
