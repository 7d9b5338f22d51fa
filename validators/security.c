/* Security contexts of pods and containers: what contradicts itself, not what is unwise. */
#include "validators/check.h"
#include "validators/rules.h"
#include "validators/windows_user.h"

enum { CREDENTIAL_SPEC_MAX = 64 * 1024 };

static void check_ids(const struct rule_context *c, const struct schema_object *context)
{
	static const char *const IDS[] = {"fsGroup", "runAsGroup", "runAsUser"};

	for (size_t i = 0; i < ARRAY_LEN(IDS); i++)
		check_range(c, context, IDS[i], 0, INT32_MAX);
}

static void check_profile(
	const struct rule_context *c, const struct schema_object *context, const char *key)
{
	const struct json_node *const profile = json_get(context->node, key);
	const struct json_node *const type = json_get(profile, "type");
	const struct json_node *const name = json_get(profile, "localhostProfile");
	const struct field_path *const at =
		FIELD_CHILD(FIELD_CHILD(context->at, key), "localhostProfile");
	const bool local = json_str_is(type, STR("Localhost"));

	if (json_str_is(type, STR("")))
		rule_found(c, FIELD_CHILD(FIELD_CHILD(context->at, key), "type"), FIELD_REQUIRED,
			FIELD_READS(type), "must be RuntimeDefault, Unconfined or Localhost");
	if (local && !json_present(name))
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(name, type),
			"must name the profile, since type is Localhost");
	if (!local && json_is(type, JSON_STRING) && json_present(name))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(name, type),
			"only goes with type Localhost: remove it, or set that type");
	if (local && key[0] == 's')
		check_local_path(c, at, name);
}

static void check_windows(const struct rule_context *c, const struct schema_object *context)
{
	const struct schema_object windows = {json_get(context->node, "windowsOptions"),
		FIELD_CHILD(context->at, "windowsOptions")};
	const struct json_node *const user = json_get(windows.node, "runAsUserName");
	const struct json_node *const spec = json_get(windows.node, "gmsaCredentialSpec");
	const struct str account = check_text(c, windows.node, "runAsUserName");
	const char *const fault = account.len ? windows_user_fault(account) : NULL;

	check_member_name(c, &windows, "gmsaCredentialSpecName", NAME_DNS1123_SUBDOMAIN);
	check_given(c, &windows, "gmsaCredentialSpec", "must hold a credential spec");
	check_given(c, &windows, "runAsUserName", "must name a user");
	if (check_text(c, windows.node, "gmsaCredentialSpec").len > CREDENTIAL_SPEC_MAX)
		rule_found(c, FIELD_CHILD(windows.at, "gmsaCredentialSpec"), FIELD_TOO_LONG,
			FIELD_READS(spec), "must be at most %d bytes", CREDENTIAL_SPEC_MAX);
	if (fault)
		rule_found(c, FIELD_CHILD(windows.at, "runAsUserName"), FIELD_INVALID,
			FIELD_READS(user), "%s", fault);
}

static bool adds_admin(const struct json_node *context)
{
	const struct json_node *const add = json_get(json_get(context, "capabilities"), "add");

	for (struct json_iter it = json_iter(add); json_next_item(&it);) {
		if (json_str_is(it.value, STR("CAP_SYS_ADMIN")))
			return true;
	}
	return false;
}

static void check_context(const struct rule_context *c, const struct schema_object *context)
{
	const struct json_node *const allow = json_get(context->node, "allowPrivilegeEscalation");
	const struct json_node *const privileged = json_get(context->node, "privileged");
	const struct field_path *const at = FIELD_CHILD(context->at, "allowPrivilegeEscalation");

	if (!json_is(context->node, JSON_OBJECT))
		return;
	check_ids(c, context);
	check_profile(c, context, "seccompProfile");
	check_profile(c, context, "appArmorProfile");
	check_windows(c, context);
	if (!json_is(allow, JSON_FALSE))
		return;
	if (json_is(privileged, JSON_TRUE))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(allow, privileged),
			"cannot be false for a privileged container: remove one of the two");
	if (adds_admin(context->node))
		rule_found(c, at, FIELD_INVALID,
			FIELD_READS(allow, json_get(context->node, "capabilities")),
			"cannot be false for a container with CAP_SYS_ADMIN: remove one of the "
			"two");
}

static void context_of(const struct rule_context *c, const struct container *container)
{
	check_context(c, &container->security_context);
}

