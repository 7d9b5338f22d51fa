#include "server/admission/mutation.h"

#include "api/admission.h"
#include "validators/defaults.h"
#include "validators/defaults_rules.h"

static struct ray_object *decode(const struct mutation_input *in, const struct json_node *root,
	struct field_errors *errors, bool shallow)
{
	struct schema_sharing sharing = {0};
	const struct schema_decoder decoder = {.arena = in->arena,
		.errors = errors,
		.spelling = in->spelling,
		.shallow = shallow,
		.crd_defaults = in->crd_defaults,
		.memory_max = in->arena->used + VALIDATE_DECODED_MAX,
		/* Defaults are added by the paths in a template, and may be by what the CRD adds.
		 */
		.sharing = in->defaults || in->crd_defaults ? NULL : &sharing};

	/* Places in the source are those of what came, whatever is judged. */
	field_errors_init(errors, in->arena, in->object);
	return ray_object_decode(&decoder, in->kind, in->dialect, root);
}

/* What is wrong with the old object is nobody's business, unless the new one has it too. */
static struct ray_object *decode_old(const struct mutation_input *in)
{
	struct field_errors ignored;

	return decode(in, in->old, &ignored, true);
}

/* One version of the object, and the old one, which the first version has; not judged yet. */
static struct mutation *start(
	const struct mutation_input *in, const struct json_node *root, const struct mutation *plain)
{
	struct mutation *const m = arena_alloc(in->arena, sizeof(*m));

	m->object = decode(in, root, &m->errors, false);
	if (in->api_version.len) {
		m->object->api_version.v = in->api_version;
		m->object->kind_name.v = str_from(ray_kind_name(in->kind));
	}
	if (in->old) {
		m->old = plain ? plain->old : decode_old(in);
		m->old_verdict = plain ? plain->old_verdict
				       : arena_alloc(in->arena, sizeof(*m->old_verdict));
	}
	m->validation = (struct validation){
		.arena = in->arena,
		.policy = in->policy,
		.namespace = in->namespace,
		.strict = in->strict,
		.object = m->object,
		.errors = &m->errors,
		.old = m->old,
		.old_node = in->old,
		.old_verdict = m->old_verdict,
		.crd_defaults = in->crd_defaults,
	};
	return m;
}

static void judge(struct mutation *m)
{
	if (m->judged)
		return;
	m->judged = true;
	validate_run(&m->validation);
	validate_settle(&m->validation, &m->findings);
}

void mutation_settle(struct mutation *m)
{
	validate_settle(&m->validation, &m->findings);
}

/*
 * A patch that would not apply fails the whole request, even where the webhook is to be ignored.
 * It cannot happen by what defaults_apply() promises; if it did, the object would go on as it came.
 */
static const struct json_node *apply(const struct mutation_input *in, const struct patch *patch)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err err;

	if (!patch_apply(in->arena, in->object, patch, &text, &err) ||
		!json_read(in->arena, arena_str(in->arena, buf_str(&text)),
			&ADMISSION_OBJECT_LIMITS, &doc, &err))
		return NULL;
	return doc.root;
}

/* The first error that the patch brought in, NULL when it brought none. */
static const struct finding *new_error(
	struct arena *arena, const struct mutation *plain, const struct mutation *patched)
{
	struct field_prints had = field_prints_for(arena, plain->findings.errors);

	for (size_t i = 0; i < plain->findings.errors; i++)
		field_prints_add(&had, plain->findings.items[i].error);
	field_prints_sort(&had);
	for (size_t i = 0; i < patched->findings.errors; i++) {
		if (!field_prints_have(&had, patched->findings.items[i].error))
			return &patched->findings.items[i];
	}
	return NULL;
}

static void warn_of(
	struct field_errors *warnings, const struct field_path *at, const struct finding *f)
{
	const struct field_fact fact = {
		.rule = DEFAULTS_RULE_WORSE, .type = FIELD_INVALID, .at_most = FIELD_SEVERITY_WARN};

	field_add(warnings, at, &fact,
		"the policy's defaults are not added here, they would break %s at %.*s: write "
		"there what you need, or have the defaults changed",
		f->rule->id, STR_ARG(f->error->field));
}

static struct patch patch_for(const struct mutation_input *in, enum defaults_extent extent,
	const struct mutation *plain, struct field_errors *warnings)
{
	const struct defaults_input defaults = {
		.arena = in->arena,
		.policy = in->policy,
		.namespace = in->namespace,
		.object = plain->object,
		.old = plain->old,
		.errors = warnings,
		.extent = extent,
	};
	struct patch patch;

	defaults_apply(&defaults, &patch);
	return patch;
}

/* The object with that much added, or NULL when that would break a rule that it does not break. */
static struct mutation *try_extent(const struct mutation_input *in, enum defaults_extent extent,
	struct mutation *plain, struct field_errors *warnings)
{
	const struct patch patch = patch_for(in, extent, plain, warnings);
	const struct json_node *const root = patch.count ? apply(in, &patch) : NULL;

	if (root == NULL)
		return plain;
	struct mutation *const patched = start(in, root, plain);

	patched->patch = patch;
	judge(patched);
	if (patched->findings.errors == 0)
		return patched;
	judge(plain);
	const struct finding *const worse = new_error(in->arena, plain, patched);

	if (worse)
		warn_of(warnings, plain->object->cluster->self.at, worse);
	if (plain->worse == NULL)
		plain->worse = worse;
	return worse ? NULL : patched;
}

static struct mutation *add_defaults(const struct mutation_input *in, struct mutation *plain)
{
	struct mutation *out = NULL;
	struct field_errors warnings;
	enum defaults_extent extent = DEFAULTS_ALL;

	field_errors_init(&warnings, in->arena, in->object);
	while (out == NULL && extent <= DEFAULTS_NOTHING)
		out = try_extent(in, extent++, plain, &warnings);
	if (out == NULL)
		out = plain;
	out->worse = plain->worse;
	judge(out);
	if (warnings.count) {
		field_errors_append(&out->errors, &warnings);
		mutation_settle(out);
	}
	return out;
}

struct mutation *mutation_run(const struct mutation_input *in)
{
	struct mutation *const plain = start(in, in->object, NULL);

	if (in->defaults)
		return add_defaults(in, plain);
	judge(plain);
	return plain;
}
