#include "server/kube/proxy.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char *const VARIABLES[] = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy",
	"ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"};

Test(kube_proxy, it_is_the_one_that_client_go_takes)
{
	static const struct {
		const char *server, *proxy_url, *set[4];
		const char *url, *except;
	} ROWS[] = {
		{"https://api.test", NULL, {0}, "", ""},
		{"https://api.test", NULL, {"HTTPS_PROXY", "p:1"}, "p:1", ""},
		{"https://api.test", NULL, {"https_proxy", "p:1", "NO_PROXY", ".test"}, "p:1",
			".test"},
		{"https://api.test", NULL, {"HTTPS_PROXY", "", "https_proxy", "p:1"}, "p:1", ""},
		{"https://api.test", NULL, {"HTTP_PROXY", "p:1"}, "", ""},
		{"http://api.test", NULL, {"HTTP_PROXY", "p:1", "HTTPS_PROXY", "p:2"}, "p:1", ""},
		{"https://api.test", NULL, {"ALL_PROXY", "p:1"}, "", ""},
		/* what the kubeconfig says holds whatever the environment has */
		{"https://api.test", "http://k:1", {"HTTPS_PROXY", "p:1", "NO_PROXY", "*"},
			"http://k:1", ""},
		{"https://127.0.0.1:6443", "http://k:1", {0}, "http://k:1", ""},
		/* the name is looked up where it is known */
		{"https://api.test", "socks5://k:1", {0}, "socks5h://k:1", ""},
		{"https://api.test", NULL, {"HTTPS_PROXY", "socks5://p:1"}, "socks5h://p:1", ""},
		/* a cluster on this machine */
		{"https://127.0.0.1:6443", NULL, {"HTTPS_PROXY", "p:1"}, "", ""},
		{"https://127.9.9.9/prefix", NULL, {"HTTPS_PROXY", "p:1"}, "", ""},
		{"https://localhost:6443", NULL, {"HTTPS_PROXY", "p:1"}, "", ""},
		{"https://[::1]:6443", NULL, {"HTTPS_PROXY", "p:1"}, "", ""},
		{"https://localhost.test", NULL, {"HTTPS_PROXY", "p:1"}, "p:1", ""},
		{"https://[fd00::1]:6443", NULL, {"HTTPS_PROXY", "p:1"}, "p:1", ""},
	};
	struct arena arena CLEANUP(arena_done) = {0};

	arena_init(&arena, 256);
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		const struct kube_config config = {
			.server = ROWS[i].server, .proxy_url = ROWS[i].proxy_url};

		for (size_t k = 0; k < ARRAY_LEN(VARIABLES); k++)
			unsetenv(VARIABLES[k]);
		for (size_t k = 0; k < ARRAY_LEN(ROWS[i].set) && ROWS[i].set[k]; k += 2)
			setenv(ROWS[i].set[k], ROWS[i].set[k + 1], 1);
		const struct kube_proxy proxy = kube_proxy_of(&config, &arena);

		cr_expect_str_eq(proxy.url, ROWS[i].url, "row %zu", i);
		cr_expect_str_eq(proxy.except, ROWS[i].except, "row %zu", i);
	}
}
