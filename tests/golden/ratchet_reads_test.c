/*
 * The other side of the ratchet: a mistake that changes is a new one. In every golden object that
 * breaks a rule, each value in turn becomes another one. Where the finding stays but its words
 * change, the rule has read that value; so for an update between the two it must be an error,
 * which it is only if the rule says that it reads the value.
 */
#include <criterion/criterion.h>

#include "base/yaml.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/review.h"
#include "tests/support/verdict.h"

#define FOLDER "tests/golden/rules"

/* Words that hang on more than what the rule decides by. */
static const struct {
	const char *rule;
	const char *why;
} MEANT[] = {
	{"RG0309", "shows the name of a pod, and the cluster's never changes"},
	{"RG0680", "suggests another volume that is there"},
};

static bool is_meant(const struct rule *rule)
{
	for (size_t i = 0; i < ARRAY_LEN(MEANT); i++) {
		if (strcmp(rule->id, MEANT[i].rule) == 0)
			return true;
	}
	return false;
}

/* One golden object: its text as JSON, and the findings in it as it is. */
struct golden_object {
	struct arena *arena;
	const char *name;
	struct str text;
	struct policy *policy;
	struct findings findings;
	size_t changed; /* findings whose words another value has changed */
};

static struct findings judge(const struct golden_object *o, struct str object, struct str old)
{
	const struct verdict_case it = {.object = object, .old = old, .policy = o->policy};
	struct findings findings;

	verdict_judge(o->arena, &it, &findings);
	return findings;
}

/* The same rule at the same place, and with the same words or whatever words. */
static const struct finding *find(
	const struct findings *in, const struct finding *like, bool same_words)
{
	for (size_t i = 0; i < in->count; i++) {
		const struct finding *const f = &in->items[i];

		if (f->rule == like->rule && str_eq(f->error->field, like->error->field) &&
			(!same_words || str_eq(f->error->message, like->error->message)))
			return f;
	}
	return NULL;
}

/* Another value of the same kind. */
static struct str another(struct arena *arena, const struct json_node *value)
{
	const struct str raw = json_raw(value);

	if (json_is(value, JSON_STRING))
		return arena_printf(arena, "%.*sx\"", (int)raw.len - 1, raw.at);
	if (json_is(value, JSON_NUMBER))
		return raw.at[0] == '-' ? STR("-7") : arena_printf(arena, "1%.*s", STR_ARG(raw));
	return json_is(value, JSON_TRUE) ? STR("false") : STR("true");
}

static struct str with_another(const struct golden_object *o, const struct json_node *value)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct str place = json_raw(value);
	const size_t start = (size_t)(place.at - o->text.at);

	buf_add(&out, (struct str){o->text.at, start});
	buf_add(&out, another(o->arena, value));
	buf_add(&out, str_from_offset(o->text, start + place.len));
	return arena_str(o->arena, buf_str(&out));
}

static void try_value(struct golden_object *o, const struct json_node *value)
{
	const struct str text = with_another(o, value);
	enum ray_kind kind;
	enum dialect dialect;
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(o->arena, text,
		&(struct json_limits){.bytes = 1 << 20, .depth = 100, .nodes = 100000}, &doc,
		&err));
	if (!ray_object_recognise(doc.root, &kind, &dialect))
		return;
	const struct findings alone = judge(o, text, (struct str){0});

	for (size_t i = 0; i < alone.errors; i++) {
		const struct finding *const f = &alone.items[i];

		if (is_meant(f->rule) || !find(&o->findings, f, false) ||
			find(&o->findings, f, true))
			continue;
		const struct findings update = judge(o, text, o->text);
		const struct finding *const is = find(&update, f, true);

		o->changed++;
		cr_expect(is == NULL || is->severity == FIELD_SEVERITY_ERROR,
			"%s: %s at %.*s counts as old, though %.*s is another value: %.*s", o->name,
			is->rule->id, STR_ARG(is->error->field), STR_ARG(json_raw(value)),
			STR_ARG(is->error->message));
	}
}

static void try_values(struct golden_object *o, const struct json_node *node)
{
	struct json_iter members = json_iter(node), items = json_iter(node);

	while (json_next_member(&members))
		try_values(o, members.value);
	while (json_next_item(&items))
		try_values(o, items.value);
	if (!json_is(node, JSON_OBJECT) && !json_is(node, JSON_ARRAY) && json_present(node))
		try_value(o, node);
}

static size_t try_object(struct arena *arena, const char *rule)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	const struct str source = golden_read(arena, FOLDER "/%s/refused.yaml", rule);
	struct golden_object o = {.arena = arena, .name = rule};
	struct yaml_doc doc;
	struct err err;

	if (source.len == 0 || golden_read(arena, FOLDER "/%s/old.yaml", rule).len)
		return 0;
	cr_assert(yaml_read(arena, source, &LIMITS, &doc, &err), "%s: %s", rule, err.text);
	o.policy = golden_policy(arena, FOLDER "/%s/policy.yaml", rule);
	if (o.policy == NULL)
		o.policy = policy_empty();
	o.text = doc.json.text;
	o.findings = judge(&o, o.text, (struct str){0});
	if (o.findings.errors)
		try_values(&o, doc.json.root);
	policy_free(&o.policy);
	return o.changed;
}

Test(ratchet_reads, a_mistake_that_changes_is_a_new_one)
{
	struct arena names, arena;
	size_t changed = 0;

	arena_init(&names, 65536);
	arena_init(&arena, 65536);
	const struct files_list rules = files_in(&names, FOLDER);

	for (size_t i = 0; i < rules.count; i++) {
		changed += try_object(&arena, rules.names[i]);
		arena_reset(&arena);
	}
	cr_expect_gt(changed, 100u, "%zu", changed);
	arena_done(&arena);
	arena_done(&names);
}
