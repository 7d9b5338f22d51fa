/* How grave a manifest's findings of one rule are: for tables of small cases. */
#pragma once

#include "api/field.h"

/*
 * The gravest finding of rule `id` in a manifest (YAML), OFF where there is none. The policy is the
 * built-in one. Fails the running test where the text cannot be read.
 */
enum field_severity verdict_grade(const char *id, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same where that is the policy (YAML) instead. */
enum field_severity verdict_grade_by(const char *policy, const char *id, const char *manifest);
/* Whether an error of the rule is told in words that end so. Built-in policy, as above. */
void verdict_expect_told(const char *id, const char *manifest, const char *end);
/* The grade for an UPDATE that leaves `old` as `now`. */
enum field_severity verdict_grade_update(const char *id, const char *old, const char *now);
/* That where the policy says that our own controller runs the clusters. */
enum field_severity verdict_grade_update_of_raygate(
	const char *id, const char *old, const char *now);
