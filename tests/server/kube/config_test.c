#include "server/kube/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/certs_kit.h"

static char *folder;

/* No test sees the machine's own settings. */
static void setup(void)
{
	folder = kit_folder();
	unsetenv("KUBECONFIG");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
	setenv("HOME", folder, 1);
}

static void teardown(void)
{
	kit_folder_done(&folder);
}

TestSuite(kube_config, .init = setup, .fini = teardown);

static const char FIRST[] = "apiVersion: v1\n"
			    "kind: Config\n"
			    "current-context: east\n"
			    "contexts:\n"
			    "- name: east\n"
			    "  context: {cluster: east, user: admin, namespace: team-a}\n"
			    "- name: west\n"
			    "  context: {cluster: west, user: robot}\n"
			    "clusters:\n"
			    "- name: east\n"
			    "  cluster:\n"
			    "    server: https://east.test:6443/\n"
			    "    certificate-authority: pki/ca.crt\n"
			    "    tls-server-name: kubernetes\n"
			    "    proxy-url: http://proxy.test:3128\n"
			    "- name: west\n"
			    "  cluster: {server: west.test, insecure-skip-tls-verify: true}\n"
			    "users:\n"
			    "- name: admin\n"
			    "  user:\n"
			    "    client-certificate-data: Y2VydA==\n"
			    "    client-key: /pki/admin.key\n"
			    "    as: somebody\n"
			    "    as-groups: [a, b]\n"
			    "    as-user-extra: {reason: [one, two], Team/x%: [three]}\n"
			    "- name: robot\n"
			    "  user: {token: secret, tokenFile: token}\n";

static const char SECOND[] = "current-context: west\n"
			     "contexts:\n"
			     "- name: east\n"
			     "  context: {cluster: elsewhere, user: nobody}\n"
			     "- name: north\n"
			     "  context: {cluster: west, user: plugin}\n"
			     "users:\n"
			     "- name: plugin\n"
			     "  user:\n"
			     "    exec:\n"
			     "      apiVersion: client.authentication.k8s.io/v1beta1\n"
			     "      command: ./bin/login\n"
			     "      args: [--for, us]\n"
			     "      env: [{name: MODE, value: quiet}, {name: EMPTY}]\n"
			     "      installHint: get it somewhere\n"
			     "      provideClusterInfo: true\n"
			     "      interactiveMode: IfAvailable\n";

/* A file of the folder as the setting; the config, which must be fine. */
static struct kube_config *load(const char *kubeconfig, const char *context)
{
	const struct kube_config_options options = {
		.kubeconfig = kubeconfig, .context = context, .account_folder = folder};
	struct kube_config *config = NULL;
	struct err err;

	cr_assert(kube_config_load(&options, &config, &err), "%s", err.text);
	return config;
}

