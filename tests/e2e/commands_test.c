/* The commands as a user types them: what they print where, and their exit codes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/json_read.h"
#include "tests/support/files.h"
#include "tests/support/server_process.h"

static const char GOOD[] = "manifests/samples/ray.io-minimal.yaml";
static const char BAD[] = "tests/golden/check/documents/input.yaml";
static const char BROKEN[] = "tests/golden/check/broken/input.yaml";
static const char WARNED[] = "manifests/samples/ray.io-network-policy.yaml";
static const char POLICY[] = "tests/golden/check/policy/policy.yaml";

enum { WORDS_MAX = 8 };

struct example {
	const char *words[WORDS_MAX];
	int exit_code;
	const char *out, *error; /* what they contain; NULL: nothing is there */
};

/* Programs run where the tests do; files of the repository are meant from its root. */
static void expect(const struct example *e)
{
	const char *arguments[WORDS_MAX + 1] = {NULL};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < WORDS_MAX && e->words[i]; i++) {
		const bool file = strchr(e->words[i], '/') && e->words[i][0] != '/';

		arguments[i] = file ? files_path(&arena, e->words[i]) : e->words[i];
	}
	struct program_run run = program_run(arguments);
	const char *const about = e->words[0] ? e->words[0] : "nothing";

	cr_expect_eq(run.exit_code, e->exit_code, "%s: exits with %d, not %d: %s%s", about,
		run.exit_code, e->exit_code, run.out, run.error);
	cr_expect(e->out ? strstr(run.out, e->out) != NULL : run.out[0] == '\0', "%s: prints '%s'",
		about, run.out);
	cr_expect(e->error ? strstr(run.error, e->error) != NULL : run.error[0] == '\0',
		"%s: complains '%s'", about, run.error);
	program_run_done(&run);
	arena_done(&arena);
}

static void expect_all(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect(&examples[i]);
}

static const struct example HELP[] = {
	{{NULL}, 2, NULL, "raygate check"},
	{{"--help"}, 0, "raygate check", NULL},
	{{"help"}, 0, "raygate check", NULL},
	{{"help", "check"}, 0, "--warnings-as-errors", NULL},
	{{"help", "chekc"}, 2, NULL, "did you mean 'check'?"},
	{{"check", "--help"}, 0, "--warnings-as-errors", NULL},
	{{"check", "--help"}, 0, "--output text|json|sarif|junit|github\n", NULL},
	{{"rules", "--help"}, 0, "--output text|markdown|json\n", NULL},
	{{"rules", "-h"}, 0, "raygate rules", NULL},
	{{"serve", "--help"}, 0, "--webhook-bind-address", NULL},
	{{"serve", "--help"}, 0, "threads that answer reviews (8)\n", NULL},
	{{"serve", "--help"}, 0, "--namespace NAME            where Secret, Lease", NULL},
	{{"check", "--help"}, 0, "--namespace NAME            namespace of objects", NULL},
	{{"certs", "--help"}, 0, "--cert-dir", NULL},
	{{"--version"}, 0, "raygate 0.", NULL},
	{{"version", "-o", "json"}, 0, "{\"version\":\"0.", NULL},
	{{"man"}, 0, ".SS check: judge manifests", NULL},
	{{"man"}, 0, ".SS explain: say why a cluster", NULL},
	{{"man"}, 0, "\\fItext|markdown|json\\fR", NULL},
	{{"man"}, 0, "choose their leader (raygate\\-controller)\n", NULL},
	{{"explain", "--help"}, 0, "--kubeconfig", NULL},
	{{"explain", "a", "b"}, 2, NULL, "explains one cluster"},
	{{"explain", "a", "-o", "yaml"}, 2, NULL, "text or json"},
	{{"explain", "a", "--kubeconfig", "manifests/nothing.yaml"}, 3, NULL, "No such file"},
	{{"man", "check"}, 2, NULL, "takes no arguments"},
	{{"completion", "bash"}, 0, "complete -o filenames", NULL},
	{{"completion", "--help"}, 0, "raygate completion fish | source", NULL},
	{{"completion"}, 2, NULL, "bash, zsh or fish"},
	{{"version", "-h"}, 0, "raygate version", NULL},
	{{"version", "now"}, 2, NULL, "takes no arguments"},
	{{"version", "-o", "yaml"}, 2, NULL, "-o is text or json, not 'yaml'"},
	{{"--version", "-ojson"}, 0, "{\"version\":\"0.", NULL},
	{{"man", "--help"}, 0, "man -l -\n\n  -h, --help                      this text\n", NULL},
	{{"chekc"}, 2, NULL, "did you mean 'check'?"},
	{{"something"}, 2, NULL, "raygate --help"},
};

