/*
 * The parts of a running server, put together by server.h and reached by the routes. All of it
 * lives from before the first listener starts until after the last has stopped.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/metrics.h"
#include "server/config/policy.h"
#include "server/controller/controller.h"
#include "server/facts/facts.h"
#include "server/http/listener.h"
#include "server/quota/ledger.h"
#include "server/serve/health.h"

struct app {
	struct policy_store *policy;
	struct ledger *ledger;
	struct controller *controller; /* NULL where there is none */
	struct facts *facts;           /* NULL without a cluster, or where it is not looked at */
	struct metrics *metrics;
	struct health *health;
	struct listener *_Atomic webhook; /* NULL until it listens */
	atomic_bool draining;
	atomic_bool leads;                /* this replica does what only one may do */
	atomic_bool policy_broken;        /* the file on disk is not the one in force */
	atomic_llong policy_looked;       /* clock_now() of the last look at it; 0: not watched */
	atomic_llong certificate_expires; /* seconds since 1970 */
};