/* "FOLDER/name"; one at a time. */
static const char *in_folder(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

Test(kube_config, a_context_is_read_with_paths_relative_to_the_file)
{
	kit_write(folder, "config", FIRST);
	struct kube_config *config = load(in_folder("config"), NULL);

	cr_assert_str_eq(config->origin, "east");
	cr_assert_str_eq(config->server, "https://east.test:6443");
	cr_assert_str_eq(config->namespace, "team-a");
	cr_assert_str_eq(config->tls_server_name, "kubernetes");
	cr_assert_str_eq(config->proxy_url, "http://proxy.test:3128");
	cr_assert_str_eq(config->ca.file, in_folder("pki/ca.crt"));
	cr_assert_str_eq(config->client_cert.text, "cert");
	cr_assert_str_eq(config->client_key.file, "/pki/admin.key");
	cr_assert_str_eq(config->act_as, "somebody");
	cr_assert_str_eq(config->act_as_groups[1], "b");
	cr_assert_null(config->act_as_groups[2]);
	cr_assert_str_eq(config->act_as_extra[1].header, "Impersonate-Extra-reason: ");
	cr_assert_str_eq(config->act_as_extra[1].value, "two");
	cr_assert_str_eq(config->act_as_extra[2].header, "Impersonate-Extra-Team%2Fx%25: ");
	cr_assert_null(config->act_as_extra[3].header);
	cr_assert_null(config->exec);
	cr_assert_not(config->insecure);
	kube_config_free(&config);
}

Test(kube_config, the_context_that_is_asked_for_is_taken)
{
	kit_write(folder, "config", FIRST);
	struct kube_config *config = load(in_folder("config"), "west");

	cr_assert_str_eq(config->server, "https://west.test");
	cr_assert_str_eq(config->namespace, "default");
	cr_assert(config->insecure);
	cr_assert_str_eq(config->token, "secret");
	cr_assert_str_eq(config->token_file, in_folder("token"));
	kube_config_free(&config);
}

Test(kube_config, what_editors_of_windows_make_of_a_file_is_read)
{
	kit_write(folder, "config",
		"\xEF\xBB\xBF"
		"current-context: c\r\n"
		"contexts: [{name: c, context: {cluster: k}}]\r\n"
		"clusters: [{name: k, cluster: {server: HTTPS://East.test:6443/}}]\r\n");
	struct kube_config *config = load(in_folder("config"), NULL);

	cr_assert_str_eq(config->server, "https://East.test:6443");
	kube_config_free(&config);
}

Test(kube_config, of_several_files_the_first_has_the_say_and_missing_ones_are_passed_over)
{
	char list[2048];

	kit_write(folder, "first", FIRST);
	kit_write(folder, "second", SECOND);
	snprintf(list, sizeof(list), ":%s/none:%s/first:%s/first:%s/second:", folder, folder,
		folder, folder);
	setenv("KUBECONFIG", list, 1);
	struct kube_config *config = load(NULL, NULL);

	cr_assert_str_eq(config->server, "https://east.test:6443");
	kube_config_free(&config);
	config = load(NULL, "north");
	cr_assert_str_eq(config->server, "https://west.test");
	cr_assert_str_eq(config->exec->command, in_folder("./bin/login"));
	cr_assert_str_eq(config->exec->args[1], "us");
	cr_assert_null(config->exec->args[2]);
	cr_assert_eq(config->exec->env_count, 2);
	cr_assert_str_eq(config->exec->env[0].name, "MODE");
	cr_assert_str_eq(config->exec->env[1].value, "");
	cr_assert(config->exec->provide_cluster_info);
	kube_config_free(&config);
}

Test(kube_config, the_file_that_is_given_goes_before_the_environment)
{
	kit_write(folder, "first", FIRST);
	kit_write(folder, "broken", "{");
	setenv("KUBECONFIG", in_folder("broken"), 1);
	struct kube_config *config = load(in_folder("first"), NULL);

	cr_assert_str_eq(config->origin, "east");
	kube_config_free(&config);
}

Test(kube_config, in_a_pod_the_service_account_is_taken)
{
	static const struct {
		const char *host, *server;
	} CASES[] = {
		{"10.96.0.1", "https://10.96.0.1:443"},
		{"fd00::1", "https://[fd00::1]:443"},
	};

	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	kit_write(folder, "token", "t");
	kit_write(folder, "namespace", "raygate-system\n");
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		setenv("KUBERNETES_SERVICE_HOST", CASES[i].host, 1);
		struct kube_config *config = load(NULL, NULL);

		cr_assert_str_eq(config->origin, "in-cluster");
		cr_assert_str_eq(config->server, CASES[i].server);
		cr_assert_str_eq(config->token_file, in_folder("token"));
		cr_assert_str_eq(config->ca.file, in_folder("ca.crt"));
		cr_assert_str_eq(config->namespace, "raygate-system");
		kube_config_free(&config);
	}
}

Test(kube_config, the_home_comes_last)
{
	kit_run("mkdir '%s/.kube'", folder);
	kit_write(folder, ".kube/config", FIRST);
	struct kube_config *config = load(NULL, NULL);

	cr_assert_str_eq(config->origin, "east");
	kube_config_free(&config);
}

