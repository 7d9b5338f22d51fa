/*
 * Defaulting: what the policy's defaults and profiles add where the user said nothing, and the
 * annotation that lets it survive the next apply. It only adds; it never rewrites a value that the
 * user wrote; and it is the same for the same input. Whether what it adds breaks a rule is seen by
 * server/admission/mutation.c, which then asks for less.
 */
#pragma once

#include "api/patch.h"
#include "api/policy.h"
#include "api/ray_object.h"

/* What we added, so that the user's own manifest, sent again, gives the same object again. */
#define DEFAULTS_ANNOTATION "raygate.dev/defaulted"

enum {
	DEFAULTS_RECORD_MAX = 16 * 1024,   /* bytes of the annotation's value */
	DEFAULTS_ANNOTATIONS_MAX = 262144, /* the API server's bound on all annotations */
};

/* How much is added; each step less. */
enum defaults_extent {
	DEFAULTS_ALL,
	DEFAULTS_RECORDED, /* only what is recorded is given back */
	DEFAULTS_NOTHING,  /* only the record is brought into line with the object */
};

struct defaults_input {
	struct arena *arena;
	const struct policy *policy;
	struct str namespace;
	const struct ray_object *object;
	const struct ray_object *old; /* UPDATE alone */
	struct field_errors *errors;  /* warnings about records that cannot be used */
	enum defaults_extent extent;  /* at most */
};

/*
 * The patch that the object needs, empty when it needs none: operations `add` alone, but for our
 * own annotation. Its texts live in the arena. With enforcement audit the extent is RECORDED at
 * most.
 */
void defaults_apply(const struct defaults_input *in, struct patch *out);
