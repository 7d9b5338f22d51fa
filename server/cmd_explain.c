#include "server/cmd_explain.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/commands.h"
#include "server/config/policy.h"
#include "server/config/version.h"
#include "server/explain/collect.h"
#include "server/explain/report.h"
#include "server/kube/config.h"
#include "server/terminal.h"

enum { ARENA_BLOCK = 256 * 1024 };

/* A run over one namespace, or over all. */
struct explanation {
	const struct settings *settings;
	struct arena arena;
	struct explain_input in;
	struct kube_client *client;
	const char *namespace; /* NULL: all */
	struct buf out;
};

static bool is_json(const struct settings *s)
{
	return str_is(settings_str(s, SETTING_OUTPUT), "json");
}

static int cannot(const char *text)
{
	fprintf(stderr, "%s explain: %s\n", commands_program(), text);
	return EXIT_UNREADABLE;
}

static void print_text(
	struct explanation *e, const struct explain_verdict *const *verdicts, size_t count)
{
	const bool color = terminal_wants_color(settings_str(e->settings, SETTING_COLOR));

	if (e->settings->argument_count)
		explain_report_text(verdicts[0], color, terminal_width(), &e->out);
	else if (count)
		explain_report_lines(verdicts, count, color, &e->out);
	else if (e->namespace)
		buf_printf(&e->out, "No RayClusters are in namespace %s.\n", e->namespace);
	else
		buf_add_cstr(&e->out, "No RayClusters are in this Kubernetes cluster.\n");
	explain_report_gaps(&e->in, color, &e->out);
}

static void print_json(
	struct explanation *e, const struct explain_verdict *const *verdicts, size_t count)
{
	struct json_edit *whole = explain_report_json(&e->in, verdicts, count);

	json_edit_print_indented(whole, &e->out);
	json_edit_free(&whole);
}

/* Judges all of `clusters`, and prints that. */
static int conclude(struct explanation *e, const struct json_node *const *clusters, size_t count)
{
	const struct explain_verdict **const verdicts =
		arena_array(&e->arena, count, sizeof(*verdicts));
	int code = EXIT_FINE;

	for (size_t i = 0; i < count; i++) {
		struct explain_verdict *const verdict = arena_alloc(&e->arena, sizeof(*verdict));

		explain_diagnose(&e->in, clusters[i], verdict);
		verdicts[i] = verdict;
		if (verdict->wrong)
			code = EXIT_REFUSED;
	}
	if (is_json(e->settings))
		print_json(e, verdicts, count);
	else
		print_text(e, verdicts, count);
	return commands_print("explain", buf_str(&e->out), code);
}

static int look(struct explanation *e)
{
	const struct settings *const s = e->settings;
	const struct json_node *cluster;
	struct explain_collect collect;
	struct err err;

	explain_collect_init(&collect, e->client, &e->in, e->namespace);
	if (s->argument_count) {
		if (!explain_collect_one(&collect, s->arguments[0], &cluster, &err))
			return cannot(err.text);
		return conclude(e, &cluster, 1);
	}
	if (!explain_collect_all(&collect, &err))
		return cannot(err.text);
	return conclude(e, e->in.of[EXPLAIN_CLUSTER].items, e->in.of[EXPLAIN_CLUSTER].count);
}

static const char *given_or_null(const struct settings *s, enum setting setting)
{
	const struct str value = settings_str(s, setting);

	return value.len ? value.at : NULL;
}

static int with_cluster(const struct settings *s, const struct policy *policy)
{
	const struct kube_config_options options = {
		.kubeconfig = given_or_null(s, SETTING_KUBECONFIG),
		.context = given_or_null(s, SETTING_CONTEXT),
		.terminal = isatty(STDIN_FILENO) == 1,
	};
	struct explanation e = {.settings = s};
	struct kube_config *config;
	struct err err;

	if (!kube_transport_load(&err) || !kube_config_load(&options, &config, &err))
		return cannot(err.text);
	const char *const given = given_or_null(s, SETTING_NAMESPACE);
	const bool everywhere = settings_bool(s, SETTING_ALL_NAMESPACES);

	/* As the transport wants it. */
	signal(SIGPIPE, SIG_IGN);

	arena_init(&e.arena, ARENA_BLOCK);
	e.in = (struct explain_input){
		.arena = &e.arena, .policy = policy, .now = clock_wall() / CLOCK_SECOND};
	e.namespace = everywhere ? NULL : given ? given : config->namespace;
	e.client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(config, "raygate/" RAYGATE_VERSION)});
	const int code = look(&e);

	kube_client_free(&e.client);
	kube_config_free(&config);
	buf_done(&e.out);
	arena_done(&e.arena);
	return code;
}

static int with_policy(const struct settings *s)
{
	struct err err;
	struct policy_store *store = policy_store_new(settings_str(s, SETTING_POLICY).at, &err);

	if (store == NULL)
		return cannot(err.text);
	const struct policy *const policy = policy_store_acquire(store);
	const int code = with_cluster(s, policy);

	policy_store_release(store, policy);
	policy_store_free(&store);
	return code;
}

static int without_policy(const struct settings *s)
{
	struct policy *policy = policy_empty();
	const int code = with_cluster(s, policy);

	policy_free(&policy);
	return code;
}

int cmd_explain(struct settings *s)
{
	if (s->argument_count > 1)
		return commands_usage_error("explain",
			"explains one cluster, or without a name all of a namespace; --help says "
			"more");
	if (s->argument_count && settings_bool(s, SETTING_ALL_NAMESPACES))
		return commands_usage_error("explain",
			"-A gives a line for each cluster; to explain '%.*s' name its namespace, "
			"with -n",
			STR_ARG(s->arguments[0]));
	return settings_str(s, SETTING_POLICY).len ? with_policy(s) : without_policy(s);
}
