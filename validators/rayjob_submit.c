/* What of a RayJob becomes the command `ray job submit`, which a shell and Ray's client read. */
#include "base/json_read.h"
#include "validators/check.h"
#include "validators/rules.h"
#include "validators/shell_word.h"

static const struct json_limits LIMITS = {.bytes = 64 << 10, .depth = 8, .nodes = 1000};

/* Through bash in a submitter whose command is KubeRay's own; HTTPMode sends the text as it is. */
static bool goes_through_bash(const struct ray_job *job)
{
	const struct str mode = job->submission_mode.v;
	const container_list *const own = &job->submitter_template.spec.containers;

	if (str_is(mode, "SidecarMode"))
		return true;
	return (mode.len == 0 || str_is(mode, "K8sJobMode")) &&
	       (own->count == 0 || json_count(json_get(own->items[0].self.node, "command")) == 0);
}

/* RG1214: behind an operator or a comment what a quote means is not looked at. */
static void entrypoint_is_one_command(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job == NULL || job->entrypoint.v.len == 0 || !goes_through_bash(job))
		return;
	const struct shell_word word = shell_word_read(c->arena, str_trim(job->entrypoint.v));
	const struct field_path *const at = FIELD_CHILD(job->self.at, "entrypoint");
	const struct field_reads reads =
		FIELD_READS(job->entrypoint.node, job->submission_mode.node);

	if (word.has_operator || word.breaks_line)
		rule_warned(c, at, FIELD_INVALID, reads,
			"stands in a bash command behind ray job submit --, which it ends: what "
			"follows its first ; & | < > # or line break runs in the submitter's pod, "
			"not in the cluster: put all of it into bash -c '...'");
	else if (word.open_quote || word.bad_syntax)
		rule_found(c, at, FIELD_INVALID, reads,
			"bash cannot read it: %s: close it, or put it into quotes",
			word.open_quote ? "a quote or ${ is not closed"
					: "a parenthesis stands outside of quotes");
}

static bool is_amount(const struct json_node *node)
{
	double value;

	return json_double(node, &value) && value >= 0;
}

/* Ray and KubeRay read it into a map of numbers. */
static bool are_resources(struct arena *arena, struct str text)
{
	struct json_doc doc;
	struct err err;

	if (!json_read(arena, text, &LIMITS, &doc, &err) || !json_is(doc.root, JSON_OBJECT))
		return false;
	for (struct json_iter it = json_iter(doc.root); json_next_member(&it);) {
		if (!is_amount(it.value))
			return false;
	}
	return true;
}

static bool is_one_word(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (memchr(" \t\n;&|<>()'\"`$\\", text.at[i], 15))
			return false;
	}
	return true;
}

/* RG1215 */
static void submit_options_can_be_read(
	const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;
	const struct json_node *const node =
		job ? json_get(job->self.node, "entrypointResources") : NULL;

	if (job == NULL || str_is(job->submission_mode.v, "InteractiveMode"))
		return;
	if (json_is(node, JSON_STRING) && node->len &&
		!are_resources(c->arena, json_str(c->arena, node)))
		rule_found(c, FIELD_CHILD(job->self.at, "entrypointResources"), FIELD_INVALID,
			FIELD_READS(node, job->submission_mode.node),
			"must be JSON of names and numbers, such as {\"tpu\": 1}: the job is never "
			"submitted");
	if (goes_through_bash(job) && !is_one_word(job->job_id.v))
		rule_found(c, FIELD_CHILD(job->self.at, "jobId"), FIELD_INVALID,
			FIELD_READS(job->job_id.node, job->submission_mode.node),
			"must be one word for bash: letters, digits, - and _");
}

static const struct rule RULES[] = {
	RULE("RG1214", "entrypoint-is-one-command", ERROR, MODERN, "0.1", NULL,
		"An entrypoint that KubeRay puts into a bash command is one command.",
		RULE_CHECKS_OBJECT(entrypoint_is_one_command), .needs = PART(JOB)),
	RULE("RG1215", "submit-options-can-be-read", WARN, MODERN, "0.1", NULL,
		"jobId and entrypointResources are such that ray job submit takes them.",
		RULE_CHECKS_OBJECT(submit_options_can_be_read), .needs = PART(JOB)),
};

const struct rule_table RULES_RAYJOB_SUBMIT = RULE_TABLE(RULES);