static void container_context_is_consistent(
	const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, context_of);
	if (c->cluster)
		check_context(c, &c->cluster->autoscaler.security_context);
}

static void check_groups(const struct rule_context *c, const struct schema_object *context)
{
	const struct json_node *const groups = json_get(context->node, "supplementalGroups");
	const struct field_path *const at = FIELD_CHILD(context->at, "supplementalGroups");

	if (!json_is(groups, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(groups); json_next_item(&it);) {
		int64_t id;

		if (json_is(it.value, JSON_NUMBER) && json_i64(it.value, &id) &&
			names_user_id_fault(id))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_INVALID,
				FIELD_READS(it.value), "%s", names_user_id_fault(id));
	}
}

/* Labels as of sysctl(8), joined by '.' or '/': net.core.somaxconn. */
static const char *sysctl_fault(struct arena *arena, struct str name)
{
	char *const plain = arena_array(arena, name.len + 1, sizeof(*plain));

	if (name.len > NAMES_SUBDOMAIN_MAX)
		return "must be no more than 253 characters";
	for (size_t i = 0; i < name.len; i++) {
		plain[i] = name.at[i];
		if (plain[i] == '/')
			plain[i] = '.';
		if (plain[i] == '_')
			plain[i] = '-';
	}
	return names_fault(NAME_DNS1123_SUBDOMAIN, (struct str){plain, name.len})
		       ? "must be lower case letters, digits, '-', '_', '.' and '/', like "
			 "'net.core.somaxconn'"
		       : NULL;
}

static void check_sysctls(const struct rule_context *c, const struct schema_object *context)
{
	const struct json_node *const list = json_get(context->node, "sysctls");
	const struct field_path *const at = FIELD_CHILD(context->at, "sysctls");

	if (!json_is(list, JSON_ARRAY))
		return;
	check_unique_member(c, at, list, "name");
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");
		const char *const fault = sysctl_fault(c->arena, json_str(c->arena, name));

		if (json_is(name, JSON_STRING) && fault)
			rule_found(c, FIELD_CHILD(FIELD_INDEX(at, it.index), "name"), FIELD_INVALID,
				FIELD_READS(name), "%s", fault);
	}
}

static void check_host_users(const struct rule_context *c, const struct pod_spec *spec)
{
	static const char *const SHARED[] = {"hostIPC", "hostNetwork", "hostPID"};
	const struct json_node *const users = json_get(spec->self.node, "hostUsers");

	for (size_t i = 0; i < ARRAY_LEN(SHARED); i++) {
		const struct json_node *const shared = json_get(spec->self.node, SHARED[i]);

		if (json_is(users, JSON_FALSE) && json_is(shared, JSON_TRUE))
			rule_found(c, FIELD_CHILD(spec->self.at, SHARED[i]), FIELD_FORBIDDEN,
				FIELD_READS(shared, users),
				"cannot be true where hostUsers is false: remove one of the two");
	}
}

static void pod_context_is_consistent(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const struct json_node *const share = json_get(spec->self.node, "shareProcessNamespace");

	if (!spec->self.node)
		return;
	if (spec->security_context.node) {
		check_ids(c, &spec->security_context);
		check_groups(c, &spec->security_context);
		check_sysctls(c, &spec->security_context);
		check_profile(c, &spec->security_context, "seccompProfile");
		check_profile(c, &spec->security_context, "appArmorProfile");
		check_windows(c, &spec->security_context);
	}
	check_host_users(c, spec);
	if (spec->host_pid.v && json_is(share, JSON_TRUE))
		rule_found(c, FIELD_CHILD(spec->self.at, "shareProcessNamespace"), FIELD_INVALID,
			FIELD_READS(share, spec->host_pid.node),
			"cannot be true together with hostPID: remove one of the two");
}

static const struct rule RULES[] = {
	RULE("RG0660", "container-security-consistent", ERROR, BOTH, "0.1", NULL,
		"A container's security context does not contradict itself.",
		RULE_CHECKS_OBJECT(container_context_is_consistent), .needs = PART(SECURITY)),
	RULE("RG0661", "pod-security-consistent", ERROR, BOTH, "0.1", NULL,
		"A pod's security context and namespaces do not contradict each other.",
		RULE_CHECKS_POD(pod_context_is_consistent), .needs = PART(POD_SECURITY)),
};

const struct rule_table RULES_SECURITY = RULE_TABLE(RULES);
