/* Admission reviews made and answered in process, as an API server would: patch applied, too. */
#pragma once

#include "server/admission/admit.h"

struct review_case {
	enum admit_phase phase;
	struct str object; /* JSON */
	struct str old;    /* JSON of the stored version; "" for a CREATE */
	struct str namespace;
	const char *uid;  /* of the request; NULL: always the same */
	const char *user; /* NULL: nobody is named */
	bool dry_run;
	const struct policy *policy;
	struct ledger *ledger;
};

struct review_result {
	bool allowed;
	struct str reply;  /* the AdmissionReview */
	struct str patch;  /* JSON Patch, "" without one */
	struct str object; /* the object with the patch applied */
	struct admit_outcome outcome;
};

/* Everything lives in the arena. Fails the running test where the reply is none that an API server
 * takes: wrong uid, a patch on a denial, a patch that does not apply. */
void review_run(struct arena *arena, const struct review_case *it, struct review_result *out);

/* The patch of a reply in clear; "" when it has none. */
struct str review_patch_of(struct arena *arena, struct str reply);

/* A policy from YAML or JSON text; fails the running test when it is broken. */
struct policy *review_policy(const char *text);
