/*
 * The options of every command, as one table: long option, environment variable, key of the
 * --config file, default and help all come from a row. Flags win over the environment, the
 * environment over the file. Names are spelled as kubectl and kubebuilder spell them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum setting {
	SETTING_CONFIG,
	SETTING_HELP,
	/* serve */
	SETTING_OFFLINE,
	SETTING_WEBHOOK_BIND_ADDRESS,
	SETTING_OPS_BIND_ADDRESS,
	SETTING_CERT_DIR,
	SETTING_POLICY,
	SETTING_GRACE_PERIOD,
	SETTING_THREADS,
	SETTING_LOG_LEVEL,
	SETTING_LOG_FORMAT,
	SETTING_NO_WELCOME,
	SETTING_CLIENT_CA,
	/* serve in a cluster */
	SETTING_KUBECONFIG,
	SETTING_CONTEXT,
	SETTING_NO_CONTROLLER,
	SETTING_NO_PREFLIGHT,
	SETTING_PREFLIGHT_SECRETS,
	SETTING_CERT_SECRET,
	SETTING_CERT_LIFETIME,
	SETTING_WEBHOOK_CONFIGURATION,
	SETTING_CA_INJECTED,
	SETTING_WEBHOOK_SERVICE,
	SETTING_WEBHOOK_HOSTS,
	SETTING_LEASE,
	SETTING_WATCH_NAMESPACE,
	SETTING_OWN_NAMESPACE,
	SETTING_CLUSTER_DOMAIN,
	/* check, plan, explain, rules */
	SETTING_OUTPUT,
	SETTING_QUIET,
	SETTING_NAMESPACE,
	SETTING_ALL_NAMESPACES,
	SETTING_RECURSIVE,
	SETTING_WARNINGS_AS_ERRORS,
	SETTING_COLOR,
	/* certs */
	SETTING_HOST,
	SETTING_FORCE,
	SETTING_COUNT,
};

enum command {
	COMMAND_SERVE = 1 << 0,
	COMMAND_CHECK = 1 << 1,
	COMMAND_PLAN = 1 << 2,
	COMMAND_CERTS = 1 << 3,
	COMMAND_RULES = 1 << 4,
	COMMAND_EXPLAIN = 1 << 5,
	COMMAND_WITH_CONFIG = (1 << 6) - 1,
	COMMAND_COMPLETION = 1 << 6,
	COMMAND_MAN = 1 << 7,
	COMMAND_VERSION = 1 << 8,
	COMMAND_ALL = (1 << 9) - 1,
};

enum { SETTINGS_ARGUMENTS_MAX = 4096 }; /* files of one `check` */

struct settings {
	struct arena arena;
	struct str values[SETTING_COUNT]; /* text, checked against the row's type */
	bool given[SETTING_COUNT];        /* by flag, environment or file, not by default */
	struct str *arguments;            /* what is no option, in order */
	size_t argument_count;
};

/*
 * Reads argv[1..] of a command. Options may stand anywhere; "--" ends them; "--name=value",
 * "--name value", "-o value" and "-ovalue" are the same; an option given again replaces the
 * earlier one, or adds to it where the row is a list. The error is a sentence for the user.
 */
bool settings_load(struct settings *settings, enum command command, int argc, char *const *argv,
	struct err *err) MUST_CHECK;
void settings_done(struct settings *settings);

struct str settings_str(const struct settings *settings, enum setting setting);
bool settings_bool(const struct settings *settings, enum setting setting);
int64_t settings_int(const struct settings *settings, enum setting setting);
/* Nanoseconds. */
int64_t settings_duration(const struct settings *settings, enum setting setting);
/* The n-th item of a list; false, and nothing that counts in `out`, behind the last. */
bool settings_item(
	const struct settings *settings, enum setting setting, size_t n, struct str *out);

/* Whether it is one of the words that are parted by |. */
bool settings_has_word(const char *words, struct str value);

/* An option as its row says it, for --help, completions and the manual. */
struct settings_option {
	const char *name, *help;
	char letter;       /* '\0': none */
	const char *value; /* what stands for its value, or its words parted by |; NULL: a switch */
	const char *fallback; /* what holds where it is not given; "": `help` says it */
	unsigned commands;    /* enum command */
};

/* The options in the order of the table; false behind the last. */
bool settings_option(size_t index, struct settings_option *out);
