/*
 * Findings into an answer: what is denied and how it reads in kubectl, helm and the API; what is
 * only warned of; what the audit log keeps.
 */
#pragma once

#include "api/admission.h"
#include "validators/validate.h"

struct verdict_input {
	struct arena *arena;
	const struct policy *policy;
	const struct admission_request *request;
	const struct ray_object *object;
	const struct findings *findings;
	bool may_deny; /* false: findings are left to the webhook that validates */
};

/*
 * Errors that a denial tells, by the turns of turns.h, or as many as there are rules, if that is
 * more; the last cause counts the others. Message and causes have the same ones.
 */
enum { VERDICT_CAUSES_MAX = 64 };

/* "spec.x: Invalid value: 3: … (RG0302)" */
struct str verdict_line(struct arena *arena, const struct finding *finding);
/*
 * Allowed or denied after the policy's enforcement. Everything the answer points to lives in the
 * arena or in what the input points to.
 */
void verdict_answer(const struct verdict_input *in, struct admission_answer *out);
