#include "server/kube/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "server/kube/kubeconfig.h"

enum { NAMESPACE_LIMIT = 1024 };

static const char ACCOUNT_FOLDER[] = "/var/run/secrets/kubernetes.io/serviceaccount";

/* The variable's value; NULL when it is empty too. */
static const char *environment(const char *name)
{
	const char *const value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *account_file(
	struct kube_config *config, const struct kube_config_options *options, const char *name)
{
	const char *const folder =
		options->account_folder ? options->account_folder : ACCOUNT_FOLDER;

	return arena_printf(&config->arena, "%s/%s", folder, name).at;
}

static bool is_in_pod(struct kube_config *config, const struct kube_config_options *options)
{
	return options->context == NULL && environment("KUBERNETES_SERVICE_HOST") &&
	       environment("KUBERNETES_SERVICE_PORT") &&
	       access(account_file(config, options, "token"), R_OK) == 0;
}

static bool load_account(
	const struct kube_config_options *options, struct kube_config *config, struct err *err)
{
	const char *const host = environment("KUBERNETES_SERVICE_HOST");
	const bool v6 = strchr(host, ':') != NULL;
	struct str namespace;

	config->origin = "in-cluster";
	config->server = arena_printf(&config->arena, "https://%s%s%s:%s", v6 ? "[" : "", host,
		v6 ? "]" : "", environment("KUBERNETES_SERVICE_PORT"))
				 .at;
	config->token_file = account_file(config, options, "token");
	config->ca.file = account_file(config, options, "ca.crt");
	config->namespace = "default";
	if (!file_read(&config->arena, str_from(account_file(config, options, "namespace")),
		    NAMESPACE_LIMIT, &namespace, err))
		return err->code == ERR_NOT_FOUND || err_wrap(err, "service account");
	namespace = str_trim(namespace);
	if (namespace.len)
		config->namespace = arena_str(&config->arena, namespace).at;
	return true;
}

/* The files of $KUBECONFIG: parted by colons, empty parts and repetitions left out. */
static struct kubeconfig_request split_paths(struct arena *arena, const char *list)
{
	struct str rest = str_from(list);
	const char **const paths = arena_array(arena, rest.len + 1, sizeof(*paths));
	size_t count = 0;

	while (rest.len) {
		const struct str part = {rest.at, str_find(rest, ':')};
		bool known = part.len == 0;

		for (size_t i = 0; i < count && !known; i++)
			known = str_is(part, paths[i]);
		if (!known)
			paths[count++] = arena_str(arena, part).at;
		rest = str_from_offset(rest, part.len < rest.len ? part.len + 1 : part.len);
	}
	return (struct kubeconfig_request){.paths = paths, .count = count};
}

static bool load_paths(struct kubeconfig_request request, const struct kube_config_options *options,
	struct kube_config *config, struct err *err)
{
	request.context = options->context;
	return kubeconfig_read(&request, config, err);
}

static bool load_home(
	const struct kube_config_options *options, struct kube_config *config, struct err *err)
{
	const char *const home = environment("HOME");
	const char *const path =
		arena_printf(&config->arena, "%s/.kube/config", home ? home : "").at;

	if (load_paths(
		    (struct kubeconfig_request){.paths = &path, .count = 1}, options, config, err))
		return true;
	if (access(path, F_OK) != 0)
		err_set(err, ERR_NOT_FOUND,
			"no cluster is named: there is neither --kubeconfig nor KUBECONFIG, nor a "
			"service account, nor '%.100s'",
			path);
	return false;
}

static bool load(
	const struct kube_config_options *options, struct kube_config *config, struct err *err)
{
	const char *const list = environment("KUBECONFIG");

	if (options->kubeconfig)
		return load_paths(
			(struct kubeconfig_request){
				.paths = &options->kubeconfig, .count = 1, .must_exist = true},
			options, config, err);
	if (list)
		return load_paths(split_paths(&config->arena, list), options, config, err);
	if (is_in_pod(config, options))
		return load_account(options, config, err);
	return load_home(options, config, err);
}

bool kube_config_load(
	const struct kube_config_options *options, struct kube_config **out, struct err *err)
{
	struct kube_config *config CLEANUP(kube_config_free) = mem_alloc(sizeof(*config));

	arena_init(&config->arena, 4096);
	config->terminal = options->terminal;
	*err = (struct err){0};
	if (!load(options, config, err)) {
		if (err->code == ERR_NONE)
			err_set(err, ERR_NOT_FOUND, "none of the files in KUBECONFIG exists");
		return false;
	}
	*out = config;
	config = NULL;
	return true;
}

void kube_config_free(struct kube_config **config)
{
	if (*config)
		arena_done(&(*config)->arena);
	mem_free(config);
}
