/*
 * rayStartParams: KubeRay writes them into `ray start` as they are, unescaped, for a shell. Where
 * the user runs a command of his own instead, they are only a text in a variable: then nothing
 * here is more than a warning. Neither is what keeps workers alone from starting: KubeRay takes
 * it, and there are clusters that live with such a group; without its head none does.
 */
#include <ctype.h>
#include <string.h>

#include "validators/rules.h"
#include "validators/shell_word.h"
#include "validators/start_flags.h"
#include "validators/start_read.h"
#include "validators/v2.h"

/* Behind so many parameters, more than there are flags, no likeness is looked for. */
enum { GUESSES = 100 };

/* One parameter at a time. */
struct param {
	const struct ray_group *group;
	const struct field_path *map;
	const struct json_node *key, *value; /* value is a scalar */
	struct str name, text;
	size_t index;
	enum field_severity *at_most; /* of the group's; OFF: nobody has asked yet */
};

#define PARAM_AT(p) FIELD_KEY((p)->map, (p)->name)

/* What keeps a head from starting is an error. Looked for only where something is found, once. */
static enum field_severity grade(const struct rule_context *c, const struct param *p)
{
	if (*p->at_most == FIELD_SEVERITY_OFF)
		*p->at_most = start_param_grade(c, p->group);
	return *p->at_most;
}

typedef void param_fn(const struct rule_context *c, const struct param *p);

static void each_of_params(
	const struct rule_context *c, const struct ray_group *group, param_fn *check)
{
	const struct field_path *const map = FIELD_CHILD(group->self.at, "rayStartParams");
	enum field_severity at_most = FIELD_SEVERITY_OFF;

	for (struct json_iter it = json_iter(group->start_params.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);

		/* A number that lacks its quotes is told by the decoder, and judged as its text
		 * here. */
		if (it.value->kind >= JSON_ARRAY || it.value->kind == JSON_NULL)
			continue;
		check(c,
			&(struct param){
				.group = group,
				.map = map,
				.key = it.key,
				.value = it.value,
				.name = name,
				.text = it.value->kind == JSON_STRING ? json_str(c->arena, it.value)
								      : json_raw(it.value),
				.index = it.index,
				.at_most = &at_most,
			});
	}
}

/*
 * KubeRay turns true and false of most flags into the bare flag or nothing; what else the value
 * may be, it stays as it is.
 */
static bool becomes_bare(const struct param *p)
{
	static const char *const KEPT[] = {"include-dashboard", "include-log-monitor", "log-color"};

	if (!str_is_nocase(p->text, "true") && !str_is_nocase(p->text, "false"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(KEPT); i++) {
		if (str_is(p->name, KEPT[i]))
			return false;
	}
	return true;
}

/* KubeRay writes this one anew, in quotes, where it adds an accelerator to it. */
static bool is_rewritten(const struct param *p)
{
	const struct container *const ray = pod_ray_container(&p->group->template);

	return str_is(p->name, "resources") && ray &&
	       (resource_find(&ray->resources.limits, "google.com/tpu") ||
		       resource_find(&ray->resources.limits, "aws.amazon.com/neuroncore"));
}

/* Line breaks at the end only matter where a flag that is always there comes behind. */
static bool line_break_matters(const struct param *p, const struct shell_word *word)
{
	return word->breaks_line ||
	       (word->ends_with_line && str_cmp(p->name, STR("metrics-export-port")) < 0);
}

static void check_shell(const struct rule_context *c, const struct param *p)
{
	const struct shell_word word = shell_word_read(c->arena, p->text);
	const struct field_reads reads = FIELD_READS(p->value);
	const enum field_severity warn = FIELD_SEVERITY_WARN;

	if (becomes_bare(p) || is_rewritten(p))
		return;
	if (word.open_quote)
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID, reads,
			"has a quote without its partner: the shell that runs ray start finds no "
			"end");
	else if (word.bad_syntax)
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID, reads,
			"has a bare parenthesis, which the shell that runs ray start refuses: put "
			"the value in quotes");
	else if (line_break_matters(p, &word))
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID, reads,
			"has a line break, which ends the ray start command there: write it in one "
			"line");
	else if (word.has_operator)
		rule_found_at_most(c, warn, PARAM_AT(p), FIELD_INVALID, reads,
			"has a bare ; & | < > or #, which ends the ray start command there: put "
			"the value in quotes");
	else if (word.runs_command)
		rule_found_at_most(c, warn, PARAM_AT(p), FIELD_INVALID, reads,
			"runs a command in the shell that starts Ray: whoever may write this "
			"object may run it");
	else if (word.more_words)
		rule_found_at_most(c, warn, PARAM_AT(p), FIELD_INVALID, reads,
			"has a bare blank, which makes two arguments of it: put the value in "
			"quotes");
}

