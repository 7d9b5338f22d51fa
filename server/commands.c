#include "server/commands.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/cmd_certs.h"
#include "server/cmd_check.h"
#include "server/cmd_completion.h"
#include "server/cmd_explain.h"
#include "server/cmd_man.h"
#include "server/cmd_plan.h"
#include "server/cmd_rules.h"
#include "server/cmd_serve.h"
#include "server/cmd_version.h"
#include "server/help.h"

static const char CHECK_TEXT[] =
	"Judges RayClusters, RayJobs, RayServices and RayCronJobs in YAML (also of several\n"
	"documents) and JSON: plain objects, Lists, and AdmissionReviews (the object against the\n"
	"old one). A folder stands for the *.yaml, *.yml and *.json in it, with -R also for those\n"
	"in the folders within it; - is standard input.\n"
	"Objects of other kinds are counted, not judged. -A, or -n without a file, judges what a\n"
	"cluster stores: look before the gate is installed, and after it was away.\n"
	"\n"
	"An object is judged as it would be stored: the defaults of the CRD are applied first, "
	"then\n"
	"those of the --policy. Without a policy there are rules alone, no limits and no quotas;\n"
	"with one, all clusters of a namespace together are held against its quota. An unknown\n"
	"field is an error, since kubectl refuses it.\n"
	"\n"
	"-o text shows each finding with its line, -o github marks it in a pull request, -o sarif\n"
	"is for code scanning (SARIF 2.1.0), -o junit for CI servers (a suite for each file), and\n"
	"-o json prints {objects: [{file, line, kind, apiVersion, namespace, name, allowed,\n"
	"findings: [{rule, severity, field, message, file, line, column, upstream}], unlisted:\n"
	"{errors, warnings}}], unreadable: [{file, line, column, message}], summary: {objects,\n"
	"refused, errors, warnings, others, unreadable}}; unlisted are the findings that are too\n"
	"many to be listed, and a line or column that is not known is 0.\n"
	"\n"
	"Exit codes: 0 fine (warnings may be), 1 refused, 2 wrong usage, 3 something could not be\n"
	"read (the rest is judged all the same).\n";

static const char PLAN_TEXT[] =
	"Prints, for each object of the file (or - for standard input):\n"
	"\n"
	"  patch      what the webhook would add: the policy's defaults and profiles, as a JSON\n"
	"             Patch (RFC 6902)\n"
	"  footprint  what the object with that patch costs: requests and limits of each group "
	"and\n"
	"             of the whole, at least, now and at most, as the scheduler and ResourceQuota\n"
	"             count them, with the containers that the controller injects; where the\n"
	"             policy has prices, what an hour of it costs\n"
	"  objects    what the controller that the policy names (KubeRay 1.7, or ours) creates\n"
	"             of a RayCluster: pods, Services, the account and role of the autoscaler,\n"
	"             the claim of the GCS's store\n"
	"\n"
	"Without --policy the policy of the chart `ray` is used, as in serve --offline. -o yaml\n"
	"prints the objects, with patch and footprint in comments before them; -o json the\n"
	"objects alone, as a List, with a member `refused` where objects of the file are not\n"
	"admitted, which names each and says how many errors it has; -o text all of these for\n"
	"people, the objects by name; -o report patch and footprint as JSON.\n"
	"\n"
	"Exit codes: 0 printed, 2 wrong usage, 3 the file cannot be read.\n";

static const char EXPLAIN_TEXT[] =
	"Reads a RayCluster, its pods, Events and logs, the quotas and limits of its namespace "
	"and\n"
	"the nodes, and says what keeps it from being what was asked for and what to do, the most\n"
	"important first. NAME is that of a RayCluster of ray.io, or else of cluster.ray.io, or of "
	"a\n"
	"RayJob or RayService, whose RayCluster is explained. TYPE is rayclusters.ray.io,\n"
	"rayclusters.cluster.ray.io, rayjob or rayservice. Without a name each RayCluster of the\n"
	"namespace has a line, the most troubled first, with -A each of all namespaces. It\n"
	"changes nothing.\n"
	"\n"
	"It needs the right to read what it looks at: get and list rayclusters; list pods, "
	"events,\n"
	"resourcequotas, limitranges, services, endpointslices, persistentvolumeclaims,\n"
	"serviceaccounts, roles, rolebindings; get pods/log; and of the cluster list nodes and\n"
	"leases. What may not be read is told in the last lines, and the rest is explained all "
	"the\n"
	"same. With --policy its rules and quotas hold, too.\n"
	"\n"
	"-o json prints {clusters: [{apiVersion, kind, namespace, name, asAsked, state, findings:\n"
	"[{grade, headline, evidence, advice}]}], unread: [{what, why}]}.\n"
	"\n"
	"Exit codes: 0 all is as asked, 1 something is wrong, 2 wrong usage, 3 it cannot be "
	"read.\n";

