#include "server/kube/kubeconfig_user.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"

static const struct kubeconfig_field CLUSTER[] = {
	{"server", KUBECONFIG_TEXT, offsetof(struct kube_config, server)},
	{"tls-server-name", KUBECONFIG_TEXT, offsetof(struct kube_config, tls_server_name)},
	{"proxy-url", KUBECONFIG_TEXT, offsetof(struct kube_config, proxy_url)},
	{"insecure-skip-tls-verify", KUBECONFIG_FLAG, offsetof(struct kube_config, insecure)},
	{"certificate-authority", KUBECONFIG_PATH, offsetof(struct kube_config, ca.file)},
	{"certificate-authority-data", KUBECONFIG_DATA, offsetof(struct kube_config, ca.text)},
};

static const struct kubeconfig_field USER[] = {
	{"client-certificate", KUBECONFIG_PATH, offsetof(struct kube_config, client_cert.file)},
	{"client-certificate-data", KUBECONFIG_DATA,
		offsetof(struct kube_config, client_cert.text)},
	{"client-key", KUBECONFIG_PATH, offsetof(struct kube_config, client_key.file)},
	{"client-key-data", KUBECONFIG_DATA, offsetof(struct kube_config, client_key.text)},
	{"token", KUBECONFIG_TEXT, offsetof(struct kube_config, token)},
	{"tokenFile", KUBECONFIG_PATH, offsetof(struct kube_config, token_file)},
	{"username", KUBECONFIG_TEXT, offsetof(struct kube_config, username)},
	{"password", KUBECONFIG_TEXT, offsetof(struct kube_config, password)},
	{"as", KUBECONFIG_TEXT, offsetof(struct kube_config, act_as)},
	{"as-uid", KUBECONFIG_TEXT, offsetof(struct kube_config, act_as_uid)},
	{"as-groups", KUBECONFIG_LIST, offsetof(struct kube_config, act_as_groups)},
};

/* As client-go puts a key into the name of a header: what cannot stand there, and '%', as %XX. */
static const char *extra_header(struct arena *arena, struct str key)
{
	static const char PLAIN[] = "!#$&'*+-.^_`|~";
	CLEANUP(buf_done) struct buf name = {0};

	buf_add_cstr(&name, "Impersonate-Extra-");
	for (size_t i = 0; i < key.len; i++) {
		const char c = key.at[i];
		const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
				      (c >= 'a' && c <= 'z') ||
				      str_find(STR(PLAIN), c) < sizeof(PLAIN) - 1;

		if (is_plain)
			buf_add_char(&name, c);
		else
			buf_printf(&name, "%%%02X", (unsigned char)c);
	}
	buf_add_cstr(&name, ": ");
	return arena_str(arena, buf_str(&name)).at;
}

/* {key: [value, …]}: a header each. */
static bool read_extra(
	const struct kubeconfig_entry *entry, struct kube_config *config, struct err *err)
{
	const struct json_node *const extra = json_get(entry->object, "as-user-extra");
	struct kube_extra *all;
	size_t count = 0;

	for (struct json_iter it = json_iter(extra); json_next_member(&it);)
		count += json_count(it.value);
	all = arena_array(entry->arena, count + 1, sizeof(*all));
	config->act_as_extra = all;
	for (struct json_iter it = json_iter(extra); json_next_member(&it);) {
		for (struct json_iter value = json_iter(it.value); json_next_item(&value);) {
			if (!json_is(value.value, JSON_STRING))
				return kubeconfig_fail(entry, value.value, err,
					"as-user-extra must have lists of strings");
			all->header = extra_header(entry->arena, json_str(entry->arena, it.key));
			all++->value =
				arena_str(entry->arena, json_str(entry->arena, value.value)).at;
		}
	}
	return true;
}

static const struct kubeconfig_field EXEC[] = {
	{"command", KUBECONFIG_TEXT, offsetof(struct kube_exec, command)},
	{"args", KUBECONFIG_LIST, offsetof(struct kube_exec, args)},
	{"apiVersion", KUBECONFIG_TEXT, offsetof(struct kube_exec, api_version)},
	{"installHint", KUBECONFIG_TEXT, offsetof(struct kube_exec, install_hint)},
	{"provideClusterInfo", KUBECONFIG_FLAG, offsetof(struct kube_exec, provide_cluster_info)},
};

