/* What the server counts: one table of metrics, and the calls that count. */
#pragma once

#include "base/metrics.h"
#include "server/admission/admit.h"
#include "server/http/exchange.h"

enum telemetry_row {
	TELEMETRY_REQUESTS,
	TELEMETRY_DURATION,
	TELEMETRY_VIOLATIONS,
	TELEMETRY_STORED_VIOLATIONS,
	TELEMETRY_STORED_CLUSTERS,
	TELEMETRY_MALFORMED,
	TELEMETRY_HTTP,
	TELEMETRY_POLICY_RELOADS,
	TELEMETRY_CERTIFICATE_RELOADS,
	TELEMETRY_CERTIFICATE_EXPIRES,
	TELEMETRY_QUOTA_CLUSTERS,
	TELEMETRY_CONNECTIONS,
	TELEMETRY_IN_FLIGHT,
	TELEMETRY_BODY_BYTES,
	TELEMETRY_REAPED,
	TELEMETRY_HEALTH,
	TELEMETRY_LEADER,
	TELEMETRY_KUBE_REQUESTS,
	TELEMETRY_CONTROLLER_ACTIVE,
	TELEMETRY_CONTROLLER_CLUSTERS,
	TELEMETRY_CONTROLLER_PODS,
	TELEMETRY_CONTROLLER_RECONCILE,
	TELEMETRY_CONTROLLER_ACTIONS,
	TELEMETRY_CONTROLLER_QUEUE,
	TELEMETRY_CONTROLLER_QUEUE_AGE,
	TELEMETRY_CONTROLLER_READY,
	TELEMETRY_ROW_COUNT,
};

struct metrics *telemetry_new(void);
/* One review that was answered. */
void telemetry_admitted(struct metrics *metrics, enum admit_phase phase,
	const struct admit_outcome *outcome, int64_t nanoseconds);
const char *telemetry_phase(enum admit_phase phase);
/* One HTTP request that was answered, whatever with; an http_done_fn over the metrics. */
void telemetry_answered(const struct http_done *done, void *metrics);
