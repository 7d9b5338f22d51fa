/*
 * Who else reconciles: other controllers' Leases, followed. One counts as long as it is renewed: by
 * our own clock, as nobody's is believed, so one that is met for the first time counts for its
 * whole duration, three minutes at most.
 *
 * Thread-safe: one mutex, private to the file.
 */
#pragma once

#include "base/attr.h"
#include "server/kube/client.h"

enum rival {
	RIVAL_KUBERAY, /* reconciles ray.io */
	RIVAL_RAYGATE, /* another installation of ours, with a controller: reconciles both */
	RIVALS,
};

/* What the holder of a Lease of ours is called behind its name where it has a controller. */
#define RIVAL_CONTROLLER "_controller"
/* Where that controller looks at one namespace alone, which follows; believed of a Lease there. */
#define RIVAL_CONTROLLER_OF "_controller_of_"

struct rivals_options {
	struct kube_client *client;
	const char *namespace; /* where our own Lease is … */
	const char *lease;     /* … and its name, in every namespace */
	const char *watched;   /* the one namespace where Leases are looked at; NULL for all */
	/* Something may be otherwise now. By any thread. */
	void (*changed)(void *context);
	void *context;
};

struct rivals;

MUST_CHECK bool rivals_start(
	const struct rivals_options *options, struct rivals **out, struct err *err);
/* Takes NULL and nulls. */
void rivals_stop(struct rivals **rivals);

/* All Leases of that kind have been told once, or there are none to be had. */
bool rivals_known(struct rivals *rivals, enum rival rival);
enum { RIVAL_NAME = 320 };
/* Whether one of that kind reconciles, and not we; "namespace/holder" into `who`. */
bool rivals_met(struct rivals *rivals, enum rival rival, char who[RIVAL_NAME]);
/*
 * Whether this namespace is that of an installation which looks at no other. It cannot read our
 * Lease, so it does not stand back: we do, there, whoever led first.
 */
bool rivals_keep(struct rivals *rivals, struct str namespace);
/* A hash of all such namespaces: another one means that clusters are to be looked at. */
uint64_t rivals_kept(struct rivals *rivals);
