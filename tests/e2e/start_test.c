/* How the program starts, and how it says that it cannot. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/certs_kit.h"
#include "tests/support/server_process.h"

/* On ports of their own, whoever serves on the usual ones. */
static void take_any_port(void)
{
	setenv("RAYGATE_WEBHOOK_BIND_ADDRESS", "127.0.0.1:0", 1);
	setenv("RAYGATE_OPS_BIND_ADDRESS", "127.0.0.1:0", 1);
}

TestSuite(e2e_start, .init = take_any_port, .timeout = 120);

Test(e2e_start, words_it_does_not_know_are_told_on_one_line)
{
	static const struct {
		const char *arguments[5];
		int exit_code;
		const char *error;
	} CASES[] = {
		{{"fly"}, 2, "no command 'fly'"},
		{{"serve", "--nope"}, 2, "unknown option --nope"},
		{{"serve", "--kubeconfig", "/nowhere"}, 3, "/nowhere"},
		{{"serve", "--offline", "extra"}, 2, "takes no arguments"},
		{{"serve", "--offline", "--threads", "0"}, 2, "--threads"},
		{{"serve", "--offline", "--log-format", "xml"}, 2, "--log-format"},
		{{"serve", "--offline", "--policy", "/nowhere"}, 3, "/nowhere"},
		{{"serve", "--offline", "--webhook-bind-address", "here"}, 2, "'here'"},
		{{"serve", "--offline", "--ops-bind-address", ":"}, 2, "':'"},
		{{"serve", "--offline", "--ops-bind-address="}, 2, "''"},
		{{"serve", "--ops-bind-address", "[::1]:65536"}, 2, "'[::1]:65536'"},
		{{"serve", "--webhook-bind-address", "localhost:1"}, 2, "'localhost:1'"},
		{{"serve", "--offline", "--grace-period", "soon"}, 2, "'soon'"},
		{{"serve", "--cert-lifetime", "1s"}, 2, "--cert-lifetime"},
		{{"serve", "--ca-injected"}, 2, "--cert-dir"},
		{{"serve", "--webhook-hosts", "a b"}, 2, "'a b'"},
		{{"serve", "--offline", "--cert-dir="}, 2, "--cert-dir"},
		{{"check", "-", "--policy", ""}, 2, "--policy"},
		{{"serve", "--cert-secret", "My_Secret"}, 2, "'My_Secret'"},
		{{"serve", "--namespace", "a/b"}, 2, "'a/b'"},
		{{"check", "-", "--namespace", "Ray"}, 2, "'Ray'"},
		{{"check", "-", "-n", "a.b"}, 2, "'a.b': it must not contain dots"},
		{{"plan", "-", "-n", "a.b"}, 2, "--namespace is the name of a namespace"},
		{{"explain", "-n", "a.b"}, 2, "'a.b'"},
		{{"serve", "--namespace", "a.b"}, 2, "'a.b'"},
		{{"serve", "--watch-namespace", "a.b"}, 2, "--watch-namespace is the name of"},
		{{"check", "-", "--color", "blue"}, 2, "'blue'"},
		{{"check", "-", "-o", "xml"}, 2, "'xml'"},
		{{"plan", "-", "-o", "sarif"}, 2, "'sarif'"},
		{{"rules", "-o", "yaml"}, 2, "'yaml'"},
		{{"serve", "--offline", "--cert-dir", "/dev/null/x"}, 3, "/dev/null/x"},
		{{"serve", "--offline", "--config", "/nowhere"}, 2, "/nowhere"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct program_run run = program_run(CASES[i].arguments);
		const struct str error = str_from(run.error);

		cr_expect_eq(run.exit_code, CASES[i].exit_code, "%s: %d: %s", CASES[i].error,
			run.exit_code, run.error);
		cr_expect(str_contains(error, CASES[i].error), "%s: %s", CASES[i].error, run.error);
		cr_expect_eq(str_find(error, '\n') + 1, error.len, "one line: %s", run.error);
		cr_expect_str_empty(run.out, "%s", CASES[i].error);
		program_run_done(&run);
	}
}

Test(e2e_start, a_line_of_a_file_that_cannot_be_meant_is_told_with_the_file)
{
	static const struct {
		const char *line, *error;
	} CASES[] = {
		{"threds: 2\n", "unknown option --threds; did you mean --threads?"},
		{"help: true\n", "'help' means nothing in a file"},
		{"help: false\n", "'help' means nothing in a file"},
		{"config: other.yaml\n", "'config' means nothing in a file"},
		{"policy:\n", "'policy' has no value"},
		{"threads: {of: 2}\n", "'threads' takes one value, not a map"},
		{"webhook-hosts: [a, b]\n",
			"'webhook-hosts' takes one value such as a,b, not a list"},
		{"namespace: a.b\n", "'a.b': it must not contain dots"},
	};
	char *folder = kit_folder();
	char path[512];

	snprintf(path, sizeof(path), "%s/config.yaml", folder);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		kit_write(folder, "config.yaml", CASES[i].line);
		struct program_run run = program_run(
			(const char *const[]){"serve", "--offline", "--config", path, NULL});

		cr_expect_eq(run.exit_code, 2, "%s: %d", CASES[i].line, run.exit_code);
		cr_expect_str_empty(run.out, "%s: %s", CASES[i].line, run.out);
		cr_expect(str_contains(str_from(run.error), CASES[i].error), "%s: %s",
			CASES[i].line, run.error);
		cr_expect(str_contains(str_from(run.error), path), "%s", run.error);
		program_run_done(&run);
	}
	kit_folder_done(&folder);
}

