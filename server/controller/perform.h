/* One write of the controller's, as a call to the API server, and what its answer means. */
#pragma once

#include "server/controller/writers.h"
#include "server/kube/client.h"

struct performer {
	struct kube_client *client;
	struct kube_stop *stop; /* ends calls when we do not lead any more */
	struct world *world;
	/* By threads that write: for metrics. `kind` and `result` are static words. Or NULL. */
	void (*count)(void *context, const char *kind, const char *result);
	/*
	 * Whether we still lead, asked before each write: a process that was stopped for long knows
	 * by its clock alone, before anybody tells it, that another one may lead. Or NULL.
	 */
	bool (*leads)(void *context);
	void *context;
};

/* Tells the world how it ended; a write_end as writers.h wants it. */
enum write_end perform(const struct performer *p, const struct write *write);
