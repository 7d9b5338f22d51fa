/*
 * Small clusters for tests of rules: a head (and, where asked for, one group of workers) of
 * ray.io/v1 with the members that a test adds, judged by every rule.
 */
#pragma once

#include "api/field.h"

/* Members in JSON, without the braces around them; NULL for none. */
struct rules_example {
	const char *meta;      /* of metadata, beside the name "example" */
	const char *spec;      /* of the cluster's spec */
	const char *head;      /* of headGroupSpec, beside template */
	const char *pod;       /* of the head's pod spec, beside containers */
	const char *container; /* of its container "ray-head" instead of image and resources */
	const char *more;      /* more containers, each behind a comma */
};

/* The gravest finding of that rule; FIELD_SEVERITY_OFF when there is none. */
enum field_severity rules_kit_grade(const struct rules_example *example, const char *rule);
/* The same for a whole object as JSON. */
enum field_severity rules_kit_judge(const char *object, const char *rule);
/* For an UPDATE from `old` to `object`. */
enum field_severity rules_kit_update(const char *old, const char *object, const char *rule);
/* The object of an example, which the caller frees. */
char *rules_kit_object(const struct rules_example *example);
