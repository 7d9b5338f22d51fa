#include "server/serve/routes.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

/* A policy file of which nothing is known for so long is not said to be the one in force. */
#define POLICY_UNSEEN (5 * CLOCK_SECOND)

/* What was decided, as one line. Names of objects are data here, never a metric's label. */
static void log_decision(enum admit_phase phase, const struct admit_outcome *o, int64_t ns)
{
	const bool worth_telling =
		o->decision == ADMIT_DENIED || o->decision == ADMIT_WOULD_DENY || o->patched;
	const enum log_level level = worth_telling ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;

	if (!log_wants(level))
		return;
	log_event(level, admit_decision_name(o->decision), KV("webhook", telemetry_phase(phase)),
		KV("uid", o->uid), KV("kind", o->kind), KV("group", o->group),
		KV("namespace", o->namespace), KV("name", o->name), KV("operation", o->operation),
		KV("user", o->username), KV_BOOL("dryRun", o->dry_run),
		KV_BOOL("patched", o->patched), KV_INT("errors", o->errors),
		KV_INT("warnings", o->warnings), KV("rule", o->errors ? o->rules[0] : ""),
		KV_SECONDS("duration", ns), LOG_END);
}

static void answer_review(struct app *app, enum admit_phase phase,
	const struct http_request *request, struct http_response *response)
{
	const struct policy *const policy = policy_store_acquire(app->policy);
	const int64_t started = clock_now();
	const struct admit_input in = {
		.phase = phase,
		.body = request->body,
		.arena = request->arena,
		.policy = policy,
		.ledger = app->ledger,
		.facts = app->facts,
	};
	struct admit_outcome outcome;
	struct err err;

	if (admit(&in, &response->body, &outcome, &err)) {
		response->status = 200;
		response->content_type = "application/json";
		telemetry_admitted(app->metrics, phase, &outcome, clock_now() - started);
		log_decision(phase, &outcome, clock_now() - started);
	} else {
		metrics_count(app->metrics, TELEMETRY_MALFORMED, NULL);
		http_respond_status(
			response, err.code == ERR_TOO_LARGE ? 413 : 400, 0, "%s", err.text);
	}
	policy_store_release(app->policy, policy);
}

static void mutate(const struct http_request *request, struct http_response *response, void *app)
{
	answer_review(app, ADMIT_MUTATE, request, response);
}

static void validate(const struct http_request *request, struct http_response *response, void *app)
{
	answer_review(app, ADMIT_VALIDATE, request, response);
}

void routes_webhook(struct app *app, struct http_route out[ROUTES_WEBHOOK])
{
	out[0] = (struct http_route){"POST", "/mutate", "application/json", mutate, app};
	out[1] = (struct http_route){"POST", "/validate", "application/json", validate, app};
}

static void say(struct http_response *response, int status, const char *text)
{
	response->status = status;
	response->content_type = "text/plain; charset=utf-8";
	buf_add_cstr(&response->body, text);
}

static void healthz(const struct http_request *request, struct http_response *response, void *app)
{
	(void)request;
	(void)app;
	say(response, 200, "ok\n");
}

static bool is_listening(const struct app *app)
{
	return app->webhook != NULL;
}

static bool is_staying(const struct app *app)
{
	return !app->draining;
}

static bool certificate_is_valid(const struct app *app)
{
	return app->certificate_expires > clock_wall() / CLOCK_SECOND;
}

/* It is looked at each second, unless a look does not come back. */
static bool policy_is_current(const struct app *app)
{
	const int64_t looked = app->policy_looked;

	return !app->policy_broken && (looked == 0 || clock_now() - looked < POLICY_UNSEEN);
}

/* A policy file that is broken is shouted about, but the one in force goes on serving. */
static const struct {
	const char *name;
	bool (*holds)(const struct app *app);
	bool decides;
	const char *remedy;
} CHECKS[] = {
	{"listening", is_listening, true, "the webhook port is not open yet"},
	{"staying", is_staying, true, "the server is shutting down"},
	{"certificate", certificate_is_valid, true,
		"there is no serving certificate yet, or it has expired"},
	{"policy", policy_is_current, false,
		"the policy file is broken or gone (see the log), or its file system does not "
		"answer; the policy that was read last is in force"},
};

