#include "server/children/rbac.h"

#include "api/derived_names.h"

#define API "rbac.authorization.k8s.io"

static const struct {
	const char *group, *resource;
	const char *verbs[5];
} RULES[] = {
	{"", "pods", {"get", "list", "watch", "patch"}},
	{"", "pods/resize", {"patch"}},
	{"ray.io", "rayclusters", {"get", "patch"}},
};

static struct json_edit *named(
	const struct child_context *c, const char *api_version, const char *kind, struct str name)
{
	struct json_edit *const child = child_new(c, api_version, kind);
	struct json_edit *const meta = json_edit_get(child, STR("metadata"));

	json_edit_put_str(meta, "name", name);
	child_put_owner_labels(c, json_edit_put_object(meta, "labels"));
	return child;
}

struct json_edit *rbac_service_account(const struct child_context *c)
{
	if (c->own_service_account)
		return NULL;
	return named(c, "v1", "ServiceAccount", c->service_account);
}

static void put_words(struct json_edit *rule, const char *key, const char *const *words)
{
	struct json_edit *const list = json_edit_put_array(rule, key);

	for (; *words; words++)
		json_edit_add(list, json_edit_str(str_from(*words)));
}

struct str rbac_role_name(const struct child_context *c)
{
	return derived_check_name(c->arena, c->name);
}

struct json_edit *rbac_role(const struct child_context *c)
{
	struct json_edit *const role = named(c, API "/v1", "Role", rbac_role_name(c));
	struct json_edit *const rules = json_edit_put_array(role, "rules");

	for (size_t i = 0; i < ARRAY_LEN(RULES); i++) {
		struct json_edit *const rule = json_edit_object();

		put_words(rule, "apiGroups", (const char *const[]){RULES[i].group, NULL});
		put_words(rule, "resources", (const char *const[]){RULES[i].resource, NULL});
		put_words(rule, "verbs", RULES[i].verbs);
		json_edit_add(rules, rule);
	}
	return role;
}

struct json_edit *rbac_role_binding(const struct child_context *c)
{
	const struct str name = rbac_role_name(c);
	struct json_edit *const binding = named(c, API "/v1", "RoleBinding", name);
	struct json_edit *const subject = json_edit_object();
	struct json_edit *const role = json_edit_put_object(binding, "roleRef");

	json_edit_put_cstr(subject, "kind", "ServiceAccount");
	json_edit_put_str(subject, "name", c->service_account);
	json_edit_put_str(subject, "namespace", c->namespace);
	json_edit_add(json_edit_put_array(binding, "subjects"), subject);
	json_edit_put_cstr(role, "apiGroup", API);
	json_edit_put_cstr(role, "kind", "Role");
	json_edit_put_str(role, "name", name);
	return binding;
}