static const char RULES_TEXT[] =
	"Lists every rule, or explains the one with that id or name. A policy can make a rule an\n"
	"error, a warning, or turn it off; the annotation raygate.dev/silence: ID,ID on an object\n"
	"silences warnings.\n"
	"\n"
	"upstream is what of KubeRay refuses it, too (its operator does so once the object is\n"
	"stored), or the issue in which people met it.\n"
	"\n"
	"Exit codes: 0 printed, 2 wrong usage or no such rule.\n";

static const char CERTS_TEXT[] =
	"mint writes a CA and a serving certificate; inspect shows what a folder or a file holds;\n"
	"verify says whether a folder's certificate can be served; ask sends a review to the gate\n"
	"at a URL, as an API server that knows the folder's ca.crt does, and says whether it\n"
	"answers. Mint's default for --host is localhost, 127.0.0.1, ::1 and this machine's name.\n"
	"\n"
	"Exit codes: 0 fine, 1 not in order (verify) or no answer (ask), 2 wrong usage, 3 cannot\n"
	"read or write.\n";

static const char SERVE_TEXT[] =
	"Answers POST /mutate and /validate over TLS, and GET /healthz, /livez, /readyz and\n"
	"/metrics on a plain port. In a cluster the replicas share a certificate in a Secret, "
	"renew\n"
	"it, and keep the caBundle of their webhooks right. The one that leads also makes pods,\n"
	"Services and status of the RayClusters; not with --no-controller, and not of ray.io "
	"where\n"
	"a KubeRay does. --offline needs no cluster, and is admission alone.\n"
	"\n"
	"Without --policy there are rules alone, no defaults, limits and quotas; with --offline\n"
	"it is that of the chart `ray`. A new version of the file is taken within a second.\n"
	"\n"
	"SIGTERM drains and ends it; SIGHUP reads policy and certificate again at once.\n"
	"\n"
	"Exit codes: 0 stopped by a signal, 2 wrong usage, 3 it could not start.\n";

static const char CERTS_USAGE[] = "mint --cert-dir DIR [--host NAME]... [--force]\n"
				  "inspect FILE [-o FORMAT]\n"
				  "inspect --cert-dir DIR [--host NAME]... [-o FORMAT]\n"
				  "verify --cert-dir DIR [--host NAME]... [-o FORMAT]\n"
				  "ask URL --cert-dir DIR";

static const char COMPLETION_TEXT[] = "  bash  source <(raygate completion bash)\n"
				      "  zsh   source <(raygate completion zsh)\n"
				      "  fish  raygate completion fish | source\n";