static const struct kubeconfig_field ENV[] = {
	{"name", KUBECONFIG_TEXT, offsetof(struct kube_env, name)},
	{"value", KUBECONFIG_TEXT, offsetof(struct kube_env, value)},
};

static bool has(const struct kube_material *material)
{
	return material->text || material->file;
}

/* "HTTPS://" is "https://", too. */
static const char *with_small_scheme(struct arena *arena, struct str server)
{
	static const char *const SCHEMES[] = {"https://", "http://"};

	for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++) {
		const size_t len = strlen(SCHEMES[i]);

		if (server.len >= len && strncasecmp(server.at, SCHEMES[i], len) == 0)
			return arena_printf(
				arena, "%s%.*s", SCHEMES[i], STR_ARG(str_from_offset(server, len)))
				.at;
	}
	return arena_str(arena, server).at;
}

/* As client-go: without a scheme it is TLS where anything speaks for it. */
static const char *whole_url(struct kube_config *config)
{
	struct str server = str_from(config->server);
	const bool tls = has(&config->ca) || has(&config->client_cert) || config->insecure;

	while (server.len && server.at[server.len - 1] == '/')
		server.len--;
	if (str_contains(server, "://"))
		return with_small_scheme(&config->arena, server);
	return arena_printf(&config->arena, "%s%.*s", tls ? "https://" : "http://", STR_ARG(server))
		.at;
}

static bool url_is_http(const char *url)
{
	return str_starts(str_from(url), "https://") || str_starts(str_from(url), "http://");
}

/* A URL is printed in logs and errors. */
static bool url_names_somebody(const char *url)
{
	const char *const authority = strstr(url, "://") + strlen("://");

	return memchr(authority, '@', strcspn(authority, "/?#")) != NULL;
}

/* curl, too, prints one that it does not know, with what it holds. */
static bool proxy_is_known(const char *url)
{
	static const char *const SCHEMES[] = {"http://", "https://", "socks5://", "socks5h://"};
	bool known = url == NULL || !strstr(url, "://");

	for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++)
		known = known || strncasecmp(url, SCHEMES[i], strlen(SCHEMES[i])) == 0;
	return known;
}

/* The plug-in's own settings, in the cluster's extension of that name, as JSON. */
static const char *exec_cluster_config(const struct kubeconfig_entry *cluster)
{
	const struct json_node *const extensions = json_get(cluster->object, "extensions");

	for (struct json_iter it = json_iter(extensions); json_next_item(&it);) {
		const struct json_node *const value = json_get(it.value, "extension");

		if (value && json_str_is(json_get(it.value, "name"),
				     STR("client.authentication.k8s.io/exec")))
			return arena_str(cluster->arena, json_raw(value)).at;
	}
	return NULL;
}

bool kubeconfig_cluster(
	const struct kubeconfig_entry *entry, struct kube_config *config, struct err *err)
{
	if (!kubeconfig_fields_read(entry, CLUSTER, ARRAY_LEN(CLUSTER), config, err))
		return false;
	if (config->server == NULL)
		return kubeconfig_fail(entry, NULL, err, "it has no server");
	if (config->insecure && has(&config->ca))
		return kubeconfig_fail(entry, NULL, err,
			"a certificate-authority and insecure-skip-tls-verify exclude one another");
	config->server = whole_url(config);
	if (!url_is_http(config->server))
		return kubeconfig_fail(entry, json_get(entry->object, "server"), err,
			"server must be an https:// or http:// URL");
	if (url_names_somebody(config->server))
		return kubeconfig_fail(entry, json_get(entry->object, "server"), err,
			"server must not hold a name and a password: those are the user's");
	if (!proxy_is_known(config->proxy_url))
		return kubeconfig_fail(entry, json_get(entry->object, "proxy-url"), err,
			"proxy-url must be an http://, https:// or socks5:// URL");
	config->exec_cluster_config = exec_cluster_config(entry);
	return true;
}

