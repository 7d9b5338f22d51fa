#include "server/kube/credentials.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/kube/exec.h"
#include "tests/support/certs_kit.h"

#define V1 "client.authentication.k8s.io/v1"

static char *folder;
static char path[512];

static void setup(void)
{
	folder = kit_folder();
	clock_hold(1000 * CLOCK_SECOND, 0);
}

static void teardown(void)
{
	kit_folder_done(&folder);
}

TestSuite(kube_credentials, .init = setup, .fini = teardown, .timeout = 100);
TestSuite(kube_exec, .init = setup, .fini = teardown, .timeout = 100);

/* The Authorization of now; NULL when there is none to be had. The identity is the caller's. */
static const char *header(struct kube_credentials *credentials, const struct kube_identity **held)
{
	struct err err;

	kube_identity_release(held);
	if (!kube_credentials_take(credentials, NULL, held, &err))
		return err.text[0] ? NULL : "";
	return (*held)->authorization ? (*held)->authorization : "none";
}

Test(kube_credentials, what_stands_in_the_kubeconfig_becomes_a_header)
{
	static const struct {
		struct kube_config config;
		const char *header;
	} CASES[] = {
		{{.origin = "x"}, "none"},
		{{.origin = "x", .token = "t"}, "Bearer t"},
		{{.origin = "x", .username = "Aladdin", .password = "open sesame"},
			"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{{.origin = "x", .username = "u"}, "Basic dTo="},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct kube_credentials *credentials = kube_credentials_new(&CASES[i].config);
		const struct kube_identity *held = NULL;

		cr_assert_str_eq(header(credentials, &held), CASES[i].header);
		cr_assert_not(kube_credentials_refused(credentials, held));
		kube_credentials_free(&credentials);
		/* It outlives what it came from. */
		cr_assert_eq(held->generation, 1);
		kube_identity_release(&held);
	}
}

Test(kube_credentials, a_token_that_would_break_the_header_is_refused)
{
	const struct kube_config config = {.origin = "x", .token = "a\r\nHost: evil"};
	struct kube_credentials *credentials = kube_credentials_new(&config);
	const struct kube_identity *held = NULL;

	cr_assert_null(header(credentials, &held));
	kube_credentials_free(&credentials);
}

Test(kube_credentials, a_token_file_is_read_again_each_minute_and_kept_when_it_is_away)
{
	struct kube_config config = {.origin = "x", .token_file = path};
	struct kube_credentials *credentials = kube_credentials_new(&config);
	const struct kube_identity *held = NULL;

	snprintf(path, sizeof(path), "%s/token", folder);
	cr_assert_null(header(credentials, &held));
	kit_write(folder, "token", " one\n");
	cr_assert_str_eq(header(credentials, &held), "Bearer one");
	kit_write(folder, "token", "two");
	clock_advance(59 * CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer one");
	clock_advance(CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer two");
	cr_assert_eq(held->generation, 2);
	remove(path);
	clock_advance(60 * CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer two");
	kit_write(folder, "token", "three");
	/* The server says 401 before the minute is over. */
	clock_advance(5 * CLOCK_SECOND);
	cr_assert(kube_credentials_refused(credentials, held));
	cr_assert_str_eq(header(credentials, &held), "Bearer three");
	cr_assert_not(kube_credentials_refused(credentials, held), "not again at once");
	kube_identity_release(&held);
	kube_credentials_free(&credentials);
}

Test(kube_credentials, a_token_file_that_became_a_pipe_keeps_nobody)
{
	struct kube_config config = {.origin = "x", .token_file = path};
	struct kube_credentials *credentials = kube_credentials_new(&config);
	const struct kube_identity *held = NULL;

	snprintf(path, sizeof(path), "%s/token", folder);
	kit_write(folder, "token", "one");
	cr_assert_str_eq(header(credentials, &held), "Bearer one");
	remove(path);
	cr_assert_eq(mkfifo(path, 0600), 0);
	clock_advance(60 * CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer one");
	kube_identity_release(&held);
	kube_credentials_free(&credentials);
}

/* A plug-in of ours: a shell script. */
static struct kube_exec plugin(const char *script)
{
	char text[2048];

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	kit_write(folder, "plugin", text);
	snprintf(path, sizeof(path), "%s/plugin", folder);
	chmod(path, 0700);
	return (struct kube_exec){.command = path, .api_version = V1};
}

#define PRINT(status)                                                                              \
	"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":" status "}'"

Test(kube_credentials, a_plugin_runs_again_when_its_word_expires_or_is_refused)
{
	/* Each run says another token; it is good until 00:01:00. */
	const struct kube_exec exec = plugin(
		"echo x >>\"$0.runs\"; n=$(wc -l <\"$0.runs\"); echo '{\"kind\":\"ExecCredential\","
		"\"apiVersion\":\"" V1 "\",\"status\":{\"token\":\"'$n'\",\"expirationTimestamp\":"
		"\"1970-01-01T00:01:00Z\"}}'");
	const struct kube_config config = {.origin = "x", .exec = &exec};
	struct kube_credentials *credentials = kube_credentials_new(&config);
	const struct kube_identity *held = NULL;

	cr_assert_str_eq(header(credentials, &held), "Bearer 1");
	clock_advance(49 * CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer 1");
	cr_assert(kube_credentials_refused(credentials, held));
	cr_assert_str_eq(header(credentials, &held), "Bearer 2");
	/* Ten seconds before it expires. */
	clock_advance(CLOCK_SECOND);
	cr_assert_str_eq(header(credentials, &held), "Bearer 3");
	kube_identity_release(&held);
	kube_credentials_free(&credentials);
}

static bool run(const struct kube_config *config, struct kube_exec_credential *out,
	struct arena *arena, struct err *err)
{
	const struct kube_exec_request request = {.config = config, .ca_pem = "PEM"};

	return kube_exec_run(&request, arena, out, err);
}

Test(kube_exec, a_plugin_gets_arguments_variables_and_the_cluster)
{
	static const char *const ARGS[] = {"a b", "c", NULL};
	static const struct kube_env ENV[] = {{"MODE", "quiet"}};
	struct kube_exec exec =
		plugin("echo \"$1|$2|$MODE|$HOME|$KUBERNETES_EXEC_INFO\" >\"$0.seen\"; "
		       "cat; " PRINT("{\"clientCertificateData\":\"C\","
				     "\"clientKeyData\":\"K\"}"));
	const struct kube_config config = {
		.origin = "x",
		.server = "https://h",
		.tls_server_name = "name",
		.exec = &exec,
		.exec_cluster_config = "{\"a\":1}",
	};
	struct kube_exec_credential got;
	struct arena arena;
	struct err err;

	exec.args = ARGS;
	exec.env = ENV;
	exec.env_count = 1;
	exec.provide_cluster_info = true;
	setenv("MODE", "loud", 1);
	setenv("HOME", "/home", 1);
	arena_init(&arena, 4096);
	cr_assert(run(&config, &got, &arena, &err), "%s", err.text);
	cr_assert_str_eq(got.cert_pem, "C");
	cr_assert_str_eq(got.key_pem, "K");
	cr_assert_null(got.token);
	char *const seen = kit_read(folder, "plugin.seen");

	cr_assert_str_eq(seen,
		"a b|c|quiet|/home|{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
		"\",\"spec\":{\"interactive\":false,\"cluster\":{\"server\":\"https://h\","
		"\"tls-server-name\":\"name\",\"certificate-authority-data\":\"UEVN\","
		"\"config\":{\"a\":1}}}}\n");
	free(seen);
	arena_done(&arena);
}

Test(kube_exec, one_that_asks_hears_the_answer)
{
	struct kube_exec exec =
		plugin("read -r word; case $KUBERNETES_EXEC_INFO in *'\"interactive\":true'*) ;; "
		       "*) exit 7;; "
		       "esac; echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
		       "\",\"status\":{\"token\":\"'$word'\"}}'");
	const struct kube_config config = {.origin = "x", .exec = &exec};
	struct kube_exec_credential got;
	struct arena arena;
	struct err err = {0};
	int ends[2];

	exec.interactive = true;
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "secret\n", 7), 7);
	dup2(ends[0], STDIN_FILENO);
	arena_init(&arena, 4096);
	cr_assert(run(&config, &got, &arena, &err), "%s", err.text);
	cr_expect_str_eq(got.token, "secret");
	arena_done(&arena);
}

Test(kube_exec, a_plugin_that_fails_is_told_apart)
{
	static const struct {
		const char *script, *error;
	} CASES[] = {
		{"exit 3", "exit code 3"},
		{"kill -9 $$", "signal 9"},
		{"echo hello", "what exec plug-in"},
		{"echo '{}'", "printed no"},
		{PRINT("{}"), "neither a token nor"},
		{PRINT("{\"clientKeyData\":\"K\",\"token\":\"t\"}"), "neither a token nor"},
		{PRINT("{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}"), "no time"},
		{"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "beta1\"}'",
			"printed no"},
		{"exec cat /dev/zero", "more than 1048576 bytes"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct kube_exec exec = plugin(CASES[i].script);
		const struct kube_config config = {.origin = "x", .exec = &exec};
		struct kube_exec_credential got;
		struct arena arena;
		struct err err = {0};

		arena_init(&arena, 4096);
		cr_assert_not(run(&config, &got, &arena, &err), "%s", CASES[i].script);
		cr_assert(str_contains(str_from(err.text), CASES[i].error), "%s: %s",
			CASES[i].script, err.text);
		cr_assert(str_contains(str_from(err.text), "plugin"), "%s", err.text);
		arena_done(&arena);
	}
}

Test(kube_exec, a_plugin_that_is_not_there_is_told_with_its_hint)
{
	const struct kube_exec exec = {
		.command = "/none/login", .api_version = V1, .install_hint = "get it"};
	const struct kube_config config = {.origin = "x", .exec = &exec};
	struct kube_exec_credential got;
	struct arena arena;
	struct err err;

	arena_init(&arena, 4096);
	cr_assert_not(run(&config, &got, &arena, &err));
	cr_assert_str_eq(err.text, "exec plug-in '/none/login' cannot be run; get it");
	arena_done(&arena);
}

Test(kube_exec, a_plugin_that_takes_too_long_is_ended)
{
	static const char *const SCRIPTS[] = {
		"sleep 1000",
		"echo '{}'; exec >/dev/null; sleep 1000",
	};

	clock_release();
	for (size_t i = 0; i < ARRAY_LEN(SCRIPTS); i++) {
		const struct kube_exec exec = plugin(SCRIPTS[i]);
		const struct kube_config config = {.origin = "x", .exec = &exec};
		const struct kube_exec_request request = {
			.config = &config, .patience = 300 * CLOCK_MILLISECOND};
		struct kube_exec_credential got;
		struct arena arena CLEANUP(arena_done) = {0};
		struct err err;

		arena_init(&arena, 4096);
		cr_assert_not(kube_exec_run(&request, &arena, &got, &err));
		cr_assert(str_contains(str_from(err.text), "it has not ended in time"), "%s",
			err.text);
	}
}

Test(kube_exec, a_stop_ends_a_plugin)
{
	const struct kube_exec exec = plugin("sleep 1000 & wait");
	const struct kube_config config = {.origin = "x", .exec = &exec};
	struct kube_stop *stop = kube_stop_new();
	const struct kube_exec_request request = {.config = &config, .stop = stop};
	struct kube_exec_credential got;
	struct arena arena;
	struct err err;

	arena_init(&arena, 4096);
	kube_stop_ask(stop);
	cr_assert_not(kube_exec_run(&request, &arena, &got, &err));
	cr_assert(str_contains(str_from(err.text), "we are stopping"), "%s", err.text);
	kube_stop_free(&stop);
	arena_done(&arena);
}
