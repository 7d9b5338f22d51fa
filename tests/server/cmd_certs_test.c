#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "server/commands.h"
#include "tests/support/certs_kit.h"

/* What one call printed and returned. */
struct outcome {
	int code;
	char *out;
	char *err;
};

static void outcome_done(struct outcome *outcome)
{
	mem_free(&outcome->out);
	mem_free(&outcome->err);
}

static int point_at(int fd, const char *folder, const char *name)
{
	char path[512];
	const int kept = dup(fd);

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	const int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	cr_assert(kept >= 0 && file >= 0 && dup2(file, fd) == fd);
	close(file);
	return kept;
}

static void point_back(int fd, int kept)
{
	cr_assert_eq(dup2(kept, fd), fd);
	close(kept);
}

/* Calls `certs` with the words of `line`; DIR is a directory in the test's folder. */
static struct outcome call(const char *folder, const char *line)
{
	char *words CLEANUP(mem_free) = mem_strdup(line);
	char program[] = "certs", dir[512];
	char *argv[32] = {program};
	int argc = 1;

	snprintf(dir, sizeof(dir), "%s/certs", folder);
	for (char *rest = words, *word; (word = strtok_r(NULL, " ", &rest));)
		argv[argc++] = strcmp(word, "DIR") == 0 ? dir : word;
	fflush(NULL);
	const int out = point_at(STDOUT_FILENO, folder, "out");
	const int err = point_at(STDERR_FILENO, folder, "err");
	struct outcome outcome = {.code = commands_run(commands_find(STR("certs")), argc, argv)};

	fflush(NULL);
	point_back(STDOUT_FILENO, out);
	point_back(STDERR_FILENO, err);
	outcome.out = kit_read(folder, "out");
	outcome.err = kit_read(folder, "err");
	return outcome;
}

static void expect(const char *folder, const char *line, int code, const char *text)
{
	struct outcome outcome CLEANUP(outcome_done) = call(folder, line);

	cr_assert_eq(
		outcome.code, code, "%s: %d\n%s%s", line, outcome.code, outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, text) || strstr(outcome.err, text), "%s:\n%s%s", line,
		outcome.out, outcome.err);
	cr_assert_null(strstr(outcome.out, "PRIVATE KEY-----"), "%s", line);
}

Test(cmd_certs, what_is_minted_is_in_order_and_can_be_looked_at)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	expect(folder, "mint --cert-dir DIR --host raygate.ray.svc --host ::1", 0,
		"for raygate.ray.svc, ::1\n");
	expect(folder, "verify --cert-dir DIR --host raygate.ray.svc --host ::1", 0,
		"ok       hosts  it covers every host that was asked for\n");
	expect(folder, "verify --cert-dir DIR", 0, "skipped  hosts ");
	expect(folder, "verify --cert-dir DIR --host elsewhere", 1,
		"error    hosts  it does not cover host 'elsewhere'\n");
	expect(folder, "verify --cert-dir DIR -o json", 0, "\"result\":\"skipped\"");
	expect(folder, "inspect --cert-dir DIR", 0, "  names         raygate.ray.svc, ::1\n");
	expect(folder, "inspect --cert-dir DIR", 0, "\nca.crt: certificate 1 of 1\n");
	expect(folder, "inspect --cert-dir DIR", 0, " (in 36");
	expect(folder, "inspect --cert-dir DIR -o json", 0,
		"\"names\":[\"raygate.ray.svc\",\"::1\"]");
}

Test(cmd_certs, minting_again_keeps_the_ca_unless_forced)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	expect(folder, "mint --cert-dir DIR", 0, "minted  ");
	kit_run("cp -r '%s/certs' '%s/first'", folder, folder);
	expect(folder, "mint --cert-dir DIR", 0, "kept    ");
	kit_run("cd '%s' && cmp -s certs/ca.crt first/ca.crt && ! cmp -s certs/tls.crt "
		"first/tls.crt",
		folder);
	expect(folder, "mint --cert-dir DIR --force", 0, "/certs/ca.crt");
	kit_run("cd '%s' && ! cmp -s certs/ca.crt first/ca.crt", folder);
	kit_run("rm '%s/certs/ca.key'", folder);
	expect(folder, "mint --cert-dir DIR", 3, "was not minted here");
	expect(folder, "verify --cert-dir DIR", 0, "ok       ca     it chains to ca.crt\n");
}

Test(cmd_certs, a_single_file_is_inspected_for_what_it_holds)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	kit_write(folder, "key", ca.key_pem);
	kit_write(folder, "cert", ca.cert_pem);
	kit_run("cd '%s' && cat key cert >both", folder);
	cr_assert_eq(chdir(folder), 0);
	expect(folder, "inspect key", 0, "key: private key\n  key           ECDSA P-256\n");
	expect(folder, "inspect cert", 0, "  names         none, it is a CA\n");
	expect(folder, "inspect cert -o json", 0, "\"notAfter\":\"2036-09-18T14:13:20Z\"");
	expect(folder, "inspect both", 0, "both: private key\n");
	expect(folder, "inspect both", 0, "both: certificate 1 of 1\n");
}

