/*
 * Fields of a pod that came after the legacy CRD of 2021: the API server drops them silently, so
 * what the user asked for never reaches the pod.
 */
#include "validators/rules.h"

/* NULL-terminated, by the kind of object that holds them. */
static const char *const OF_POD[] = {"ephemeralContainers", "hostUsers", "hostnameOverride", "os",
	"overhead", "preemptionPolicy", "resourceClaims", "resources", "schedulingGates",
	"schedulingGroup", "setHostnameAsFQDN", "topologySpreadConstraints", NULL};
static const char *const OF_CONTAINER[] = {
	"resizePolicy", "restartPolicy", "restartPolicyRules", "startupProbe", NULL};
static const char *const OF_SECURITY[] = {
	"appArmorProfile", "seccompProfile", "windowsOptions", NULL};
static const char *const OF_POD_SECURITY[] = {"appArmorProfile", "fsGroupChangePolicy",
	"seLinuxChangePolicy", "seccompProfile", "supplementalGroupsPolicy", "windowsOptions",
	NULL};
static const char *const OF_PROBE[] = {"grpc", "terminationGracePeriodSeconds", NULL};
static const char *const OF_VOLUME[] = {"ephemeral", "image", NULL};

static void look_in(const struct rule_context *c, const struct json_node *object,
	const struct field_path *at, const char *const *names)
{
	for (; object && *names; names++) {
		if (json_present(json_get(object, *names)))
			rule_found(c, FIELD_CHILD(at, *names), FIELD_FORBIDDEN, FIELD_READS_NOTHING,
				"the CRD of the Ray Operator does not know it, so it is dropped "
				"there without a word: remove it");
	}
}

static void look_in_container(const struct rule_context *c, const struct container *container)
{
	static const char *const PROBES[] = {"livenessProbe", "readinessProbe"};
	const struct field_path *const at = container->self.at;

	look_in(c, container->self.node, at, OF_CONTAINER);
	look_in(c, json_get(container->self.node, "securityContext"),
		FIELD_CHILD(at, "securityContext"), OF_SECURITY);
	for (size_t i = 0; i < ARRAY_LEN(PROBES); i++)
		look_in(c, json_get(container->self.node, PROBES[i]), FIELD_CHILD(at, PROBES[i]),
			OF_PROBE);
}

/* RG1114 */
static void nothing_is_dropped(const struct rule_context *c, const struct ray_group *group)
{
	const struct pod_spec *const pod = &group->template.spec;

	look_in(c, pod->self.node, pod->self.at, OF_POD);
	look_in(c, json_get(pod->self.node, "securityContext"),
		FIELD_CHILD(pod->self.at, "securityContext"), OF_POD_SECURITY);
	for (size_t i = 0; i < pod->containers.count; i++)
		look_in_container(c, &pod->containers.items[i]);
	for (size_t i = 0; i < pod->init_containers.count; i++)
		look_in_container(c, &pod->init_containers.items[i]);
	for (size_t i = 0; i < pod->volumes.count; i++)
		look_in(c, pod->volumes.items[i].self.node, pod->volumes.items[i].self.at,
			OF_VOLUME);
}

static const struct rule RULES[] = {
	RULE("RG1114", "pod-config-field-is-kept", WARN, LEGACY, "0.1", NULL,
		"A podConfig holds only fields that the legacy CRD keeps.",
		RULE_CHECKS_GROUP(nothing_is_dropped)),
};

const struct rule_table RULES_LEGACY_PRUNED = RULE_TABLE(RULES);
