/*
 * One object decoded, defaulted and judged: the middle of every admission and of `raygate check`.
 * What is judged is what would be stored: the object with our patch applied.
 */
#pragma once

#include "api/patch.h"
#include "validators/validate.h"

struct mutation_input {
	struct arena *arena;
	const struct policy *policy;
	struct str namespace;
	enum ray_kind kind;
	enum dialect dialect;
	const struct json_node *object;
	struct str api_version;      /* of an object that leaves that and its kind unsaid; or "" */
	const struct json_node *old; /* UPDATE alone */
	bool defaults;               /* apply the policy's; /validate judges what it received */
	bool crd_defaults;           /* and the CRD's, which an API server would have applied */
	const struct schema_spelling *spelling; /* of the object's numbers; or NULL */
	bool strict;                            /* unknown fields are errors */
};

/* Everything lives in the arena or in what the input points to. */
struct mutation {
	struct validation validation; /* points into this struct: it cannot be copied */
	struct ray_object *object;
	struct ray_object *old; /* shallow: its pod templates are nodes */
	struct validate_old *old_verdict;
	struct field_errors errors;
	struct findings findings;
	struct patch patch; /* empty: nothing to add */
	bool judged;
	const struct finding *worse; /* the first that kept some defaults out; or NULL */
};

/*
 * Never makes an object worse: where the policy's defaults would break a rule that the object as
 * it came does not break, less is added, and a warning says so.
 */
struct mutation *mutation_run(const struct mutation_input *in);
/* Settles the findings again, after more were added to out->errors. */
void mutation_settle(struct mutation *m);