Test(kube_config, errors_name_file_line_and_entry)
{
#define CONTEXT "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
#define CLUSTER "clusters: [{name: k, cluster: {server: h}}]\n"
#define EXEC    CONTEXT CLUSTER "users:\n- name: u\n  user:\n    exec:\n"
	static const struct {
		const char *yaml, *error;
	} CASES[] = {
		{"", "no current-context"},
		{"[]", "is not a mapping"},
		{"a: b: c", "line 1"},
		{"current-context: x", "has no context 'x'"},
		{"contexts: 3\ncurrent-context: x", "line 1, context 'x': contexts must be a list"},
		{"current-context: x\ncontexts: [{name: x}]",
			"line 2, context 'x': it has no context"},
		{"current-context: x\ncontexts: [{name: x, context: {}}]", "it names no cluster"},
		{"current-context: x\ncontexts:\n- {name: x, context: {cluster: a}}\n"
		 "- {name: x, context: {cluster: b}}\n",
			"line 4, context 'x': it stands there twice"},
		{CONTEXT, "has no cluster 'k'"},
		{CONTEXT CLUSTER, "has no user 'u'"},
		{CONTEXT "clusters: [{name: k, cluster: {}}]", "cluster 'k': it has no server"},
		{CONTEXT "clusters:\n- name: k\n  cluster:\n    server: 3\n",
			"line 6, cluster 'k': server must be a string"},
		{CONTEXT "clusters:\n- name: k\n  cluster:\n    server: ftp://h\n",
			"line 6, cluster 'k': server must be an https:// or http:// URL"},
		{CONTEXT "clusters:\n- name: k\n  cluster:\n    server: https://me:pw@h/a\n",
			"server must not hold a name and a password"},
		{CONTEXT
			"clusters:\n- name: k\n  cluster:\n    server: https://h/@\n    proxy-url: "
			"ftp://me:pw@p\n",
			"line 7, cluster 'k': proxy-url must be"},
		{CONTEXT "clusters: [{name: k, cluster: {server: h, certificate-authority-data: "
			 "'?'}}]",
			"certificate-authority-data is not base64"},
		{CONTEXT "clusters: [{name: k, cluster: {server: h, insecure-skip-tls-verify: 1}}]",
			"must be true or false"},
		{CONTEXT
			"clusters: [{name: k, cluster: {server: h, insecure-skip-tls-verify: true, "
			"certificate-authority: x}}]",
			"exclude one another"},
		{CONTEXT CLUSTER "users: [{name: u, user: {client-key: x}}]", "go together"},
		{CONTEXT CLUSTER "users: [{name: u, user: {token: \"a\\0b\"}}]", "NUL"},
		{CONTEXT CLUSTER "users: [{name: u, user: {as-groups: a}}]",
			"as-groups must be a list"},
		{CONTEXT CLUSTER "users: [{name: u, user: {as-user-extra: {a: [1]}}}]",
			"line 4, user 'u': as-user-extra must have lists of strings"},
		{CONTEXT CLUSTER "users: [{name: u, user: {token: t, username: me}}]",
			"exclude one another"},
		{CONTEXT CLUSTER "users: [{name: u, user: {auth-provider: {name: gcp}}}]",
			"auth-provider is gone"},
		{EXEC "      apiVersion: client.authentication.k8s.io/v1\n",
			"line 8, user 'u': exec: it has no command"},
		{EXEC "      command: c\n      apiVersion: client.authentication.k8s.io/v1alpha1\n",
			"apiVersion must be"},
		{EXEC "      command: c\n      apiVersion: client.authentication.k8s.io/v1\n"
		      "      interactiveMode: Always\n",
			"nobody is there"},
		{EXEC "      command: c\n      apiVersion: client.authentication.k8s.io/v1\n"
		      "      interactiveMode: Sometimes\n",
			"must be Never, IfAvailable or Always"},
		{EXEC "      command: c\n      apiVersion: client.authentication.k8s.io/v1\n"
		      "      env: [{value: x}]\n",
			"env needs a name"},
	};
#undef EXEC
#undef CLUSTER
#undef CONTEXT
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct kube_config_options options = {.kubeconfig = in_folder("config")};
		struct kube_config *config = NULL;
		struct err err = {0};

		kit_write(folder, "config", CASES[i].yaml);
		cr_assert_not(kube_config_load(&options, &config, &err), "%s", CASES[i].yaml);
		cr_assert(str_contains(str_from(err.text), CASES[i].error), "%s\ngives: %s",
			CASES[i].yaml, err.text);
		cr_assert(str_contains(str_from(err.text), in_folder("config")), "%s", err.text);
	}
}

Test(kube_config, a_plugin_may_ask_only_where_somebody_is)
{
	static const struct {
		const char *mode;
		bool terminal, loads, asks;
	} CASES[] = {
		{"Never", true, true, false},
		{"IfAvailable", true, true, true},
		{"IfAvailable", false, true, false},
		{"Always", true, true, true},
		{"Always", false, false, false},
		{"null", true, true, true},
		{"null", false, true, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct kube_config_options options = {
			.kubeconfig = in_folder("config"), .terminal = CASES[i].terminal};
		struct kube_config *config CLEANUP(kube_config_free) = NULL;
		char text[1024];
		struct err err = {0};

		snprintf(text, sizeof(text),
			"current-context: x\n"
			"contexts: [{name: x, context: {cluster: k, user: u}}]\n"
			"clusters: [{name: k, cluster: {server: h}}]\n"
			"users: [{name: u, user: {exec: {command: c, apiVersion: "
			"client.authentication.k8s.io/v1, interactiveMode: %s}}}]\n",
			CASES[i].mode);
		kit_write(folder, "config", text);
		cr_assert_eq(kube_config_load(&options, &config, &err), CASES[i].loads, "%zu: %s",
			i, err.text);
		cr_expect(config == NULL || config->exec->interactive == CASES[i].asks, "%zu", i);
	}
}

Test(kube_config, what_is_not_there_is_said)
{
	const struct kube_config_options missing = {.kubeconfig = in_folder("none")};
	const struct kube_config_options nothing = {.account_folder = folder};
	struct kube_config *config = NULL;
	struct err err;

	cr_assert_not(kube_config_load(&missing, &config, &err));
	cr_assert_eq(err.code, ERR_NOT_FOUND);
	cr_assert_not(kube_config_load(&nothing, &config, &err));
	cr_assert(str_starts(str_from(err.text), "no cluster is named"), "%s", err.text);
	setenv("KUBECONFIG", ":", 1);
	cr_assert_not(kube_config_load(&nothing, &config, &err));
	cr_assert_eq(err.code, ERR_NOT_FOUND);
}