/* What the parts say of themselves; whether none that decides is bad. */
static bool add_health(struct health *health, bool verbose, struct buf *text)
{
	bool ready = true;

	for (enum health_part part = 0; part < HEALTH_PARTS; part++) {
		char words[HEALTH_TEXT];
		const enum health_state state = health_read(health, part, words);

		ready = ready && !health_denies(health, part);
		if (state == HEALTH_FINE && verbose)
			buf_printf(text, "[+]%s ok: %s\n", health_name(part), words);
		else if (state == HEALTH_BAD)
			buf_printf(text, "[-]%s: %s\n", health_name(part), words);
	}
	return ready;
}

static void readyz(const struct http_request *request, struct http_response *response, void *data)
{
	const struct app *const app = data;
	CLEANUP(buf_done) struct buf text = {0};
	struct str value;
	const bool verbose = http_query_get(request->query, "verbose", &value);
	bool ready = true;

	for (size_t i = 0; i < ARRAY_LEN(CHECKS); i++) {
		const bool holds = CHECKS[i].holds(app);

		ready = ready && (holds || !CHECKS[i].decides);
		if (holds && verbose)
			buf_printf(&text, "[+]%s ok\n", CHECKS[i].name);
		else if (!holds)
			buf_printf(&text, "[-]%s: %s\n", CHECKS[i].name, CHECKS[i].remedy);
	}
	ready = add_health(app->health, verbose, &text) && ready;
	buf_printf(&text, "readyz check %s\n", ready ? "passed" : "failed");
	response->status = ready ? 200 : 503;
	response->content_type = "text/plain; charset=utf-8";
	if (ready && !verbose)
		buf_add_cstr(&response->body, "ok\n");
	else
		buf_add(&response->body, buf_str(&text));
}

static void set(struct app *app, enum telemetry_row row, long long value)
{
	metrics_set(metrics_series(app->metrics, row, NULL), value);
}

static void set_health(struct app *app, const char *name, bool well)
{
	metrics_set(metrics_series(app->metrics, TELEMETRY_HEALTH, METRICS_VALUES(str_from(name))),
		well);
}

static void gather_health(struct app *app)
{
	for (size_t i = 0; i < ARRAY_LEN(CHECKS); i++)
		set_health(app, CHECKS[i].name, CHECKS[i].holds(app));
	for (enum health_part part = 0; part < HEALTH_PARTS; part++) {
		const enum health_state state = health_read(app->health, part, NULL);

		if (state != HEALTH_SILENT)
			set_health(app, health_name(part), state == HEALTH_FINE);
	}
}

static void gather(struct app *app)
{
	struct listener_stats stats;
	long long reaped = 0;

	if (app->certificate_expires)
		set(app, TELEMETRY_CERTIFICATE_EXPIRES, app->certificate_expires);
	gather_health(app);
	set(app, TELEMETRY_LEADER, app->leads);
	serve_controller_gather(app);
	set(app, TELEMETRY_QUOTA_CLUSTERS, (long long)ledger_count(app->ledger));
	if (app->webhook == NULL)
		return;
	listener_read_stats(app->webhook, &stats);
	for (size_t i = 0; i < HTTP_PHASE_COUNT; i++)
		reaped += stats.reaped[i];
	set(app, TELEMETRY_CONNECTIONS, stats.connections);
	set(app, TELEMETRY_IN_FLIGHT, stats.in_flight);
	set(app, TELEMETRY_BODY_BYTES, stats.memory_small + stats.memory_large);
	set(app, TELEMETRY_REAPED, reaped);
}

static void metrics(const struct http_request *request, struct http_response *response, void *data)
{
	struct app *const app = data;

	(void)request;
	gather(app);
	response->status = 200;
	response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_print(app->metrics, &response->body);
	metrics_print_process(&response->body);
}

static void index_page(
	const struct http_request *request, struct http_response *response, void *app)
{
	(void)request;
	(void)app;
	say(response, 200,
		"Raygate\n"
		"  /healthz          the process is alive\n"
		"  /readyz?verbose   it can answer reviews\n"
		"  /metrics          Prometheus\n"
		"Reviews are POSTed to /mutate and /validate on the TLS port.\n");
}

void routes_ops(struct app *app, struct http_route out[ROUTES_OPS])
{
	out[0] = (struct http_route){"GET", "/healthz", NULL, healthz, app};
	out[1] = (struct http_route){"GET", "/livez", NULL, healthz, app};
	out[2] = (struct http_route){"GET", "/readyz", NULL, readyz, app};
	out[3] = (struct http_route){"GET", "/metrics", NULL, metrics, app};
	out[4] = (struct http_route){"GET", "/", NULL, index_page, app};
}
