#include "server/kube/resource.h"

#include <criterion/criterion.h>

#include "server/kube/endpoint.h"
#include "server/kube/verb.h"

static const struct kube_resource PODS = {"", "v1", "pods", false};
static const struct kube_resource NODES = {"", "v1", "nodes", true};
static const struct kube_resource CLUSTERS = {"ray.io", "v1", "rayclusters", false};

Test(kube_resource, a_call_becomes_a_path_and_a_query)
{
	static const struct {
		struct kube_call call;
		const char *path;
	} CASES[] = {
		{{.verb = KUBE_GET, .at = {&PODS, "a", "b", NULL}}, "/api/v1/namespaces/a/pods/b"},
		{{.verb = KUBE_GET, .at = {&NODES, "a", "b", NULL}}, "/api/v1/nodes/b"},
		{{.verb = KUBE_GET, .path = "/version"}, "/version"},
		{{.verb = KUBE_GET, .at = {&CLUSTERS, "a", "b", "status"}, .resource_version = "0"},
			"/apis/ray.io/v1/namespaces/a/rayclusters/b/status?resourceVersion=0"},
		{{.verb = KUBE_LIST, .at = {.resource = &CLUSTERS}}, "/apis/ray.io/v1/rayclusters"},
		{{.verb = KUBE_LIST,
			 .at = {.resource = &PODS, .namespace = ""},
			 .limit = 500,
			 .continue_token = "a/b+c=",
			 .label_selector = "x=y,!z"},
			"/api/v1/pods?labelSelector=x%3Dy%2C%21z&limit=500&continue=a%2Fb%2Bc%3D"},
		{{.verb = KUBE_WATCH,
			 .at = {.resource = &NODES},
			 .resource_version = "7",
			 .watch_seconds = 300},
			"/api/v1/nodes?watch=true&allowWatchBookmarks=true&resourceVersion=7"
			"&timeoutSeconds=300"},
		{{.verb = KUBE_CREATE, .at = {&PODS, "a", NULL, NULL}, .dry_run = true},
			"/api/v1/namespaces/a/pods?fieldManager=raygate&dryRun=All"},
		{{.verb = KUBE_APPLY,
			 .at = {&NODES, NULL, "b", "status"},
			 .force = true,
			 .field_manager = "m n"},
			"/api/v1/nodes/b/status?fieldManager=m%20n&force=true"},
		{{.verb = KUBE_PATCH_MERGE, .at = {&NODES, NULL, "b", NULL}, .force = true},
			"/api/v1/nodes/b?fieldManager=raygate"},
		{{.verb = KUBE_DELETE, .at = {&NODES, NULL, "b?c#d \xc3\xa9", NULL}},
			"/api/v1/nodes/b%3Fc%23d%20%C3%A9"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf path = {0};
		struct err err;

		cr_assert(kube_verb_path(&CASES[i].call, &path, &err), "%s: %s", CASES[i].path,
			err.text);
		cr_assert(str_is(buf_str(&path), CASES[i].path), "%.*s is not %s", (int)path.len,
			path.at, CASES[i].path);
	}
}

Test(kube_resource, what_would_lead_elsewhere_is_refused)
{
	static const struct kube_call CASES[] = {
		{.verb = KUBE_GET, .at = {&PODS, "a", "", NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "a", NULL, NULL}},
		{.verb = KUBE_GET, .at = {&PODS, NULL, "b", NULL}},
		{.verb = KUBE_DELETE, .at = {&PODS, "a", NULL, NULL}},
		{.verb = KUBE_CREATE, .at = {&PODS, "", NULL, NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "a", "..", NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "..", "b", NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "a", ".", NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "a", "b/status", NULL}},
		{.verb = KUBE_GET, .at = {&PODS, "a", "b%2Fc", NULL}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf path = {0};
		struct err err;

		cr_assert_not(kube_verb_path(&CASES[i], &path, &err), "case %zu: %.*s", i,
			(int)path.len, path.at);
		cr_assert_eq(err.code, ERR_INVALID);
	}
}

Test(kube_resource, options_of_a_delete_are_its_body)
{
#define END "\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\"}"
	static const struct {
		struct kube_call call;
		const char *body;
	} CASES[] = {
		{{.verb = KUBE_DELETE}, "{" END},
		{{.verb = KUBE_DELETE, .propagation = "Foreground", .has_grace = true},
			"{\"propagationPolicy\":\"Foreground\",\"gracePeriodSeconds\":0," END},
		{{.verb = KUBE_DELETE, .only_uid = "u", .only_version = "7", .dry_run = true},
			"{\"dryRun\":[\"All\"],\"preconditions\":{\"uid\":\"u\","
			"\"resourceVersion\":\"7\"}," END},
	};
#undef END
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf body = {0};

		kube_verb_delete_options(&CASES[i].call, &body);
		cr_assert(str_is(buf_str(&body), CASES[i].body), "%.*s", (int)body.len, body.at);
	}
}

Test(kube_resource, a_tls_server_name_takes_the_place_of_the_host)
{
	static const struct {
		const char *server, *name, *url, *connect_to;
	} CASES[] = {
		{"https://h:6443/p", NULL, "https://h:6443/p", NULL},
		{"http://h:80", "api", "http://h:80", NULL},
		{"https://h:6443", "api", "https://api:6443", "h:6443"},
		{"https://h:6443/p", "api", "https://api:6443/p", "h:6443"},
		{"https://h/p:1", "api", "https://api/p:1", "h:443"},
		{"https://[::1]:7", "api", "https://api:7", "[::1]:7"},
		{"https://[::1]", "api", "https://api", "[::1]:443"},
	};
	struct arena arena;

	arena_init(&arena, 1024);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct kube_config config = {
			.server = CASES[i].server, .tls_server_name = CASES[i].name};
		const struct kube_endpoint got = kube_endpoint_of(&config, &arena);

		cr_assert_str_eq(got.url, CASES[i].url);
		cr_assert(str_eq(str_from(got.connect_to), str_from(CASES[i].connect_to)), "%s",
			CASES[i].server);
	}
	arena_done(&arena);
}
