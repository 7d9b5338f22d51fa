/*
 * The running server, as parts that start in order and stop in reverse. A part is a file
 * server/serve_*.c with a row in cmd_serve.c; what only it knows is behind its own pointer here.
 *
 * Each stop takes what never started, and what started half.
 */
#pragma once

#include <stdbool.h>

#include "api/raycluster.h"
#include "base/attr.h"
#include "base/err.h"
#include "server/config/settings.h"
#include "server/serve/app.h"
#include "server/serve/routes.h"

struct serving_pair;
struct serve_files;
struct serve_policy;
struct serve_cluster;
struct serve_certificates;
struct serve_leader;
struct serve_events;
struct serve_ledger;
struct serve_facts;
struct serve_controller;

struct server {
	const struct settings *settings;
	bool offline;
	struct app app;

	struct http_route webhook_routes[ROUTES_WEBHOOK];
	struct http_route ops_routes[ROUTES_OPS];
	struct listener *ops;
	char *client_ca;                         /* PEM, or NULL */
	struct serve_policy *policy;             /* NULL unless the policy is in a file */
	struct serve_files *files;               /* NULL unless the certificate is in a folder */
	struct serve_cluster *cluster;           /* NULL with --offline; see cluster.h */
	struct serve_certificates *certificates; /* NULL unless the cluster has to do with them */
	struct serve_leader *leader;             /* NULL with --offline, as all below */
	struct serve_events *events;
	struct serve_ledger *counted;
	struct serve_controller *controller; /* NULL with --no-controller, too */
	struct serve_facts *facts;           /* NULL with --no-preflight, too */
};

/* The policy: from its file, and again when that changes. */
MUST_CHECK bool serve_policy_start(struct server *s, struct err *err);
void serve_policy_stop(struct server *s);
/* Looks each second whether the file has changed; what then has to know of it must be started. */
MUST_CHECK bool serve_policy_watch(struct server *s, struct err *err);
/* Waits for a look that is under way, however long. */
void serve_policy_unwatch(struct server *s);
/* Reads it at once, even where it looks the same. */
void serve_policy_poke(struct server *s);
/* No change is told to anybody once this returns. Does not wait for a file that hangs. */
void serve_policy_rest(struct server *s);

/* Both ports. The ops port opens first, so that it can be asked what the other waits for. */
MUST_CHECK bool serve_ports_start(struct server *s, struct err *err);
void serve_ports_stop(struct server *s);
/*
 * The certificate to serve from now on: the first opens the webhook port, each later one is
 * swapped in without a pause. One thread at a time.
 */
MUST_CHECK bool serve_ports_take(
	struct server *s, const struct serving_pair *pair, struct err *err);
/* The end, after app.draining: still answering while endpoints leave us, closed, empty. */
void serve_ports_drain(struct server *s);

/* The certificate of a folder (--cert-dir), watched; offline minted where there is none. */
MUST_CHECK bool serve_files_start(struct server *s, struct err *err);
void serve_files_stop(struct server *s);
/* Looks at the folder at once. */
void serve_files_poke(struct server *s);
/* The folder's name; NULL when the certificate is not in one. */
const char *serve_files_dir(const struct server *s);

/* The client of the API server. Does not wait for the cluster to be there. */
MUST_CHECK bool serve_cluster_start(struct server *s, struct err *err);
void serve_cluster_stop(struct server *s);

/* The certificate that replicas share in a Secret, and the caBundle of our webhooks. */
/* What can be known to be wrong with its options before anything is started. */
MUST_CHECK bool serve_certificates_check(const struct server *s, struct err *err);
MUST_CHECK bool serve_certificates_start(struct server *s, struct err *err);
void serve_certificates_stop(struct server *s);
/* Looks at both at once. */
void serve_certificates_poke(struct server *s);

/* Which of the replicas does what only one may do: app.leads. */
MUST_CHECK bool serve_leader_start(struct server *s, struct err *err);
/* Gives the Lease away at once. May be called before the other parts are stopped, and again. */
void serve_leader_stop(struct server *s);
/* Whether the Lease is ours at this very moment, by the clock; to be asked while app.leads. */
bool serve_leader_leads(const struct server *s);

/* Events in our namespace, for what a person must see. Nothing to do offline. */
MUST_CHECK bool serve_events_start(struct server *s, struct err *err);
void serve_events_stop(struct server *s);

struct serve_event {
	const char *secret; /* what it is about; NULL: the Pod that we are */
	bool warning;
	const char *reason; /* CamelCase */
	const char *message;
};
/* Any thread; never waits. */
void serve_events_tell(struct server *s, const struct serve_event *event);

/* The RayClusters that are there, for the policy's quotas. */
MUST_CHECK bool serve_ledger_start(struct server *s, struct err *err);
void serve_ledger_stop(struct server *s);
/* The policy is another one: what they are charged, too. */
void serve_ledger_recount(struct server *s);

/* What else the cluster holds, for the preflight. */
MUST_CHECK bool serve_facts_start(struct server *s, struct err *err);
void serve_facts_stop(struct server *s);

/* The embedded controller (server/controller/controller.h). */
MUST_CHECK bool serve_controller_start(struct server *s, struct err *err);
void serve_controller_stop(struct server *s);
/* What the watch of RayClusters tells, which the ledger has. */
void serve_controller_see(struct server *s, enum dialect dialect, const struct json_node *object,
	struct arena *arena);
void serve_controller_unsee(
	struct server *s, enum dialect dialect, struct str namespace, struct str name);
void serve_controller_listing(struct server *s, enum dialect dialect);
void serve_controller_told(struct server *s, enum dialect dialect);
/* This replica leads, or does no longer: then nothing is written once this returns. */
void serve_controller_leads(struct server *s, bool leads);
/* The policy is another one. */
void serve_controller_judge(struct server *s);
/* Sets the metrics that are counted when they are asked for. */
void serve_controller_gather(struct app *app);
