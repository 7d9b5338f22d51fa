/* A manifest's verdict as text, the way the golden files hold it. */
#pragma once

#include "api/policy.h"
#include "base/buf.h"
#include "server/facts/facts.h"
#include "server/quota/ledger.h"
#include "validators/validate.h"

struct verdict_case {
	struct str object; /* YAML */
	struct str old;    /* YAML of the version before; "" for a CREATE */
	const struct policy *policy;
	bool defaults;         /* the policy's are applied, too */
	struct facts *facts;   /* NULL: nothing is known of a cluster */
	struct ledger *ledger; /* NULL: it is compared with its quota by itself */
};

/*
 * Judges as `raygate check` does: the CRD's defaults are taken, unknown fields are errors. The
 * findings live in the arena. Fails the running test where a text cannot be read, and where rules
 * that are not run for the object would find something.
 */
void verdict_judge(struct arena *arena, const struct verdict_case *it, struct findings *out);
/* One line a finding: "error RG0302 spec.x: Invalid value: 3: …". */
void verdict_print(const struct findings *findings, struct buf *out);
