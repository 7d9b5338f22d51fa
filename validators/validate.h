/*
 * Walks the tables of rules over a decoded object and settles how grave each finding is: by the
 * rule's row, the policy, the object's own annotation, and by whether an update only leaves a
 * breach as it was.
 */
#pragma once

#include "api/field_prints.h"
#include "validators/rule.h"

/* What one version of an object may take when it is decoded: real ones need a tenth of it. */
enum { VALIDATE_DECODED_MAX = 32 * 1024 * 1024 };

/*
 * A whole object of which only the content is wanted: what is wrong with it is told elsewhere, or
 * nobody's business any more.
 */
struct ray_object *validate_decode(struct arena *arena, enum ray_kind kind, enum dialect dialect,
	const struct json_node *root);

/* What the rules say of the old object, whatever is tried with the new one. */
struct validate_old {
	bool judged;
	struct field_prints prints;
};

struct validation {
	struct arena *arena;
	const struct policy *policy;
	struct str namespace;
	bool strict; /* an unknown field is an error, as kubectl refuses it; else a warning */
	const struct ray_object *object;
	struct field_errors *errors; /* of decoding; rules add theirs */
	bool crd_defaults;           /* with which the object was decoded */
	bool every_rule; /* for tests: also those whose parts the object lacks, and on all groups */
	/* UPDATE alone: decoded shallowly, and the node it came from. */
	const struct ray_object *old;
	const struct json_node *old_node;
	struct validate_old *old_verdict; /* kept from one settling to the next; or NULL */
};

/* A field error whose severity is settled; never FIELD_SEVERITY_OFF. */
struct finding {
	const struct field_error *error;
	const struct rule *rule;
	enum field_severity severity;
	bool was_there; /* an error that the old object has in the same way: only a warning */
};

/* Findings of a rule that a long list only counted. */
struct unlisted {
	const struct rule *rule;
	enum field_severity severity; /* settled, as a finding's is */
	size_t count;
};

struct findings {
	struct finding *items; /* errors first; then in the order in which they were found */
	size_t count;
	size_t errors;   /* items[0 .. errors) */
	size_t warnings; /* the others */
	size_t silenced;
	/* No errors of them where an old object may have them. */
	struct unlisted *unlisted;
	size_t unlisted_count;
	size_t unlisted_errors, unlisted_warnings; /* sums of that */
	bool crd;                                  /* some error is one that the CRD refuses too */
};

/* Runs every rule that fits the object; old against new where there is an old one. */
void validate_run(const struct validation *v);
/*
 * Settles everything that is in v->errors by now. Decodes the old object whole and runs the rules
 * on it when there is an error that it might have had too.
 */
void validate_settle(const struct validation *v, struct findings *out);
