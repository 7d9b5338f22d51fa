/* --client-ca of the program. */
#include <stdio.h>
#include <time.h>

#include <criterion/criterion.h>

#include "tests/support/certs_kit.h"
#include "tests/support/client_cert.h"
#include "tests/support/server_process.h"

Test(e2e_client_ca, whoever_shows_no_certificate_of_the_ca_gets_401)
{
	char *const folder = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	const int64_t now = time(NULL);
	struct mint_pair shown CLEANUP(mint_pair_done) =
		client_cert_mint(&(struct client_cert){&ca, now - 60, now + 3600, false});
	struct http_reply reply = {0};
	char file[512];

	kit_write(folder, "clients.crt", ca.cert_pem);
	snprintf(file, sizeof(file), "%s/clients.crt", folder);
	struct server_process server =
		server_process_start_in(folder, (const char *const[]){"--client-ca", file, NULL});
	struct http_client *stranger = server_process_open(&server);
	struct http_client *known = http_client_open(&(struct http_client_options){
		.port = server.webhook_port,
		.tls = true,
		.ca_pem = server.ca_pem,
		.name = "localhost",
		.cert_pem = shown.cert_pem,
		.key_pem = shown.key_pem,
	});

	cr_assert_not_null(known);
	cr_expect_eq(http_client_ask(stranger, "POST", "/validate", "{}", &reply), 401);
	cr_expect_eq(http_client_ask(known, "POST", "/validate", "{}", &reply), 400);
	cr_expect_eq(server_process_get(&server, "/healthz", &reply), 200);
	http_reply_done(&reply);
	http_client_close(&stranger);
	http_client_close(&known);
	server_process_stop(&server);
}

Test(e2e_client_ca, a_ca_that_cannot_be_read_is_told)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char file[512];

	kit_write(folder, "broken.crt", "no certificate\n");
	snprintf(file, sizeof(file), "%s/broken.crt", folder);
	const char *const files[] = {"/nowhere/ca.crt", file};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct program_run run = program_run((const char *const[]){
			"serve", "--offline", "--cert-dir", folder, "--client-ca", files[i], NULL});

		cr_expect_eq(run.exit_code, 3, "%s: %d", files[i], run.exit_code);
		cr_expect(str_contains(str_from(run.error), "--client-ca"), "%s", run.error);
		program_run_done(&run);
	}
}
