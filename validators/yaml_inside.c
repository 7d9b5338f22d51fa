/* YAML inside a string: what KubeRay or Ray reads only when the cluster has been paid for. */
#include "validators/rules.h"

#include "base/buf.h"
#include "base/yaml.h"

static const struct yaml_limits LIMITS = {
	.bytes = 1 << 20, .depth = 100, .nodes = 100000, .expanded = 10000};

/* The first document of the text, which is all that is read of it; the rest of a fault is in err.
 */
static bool read_first(struct arena *arena, struct str text, struct yaml_doc *doc, struct err *err)
{
	struct yaml_stream *stream = yaml_open(text);
	const bool read = yaml_next(stream, arena, &LIMITS, doc, err);

	yaml_close(&stream);
	return read;
}

/*
 * Whether the text is YAML nevertheless: a key that stands twice is refused by our reader and taken
 * by KubeRay's. Behind such a document the stream goes on, and so a second one can be read.
 */
static bool others_read_it(struct arena *arena, struct str text)
{
	CLEANUP(buf_done) struct buf more = {0};
	struct yaml_doc doc;
	struct err err;

	buf_add(&more, text);
	buf_add_cstr(&more, "\n---\nsecond: true\n");
	struct yaml_stream *stream = yaml_open(buf_str(&more));
	const bool first = yaml_next(stream, arena, &LIMITS, &doc, &err);
	const bool second = yaml_next(stream, arena, &LIMITS, &doc, &err) && doc.json.root;

	yaml_close(&stream);
	return first || second;
}

static void text_is_mapping(const struct rule_context *c, const struct field_path *at,
	const struct val_str *text, const char *example)
{
	struct yaml_doc doc;
	struct err err = {0};

	if (!read_first(c->arena, text->v, &doc, &err)) {
		if (err.code == ERR_INVALID)
			rule_found_at_most(c,
				others_read_it(c->arena, text->v) ? FIELD_SEVERITY_WARN
								  : FIELD_SEVERITY_ERROR,
				at, FIELD_INVALID, FIELD_READS(text->node), "must be YAML: %s",
				err.text);
	} else if (doc.json.root && !json_is(doc.json.root, JSON_OBJECT)) {
		rule_found(c, at, FIELD_INVALID, FIELD_READS(text->node),
			"must be a mapping, such as \"%s\"", example);
	}
}

/* RG1212 */
static void runtime_env_is_yaml(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job && job->runtime_env_yaml.v.len)
		text_is_mapping(c, FIELD_CHILD(job->self.at, "runtimeEnvYAML"),
			&job->runtime_env_yaml, "pip: [requests]");
}

/* RG1246 */
static void serve_config_is_yaml(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_service *const service = object->service;

	if (service && service->serve_config.v.len)
		text_is_mapping(c, FIELD_CHILD(service->self.at, "serveConfigV2"),
			&service->serve_config, "applications: [...]");
}

static const struct rule RULES[] = {
	RULE("RG1212", "runtime-env-is-yaml", ERROR, MODERN, "0.1",
		"KubeRay's operator, kuberay#1898", "runtimeEnvYAML is a mapping in YAML.",
		RULE_CHECKS_OBJECT(runtime_env_is_yaml), .needs = PART(JOB)),
	RULE("RG1246", "serve-config-is-yaml", WARN, MODERN, "0.1", NULL,
		"serveConfigV2 is a mapping in YAML.", RULE_CHECKS_OBJECT(serve_config_is_yaml),
		.needs = PART(SERVICE)),
};

const struct rule_table RULES_YAML_INSIDE = RULE_TABLE(RULES);
