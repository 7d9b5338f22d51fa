#include "server/settings_table.h"

/* NULL is a switch; a letter of 0 is none. */
#define ROW(setting, ...) [setting] = {__VA_ARGS__}

/* In the order of the help. */
const struct settings_row SETTINGS_ROWS[SETTING_COUNT] = {
	ROW(SETTING_CONFIG, "config", 0, SETTINGS_STRING, COMMAND_ALL, "", "FILE",
		"YAML file with options: their long names are its keys"),
	ROW(SETTING_HELP, "help", 'h', SETTINGS_BOOL, COMMAND_ALL, "false", NULL, "this text"),
	ROW(SETTING_OFFLINE, "offline", 0, SETTINGS_BOOL, COMMAND_SERVE, "false", NULL,
		"admission alone, without any cluster: on loopback, with a certificate minted for "
		"it"),
	ROW(SETTING_WEBHOOK_BIND_ADDRESS, "webhook-bind-address", 0, SETTINGS_STRING, COMMAND_SERVE,
		"", "ADDRESS:PORT",
		"where /mutate and /validate are served over TLS (:9443; with --offline "
		"127.0.0.1:9443)"),
	ROW(SETTING_OPS_BIND_ADDRESS, "ops-bind-address", 0, SETTINGS_STRING, COMMAND_SERVE, "",
		"ADDRESS:PORT",
		"where /healthz, /readyz and /metrics are served (:8080; with --offline "
		"127.0.0.1:8080)"),
	ROW(SETTING_CERT_DIR, "cert-dir", 0, SETTINGS_STRING, COMMAND_SERVE | COMMAND_CERTS, "",
		"DIR", "folder of tls.crt, tls.key and ca.crt"),
	ROW(SETTING_POLICY, "policy", 0, SETTINGS_STRING,
		COMMAND_SERVE | COMMAND_CHECK | COMMAND_PLAN, "", "FILE",
		"policy with defaults, limits, quotas and severities"),
	ROW(SETTING_GRACE_PERIOD, "grace-period", 0, SETTINGS_DURATION, COMMAND_SERVE, "", "TIME",
		"how long requests are still taken after SIGTERM (15s; with --offline 0s)"),
	ROW(SETTING_THREADS, "threads", 0, SETTINGS_INT, COMMAND_SERVE, "8", "N",
		"threads that answer reviews"),
	ROW(SETTING_LOG_LEVEL, "log-level", 0, SETTINGS_WORD, COMMAND_SERVE, "info",
		"error|warn|info|debug", "what is logged"),
	ROW(SETTING_LOG_FORMAT, "log-format", 0, SETTINGS_WORD, COMMAND_SERVE, "auto",
		"auto|text|json", "text for people, JSON for machines; auto looks for a terminal"),
	ROW(SETTING_CLIENT_CA, "client-ca", 0, SETTINGS_STRING, COMMAND_SERVE, "", "FILE",
		"CA of the clients that are answered on the webhook port (PEM); others get 401"),
	ROW(SETTING_QUIET, "quiet", 'q', SETTINGS_BOOL, COMMAND_SERVE | COMMAND_CHECK, "false",
		NULL, "say only what is wrong"),
	ROW(SETTING_KUBECONFIG, "kubeconfig", 0, SETTINGS_STRING, COMMAND_SERVE, "", "FILE",
		"which cluster, and as whom; else $KUBECONFIG, the pod's service account, "
		"~/.kube/config"),
	ROW(SETTING_CONTEXT, "context", 0, SETTINGS_STRING, COMMAND_SERVE, "", "NAME",
		"context of the kubeconfig, instead of its current one"),
	ROW(SETTING_NO_CONTROLLER, "no-controller", 0, SETTINGS_BOOL, COMMAND_SERVE, "false", NULL,
		"admission alone: nothing is created or changed for a RayCluster"),
	ROW(SETTING_CERT_SECRET, "cert-secret", 0, SETTINGS_STRING, COMMAND_SERVE, "raygate-tls",
		"NAME",
		"Secret where the replicas keep CA and certificate, unless --cert-dir is given "
		"(raygate-tls)"),
	ROW(SETTING_CERT_LIFETIME, "cert-lifetime", 0, SETTINGS_DURATION, COMMAND_SERVE, "", "TIME",
		"how long a certificate in the Secret is valid; its CA lives ten times as long "
		"(8760h)"),
	ROW(SETTING_WEBHOOK_CONFIGURATION, "webhook-configuration", 0, SETTINGS_STRING,
		COMMAND_SERVE, "raygate", "NAME",
		"validating and mutating webhook configuration whose caBundle is kept right; empty "
		"for none (raygate)"),
	ROW(SETTING_WEBHOOK_SERVICE, "webhook-service", 0, SETTINGS_STRING, COMMAND_SERVE,
		"raygate", "NAME", "Service by which the API server calls (raygate)"),
	ROW(SETTING_WEBHOOK_HOSTS, "webhook-hosts", 0, SETTINGS_LIST, COMMAND_SERVE, "", "NAME,...",
		"more names or addresses for the certificate, where the API server calls by URL"),
	ROW(SETTING_LEASE, "lease", 0, SETTINGS_STRING, COMMAND_SERVE, "raygate-controller", "NAME",
		"Lease by which the replicas choose their leader (raygate-controller)"),
	ROW(SETTING_OUTPUT, "output", 'o', SETTINGS_STRING,
		COMMAND_CHECK | COMMAND_PLAN | COMMAND_CERTS | COMMAND_RULES, "", "FORMAT",
		"format of what is printed"),
	ROW(SETTING_NAMESPACE, "namespace", 'n', SETTINGS_STRING,
		COMMAND_SERVE | COMMAND_CHECK | COMMAND_PLAN, "", "NAME",
		"namespace of objects that name none; of serve, where it runs itself"),
	ROW(SETTING_WARNINGS_AS_ERRORS, "warnings-as-errors", 0, SETTINGS_BOOL, COMMAND_CHECK,
		"false", NULL, "exit with 1 when there are warnings, too"),
	ROW(SETTING_COLOR, "color", 0, SETTINGS_WORD, COMMAND_CHECK, "auto", "auto|always|never",
		"colours; auto looks for a terminal and heeds NO_COLOR"),
	ROW(SETTING_HOST, "host", 0, SETTINGS_LIST, COMMAND_CERTS, "", "NAME",
		"DNS name or IP address that the certificate serves; may be given again"),
	ROW(SETTING_FORCE, "force", 0, SETTINGS_BOOL, COMMAND_CERTS, "false", NULL,
		"mint: a new CA, too, and replace what was not minted here"),
};
