/* The parts of a preflight, each in a file of its own; only preflight.c calls them. */
#pragma once

#include "server/admission/preflight.h"
#include "validators/footprint.h"
#include "validators/preflight.h"

struct preflight {
	const struct preflight_input *in;
	struct field_errors *errors;
	const struct ray_object *object; /* what is looked at: the new version or the old one */
	/*
	 * Its cluster as the pods will be: containers completed by the defaults of the namespace's
	 * LimitRanges (LimitRanger runs when a pod is created). Groups in the order of the
	 * object's.
	 */
	const struct ray_object *completed;
	const struct ray_object **old; /* the version before, once it was needed: preflight_old() */
	size_t node_looks;             /* spent so far */
};

enum { PREFLIGHT_NODE_LOOKS_MAX = 100000 }; /* pods times nodes in one review */

/* Adds a finding of that rule; the format as in field_add(). */
void preflight_found(struct preflight *p, const char *rule, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...)
	PRINTF_LIKE(6, 7);
/* The version before, decoded whole; NULL on CREATE, and while that version itself is looked at. */
const struct ray_object *preflight_old(struct preflight *p);
/* All that the size of a pod hangs on, for `reads`. */
struct field_reads preflight_pod_reads(struct arena *arena, const struct pod_template *template);

void preflight_names(struct preflight *p, const struct pod_template *template);
void preflight_cert_manager(struct preflight *p);
void preflight_head_service(struct preflight *p);
void preflight_gcs_store(struct preflight *p);
void preflight_options(struct preflight *p);
const struct ray_object *preflight_complete(
	const struct preflight_input *in, const struct ray_object *object);
void preflight_limit_ranges(
	struct preflight *p, const struct ray_group *written, const struct ray_group *completed);
void preflight_quotas(struct preflight *p);
/* `group` is completed. */
void preflight_nodes(struct preflight *p, const struct ray_group *group);
