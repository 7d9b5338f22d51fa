/* Token authentication of a Ray cluster: authOptions. */
#include "validators/rules.h"

#include "api/names.h"
#include "api/version.h"

static bool is_token(const struct raycluster *cluster)
{
	return str_is(cluster->auth.mode.v, "token");
}

/* rayVersion alone decides, as in KubeRay; the image's tag does not count. */
static void version_is_at_least(const struct rule_context *c, const struct raycluster *cluster,
	uint64_t minor, const struct json_node *because)
{
	const struct val_str *const version = &cluster->ray_version;
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "rayVersion");
	const char *const what = minor == 52 ? "authOptions.mode token" : "enableK8sTokenAuth";
	struct version v;

	if (version->v.len == 0)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(version->node, because),
			"%s needs rayVersion 2.%llu.0 or later: write the version of your image",
			what, (unsigned long long)minor);
	else if (!version_parse(version->v, &v))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(version->node, because),
			"%s needs a version that can be compared, such as 2.%llu.0", what,
			(unsigned long long)minor);
	else if (!version_at_least(v, 2, minor, 0))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(version->node, because),
			"%s needs 2.%llu.0 or later: use a newer Ray, or remove %s", what,
			(unsigned long long)minor,
			minor == 52 ? "authOptions" : "enableK8sTokenAuth");
}

/* RG0901 */
static void token_needs_version(const struct rule_context *c, const struct raycluster *cluster)
{
	if (is_token(cluster))
		version_is_at_least(c, cluster, 52, cluster->auth.mode.node);
}

/* RG0902: below 2.52 the rule above has said it. */
static void k8s_token_needs_version(const struct rule_context *c, const struct raycluster *cluster)
{
	if (is_token(cluster) && cluster->auth.k8s_token.v && cluster->has_version &&
		version_at_least(cluster->version, 2, 52, 0))
		version_is_at_least(c, cluster, 55, cluster->auth.k8s_token.node);
}

/* RG0903 */
static void k8s_token_or_secret(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct auth_options *const auth = &cluster->auth;

	if (is_token(cluster) && auth->k8s_token.v && auth->secret_name.v.len)
		rule_found(c, FIELD_CHILD(auth->self.at, "secretName"), FIELD_FORBIDDEN,
			FIELD_READS(auth->secret_name.node),
			"enableK8sTokenAuth takes tokens of Kubernetes and has no Secret: remove "
			"one of the two");
}

/* RG0904 */
static void k8s_token_needs_mode(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct auth_options *const auth = &cluster->auth;

	if (auth->k8s_token.v && !is_token(cluster))
		rule_found(c, FIELD_CHILD(auth->self.at, "enableK8sTokenAuth"), FIELD_INVALID,
			FIELD_READS(auth->k8s_token.node, auth->mode.node),
			"needs authOptions.mode: token");
}

/* RG0905: the Secret is made, and the pods do not use it. */
static void mode_is_said(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct auth_options *const auth = &cluster->auth;

	if (auth->self.node && auth->mode.v.len == 0)
		rule_found(c, FIELD_CHILD(auth->self.at, "mode"), FIELD_REQUIRED,
			FIELD_READS(auth->mode.node),
			"without a mode nothing is protected: write token, or remove authOptions");
}

/* RG0906 */
static void secret_can_exist(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const name = &cluster->auth.secret_name;
	const char *const fault = name->v.len ? names_fault(NAME_DNS1123_SUBDOMAIN, name->v) : NULL;

	if (fault && is_token(cluster))
		rule_found(c, FIELD_CHILD(cluster->auth.self.at, "secretName"), FIELD_INVALID,
			FIELD_READS(name->node), "no Secret can have this name: %s", fault);
}

static const struct rule RULES[] = {
	RULE("RG0901", "token-auth-needs-ray-2-52", ERROR, MODERN, "0.1", "KubeRay's operator",
		"authOptions.mode token needs a rayVersion of 2.52.0 or later.",
		RULE_CHECKS_CLUSTER(token_needs_version), .needs = PART(AUTH)),
	RULE("RG0902", "k8s-token-auth-needs-ray-2-55", ERROR, MODERN, "0.1", "KubeRay's operator",
		"enableK8sTokenAuth needs a rayVersion of 2.55.0 or later.",
		RULE_CHECKS_CLUSTER(k8s_token_needs_version), .needs = PART(AUTH)),
	RULE("RG0903", "k8s-token-auth-without-secret", ERROR, MODERN, "0.1", "KubeRay's operator",
		"enableK8sTokenAuth does not stand beside secretName.",
		RULE_CHECKS_CLUSTER(k8s_token_or_secret), .needs = PART(AUTH)),
	RULE("RG0904", "k8s-token-auth-needs-token-mode", ERROR, MODERN, "0.1",
		"KubeRay's operator", "enableK8sTokenAuth needs authOptions.mode token.",
		RULE_CHECKS_CLUSTER(k8s_token_needs_mode), .needs = PART(AUTH)),
	RULE("RG0905", "auth-mode-is-said", WARN, MODERN, "0.1", NULL, "authOptions names a mode.",
		RULE_CHECKS_CLUSTER(mode_is_said), .needs = PART(AUTH)),
	RULE("RG0906", "auth-secret-can-exist", ERROR, MODERN, "0.1", NULL,
		"The Secret of the token has a name that a Secret can have.",
		RULE_CHECKS_CLUSTER(secret_can_exist), .needs = PART(AUTH)),
};

const struct rule_table RULES_AUTH = RULE_TABLE(RULES);
