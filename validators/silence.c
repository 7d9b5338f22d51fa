#include "validators/silence.h"

#include "base/utf8.h"
#include "validators/plan.h"
#include "validators/rules.h"

#define SILENCE_RULE "RG0210"

enum {
	/* A longer list names no rules of ours: it would be read once for each warning. */
	IDS_MAX = 16 * 1024,
	TOLD_MAX = 8,  /* so many ids that are none show what is wrong */
	EDITS_MAX = 1, /* of an id: with two, each would be near to a hundred others */
};

struct str silence_ids(const struct ray_object *object, struct arena *arena)
{
	const struct str ids = ray_object_annotation(object, arena, SILENCE_ANNOTATION);

	return ids.len <= IDS_MAX ? ids : (struct str){0};
}

bool silence_names(struct str ids, const struct rule *rule)
{
	while (ids.len) {
		if (str_is(str_trim(str_cut(&ids, ',')), rule->id))
			return true;
	}
	return false;
}

/* The one id that is an edit away: NULL where there are several. */
static const struct rule *only_near(struct str id, const struct rule_table *const *tables, size_t n)
{
	const struct rule *near = NULL;

	for (size_t t = 0; t < n; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			const struct rule *const rule = &tables[t]->rules[i];

			if (str_distance(id, str_from(rule->id), EDITS_MAX) > EDITS_MAX)
				continue;
			if (near)
				return NULL;
			near = rule;
		}
	}
	return near;
}

/* The rule that has this name, or this id but for a slip; NULL where none has. */
static const struct rule *meant(struct str id)
{
	size_t n;
	const struct rule_table *const *const tables = plan_tables(&n);

	for (size_t t = 0; t < n; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			const struct rule *const rule = &tables[t]->rules[i];

			if (str_is_nocase(id, rule->id) || str_is_nocase(id, rule->name))
				return rule;
		}
	}
	return only_near(id, tables, n);
}

static bool has_gap(struct str id)
{
	return str_find(id, ' ') < id.len || str_find(id, '\t') < id.len ||
	       str_find(id, '\n') < id.len || str_find(id, ';') < id.len;
}

#define SILENCE_PLACE                                                                              \
	FIELD_KEY(FIELD_CHILD(FIELD_ROOT("metadata"), "annotations"), STR(SILENCE_ANNOTATION))

/* Of the list this one, so that neither its others nor what is odd about them are told with it. */
static const struct json_node *node_of(struct arena *arena, struct str id)
{
	static const struct json_limits LIMITS = {.bytes = 8 * IDS_MAX, .depth = 1, .nodes = 2};
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err err;

	buf_add_json_str(&text, id);
	return json_read(arena, arena_str(arena, buf_str(&text)), &LIMITS, &doc, &err) ? doc.root
										       : NULL;
}

static void tell_unknown(const struct rule_context *c, struct str id)
{
	const struct rule *const rule = has_gap(id) ? NULL : meant(id);

	rule_found(c, SILENCE_PLACE, FIELD_INVALID, FIELD_READS(node_of(c->arena, id)),
		"is no rule, and silences nothing: %s%s%s", rule ? "did you mean " : "",
		rule          ? rule->id
		: has_gap(id) ? "ids are parted by commas"
			      : "`raygate rules` lists all ids",
		rule ? "?" : "");
}

static void silenced_rules_exist(const struct rule_context *c, const struct ray_object *object)
{
	const struct json_node *const value =
		json_get(object->meta.annotations.node, SILENCE_ANNOTATION);
	struct str ids = ray_object_annotation(object, c->arena, SILENCE_ANNOTATION);

	if (ids.len > IDS_MAX) {
		rule_found(c, SILENCE_PLACE, FIELD_TOO_LONG, FIELD_READS(value),
			"must be at most %d bytes, has %zu: a longer list silences nothing",
			IDS_MAX, ids.len);
		return;
	}
	for (size_t told = 0; ids.len && told < TOLD_MAX;) {
		const struct str id = str_trim(str_cut(&ids, ','));

		if (id.len == 0 || plan_rule_find(id))
			continue;
		tell_unknown(c, id);
		told++;
	}
}

/* An id that is none may be told, too, with that of the rule in its words. */
static bool is_told(const struct field_errors *errors, struct str words)
{
	for (size_t i = 0; i < errors->count; i++) {
		if (str_is(str_from(errors->items[i].rule), SILENCE_RULE) &&
			str_ends(errors->items[i].message, words.at))
			return true;
	}
	return false;
}

void silence_tell_vain(const struct ray_object *object, struct field_errors *errors,
	const struct rule *rule, bool was_there)
{
	const struct json_node *const value =
		json_get(object->meta.annotations.node, SILENCE_ANNOTATION);
	const struct field_fact fact = {
		.rule = SILENCE_RULE,
		.type = FIELD_FORBIDDEN,
		.at_most = FIELD_SEVERITY_WARN,
		.reads = FIELD_READS(value),
	};
	const struct str words = arena_printf(errors->arena,
		was_there
			? "%s is an error that was there before, and only warnings can be silenced"
			: "%s is an error here, and only warnings can be silenced",
		rule->id);

	if (!is_told(errors, words))
		field_add(errors, SILENCE_PLACE, &fact, "%s", words.at);
}

static const struct rule RULES[] = {
	RULE(SILENCE_RULE, "silenced-rules-exist", WARN, BOTH, "0.1", NULL,
		"The annotation raygate.dev/silence names rules that there are, and of which the "
		"object has no errors.",
		RULE_CHECKS_OBJECT(silenced_rules_exist), .needs = PART(ANNOTATIONS)),
};

const struct rule_table RULES_SILENCE = RULE_TABLE(RULES);
