/*
 * What the parts of the server that depend on a cluster say of themselves: one row each, for
 * /readyz?verbose and the metric raygate_health, beside the checks of serve/routes.c that need
 * none. A part that is not in use says nothing.
 *
 * Thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum health_part {
	HEALTH_CLUSTER,      /* we reach the API server */
	HEALTH_CERTIFICATES, /* the stored pair can be used */
	HEALTH_CA_BUNDLE,    /* what we serve leads to the caBundle of every webhook */
	HEALTH_QUOTA,        /* the RayClusters that quotas count are known */
	HEALTH_LEADER,       /* it is known who leads */
	HEALTH_CONTROLLER,   /* which RayClusters it reconciles, and why not others */
	HEALTH_FACTS,        /* what the preflight looks at is being followed */
	HEALTH_PARTS,
};

struct health;

struct health *health_new(void);
/* Takes NULL and nulls. */
void health_free(struct health **health);

/* The words stand behind "ok" or instead of it. True when the state is another one than before. */
bool health_fine(struct health *health, enum health_part part, const char *format, ...)
	PRINTF_LIKE(3, 4);
bool health_bad(struct health *health, enum health_part part, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Bad, and decides until that time of clock_now() alone: for what must not be waited for without
 * end. */
bool health_await(struct health *health, enum health_part part, int64_t until, const char *format,
	...) PRINTF_LIKE(4, 5);

enum health_state { HEALTH_SILENT, HEALTH_FINE, HEALTH_BAD };
enum { HEALTH_TEXT = 256 };

/* What the part said last; `text` may be NULL. */
enum health_state health_read(struct health *health, enum health_part part, char text[HEALTH_TEXT]);

/* "cluster", "certificates", …: stable. */
const char *health_name(enum health_part part);
/* Whether we are not ready because of this part. */
bool health_denies(struct health *health, enum health_part part);