Test(commands, help_says_what_there_is)
{
	expect_all(HELP, ARRAY_LEN(HELP));
}

static const struct example WITHOUT_CONFIG[] = {
	{{"version"}, 0, "raygate 0.", NULL},
	{{"version", "-ojson"}, 0, "{\"version\":\"0.", NULL},
	{{"man"}, 0, ".SS check: judge manifests", NULL},
	{{"completion", "bash"}, 0, "complete -o filenames", NULL},
	{{"rules"}, 2, NULL, "config '/nowhere'"},
};

Test(commands, what_is_exported_for_others_does_no_harm)
{
	setenv("RAYGATE_CONFIG", "/nowhere", 1);
	setenv("RAYGATE_OUTPUT", "sarif", 1);
	expect_all(WITHOUT_CONFIG, ARRAY_LEN(WITHOUT_CONFIG));
}

static void expect_words(struct arena *arena, const struct json_node *node, const char *help)
{
	for (struct json_iter it = json_iter(node);
		json_is(node, JSON_OBJECT) ? json_next_member(&it) : json_next_item(&it);) {
		if (json_is(node, JSON_OBJECT)) {
			const struct str key = arena_str(arena, json_str(arena, it.key));

			cr_expect(str_contains(str_from(help), key.at), "%.*s", STR_ARG(key));
		}
		if (json_is(it.value, JSON_OBJECT) || json_is(it.value, JSON_ARRAY))
			expect_words(arena, it.value, help);
	}
}

Test(commands, help_tells_each_member_of_the_json)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 16, .nodes = 10000};
	struct program_run help = program_run((const char *const[]){"check", "--help", NULL});
	struct program_run run =
		program_run((const char *const[]){"check", BAD, BROKEN, "-ojson", NULL});
	struct arena arena CLEANUP(arena_done);
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 65536);
	cr_assert(json_read(&arena, str_from(run.out), &LIMITS, &doc, &err), "%s", err.text);
	expect_words(&arena, doc.root, help.out);
	program_run_done(&help);
	program_run_done(&run);
}

static const struct example CHECK[] = {
	{{"check", GOOD}, 0, "1 object judged, none refused\n", NULL},
	{{"check", "-q", GOOD}, 0, NULL, NULL},
	{{"check", WARNED}, 0, "1 warning", NULL},
	{{"check", "--warnings-as-errors", WARNED}, 1, "1 warning", NULL},
	{{"check", "-q", WARNED}, 0, NULL, NULL},
	{{"check", BAD}, 1, ":44:18: error: spec.workerGroupSpecs[0].minReplicas", NULL},
	{{"check", BAD, "-o", "json"}, 1, "\"allowed\":false", NULL},
	{{"check", BAD, "-ogithub"}, 1, "::error file=", NULL},
	{{"check", BAD, "--color=always"}, 1, "\033[1;31merror: \033[0m", NULL},
	{{"check", BROKEN}, 3, ":3:1: error: the key 'kind'", NULL},
	{{"check", "manifests/nothing.yaml", GOOD}, 3, "1 object judged", NULL},
	{{"check", "manifests/samples"}, 0, "none refused",
		"1 folder within it is passed over; -R takes what is there, too"},
	{{"check", "manifests/kustomize/"}, 0, "0 objects judged",
		"kustomization.yaml' is not built: kubectl kustomize /"},
	{{"check", "validators/"}, 3, "holds no *.yaml", NULL},
	{{"check", "tests/golden/check"}, 3, "-R looks into the folders within it", NULL},
	{{"check", "tests/golden/check", "-qR"}, 3, "misspelt/input.yaml:", NULL},
	{{"check", "-Rqo", "json", GOOD}, 0, "\"allowed\":true", NULL},
	{{"check", "-qxo", "json", GOOD}, 2, NULL, "unknown option -x"},
	{{"check", "-", "--policy", POLICY}, 0, "0 objects judged\n", NULL},
	{{"check", GOOD, "--policy", POLICY}, 0, "1 object judged", NULL},
	{{"check", GOOD, "--policy", BAD}, 3, NULL, "raygate check: "},
	{{"check", GOOD, "--policy", "manifests/nothing.yaml"}, 3, NULL, "No such file"},
	{{"check"}, 2, NULL, "needs a file"},
	{{"check", BAD, "-o", "sarif"}, 1, "\"version\":\"2.1.0\"", NULL},
	{{"check", BAD, "-o", "junit"}, 1, "</testsuites>", NULL},
	{{"check", GOOD, "-o", "xml"}, 2, NULL, "text, json, sarif, junit or github"},
	{{"check", GOOD, "--colour"}, 2, NULL, "did you mean --color?"},
	{{"check", GOOD, "--foo"}, 2, NULL, "--help lists the options"},
	{{"check", GOOD, "--color", "often"}, 2, NULL, "auto|always|never"},
};

