/* `serve` that belongs to a cluster whose API server is away. */
#include <stdio.h>
#include <time.h>

#include <criterion/criterion.h>

#include "tests/support/certs_kit.h"
#include "tests/support/server_process.h"

/* Port 1 of loopback: nobody is there. */
static const char KUBECONFIG[] =
	"apiVersion: v1\nkind: Config\ncurrent-context: c\n"
	"contexts: [{name: c, context: {cluster: c, user: u, namespace: gate}}]\n"
	"clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
	"users: [{name: u, user: {token: secret-word}}]\n";

static struct server_process start(const char *webhooks)
{
	char *const folder = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", time(NULL));
	char file[512];

	kit_write(folder, "ca.crt", ca.cert_pem);
	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	kit_write(folder, "kubeconfig", KUBECONFIG);
	snprintf(file, sizeof(file), "%s/kubeconfig", folder);
	return server_process_start_in(
		folder, (const char *const[]){"--offline=false", "--no-controller", "--kubeconfig",
				file, "--grace-period", "0s", webhooks, NULL});
}

Test(e2e_cluster, with_a_folder_reviews_are_answered_while_the_api_server_is_away)
{
	struct server_process server = start(NULL);
	struct http_reply reply = {0};
	struct http_client *client = server_process_open(&server);

	cr_expect_eq(http_client_ask(client, "POST", "/validate", "{}", &reply), 400);
	server_process_await_line(&server, "/readyz?verbose", "[-]cluster: ", &reply);
	server_process_await_line(&server, "/readyz?verbose", "[-]leader: ", &reply);
	server_process_await_line(&server, "/readyz?verbose", "[-]quota: ", &reply);
	cr_expect_eq(server_process_get(&server, "/readyz?verbose", &reply), 200);
	cr_expect_not(str_contains(buf_str(&reply.body), "secret-word"), "%s", reply.body.at);
	http_reply_done(&reply);
	http_client_close(&client);
	server_process_stop(&server);
}

Test(e2e_cluster, until_the_webhooks_were_seen_to_trust_it_a_replica_is_not_ready)
{
	struct server_process server = start("--webhook-configuration=raygate");
	struct http_reply reply = {0};

	cr_expect_eq(server_process_get(&server, "/readyz", &reply), 503);
	cr_expect(str_contains(buf_str(&reply.body), "[-]ca-bundle: "), "%s", reply.body.at);
	http_reply_done(&reply);
	server_process_stop(&server);
}

/* Until the clusters are counted it would answer 429, which one that is ready does not. */
Test(e2e_cluster, a_replica_whose_quotas_refuse_is_not_ready_before_it_has_counted)
{
	struct server_process server = start("--policy=manifests/policies/ray.yaml");
	struct http_reply reply = {0};

	cr_expect_eq(server_process_get(&server, "/readyz", &reply), 503);
	cr_expect(str_contains(buf_str(&reply.body), "[-]quota: "), "%s", reply.body.at);
	http_reply_done(&reply);
	server_process_stop(&server);
}

Test(e2e_cluster, names_that_no_certificate_can_have_are_told)
{
	static const char *const CASES[][2] = {
		{"--webhook-hosts=a_b", "a_b"},
		{"--webhook-hosts=ok.example,-", "'-'"},
		{"--webhook-service=Not_A_Name", "Not_A_Name"},
		{"--cert-lifetime=1s", "--cert-lifetime"},
	};
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char file[512];

	kit_write(folder, "kubeconfig", KUBECONFIG);
	snprintf(file, sizeof(file), "%s/kubeconfig", folder);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct program_run run = program_run((const char *const[]){"serve", "--kubeconfig",
			file, "--webhook-bind-address", "127.0.0.1:0", "--ops-bind-address",
			"127.0.0.1:0", CASES[i][0], NULL});

		cr_expect_eq(run.exit_code, 2, "%s: %d", CASES[i][0], run.exit_code);
		cr_expect(str_contains(str_from(run.error), CASES[i][1]), "%s", run.error);
		program_run_done(&run);
	}
}
