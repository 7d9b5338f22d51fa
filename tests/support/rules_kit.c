#include "tests/support/rules_kit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validators/validate.h"

static const char *or_nothing(const char *members)
{
	return members ? members : "";
}

static const char *comma(const char *members)
{
	return members ? "," : "";
}

char *rules_kit_object(const struct rules_example *e)
{
	static const char IMAGE[] =
		"\"image\":\"rayproject/"
		"ray:2.52.0\",\"resources\":{\"requests\":{\"cpu\":1,\"memory\":"
		"\"4Gi\"},\"limits\":{\"cpu\":1,\"memory\":\"4Gi\"}}";
	char *text = NULL;

	cr_assert_geq(
		asprintf(&text,
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			"\"name\":\"example\"%s%s},\"spec\":{\"rayVersion\":\"2.52.0\"%s%s,"
			"\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
			"\"ray-head\",%s}%s]%s%s}}%s%s}}}",
			comma(e->meta), or_nothing(e->meta), comma(e->spec), or_nothing(e->spec),
			e->container ? e->container : IMAGE, or_nothing(e->more), comma(e->pod),
			or_nothing(e->pod), comma(e->head), or_nothing(e->head)),
		0);
	return text;
}

static const struct ray_object *decode(
	struct arena *arena, const char *text, struct field_errors *errors)
{
	const struct json_limits limits = {.bytes = 1 << 24, .depth = 100, .nodes = 1 << 21};
	const struct schema_decoder decoder = {
		.arena = arena, .errors = errors, .crd_defaults = true};
	struct json_doc doc;
	struct err err;
	enum ray_kind kind;
	enum dialect dialect;

	cr_assert(
		json_read(arena, str_from(text), &limits, &doc, &err), "%s in %s", err.text, text);
	cr_assert(ray_object_recognise(doc.root, &kind, &dialect), "not ours: %s", text);
	field_errors_init(errors, arena, doc.root);
	return ray_object_decode(&decoder, kind, dialect, doc.root);
}

static enum field_severity gravest(const struct validation *v, const char *rule)
{
	enum field_severity grade = FIELD_SEVERITY_OFF;
	struct findings found;

	validate_run(v);
	validate_settle(v, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct finding *const f = &found.items[i];

		if (strcmp(f->error->rule, rule) == 0 && f->severity > grade)
			grade = f->severity;
	}
	return grade;
}

enum field_severity rules_kit_update(const char *old, const char *object, const char *rule)
{
	struct policy *policy = policy_empty();
	struct field_errors errors = {0}, old_errors = {0};
	struct arena arena;

	arena_init(&arena, 1 << 16);
	struct validation v = {
		.arena = &arena, .policy = policy, .strict = true, .errors = &errors};

	v.object = decode(&arena, object, &errors);
	if (old) {
		v.old = decode(&arena, old, &old_errors);
		v.old_node = v.old->self.node;
	}
	const enum field_severity grade = gravest(&v, rule);

	arena_done(&arena);
	policy_free(&policy);
	return grade;
}

enum field_severity rules_kit_judge(const char *object, const char *rule)
{
	return rules_kit_update(NULL, object, rule);
}

enum field_severity rules_kit_grade(const struct rules_example *example, const char *rule)
{
	char *const object = rules_kit_object(example);
	const enum field_severity grade = rules_kit_judge(object, rule);

	free(object);
	return grade;
}
