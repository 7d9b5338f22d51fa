/* The history server's collector, which KubeRay puts into every pod: historyServerOptions. */
#include "validators/rules.h"

#include "validators/check.h"

#define HISTORY_GATE        "RayClusterHistoryServer"
#define COLLECTOR_CONTAINER "ray-history-collector"
#define BACKEND             "STORAGE_BACKEND"

static const struct history_collector *collector_of(const struct raycluster *cluster)
{
	return &cluster->history.collector;
}

/* The last one of a name counts, as in a container. */
static const struct env_var *setting(const struct history_collector *collector, const char *name)
{
	const struct env_var *found = NULL;

	for (size_t i = 0; i < collector->env.count; i++) {
		if (str_is(collector->env.items[i].name.v, name))
			found = &collector->env.items[i];
	}
	return found;
}

/* A literal or a reference; what the reference leads to cannot be known. */
static bool has_setting(const struct history_collector *collector, const char *name)
{
	const struct env_var *const env = setting(collector, name);

	return env && (env->value.v.len || env->value_from.node);
}

static struct str literal(const struct history_collector *collector, const char *name)
{
	const struct env_var *const env = setting(collector, name);

	return env ? env->value.v : (struct str){0};
}

/* RG0941 */
static void gate_is_open(const struct rule_context *c, const struct raycluster *cluster)
{
	enum field_severity at_most;

	if (cluster->history.self.node && !rule_cluster_gate_is_open(c, HISTORY_GATE, &at_most))
		rule_found_at_most(c, at_most, cluster->history.self.at, FIELD_FORBIDDEN,
			FIELD_READS_NOTHING,
			"needs KubeRay's feature gate " HISTORY_GATE
			", %s: have it turned on, or remove this",
			rule_gate_state(at_most));
}

/* RG0942 */
static void collector_has_image(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct history_collector *const collector = collector_of(cluster);
	const struct field_path *const at =
		FIELD_CHILD(cluster->history.self.at, "collectorOptions");

	if (cluster->history.self.node && collector->image.v.len == 0)
		rule_found(c, collector->self.node ? FIELD_CHILD(at, "image") : at, FIELD_REQUIRED,
			FIELD_READS(collector->image.node),
			"there is no default image: name the collector's image in "
			"collectorOptions.image");
}

/* RG0943 */
static void managed_env_is_free(const struct rule_context *c, const struct raycluster *cluster)
{
	static const char *const MANAGED[] = {"POD_IP", "FQ_RAY_IP", "RAY_CLUSTER_NAME",
		"RAY_CLUSTER_NAMESPACE", "RAY_ROLE", "OWNER_KIND", "OWNER_NAME", "EVENTS_PORT"};
	const struct history_collector *const collector = collector_of(cluster);

	for (size_t i = 0; i < collector->env.count; i++) {
		const struct env_var *const env = &collector->env.items[i];

		for (size_t m = 0; m < ARRAY_LEN(MANAGED); m++) {
			if (str_is(env->name.v, MANAGED[m]))
				rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_FORBIDDEN,
					FIELD_READS(env->name.node),
					"KubeRay sets %s for the collector: remove it", MANAGED[m]);
		}
	}
}

/* RG0944 */
static void backend_is_named(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct history_collector *const collector = collector_of(cluster);
	const struct env_var *const env = setting(collector, BACKEND);

	if (collector->self.node && literal(collector, BACKEND).len == 0)
		rule_found(c, env ? env->self.at : FIELD_CHILD(collector->self.at, "env"),
			FIELD_REQUIRED, FIELD_READS(env ? env->value.node : NULL),
			"needs " BACKEND " with a literal value: GCS, S3, AZUREBLOB or ALIYUNOSS");
}

/* What each backend cannot do without. */
static const struct {
	const char *backend;
	const char *needs[3];
} BACKENDS[] = {
	{"GCS", {"GCS_BUCKET"}},
	{"S3", {"S3_REGION"}},
	{"ALIYUNOSS", {"OSS_BUCKET", "OSS_ENDPOINT", "OSS_REGION"}},
	{"AZUREBLOB", {NULL}},
};

static void setting_is_missing(
	const struct rule_context *c, const struct history_collector *collector, const char *name)
{
	const struct env_var *const backend = setting(collector, BACKEND);
	const struct env_var *const env = setting(collector, name);

	rule_found(c, FIELD_CHILD(collector->self.at, "env"), FIELD_REQUIRED,
		FIELD_READS(env ? env->value.node : NULL, backend->value.node),
		"the storage backend %.*s needs %s", STR_ARG(backend->value.v), name);
}

