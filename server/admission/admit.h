/*
 * One admission request: bytes in, bytes out. No HTTP, no clock, no I/O but the reservation of
 * quota. Any number of threads at once, each with its own arena.
 */
#pragma once

#include "api/admission.h"
#include "api/policy.h"
#include "server/facts/facts.h"
#include "server/quota/ledger.h"

enum admit_phase {
	ADMIT_MUTATE,
	ADMIT_VALIDATE,
};

enum admit_decision {
	ADMIT_ALLOWED,
	ADMIT_DENIED,
	ADMIT_WOULD_DENY, /* admitted, because enforcement is warn or audit */
	ADMIT_PASSED,     /* not judged: a delete, a finalizer, nothing changed, not our kind */
	ADMIT_BUSY,       /* asked to come again: 429 */
};

struct admit_input {
	enum admit_phase phase;
	struct str body;
	struct arena *arena;
	const struct policy *policy;
	struct ledger *ledger; /* NULL: quotas are not held here */
	struct facts *facts;   /* NULL: nothing is known of a cluster */
};

/* What happened, for the log and the metrics. Strings live in the arena or the body. */
struct admit_outcome {
	enum admit_decision decision;
	struct str uid, namespace, name, kind, group, username;
	const char *operation;
	bool dry_run, patched;
	size_t errors, warnings;
	const char *const *rules; /* ids of the errors, in their order, not made unique */
};

/*
 * Appends the answer, an AdmissionReview, to `reply`. False when the body is none that can be
 * answered: then nothing is written and `err` says what to tell the client (4xx).
 */
bool admit(const struct admit_input *in, struct buf *reply, struct admit_outcome *outcome,
	struct err *err) MUST_CHECK;

const char *admit_decision_name(enum admit_decision decision);