/* The pipe is open for writing once the program has opened it, and brings nothing. */
Test(e2e_start, a_signal_ends_one_that_waits_for_its_policy)
{
	char *folder = kit_folder();

	kit_run("cd '%s' && mkfifo policy && { \"$RAYGATE\" serve --offline --policy policy & } && "
		"exec 3>policy && kill -TERM $! && wait $!; test $? = 143",
		folder);
	kit_folder_done(&folder);
}

/* A folder's pipe may be anybody's; one that is named is meant. */
Test(e2e_start, check_passes_over_the_pipes_of_a_folder)
{
	char *folder = kit_folder();
	struct program_run run;

	kit_write(folder, "a.yaml", "a: 1\n");
	kit_run("mkfifo '%s/b.yaml'", folder);
	run = program_run((const char *const[]){"check", folder, NULL});
	cr_expect_eq(run.exit_code, 0, "%d: %s", run.exit_code, run.error);
	program_run_done(&run);
	kit_run("cd '%s' && { echo 'a: 1' >b.yaml & \"$RAYGATE\" check -q b.yaml; }", folder);
	kit_folder_done(&folder);
}

/* One who has exported it would see no command work any more. */
Test(e2e_start, no_environment_asks_for_help)
{
	setenv("RAYGATE_HELP", "true", 1);
	struct program_run run = program_run((const char *const[]){"rules", "RG0302", NULL});

	cr_expect(str_contains(str_from(run.out), "worker-bounds-in-order"), "%s", run.out);
	program_run_done(&run);
}

Test(e2e_start, help_goes_to_standard_output)
{
	static const char *const CASES[][3] = {{"--help"}, {"help"}, {"serve", "--help"}};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct program_run run = program_run(CASES[i]);

		cr_expect_eq(run.exit_code, 0);
		cr_expect(str_contains(str_from(run.out), "raygate serve"), "%s", run.out);
		cr_expect_str_empty(run.error);
		program_run_done(&run);
	}
}

Test(e2e_start, a_broken_policy_is_told_with_its_place)
{
	char *folder = kit_folder();
	char path[512];

	kit_write(folder, "policy.yaml",
		"apiVersion: raygate.dev/v1\nkind: Policy\nquotas:\n  ray: {requests.cpu: much}\n");
	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	struct program_run run =
		program_run((const char *const[]){"serve", "--offline", "--policy", path, NULL});

	cr_expect_eq(run.exit_code, 3, "%d", run.exit_code);
	cr_expect(str_contains(str_from(run.error), "quotas"), "%s", run.error);
	program_run_done(&run);
	kit_folder_done(&folder);
}

Test(e2e_start, a_port_in_use_is_told)
{
	struct server_process first = server_process_start(NULL);
	char address[32];

	snprintf(address, sizeof(address), "127.0.0.1:%d", first.webhook_port);
	struct program_run run = program_run((const char *const[]){"serve", "--offline",
		"--cert-dir", first.folder, "--webhook-bind-address", address, NULL});

	cr_expect_eq(run.exit_code, 3, "%d", run.exit_code);
	cr_expect(str_contains(str_from(run.error), address), "%s", run.error);
	program_run_done(&run);
	server_process_stop(&first);
}

Test(e2e_start, without_a_home_the_option_for_the_keys_is_asked_for)
{
	unsetenv("HOME");
	unsetenv("XDG_CACHE_HOME");
	struct program_run run = program_run((const char *const[]){"serve", "--offline", NULL});

	cr_expect_eq(run.exit_code, 3, "%d", run.exit_code);
	cr_expect(str_contains(str_from(run.error), "--cert-dir"), "%s", run.error);
	program_run_done(&run);
}

Test(e2e_start, a_certificate_that_cannot_be_read_is_told)
{
	char *folder = kit_folder();

	kit_write(folder, "tls.crt", "no certificate\n");
	kit_write(folder, "tls.key", "no key\n");
	struct program_run run = program_run(
		(const char *const[]){"serve", "--offline", "--cert-dir", folder, NULL});

	cr_expect_eq(run.exit_code, 3, "%d", run.exit_code);
	cr_expect(str_contains(str_from(run.error), "tls."), "%s", run.error);
	program_run_done(&run);
	kit_folder_done(&folder);
}
