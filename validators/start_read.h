/* What a group's rayStartParams say, as far as it is known before a shell has read them. */
#pragma once

#include "validators/rule.h"

/* The parameter, where it is plainly a number; NULL where it is absent or nobody can know. */
const struct json_node *start_param_number(const struct rule_context *c,
	const struct ray_group *group, const char *name, int64_t *out);
/* In the arena. */
const struct field_path *start_param_path(
	const struct rule_context *c, const struct ray_group *group, const char *name);
/*
 * How grave it is at most where Ray does not start: an error on a head that KubeRay starts. Where
 * the user's own command does, or on a worker, a warning: the head of start_params.c says why.
 */
enum field_severity start_param_grade(const struct rule_context *c, const struct ray_group *group);