/* The mode of authentication says which of two settings counts; without one either will do. */
static void azure_has_account(
	const struct rule_context *c, const struct history_collector *collector)
{
	static const char URL[] = "AZURE_STORAGE_ACCOUNT_URL";
	static const char TEXT[] = "AZURE_STORAGE_CONNECTION_STRING";
	const struct str mode = str_trim(literal(collector, "AZURE_STORAGE_AUTH_MODE"));

	if (str_is_nocase(mode, "connection_string")) {
		if (!has_setting(collector, TEXT))
			setting_is_missing(c, collector, TEXT);
	} else if (str_is_nocase(mode, "workload_identity") || str_is_nocase(mode, "default")) {
		if (!has_setting(collector, URL))
			setting_is_missing(c, collector, URL);
	} else if (!has_setting(collector, URL) && !has_setting(collector, TEXT)) {
		setting_is_missing(c, collector,
			"AZURE_STORAGE_ACCOUNT_URL or AZURE_STORAGE_CONNECTION_STRING");
	}
}

static size_t backend_find(struct str name)
{
	size_t i = 0;

	while (i < ARRAY_LEN(BACKENDS) && !str_is_nocase(name, BACKENDS[i].backend))
		i++;
	return i;
}

/* RG0945 */
static void backend_has_settings(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct history_collector *const collector = collector_of(cluster);
	const size_t at = backend_find(literal(collector, BACKEND));

	if (at == ARRAY_LEN(BACKENDS))
		return;
	for (size_t i = 0; i < ARRAY_LEN(BACKENDS[at].needs) && BACKENDS[at].needs[i]; i++) {
		if (!has_setting(collector, BACKENDS[at].needs[i]))
			setting_is_missing(c, collector, BACKENDS[at].needs[i]);
	}
	if (BACKENDS[at].needs[0] == NULL)
		azure_has_account(c, collector);
}

/* RG0946 */
static void container_name_is_free(const struct rule_context *c, const struct ray_group *group)
{
	const container_list *const list = &group->template.spec.containers;

	for (size_t i = 0; c->cluster->history.self.node && i < list->count; i++) {
		if (str_is(list->items[i].name.v, COLLECTOR_CONTAINER))
			rule_found(c, FIELD_CHILD(list->items[i].self.at, "name"), FIELD_FORBIDDEN,
				FIELD_READS(list->items[i].name.node),
				"KubeRay adds a container of this name for historyServerOptions: "
				"use another name");
	}
}

/* RG0947 */
static void backend_is_known(const struct rule_context *c, const struct raycluster *cluster)
{
	static const char *const WORDS[] = {"GCS", "S3", "AZUREBLOB", "ALIYUNOSS", NULL};
	const struct history_collector *const collector = collector_of(cluster);
	const struct str name = literal(collector, BACKEND);

	if (name.len && backend_find(name) == ARRAY_LEN(BACKENDS)) {
		const struct env_var *const env = setting(collector, BACKEND);

		rule_found(c, FIELD_CHILD(env->self.at, "value"), FIELD_NOT_SUPPORTED,
			FIELD_READS(env->value.node),
			"known storage backends are GCS, S3, AZUREBLOB and ALIYUNOSS%.*s",
			STR_ARG(check_meant(c->arena, name, WORDS)));
	}
}

static const struct rule RULES[] = {
	RULE("RG0941", "history-needs-its-gate", ERROR, MODERN, "0.1", "KubeRay's operator",
		"historyServerOptions needs KubeRay's feature gate.",
		RULE_CHECKS_CLUSTER(gate_is_open), .needs = PART(HISTORY)),
	RULE("RG0942", "history-collector-has-image", ERROR, MODERN, "0.1", "KubeRay's operator",
		"historyServerOptions names the collector's image.",
		RULE_CHECKS_CLUSTER(collector_has_image), .needs = PART(HISTORY)),
	RULE("RG0943", "history-env-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The collector's env leaves KubeRay's own variables alone.",
		RULE_CHECKS_CLUSTER(managed_env_is_free), .needs = PART(HISTORY)),
	RULE("RG0944", "history-backend-is-named", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The collector's env names its storage backend as a literal.",
		RULE_CHECKS_CLUSTER(backend_is_named), .needs = PART(HISTORY)),
	RULE("RG0945", "history-backend-has-settings", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The collector's env holds what its storage backend needs.",
		RULE_CHECKS_CLUSTER(backend_has_settings), .needs = PART(HISTORY)),
	RULE("RG0946", "history-container-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With historyServerOptions no container is named ray-history-collector.",
		RULE_CHECKS_GROUP(container_name_is_free), .by_pod = true, .needs = PART(HISTORY)),
	RULE("RG0947", "history-backend-is-known", WARN, MODERN, "0.1", NULL,
		"The collector's storage backend is one that it knows.",
		RULE_CHECKS_CLUSTER(backend_is_known), .needs = PART(HISTORY)),
};

const struct rule_table RULES_HISTORY = RULE_TABLE(RULES);
