#include "server/cmd_check.h"
#include "server/admission/policy_trial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/check/check_cluster.h"
#include "server/check/inputs.h"
#include "server/commands.h"
#include "server/config/policy.h"
#include "server/config/version.h"
#include "server/kube/config.h"
#include "server/terminal.h"

enum { FLUSH_BYTES = 64 * 1024 };

static bool write_out(struct report *report)
{
	const size_t length = report->out.len;

	report->out.len = 0;
	return length == 0 || fwrite(report->out.at, 1, length, stdout) == length;
}

static bool flush(struct report *report)
{
	return report->out.len < FLUSH_BYTES || write_out(report);
}

/* Whoever gave - by mistake would wait for ever. */
static void tell_of_terminal(const char *path)
{
	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		fprintf(stderr, "%s check: reading from the terminal; Ctrl-D ends it\n",
			commands_program());
}

/* As kubectl passes over them; but it does not say so. */
static void tell_of_folders(const char *path, const struct inputs *inputs)
{
	if (inputs->count && inputs->passed_over)
		fprintf(stderr, "%s check: '%s': %zu folder%s within it %s passed over%s\n",
			commands_program(), path, inputs->passed_over,
			inputs->passed_over == 1 ? "" : "s",
			inputs->passed_over == 1 ? "is" : "are",
			inputs->recursive ? ", as links are not followed"
					  : "; -R takes what is there, too");
}

static void tell_of_kustomization(const struct inputs *inputs)
{
	const char *const path = inputs->kustomization;
	const char *const slash = path ? strrchr(path, '/') : NULL;

	if (path == NULL)
		return;
	fprintf(stderr, "%s check: '%s'", commands_program(), path);
	if (inputs->kustomizations > 1)
		fprintf(stderr, " and %zu more are not built", inputs->kustomizations - 1);
	else
		fprintf(stderr, " is not built");
	if (inputs->patches)
		fprintf(stderr, ", and %zu patch%s passed over", inputs->patches,
			inputs->patches == 1 ? " is" : "es are");
	fprintf(stderr, ": %skubectl kustomize %.*s | %s check -\n",
		inputs->kustomizations > 1 ? "build each: " : "", slash ? (int)(slash - path) : 1,
		slash ? path : ".", commands_program());
}

static void check_argument(struct check_run *c, struct settings *s, const char *path)
{
	struct inputs inputs = {.recursive = settings_bool(s, SETTING_RECURSIVE)};
	struct err err;

	if (!inputs_add(&s->arena, &inputs, path, &err))
		report_unreadable(&c->report,
			&(struct report_remark){.file = path, .text = str_from(err.text)});
	tell_of_terminal(path);
	tell_of_folders(path, &inputs);
	tell_of_kustomization(&inputs);
	for (size_t i = 0; i < inputs.count && !c->failed; i++)
		check_run_file(c, inputs.paths[i]);
}

/* -n alone says where; beside a file it says of which namespace that is. */
static bool wants_cluster(const struct settings *s)
{
	return settings_bool(s, SETTING_ALL_NAMESPACES) ||
	       (s->argument_count == 0 && settings_str(s, SETTING_NAMESPACE).len > 0);
}

static const char *given_or_null(const struct settings *s, enum setting setting)
{
	const struct str value = settings_str(s, setting);

	return value.len ? value.at : NULL;
}

static void check_stored(struct check_run *c, const struct settings *s)
{
	const struct kube_config_options options = {
		.kubeconfig = given_or_null(s, SETTING_KUBECONFIG),
		.context = given_or_null(s, SETTING_CONTEXT),
		.terminal = isatty(STDIN_FILENO) == 1,
	};
	const bool all = settings_bool(s, SETTING_ALL_NAMESPACES);
	struct kube_config *config;
	struct err err;

	if (!kube_transport_load(&err) || !kube_config_load(&options, &config, &err)) {
		report_unreadable(&c->report,
			&(struct report_remark){.file = "cluster", .text = str_from(err.text)});
		return;
	}
	struct kube_client *client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(config, "raygate/" RAYGATE_VERSION)});

	check_cluster(c, client, all ? NULL : given_or_null(s, SETTING_NAMESPACE));
	kube_client_free(&client);
	kube_config_free(&config);
}

static int exit_code(const struct settings *s, const struct report_counts *counts)
{
	if (counts->unreadable)
		return EXIT_UNREADABLE;
	if (counts->refused || (counts->warnings && settings_bool(s, SETTING_WARNINGS_AS_ERRORS)))
		return EXIT_REFUSED;
	return EXIT_FINE;
}

static int run(struct settings *s, const struct report_format *format, const struct policy *policy)
{
	struct check_run work;

	check_run_init(&work, policy, format);
	/* What is stored has been defaulted, or was not to be. */
	work.judge.defaults = settings_str(s, SETTING_POLICY).len > 0 && !wants_cluster(s);
	work.judge.namespace = settings_str(s, SETTING_NAMESPACE);
	work.report.color = terminal_wants_color(settings_str(s, SETTING_COLOR));
	work.report.quiet = settings_bool(s, SETTING_QUIET);
	work.flush = flush;
	report_begin(&work.report);
	if (wants_cluster(s))
		check_stored(&work, s);
	for (size_t i = 0; i < s->argument_count; i++)
		check_argument(&work, s, s->arguments[i].at);
	report_end(&work.report);
	int code = exit_code(s, &work.report.counts);

	if (work.failed || !write_out(&work.report) || fflush(stdout) != 0) {
		fprintf(stderr, "%s check: write to standard output: %s\n", commands_program(),
			strerror(errno));
		code = EXIT_UNREADABLE;
	}
	check_run_done(&work);
	return code;
}

static int run_without_policy(struct settings *s, const struct report_format *format)
{
	struct policy *policy = policy_empty();
	const int code = run(s, format, policy);

	policy_free(&policy);
	return code;
}

static void tell_of_policy(const char *source, struct str what)
{
	fprintf(stderr, "%s check: policy '%s': %.*s\n", commands_program(), source, STR_ARG(what));
}

static int run_with_policy(struct settings *s, const struct report_format *format)
{
	static const struct policy_hooks HOOKS = {policy_trial, tell_of_policy};
	struct err err;
	struct policy_store *store =
		policy_store_new_tried(settings_str(s, SETTING_POLICY).at, &HOOKS, &err);

	if (store == NULL) {
		fprintf(stderr, "%s check: %s\n", commands_program(), err.text);
		return EXIT_UNREADABLE;
	}
	const struct policy *const policy = policy_store_acquire(store);
	struct str doubt;

	for (size_t at = 0; (doubt = policy_next_doubt(policy, &s->arena, &at)).len;)
		tell_of_policy(policy->source.at, doubt);
	const int code = run(s, format, policy);

	policy_store_release(store, policy);
	policy_store_free(&store);
	return code;
}

int cmd_check(struct settings *s)
{
	const struct report_format *const format =
		report_format_find(settings_str(s, SETTING_OUTPUT));

	if (s->argument_count && settings_bool(s, SETTING_ALL_NAMESPACES))
		return commands_usage_error(
			"check", "-A judges what the cluster stores: give it no files");
	if (s->argument_count == 0 && !wants_cluster(s))
		return commands_usage_error("check",
			"needs a file, a folder, - for standard input, or -A for what the cluster "
			"stores; --help says more");
	return settings_str(s, SETTING_POLICY).len ? run_with_policy(s, format)
						   : run_without_policy(s, format);
}
