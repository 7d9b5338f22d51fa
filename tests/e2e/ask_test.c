/* `raygate certs ask` and the gate that it asks. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/certs_kit.h"
#include "tests/support/server_process.h"

static void expect(const char *url, const char *folder, int code, const char *words)
{
	struct program_run run =
		program_run((const char *const[]){"certs", "ask", url, "--cert-dir", folder, NULL});

	cr_expect_eq(run.exit_code, code, "%s: %d: %s", url, run.exit_code, run.error);
	cr_expect(strstr(run.out, words) || strstr(run.error, words), "%s: %s%s", url, run.out,
		run.error);
	program_run_done(&run);
}

Test(e2e_ask, a_gate_answers_whoever_trusts_it)
{
	struct server_process server = server_process_start(NULL);
	char url[64], elsewhere[64], words[128];

	snprintf(url, sizeof(url), "https://localhost:%d", server.webhook_port);
	snprintf(elsewhere, sizeof(elsewhere), "https://localhost:%d/of", server.webhook_port);
	snprintf(words, sizeof(words), "%s/validate answers after", url);
	expect(url, server.folder, 0, words);
	server_process_await_metric(&server,
		"raygate_admission_requests_total{webhook=\"validate\",kind=\"RayCluster\","
		"operation=\"CREATE\",decision=\"allowed\"}",
		1);
	expect(elsewhere, server.folder, 1, "/of/mutate: answers with 404");
	expect("http://localhost:1", server.folder, 2, "https://HOST:PORT");
	server_process_stop(&server);
	expect(url, "/nowhere", 1, "ca.crt");
}

Test(e2e_ask, a_gate_of_another_ca_is_none)
{
	struct server_process server = server_process_start(NULL);
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair other CLEANUP(mint_pair_done) = kit_ca(1700000000);
	char url[64];

	kit_write(folder, "ca.crt", other.cert_pem);
	snprintf(url, sizeof(url), "https://localhost:%d", server.webhook_port);
	expect(url, folder, 1, "certificate");
	server_process_stop(&server);
}