static bool read_env(const struct kubeconfig_entry *entry, struct kube_exec *exec, struct err *err)
{
	const struct json_node *const list = json_get(entry->object, "env");
	struct kube_env *const env = arena_array(entry->arena, json_count(list) + 1, sizeof(*env));

	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		struct kubeconfig_entry item = *entry;

		item.object = it.value;
		if (!kubeconfig_fields_read(&item, ENV, ARRAY_LEN(ENV), &env[exec->env_count], err))
			return false;
		if (env[exec->env_count].name == NULL)
			return kubeconfig_fail(&item, NULL, err, "env needs a name");
		if (env[exec->env_count].value == NULL)
			env[exec->env_count].value = "";
		exec->env_count++;
	}
	exec->env = env;
	return true;
}

/* As kubectl: one that may ask is told so where there is somebody; one that must, is refused where
 * not. */
static bool read_mode(const struct kubeconfig_entry *entry, bool terminal, struct kube_exec *exec,
	struct err *err)
{
	const struct json_node *const mode = json_get(entry->object, "interactiveMode");
	const bool always = json_str_is(mode, STR("Always"));
	const bool never = json_str_is(mode, STR("Never"));

	if (json_present(mode) && !always && !never && !json_str_is(mode, STR("IfAvailable")))
		return kubeconfig_fail(
			entry, mode, err, "interactiveMode must be Never, IfAvailable or Always");
	if (always && !terminal)
		return kubeconfig_fail(entry, mode, err,
			"interactiveMode Always: it would ask somebody at a terminal, and nobody "
			"is there");
	exec->interactive = terminal && !never;
	return true;
}

static bool check_exec(
	const struct kubeconfig_entry *entry, struct kube_exec *exec, struct err *err)
{
	const struct str version = str_from(exec->api_version);

	if (exec->command == NULL)
		return kubeconfig_fail(entry, NULL, err, "it has no command");
	if (!str_is(version, "client.authentication.k8s.io/v1") &&
		!str_is(version, "client.authentication.k8s.io/v1beta1"))
		return kubeconfig_fail(entry, NULL, err,
			"apiVersion must be client.authentication.k8s.io/v1 or v1beta1");
	return true;
}

static bool read_exec(const struct kubeconfig_entry *user, const struct json_node *object,
	struct kube_config *config, struct err *err)
{
	struct kube_exec *const exec = arena_alloc(user->arena, sizeof(*exec));
	const char *const what = arena_printf(user->arena, "%s: exec", user->what).at;
	const struct kubeconfig_entry entry = {user->file, what, object, user->arena};

	if (!kubeconfig_fields_read(&entry, EXEC, ARRAY_LEN(EXEC), exec, err) ||
		!read_env(&entry, exec, err) || !check_exec(&entry, exec, err) ||
		!read_mode(&entry, config->terminal, exec, err))
		return false;
	/* A name without a slash is looked up in PATH. */
	if (strchr(exec->command, '/'))
		exec->command = kubeconfig_path(&entry, str_from(exec->command));
	config->exec = exec;
	return true;
}

bool kubeconfig_user(
	const struct kubeconfig_entry *entry, struct kube_config *config, struct err *err)
{
	const struct json_node *exec, *provider;

	if (!kubeconfig_fields_read(entry, USER, ARRAY_LEN(USER), config, err) ||
		!read_extra(entry, config, err))
		return false;
	exec = json_get(entry->object, "exec");
	provider = json_get(entry->object, "auth-provider");
	if (json_present(provider))
		return kubeconfig_fail(entry, provider, err,
			"auth-provider is gone from Kubernetes clients; use an exec plug-in");
	if (has(&config->client_cert) != has(&config->client_key))
		return kubeconfig_fail(
			entry, NULL, err, "client-certificate and client-key go together");
	if (config->username && (config->token || config->token_file))
		return kubeconfig_fail(
			entry, NULL, err, "a token and a username exclude one another");
	return !json_present(exec) || read_exec(entry, exec, config, err);
}
