#include "server/children/container_edit.h"

#include "api/derived_names.h"

#define TOKEN_VOLUME "ray-token"
#define TOKEN_PATH   "/var/run/secrets/ray.io/serviceaccount"

static bool has_named(const struct json_edit *list, const char *key, const char *name)
{
	for (const struct json_edit *v = json_edit_first(list); v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, str_from(key))), name))
			return true;
	}
	return false;
}

static bool has_env(const struct json_edit *container, const char *name)
{
	return has_named(json_edit_get(container, STR("env")), "name", name);
}

static struct json_edit *add_named(struct json_edit *container, const char *list, const char *name)
{
	struct json_edit *const item = json_edit_object();

	json_edit_put_cstr(item, "name", name);
	json_edit_add(child_array(container, list), item);
	return item;
}

void container_add_env(struct json_edit *container, const char *name, struct str value)
{
	json_edit_put_str(add_named(container, "env", name), "value", value);
}

void container_add_env_from_field(struct json_edit *container, const char *name, const char *field)
{
	struct json_edit *const from =
		json_edit_put_object(add_named(container, "env", name), "valueFrom");

	json_edit_put_cstr(json_edit_put_object(from, "fieldRef"), "fieldPath", field);
}

void container_default_env(struct json_edit *container, const char *name, struct str value)
{
	if (!has_env(container, name))
		container_add_env(container, name, value);
}

bool container_mounts_at(const struct json_edit *container, const char *path)
{
	return has_named(json_edit_get(container, STR("volumeMounts")), "mountPath", path);
}

struct json_edit *container_add_mount(
	struct json_edit *container, const char *volume, const char *path)
{
	struct json_edit *const mount = add_named(container, "volumeMounts", volume);

	json_edit_put_cstr(mount, "mountPath", path);
	return mount;
}

void container_put_resources(struct json_edit *container, const char *cpu, const char *memory)
{
	static const char *const KINDS[] = {"limits", "requests"};
	struct json_edit *const resources = json_edit_object();

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		struct json_edit *const list = json_edit_put_object(resources, KINDS[i]);

		json_edit_put_cstr(list, "cpu", cpu);
		json_edit_put_cstr(list, "memory", memory);
	}
	json_edit_set(container, STR("resources"), resources);
}

void container_put_script(struct json_edit *container, struct str script)
{
	static const char *const SHELL[] = {"/bin/bash", "-c", "--"};
	struct json_edit *const command = json_edit_array();
	struct json_edit *const args = json_edit_array();

	for (size_t i = 0; i < ARRAY_LEN(SHELL); i++)
		json_edit_add(command, json_edit_str(str_from(SHELL[i])));
	json_edit_add(args, json_edit_str(script));
	json_edit_set(container, STR("command"), command);
	json_edit_set(container, STR("args"), args);
}

static void add_secret(const struct child_context *c, struct json_edit *container)
{
	const struct str own = c->cluster->auth.secret_name.v;

	if (has_env(container, "RAY_AUTH_TOKEN"))
		return;
	struct json_edit *const from =
		json_edit_put_object(add_named(container, "env", "RAY_AUTH_TOKEN"), "valueFrom");
	struct json_edit *const key = json_edit_put_object(from, "secretKeyRef");

	json_edit_put_str(key, "name", own.len ? own : derived_check_name(c->arena, c->name));
	json_edit_put_cstr(key, "key", "auth_token");
}

void container_add_token(const struct child_context *c, struct json_edit *container)
{
	container_default_env(container, "RAY_AUTH_MODE", STR("token"));
	if (!c->cluster->auth.k8s_token.v) {
		add_secret(c, container);
		return;
	}
	container_default_env(container, "RAY_ENABLE_K8S_TOKEN_AUTH", STR("true"));
	if (!has_named(json_edit_get(container, STR("volumeMounts")), "name", TOKEN_VOLUME))
		json_edit_put_bool(
			container_add_mount(container, TOKEN_VOLUME, TOKEN_PATH), "readOnly", true);
}
