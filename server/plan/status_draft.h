/*
 * A status in the making: each value is compared with what the object holds, and only what differs
 * is written. The difference of the greatest haste decides how soon.
 */
#pragma once

#include "base/json_edit.h"
#include "server/plan/round.h"

enum status_haste {
	STATUS_SAME,   /* nothing differs */
	STATUS_SLOWLY, /* only the words of something that is known already: 30 s after the last */
	STATUS_SOON,   /* likely to change again, as counters and addresses: 5 s after the last */
	STATUS_ENDS,   /* people count on it and it is over: as SOON, but then without a delay */
	STATUS_BEGINS, /* now; a first status, which nobody waits for, with a delay, a long one if
			  busy */
	STATUS_NOW,
};

struct status_condition {
	const char *type;
	bool status;
	struct str reason; /* what Kubernetes would refuse becomes "Unknown" */
	struct str message;
	int64_t generation; /* observedGeneration; 0: it has none */
	enum status_haste flip, words;
};

struct status_draft {
	struct round *round;
	int64_t now;
	struct json_edit *was;        /* the object's */
	struct json_edit *patch;      /* members that differ */
	struct json_edit *conditions; /* all, as they will be; taken out of `was` */
	bool conditions_differ;
	bool first; /* there was no status */
	enum status_haste haste;
	size_t events; /* that go with the write; the last ones of the round */
};

void status_draft_init(
	struct status_draft *d, struct round *round, const struct json_node *status, int64_t now);
/* Adds the action where it is time for it. */
void status_draft_finish(struct status_draft *d);

/* The draft owns the value from here on. */
void status_put(
	struct status_draft *d, const char *key, struct json_edit *value, enum status_haste haste);
/* The same for a map, whose members that are no longer there are taken out. */
void status_put_map(
	struct status_draft *d, const char *key, struct json_edit *map, enum status_haste haste);
/* True when it was otherwise before. */
bool status_put_condition(struct status_draft *d, const struct status_condition *condition);
void status_drop_condition(struct status_draft *d, const char *type);
/* A warning that goes with the write. */
void status_warn(struct status_draft *d, const char *reason, struct str message);

/* RFC 3339, in seconds, as metav1.Time. */
struct str status_time(struct arena *arena, int64_t seconds);
