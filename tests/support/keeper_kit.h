/*
 * Two replicas' keepers of certificates before an API server in memory, at a time that stands still
 * until a test lets it pass. Both webhook configurations are there, with two webhooks each.
 */
#pragma once

#include "server/serve/cert_keeper.h"
#include "tests/support/fake_cluster.h"

#define KEEPER_SECRET     "/api/v1/namespaces/gate/secrets/raygate-tls"
#define KEEPER_WEBHOOKS   "/apis/admissionregistration.k8s.io/v1/"
#define KEEPER_VALIDATING KEEPER_WEBHOOKS "validatingwebhookconfigurations/raygate"
#define KEEPER_MUTATING   KEEPER_WEBHOOKS "mutatingwebhookconfigurations/raygate"
#define KEEPER_HOST       "raygate.gate.svc" /* what the pair is for */

/* Seconds that a pair is good for: an hour, where a test does not set another. */
extern int64_t keeper_life;

/* A configuration whose webhooks trust nobody yet. */
extern const char KEEPER_CONFIGURATION[];

/* A replica: what it serves, and what it told. */
struct keeper_replica {
	struct cert_keeper *keeper;
	struct health *health;
	struct kube_client *client;
	char *serves; /* PEM of the certificate, or NULL */
	bool leads;
	bool is_injected; /* as cert_keeper_options.is_injected */
	int takes, warnings;
	char warning[256];
};

struct keeper_world {
	struct fake_cluster *cluster;
	struct keeper_replica first, second; /* the first leads */
};

struct keeper_world *keeper_world_new(void);
/* Takes NULL and nulls; time goes on again. */
void keeper_world_free(struct keeper_world **w);

/* A replica that is in no world; `dir` as cert_keeper_options.dir. */
void keeper_replica_start(struct keeper_replica *r, struct fake_cluster *cluster, const char *dir);
void keeper_replica_done(struct keeper_replica *r);

void keeper_pass(int64_t seconds);
void keeper_both_look(struct keeper_world *w);

/* How many CAs the webhooks of a configuration trust, all the same; -1 when they differ. */
int keeper_cas_of(const struct keeper_world *w, const char *path);
/* Whether every webhook trusts what the replica serves. */
bool keeper_is_trusted(const struct keeper_world *w, const struct keeper_replica *r);
/* Fails the test when the part's state is another one. */
void keeper_expect_state(struct keeper_replica *r, enum health_part part, enum health_state state);
