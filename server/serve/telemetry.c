#include "server/serve/telemetry.h"

#include <stdio.h>

enum { NAMESPACES_MAX = 200 };

static const struct metrics_row ROWS[TELEMETRY_ROW_COUNT] = {
	[TELEMETRY_REQUESTS] = {METRICS_COUNTER, "raygate_admission_requests_total",
		"Admission reviews answered, by webhook, kind, operation and decision.",
		{"webhook", "kind", "operation", "decision"}, 200},
	[TELEMETRY_DURATION] = {METRICS_HISTOGRAM, "raygate_admission_duration_seconds",
		"Time from a review's bytes to its answer's.", {"webhook"}, 4},
	[TELEMETRY_VIOLATIONS] = {METRICS_COUNTER, "raygate_rule_violations_total",
		"Errors found by rule and namespace, whether they denied or not.",
		{"rule", "namespace"}, NAMESPACES_MAX * 10},
	[TELEMETRY_STORED_VIOLATIONS] = {METRICS_GAUGE, "raygate_stored_violations",
		"RayClusters that are stored and break the rule, whenever they came.", {"rule"},
		400},
	[TELEMETRY_STORED_CLUSTERS] = {METRICS_GAUGE, "raygate_stored_clusters",
		"RayClusters that are stored, by whether they keep the rules.", {"group", "rules"},
		8},
	[TELEMETRY_MALFORMED] = {METRICS_COUNTER, "raygate_admission_malformed_total",
		"Bodies that were no AdmissionReview.", {NULL}, 0},
	[TELEMETRY_HTTP] = {METRICS_COUNTER, "raygate_http_requests_total",
		"HTTP requests answered, by route and status.", {"path", "code"}, 64},
	[TELEMETRY_POLICY_RELOADS] = {METRICS_COUNTER, "raygate_policy_reloads_total",
		"New contents of the policy file, or its loss, by what became of them.", {"result"},
		4},
	[TELEMETRY_CERTIFICATE_RELOADS] = {METRICS_COUNTER, "raygate_certificate_reloads_total",
		"New serving certificates, by what became of them.", {"result"}, 4},
	[TELEMETRY_CERTIFICATE_EXPIRES] = {METRICS_GAUGE,
		"raygate_certificate_expiration_timestamp_seconds",
		"When the serving certificate expires.", {NULL}, 0},
	[TELEMETRY_QUOTA_CLUSTERS] = {METRICS_GAUGE, "raygate_quota_clusters",
		"RayClusters that the process keeps count of for quotas.", {NULL}, 0},
	[TELEMETRY_CONNECTIONS] = {METRICS_GAUGE, "raygate_http_connections",
		"Connections open now.", {NULL}, 0},
	[TELEMETRY_IN_FLIGHT] = {METRICS_GAUGE, "raygate_http_requests_in_flight",
		"Requests at work now.", {NULL}, 0},
	[TELEMETRY_BODY_BYTES] = {METRICS_GAUGE, "raygate_http_body_bytes",
		"Memory that bodies of requests hold now.", {NULL}, 0},
	[TELEMETRY_REAPED] = {METRICS_COUNTER, "raygate_http_reaped_connections_total",
		"Connections ended because their client was too slow.", {NULL}, 0},
	[TELEMETRY_HEALTH] = {METRICS_GAUGE, "raygate_health",
		"1 while the part is well: the checks of /readyz?verbose.", {"part"}, 16},
	[TELEMETRY_LEADER] = {METRICS_GAUGE, "raygate_leader",
		"1 while this replica does what only one may do.", {NULL}, 0},
	[TELEMETRY_KUBE_REQUESTS] = {METRICS_COUNTER, "raygate_kube_requests_total",
		"Requests to the API server, by method and status.", {"method", "code"}, 64},
	[TELEMETRY_CONTROLLER_ACTIVE] = {METRICS_GAUGE, "raygate_controller_active",
		"1 while RayClusters of that group are reconciled here.", {"group"}, 4},
	[TELEMETRY_CONTROLLER_CLUSTERS] = {METRICS_GAUGE, "raygate_controller_clusters",
		"RayClusters that the controller knows, by what their status says and whether the "
		"spec is accepted.",
		{"group", "state", "accepted"}, 32},
	[TELEMETRY_CONTROLLER_PODS] = {METRICS_GAUGE, "raygate_controller_pods",
		"Pods of RayClusters that the controller knows.", {"group"}, 4},
	[TELEMETRY_CONTROLLER_RECONCILE] = {METRICS_HISTOGRAM,
		"raygate_controller_reconcile_duration_seconds",
		"Time to look at a RayCluster and plan what it needs.", {"group"}, 4},
	[TELEMETRY_CONTROLLER_ACTIONS] = {METRICS_COUNTER, "raygate_controller_actions_total",
		"Writes for RayClusters, by kind and what became of them.", {"action", "result"},
		32},
	[TELEMETRY_CONTROLLER_QUEUE] = {METRICS_GAUGE, "raygate_controller_queue_depth",
		"RayClusters that wait to be looked at now.", {NULL}, 0},
	[TELEMETRY_CONTROLLER_QUEUE_AGE] = {METRICS_GAUGE,
		"raygate_controller_queue_age_milliseconds",
		"How long the first of them has waited.", {NULL}, 0},
	[TELEMETRY_CONTROLLER_READY] = {METRICS_LONG_HISTOGRAM,
		"raygate_controller_time_to_ready_seconds",
		"From a RayCluster's creation until it is ready for the first time.", {"group"}, 4},
};

struct metrics *telemetry_new(void)
{
	return metrics_new(ROWS, ARRAY_LEN(ROWS));
}

const char *telemetry_phase(enum admit_phase phase)
{
	return phase == ADMIT_MUTATE ? "mutate" : "validate";
}

void telemetry_admitted(struct metrics *metrics, enum admit_phase phase,
	const struct admit_outcome *outcome, int64_t nanoseconds)
{
	const struct str webhook = str_from(telemetry_phase(phase));

	metrics_count(metrics, TELEMETRY_REQUESTS,
		METRICS_VALUES(webhook, outcome->kind, str_from(outcome->operation),
			str_from(admit_decision_name(outcome->decision))));
	metrics_observe(
		metrics_series(metrics, TELEMETRY_DURATION, METRICS_VALUES(webhook)), nanoseconds);
	if (phase != ADMIT_VALIDATE)
		return;
	for (size_t i = 0; i < outcome->errors; i++)
		metrics_count(metrics, TELEMETRY_VIOLATIONS,
			METRICS_VALUES(str_from(outcome->rules[i]), outcome->namespace));
}

/* A path that no route has is whatever a client thought of: no label. */
void telemetry_answered(const struct http_done *done, void *metrics)
{
	char code[16];

	snprintf(code, sizeof(code), "%d", done->status);
	metrics_count(metrics, TELEMETRY_HTTP,
		METRICS_VALUES(
			str_from(done->route ? done->route->path : "other"), str_from(code)));
}