static void params_are_shell_safe(const struct rule_context *c, const struct ray_group *group)
{
	each_of_params(c, group, check_shell);
}

static bool is_flag_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		const char c = name.at[i];

		if (!(islower((unsigned char)c) || isdigit((unsigned char)c) || (c == '-' && i)))
			return false;
	}
	return name.len > 0;
}

static void unknown_flag(const struct rule_context *c, const struct param *p)
{
	const struct start_flag *const certain = start_flag_spelt(p->name);
	const struct start_flag *const near =
		!certain && p->index < GUESSES ? start_flag_nearest(p->name) : NULL;
	const struct field_reads reads = FIELD_READS(p->key);

	if (certain)
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID, reads,
			"is no flag of ray start: write \"%s\"", certain->name);
	else if (!is_flag_name(p->name))
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID, reads,
			"is no flag of ray start: write its name without dashes in front, such as "
			"\"num-cpus\"");
	else if (near)
		rule_found_at_most(c, FIELD_SEVERITY_WARN, PARAM_AT(p), FIELD_INVALID, reads,
			"is no known flag of ray start, which ends at unknown ones: did you mean "
			"\"%s\"?",
			near->name);
	else
		rule_found_at_most(c, FIELD_SEVERITY_WARN, PARAM_AT(p), FIELD_INVALID, reads,
			"is no known flag of ray start, which ends at unknown ones");
}

static void check_name(const struct rule_context *c, const struct param *p)
{
	const struct start_flag *const flag = start_flag_find(p->name);
	const struct field_reads reads = FIELD_READS(p->key, c->cluster->ray_version.node);
	struct version version;

	if (flag == NULL)
		unknown_flag(c, p);
	else if (flag->gone && v2_ray_version(c->cluster, &version) &&
		 version_at_least(version, 2, 54, 0))
		rule_found_at_most(c, FIELD_SEVERITY_WARN, PARAM_AT(p), FIELD_INVALID, reads,
			"is no flag of ray start any more, which ends at unknown ones: remove it");
}

static void params_are_flags(const struct rule_context *c, const struct ray_group *group)
{
	each_of_params(c, group, check_name);
}

/* "true" for a flag that wants a value: the flag behind it would be taken for the value. */
static void check_bare(
	const struct rule_context *c, const struct param *p, const struct start_flag *flag)
{
	const bool on = str_is_nocase(p->text, "true");

	if (flag->type == START_FLAG || !becomes_bare(p))
		return;
	rule_found_at_most(c, on ? grade(c, p) : FIELD_SEVERITY_WARN, PARAM_AT(p), FIELD_INVALID,
		FIELD_READS(p->value), "needs a value: KubeRay takes \"%.*s\" for %s",
		STR_ARG(p->text),
		on ? "a flag without one, and Ray the next flag for the value"
		   : "\"leave the flag out\"");
}

static bool takes_json(const struct start_flag *flag)
{
	return flag && (flag->type == START_RESOURCES || flag->type == START_JSON);
}

/* JSON as it has to stand in YAML to come out of the shell whole; NULL where it is none, or long.
 */
static const char *for_shell(struct arena *arena, struct str text)
{
	static const struct json_limits LIMITS = {.bytes = 200, .depth = 20, .nodes = 100};
	CLEANUP(buf_done) struct buf out = {0};
	struct json_doc doc;
	struct err err;

	if (!json_read(arena, text, &LIMITS, &doc, &err) || doc.root->kind != JSON_OBJECT ||
		str_contains(text, "'") || str_contains(text, "\\"))
		return NULL;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buf_add_char(&out, '\\');
		buf_add_char(&out, text.at[i]);
	}
	return arena_printf(arena, "is JSON, whose quotes the shell takes away: write '\"%.*s\"'",
		STR_ARG(buf_str(&out)))
		.at;
}

/* The same with what is wrong with it besides; NULL where the flag takes no JSON or this is none.
 */
static const char *json_unquoted(
	struct arena *arena, const struct start_flag *flag, struct str text)
{
	const char *const way = takes_json(flag) ? for_shell(arena, text) : NULL;
	const char *const fault = way ? start_value_fault(arena, flag, text) : NULL;

	return fault ? arena_printf(arena, "%s; what it says is wrong too: %s", way, fault).at
		     : way;
}