static const struct command_row COMMANDS[] = {
	{"serve", cmd_serve, COMMAND_SERVE, "serve the admission webhook, and run RayClusters",
		"[OPTION]...", SERVE_TEXT, NULL, ""},
	{"check", cmd_check, COMMAND_CHECK, "judge manifests, or what a cluster stores",
		"FILE... [OPTION]...\n- [OPTION]...\n-A|-n NAMESPACE [OPTION]...", CHECK_TEXT,
		"text|json|sarif|junit|github", NULL},
	{"plan", cmd_plan, COMMAND_PLAN,
		"show what is added to an object, what it costs, and what it becomes",
		"FILE [OPTION]...", PLAN_TEXT, "yaml|json|text|report", NULL},
	{"explain", cmd_explain, COMMAND_EXPLAIN, "say why a cluster is not what was asked for",
		"NAME [OPTION]...\nTYPE/NAME [OPTION]...\n[-A] [OPTION]...", EXPLAIN_TEXT,
		"text|json", ""},
	{"rules", cmd_rules, COMMAND_RULES, "list the rules, or explain one", "[ID] [OPTION]...",
		RULES_TEXT, "text|markdown|json", ""},
	{"certs", cmd_certs, COMMAND_CERTS, "mint, inspect and verify the serving certificate",
		CERTS_USAGE, CERTS_TEXT, "text|json", "mint|inspect|verify|ask"},
	{"completion", cmd_completion, COMMAND_COMPLETION, "print the completions for a shell",
		"bash|zsh|fish", COMPLETION_TEXT, NULL, "bash|zsh|fish"},
	{"man", cmd_man, COMMAND_MAN, "print the manual page", "",
		"To read it: raygate man | man -l -\n", NULL, ""},
	{"version", cmd_version, COMMAND_VERSION, "print the version", "[OPTION]...", NULL,
		"text|json", ""},
};

const struct command_row *commands_at(size_t index)
{
	return index < ARRAY_LEN(COMMANDS) ? &COMMANDS[index] : NULL;
}

const struct command_row *commands_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++) {
		if (str_is(name, COMMANDS[i].name))
			return &COMMANDS[i];
	}
	return NULL;
}

const char *commands_suggest(struct str name)
{
	const char *nearest = NULL;
	size_t best = 3;

	for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++) {
		const size_t distance = str_distance(name, str_from(COMMANDS[i].name), best - 1);

		if (distance < best) {
			best = distance;
			nearest = COMMANDS[i].name;
		}
	}
	return nearest;
}

const char *commands_program(void)
{
	return strcmp(program_invocation_short_name, "kubectl-raygate") == 0 ? "kubectl raygate"
									     : "raygate";
}

bool commands_next_option(
	const struct command_row *command, size_t *at, struct settings_option *out)
{
	while (settings_option((*at)++, out)) {
		if (!(out->commands & (unsigned)command->id))
			continue;
		if (command->formats && strcmp(out->name, "output") == 0)
			out->value = command->formats;
		return true;
	}
	return false;
}

/* "text, json or yaml" */
static int unknown_format(const struct command_row *command, struct str format)
{
	CLEANUP(buf_done) struct buf list = {0};
	struct str rest = str_from(command->formats);

	while (rest.len) {
		buf_add(&list, str_cut(&rest, '|'));
		if (rest.len)
			buf_add_cstr(&list, str_find(rest, '|') < rest.len ? ", " : " or ");
	}
	return commands_usage_error(
		command->name, "-o is %.*s, not '%.*s'", STR_ARG(buf_str(&list)), STR_ARG(format));
}

int commands_help(const struct command_row *command)
{
	CLEANUP(buf_done) struct buf text = {0};

	help_print_command(command, &text);
	return commands_print(command->name, buf_str(&text), EXIT_FINE);
}

static int help_or_run(const struct command_row *command, struct settings *settings)
{
	const struct str format = settings_str(settings, SETTING_OUTPUT);

	if (settings_bool(settings, SETTING_HELP))
		return commands_help(command);
	if (command->formats && format.len && !settings_has_word(command->formats, format))
		return unknown_format(command, format);
	return command->run(settings);
}

int commands_run(const struct command_row *command, int argc, char **argv)
{
	struct settings settings;
	struct err err;
	int code;

	if (settings_load(&settings, command->id, argc, argv, &err))
		code = help_or_run(command, &settings);
	else
		code = commands_usage_error(command->name, "%s", err.text);
	settings_done(&settings);
	return code;
}

int commands_usage_error(const char *name, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s %s: ", commands_program(), name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	return EXIT_USAGE;
}

int commands_print(const char *name, struct str text, int code)
{
	if ((text.len == 0 || fwrite(text.at, 1, text.len, stdout) == text.len) &&
		fflush(stdout) == 0)
		return code;
	fprintf(stderr, "%s %s: write to standard output: %s\n", commands_program(), name,
		strerror(errno));
	return EXIT_UNREADABLE;
}