static const struct {
	const char *line;
	int code;
	const char *text;
} WRONG[] = {
	{"", 2, "say mint, inspect, verify or ask"},
	{"renew", 2, "unknown command 'renew'"},
	{"mint", 2, "mint needs --cert-dir"},
	{"mint --cert-dir DIR x", 2, "unexpected argument 'x'"},
	{"mint --cert-dir DIR -o json", 2, "mint has text output only"},
	{"mint --cert-dir DIR --host a_b", 2, "neither a DNS name nor an IP address: 'a_b'"},
	{"mint --cert-dir", 2, "--cert-dir needs a value"},
	{"mint --frob", 2, "unknown option --frob"},
	{"mint -x", 2, "unknown option -x"},
	{"inspect", 2, "inspect needs either a file or --cert-dir"},
	{"inspect a --cert-dir DIR", 2, "inspect needs either a file or --cert-dir"},
	{"inspect a b", 2, "unexpected argument 'b'"},
	{"inspect a -o yaml", 2, "-o is text or json, not 'yaml'"},
	{"verify", 2, "verify needs --cert-dir"},
	{"verify --cert-dir DIR --force", 2, "--force belongs to mint"},
	{"ask https://localhost", 2, "ask needs a URL, and --cert-dir"},
	{"ask --cert-dir DIR", 2, "ask needs a URL, and --cert-dir"},
	{"ask https://localhost --cert-dir DIR -o json", 2, "ask has text output only"},
	{"ask https://localhost --cert-dir DIR --force", 2, "--force belongs to mint"},
	{"ask https://localhost --cert-dir DIR", 1, "ca.crt"},
	{"ask localhost:9443 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'localhost:9443'"},
	{"ask localhost --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'localhost'"},
	{"ask http://localhost --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'http://localhost'"},
	{"ask https:// --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://'"},
	{"ask https://:9443 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://:9443'"},
	{"ask https://a/prefix --cert-dir DIR", 1, "ca.crt"},
	{"ask https://a/b?c --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a/b?c'"},
	{"ask https://a/ --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a/'"},
	{"ask https://a?b --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a?b'"},
	{"ask https://a#b --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a#b'"},
	{"ask https://u@a --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://u@a'"},
	{"ask https://a: --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a:'"},
	{"ask https://a:x --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a:x'"},
	{"ask https://a:0 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a:0'"},
	{"ask https://a:65536 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a:65536'"},
	{"ask https://a:1:2 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://a:1:2'"},
	{"ask https://[::1 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://[::1'"},
	{"ask https://[] --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://[]'"},
	{"ask https://[::1]a1 --cert-dir DIR", 2,
		"such as https://HOST:PORT, with no / or ? at its end, not 'https://[::1]a1'"},
	{"ask https://[::1]:1 --cert-dir DIR", 1, "ca.crt"},
	{"ask https://127.0.0.1:1 --cert-dir DIR", 1, "ca.crt"},
	{"ask https://a-b.c:65535 --cert-dir DIR", 1, "ca.crt"},
	{"inspect /nonexistent", 3, "'/nonexistent'"},
	{"inspect /", 3, "'/': read: Is a directory"},
	{"inspect /dev/null", 3, "'/dev/null': is empty"},
	{"inspect /dev/zero", 3, "is larger than"},
	{"inspect --cert-dir DIR", 3, "No such file or directory"},
	{"verify --cert-dir DIR", 3, "No such file or directory"},
	{"--help", 0, "raygate certs mint --cert-dir DIR"},
	{"verify -h", 0, "raygate certs mint --cert-dir DIR"},
};

Test(cmd_certs, a_wrong_call_says_what_is_wrong)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
		expect(folder, WRONG[i].line, WRONG[i].code, WRONG[i].text);
	kit_run("test ! -e '%s/certs'", folder);
}

Test(cmd_certs, a_pair_that_is_not_in_order_is_refused_with_a_remedy)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	expect(folder, "mint --cert-dir DIR", 0, "minted");
	kit_run("cd '%s/certs' && cp ca.key tls.key", folder);
	expect(folder, "verify --cert-dir DIR", 1,
		"error    key    the private key does not belong to the certificate\n"
		"                → tls.crt and tls.key must come from the same issue");
	expect(folder, "inspect --cert-dir DIR", 0, "error    key ");
	expect(folder, "verify --cert-dir DIR -o json", 1, "\"result\":\"error\"");
	kit_run("cd '%s/certs' && echo garbage >tls.crt", folder);
	expect(folder, "verify --cert-dir DIR", 1, "/tls.crt': holds no certificate");
	expect(folder, "inspect --cert-dir DIR", 3, "/tls.crt': holds no certificate");
}