Test(commands, check_exits_by_its_verdict)
{
	expect_all(CHECK, ARRAY_LEN(CHECK));
}

static const struct example RULES[] = {
	{{"rules"}, 0, "\nRG0302  error", NULL},
	{{"rules", "RG0302"}, 0, "worker-bounds-in-order", NULL},
	{{"rules", "worker-bounds-in-order", "-ojson"}, 0, "{\"id\":\"RG0302\"", NULL},
	{{"rules", "-o", "markdown"}, 0, "| RG0302 |", NULL},
	{{"rules", "RG9999"}, 2, NULL, "no rule 'RG9999'"},
	{{"rules", "-o", "xml"}, 2, NULL, "text, markdown or json"},
	{{"rules", "RG0302", "RG0303"}, 2, NULL, "one id or name"},
};

Test(commands, rules_are_listed_and_explained)
{
	expect_all(RULES, ARRAY_LEN(RULES));
}

static const struct example PLAN[] = {
	{{"plan", GOOD}, 0, "# RayCluster minimal (", NULL},
	{{"plan", GOOD}, 0, "\n# Footprint ", NULL},
	{{"plan", GOOD}, 0, "\napiVersion: v1\nkind: Pod\n", NULL},
	{{"plan", GOOD, "-o", "text"}, 0, "\nFootprint ", NULL},
	{{"plan", GOOD, "-o", "text"}, 0, "\nObjects\n  Service ", NULL},
	{{"plan", "tests/golden/check/policy/input.yaml", "--policy", POLICY}, 0,
		"add /spec/headGroupSpec/template/spec/containers/0/resources", NULL},
	{{"plan", GOOD, "-o", "report"}, 0, "\"path\": \"/spec/workerGroupSpecs/0/numOfHosts\"",
		NULL},
	{{"plan", GOOD, "-o", "json"}, 0, "\"kind\": \"List\"", NULL},
	{{"plan", BAD, "-o", "json"}, 0,
		"\"refused\": [\n        {\n            \"kind\": \"RayCluster\",\n", NULL},
	{{"plan", "--help"}, 0, "`refused`", NULL},
	{{"plan", GOOD, "-oyaml"}, 0, "\n---\napiVersion: v1\nkind: Pod\n", NULL},
	{{"plan", GOOD, "--policy", "manifests/policies/example.yaml"}, 0, "price of an hour",
		NULL},
	{{"plan", BAD, "-o", "text"}, 0, "refused\n  spec.workerGroupSpecs[0].maxReplica: ", NULL},
	{{"plan", BAD}, 0, "refused\n#   spec.workerGroupSpecs[0].maxReplica: ", NULL},
	{{"plan", "manifests/samples/rayjob-existing-cluster.yaml"}, 0, "No footprint", NULL},
	{{"plan", "manifests/samples/ray.io-managed-by.yaml"}, 0,
		"it is left to kueue.x-k8s.io/multikueue (managedBy)", NULL},
	{{"plan", "manifests/samples/ray.io-ingress.yaml"}, 0,
		"What KubeRay makes for enableIngress is not shown.\n", NULL},
	{{"plan", "manifests/samples/cluster.ray.io-example.yaml"}, 0,
		"\n# Not supported yet: autoscaling: minWorkers are held", NULL},
	{{"plan", "manifests/samples/ray.io-tls.yaml"}, 0,
		"What KubeRay makes for tlsOptions is not shown.\n", NULL},
	{{"plan", POLICY}, 0, NULL, "no object in it"},
	{{"plan", BROKEN}, 3, NULL, ":3:1: the key 'kind'"},
	{{"plan", "manifests/nothing.yaml"}, 3, NULL, "No such file"},
	{{"plan"}, 2, NULL, "needs one file"},
	{{"plan", GOOD, "-o", "xml"}, 2, NULL, "yaml, json, text or report"},
};

Test(commands, plan_shows_patch_and_footprint)
{
	expect_all(PLAN, ARRAY_LEN(PLAN));
}
