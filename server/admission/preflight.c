#include "server/admission/preflight.h"

#include <stdarg.h>

#include "api/field_prints.h"
#include "server/admission/preflight_parts.h"
#include "validators/validate.h"

/* NOLINTNEXTLINE(readability-function-size): field_add() and where it happens. */
void preflight_found(struct preflight *p, const char *rule, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...)
{
	const struct field_fact fact = {
		.rule = rule, .type = type, .at_most = FIELD_SEVERITY_ERROR, .reads = reads};
	va_list args;

	va_start(args, format);
	field_add_args(p->errors, at, &fact, format, args);
	va_end(args);
}

struct field_reads preflight_pod_reads(struct arena *arena, const struct pod_template *template)
{
	const struct pod_spec *const spec = &template->spec;
	const size_t room = 2 + spec->containers.count + 2 * spec->init_containers.count;
	const struct json_node **const nodes = arena_array(arena, room, sizeof(*nodes));
	size_t count = 0;

	nodes[count++] = spec->resources.self.node;
	nodes[count++] = spec->overhead.node;
	for (size_t i = 0; i < spec->containers.count; i++)
		nodes[count++] = spec->containers.items[i].resources.self.node;
	for (size_t i = 0; i < spec->init_containers.count; i++) {
		nodes[count++] = spec->init_containers.items[i].resources.self.node;
		nodes[count++] = spec->init_containers.items[i].restart_policy.node;
	}
	return (struct field_reads){nodes, count};
}

const struct ray_object *preflight_old(struct preflight *p)
{
	if (p->in->old == NULL || p->object != p->in->object)
		return NULL;
	if (*p->old == NULL)
		*p->old = validate_decode(
			p->in->arena, p->in->object->kind, p->in->object->dialect, p->in->old);
	return (*p->old)->cluster ? *p->old : NULL;
}

/* One version of the object against the facts. */
static void look_at(struct preflight *p)
{
	const struct raycluster *const written = p->object->cluster;

	p->completed = preflight_complete(p->in, p->object);
	for (size_t i = 0; i < written->group_count; i++) {
		const struct ray_group *const completed = p->completed->cluster->groups[i];

		preflight_names(p, &written->groups[i]->template);
		preflight_limit_ranges(p, written->groups[i], completed);
		preflight_nodes(p, completed);
	}
	if (p->object->job)
		preflight_names(p, &p->object->job->submitter_template);
	preflight_cert_manager(p);
	preflight_head_service(p);
	preflight_gcs_store(p);
	preflight_options(p);
	preflight_quotas(p);
}

/* A mistake that runs already is told, and refused only where it is new. */
static void ratchet(struct preflight *is)
{
	struct field_errors found;
	const struct ray_object *const old = is->errors->count ? preflight_old(is) : NULL;
	struct preflight was = {.in = is->in, .errors = &found, .object = old};

	if (old == NULL)
		return;
	field_errors_init(&found, is->in->arena, is->in->old);
	look_at(&was);
	struct field_prints had = field_prints_for(is->in->arena, found.count);

	for (size_t i = 0; i < found.count; i++)
		field_prints_add(&had, &found.items[i]);
	field_prints_sort(&had);
	for (size_t i = 0; i < is->errors->count; i++) {
		struct field_error *const error = &is->errors->items[i];

		if (!field_prints_have(&had, error))
			continue;
		error->at_most = FIELD_SEVERITY_WARN;
		error->as_before = true;
	}
}

void preflight_run(const struct preflight_input *in, struct field_errors *errors)
{
	const struct ray_object *old = NULL;
	struct field_errors found;
	struct preflight p = {.in = in, .errors = &found, .object = in->object, .old = &old};

	if (in->facts == NULL || in->object->cluster == NULL ||
		ray_object_runs_elsewhere(in->object))
		return;
	raycluster_unshare(in->arena, in->object->cluster);
	field_errors_init(&found, in->arena, in->object->self.node);
	facts_lock(in->facts);
	look_at(&p);
	ratchet(&p);
	facts_unlock(in->facts);
	field_errors_append(errors, &found);
}