static void check_value(const struct rule_context *c, const struct param *p)
{
	const struct start_flag *const flag = start_flag_find(p->name);
	const bool forced = str_is(p->name, "block") ||
			    (str_is(p->name, "no-monitor") && c->cluster->autoscaling.v);

	if (flag == NULL || forced || is_rewritten(p))
		return;
	if (becomes_bare(p)) {
		check_bare(c, p, flag);
		return;
	}
	const struct shell_word word = shell_word_read(c->arena, p->text);
	/* Unquoted JSON is no longer JSON; of the rest nothing is known. */
	const bool unknown = word.expands && !(flag->type == START_RESOURCES && p->text.len &&
						     p->text.at[0] == '{');

	if (unknown || word.unread || word.open_quote || word.bad_syntax)
		return;
	const char *fault = start_value_fault(c->arena, flag, word.text);

	const char *const way = fault ? json_unquoted(c->arena, flag, p->text) : NULL;

	if (way)
		fault = way;
	if (fault)
		rule_found_at_most(c, grade(c, p), PARAM_AT(p), FIELD_INVALID,
			FIELD_READS(p->value), "%s", fault);
}

/* That it must be a string is told by the decoder; how such a string is written, here. */
static void check_objects(const struct rule_context *c, const struct ray_group *group)
{
	const struct field_path *const map = FIELD_CHILD(group->self.at, "rayStartParams");

	for (struct json_iter it = json_iter(group->start_params.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);
		const char *const way =
			it.value->kind == JSON_OBJECT
				? json_unquoted(c->arena, start_flag_find(name), json_raw(it.value))
				: NULL;

		if (way)
			rule_found(c, FIELD_KEY(map, name), FIELD_INVALID, FIELD_READS(it.value),
				"%s", way);
	}
}

static void values_have_their_type(const struct rule_context *c, const struct ray_group *group)
{
	each_of_params(c, group, check_value);
	check_objects(c, group);
}

static void check_head_side(const struct rule_context *c, const struct param *p)
{
	if (str_is(p->name, "address"))
		rule_warned(c, PARAM_AT(p), FIELD_INVALID, FIELD_READS(p->key),
			"is for workers: a head takes it for the address of an external Redis, "
			"which belongs in gcsFaultToleranceOptions.redisAddress");
}

static void check_worker_side(const struct rule_context *c, const struct param *p)
{
	const struct start_flag *const flag = start_flag_find(p->name);
	const struct field_reads reads = FIELD_READS(p->key, p->value);

	if (flag == NULL || flag->side == START_BOTH ||
		(becomes_bare(p) && str_is_nocase(p->text, "false")))
		return;
	if (str_is(p->name, "head"))
		rule_warned(c, PARAM_AT(p), FIELD_INVALID, reads,
			"makes a worker start a second head: remove it, KubeRay tells the head "
			"from the workers");
	else if (flag->side == START_HEAD_ONLY)
		rule_warned(c, PARAM_AT(p), FIELD_INVALID, reads,
			"is for the head: ray start refuses it, and no worker of this group "
			"starts; move it to headGroupSpec");
	else
		rule_warned(c, PARAM_AT(p), FIELD_INVALID, reads,
			"is for the head, and does nothing on a worker: move it to headGroupSpec, "
			"or remove it");
}

static void params_are_on_their_side(const struct rule_context *c, const struct ray_group *group)
{
	each_of_params(c, group, group->is_head ? check_head_side : check_worker_side);
}

static void block_is_not_off(const struct rule_context *c, const struct ray_group *group)
{
	const struct json_node *const block = group_start_param(group, "block");

	if (json_is(block, JSON_STRING) && str_is_nocase(json_str(c->arena, block), "false"))
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(group->self.at, "rayStartParams"), STR("block")),
			FIELD_INVALID, FIELD_READS(block),
			"is overridden: KubeRay always sets it to \"true\", since the container "
			"ends when ray start does; remove it");
}

static const struct rule RULES[] = {
	RULE("RG0406", "start-params-are-shell-safe", ERROR, MODERN, "0.1", NULL,
		"Values of rayStartParams, which go into a shell command as they are, leave the "
		"command whole.",
		RULE_CHECKS_PARAMS(params_are_shell_safe), .by_pod = true),
	RULE("RG0407", "start-params-are-flags", ERROR, MODERN, "0.1", NULL,
		"Keys of rayStartParams are flags of ray start, without the dashes in front.",
		RULE_CHECKS_PARAMS(params_are_flags), .by_pod = true),
	RULE("RG0408", "start-params-have-their-type", ERROR, MODERN, "0.1", NULL,
		"Values of rayStartParams are such as ray start takes: numbers, ports, bytes, "
		"JSON.",
		RULE_CHECKS_PARAMS(values_have_their_type), .by_pod = true),
	RULE("RG0409", "start-params-on-their-side", WARN, MODERN, "0.1", NULL,
		"Flags of the head are not given to workers, nor those of workers to the head.",
		RULE_CHECKS_PARAMS(params_are_on_their_side), .by_pod = true),
	RULE("RG0410", "start-param-block-is-on", WARN, MODERN, "0.1", NULL,
		"rayStartParams do not turn block off, which KubeRay turns on.",
		RULE_CHECKS_PARAMS(block_is_not_off), .by_pod = true),
};

const struct rule_table RULES_START_PARAMS = RULE_TABLE(RULES);
