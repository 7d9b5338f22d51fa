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

/* The first that is no string; NULL where all are. */
static const struct json_node *find_no_string(
	const struct json_node *map, const struct json_node **key)
{
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		*key = it.key;
		if (!json_is(it.value, JSON_STRING))
			return it.value;
	}
	return NULL;
}

/* RG1216: after Ray's runtime_env/validation.py, which fails the job. */
static void runtime_env_is_rays(const struct rule_context *c, const struct ray_object *object)
{
	static const char *const INSTALLERS[] = {"pip", "conda", "uv"};
	const struct ray_job *const job = object->job;
	const struct json_node *key = NULL;
	size_t installers = 0;
	struct yaml_doc doc;
	struct err err;

	if (!job || !job->runtime_env_yaml.v.len ||
		!read_first(c->arena, job->runtime_env_yaml.v, &doc, &err) ||
		!json_is(doc.json.root, JSON_OBJECT))
		return;
	const struct field_path *const at = FIELD_CHILD(job->self.at, "runtimeEnvYAML");
	const struct field_reads reads = FIELD_READS(job->runtime_env_yaml.node);

	for (size_t i = 0; i < ARRAY_LEN(INSTALLERS); i++)
		installers += json_present(json_get(doc.json.root, INSTALLERS[i]));
	if (installers > 1)
		rule_found(c, at, FIELD_INVALID, reads,
			"pip, conda and uv exclude one another, or Ray fails the job: keep one");
	if (find_no_string(json_get(doc.json.root, "env_vars"), &key))
		rule_found(c, at, FIELD_INVALID, reads,
			"env_vars.%.*s: must be a string, or Ray fails the job: write it in quotes",
			STR_ARG(json_str(c->arena, key)));
}

/* RG1246 */
static void serve_config_is_yaml(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_service *const service = object->service;

	if (service && service->serve_config.v.len)
		text_is_mapping(c, FIELD_CHILD(service->self.at, "serveConfigV2"),
			&service->serve_config, "applications: [...]");
}

/* An application of a serveConfigV2, of which Ray refuses the whole for one mistake. */
struct app {
	const struct rule_context *c;
	const struct field_path *at; /* of the text */
	const struct json_node *text, *node;
	size_t index;
};

static void app_found(const struct app *app, const char *field, const char *words)
{
	rule_found(app->c, app->at, FIELD_INVALID, FIELD_READS(app->text),
		"applications[%zu].%s: %s", app->index, field, words);
}

/* "module:application", or with dots alone "module.application". */
static bool imports(struct str path)
{
	const char mark = str_find(path, ':') < path.len ? ':' : '.';
	const size_t first = str_find(path, mark);
	const struct str rest = str_from_offset(path, first < path.len ? first + 1 : path.len);

	return first > 0 && rest.len > 0 && path.at[path.len - 1] != mark &&
	       (mark == '.' || str_find(rest, ':') == rest.len);
}

static const char *route_fault(struct str route)
{
	if (route.len == 0 || route.at[0] != '/')
		return "must begin with '/'";
	if (route.len > 1 && route.at[route.len - 1] == '/')
		return "must not end with '/'";
	if (str_find(route, '{') < route.len || str_find(route, '}') < route.len)
		return "must have no braces";
	return NULL;
}

static void check_deployments(const struct app *app)
{
	int64_t number;

	for (struct json_iter it = json_iter(json_get(app->node, "deployments"));
		json_next_item(&it);) {
		const struct json_node *const replicas = json_get(it.value, "num_replicas");

		if (json_is(replicas, JSON_NUMBER) &&
			json_present(json_get(it.value, "autoscaling_config")))
			app_found(app, "deployments",
				"num_replicas and autoscaling_config exclude one another: remove "
				"one");
		if (json_is(replicas, JSON_STRING) && !json_str_is(replicas, STR("auto")) &&
			!str_to_i64(json_str(app->c->arena, replicas), &number))
			app_found(app, "deployments", "num_replicas must be a number, or auto");
	}
}

static void check_app(const struct app *app)
{
	const struct json_node *const path = json_get(app->node, "import_path");
	const struct json_node *const route = json_get(app->node, "route_prefix");
	const char *const fault =
		json_is(route, JSON_STRING) ? route_fault(json_str(app->c->arena, route)) : NULL;

	if (!json_present(path))
		app_found(app, "import_path",
			"is missing: write the module and the application in it, as fruit:app");
	else if (json_is(path, JSON_STRING) && !imports(json_str(app->c->arena, path)))
		app_found(app, "import_path", "must be a module and what is in it, as fruit:app");
	if (fault)
		app_found(app, "route_prefix", fault);
	check_deployments(app);
}

/* Of a member that has a default; NULL is no text, and two of those do not collide. */
static bool same_text(
	const struct json_node *a, const struct json_node *b, const char *key, struct str fallback)
{
	const struct json_node *const x = json_get(a, key);
	const struct json_node *const y = json_get(b, key);

	if (x && y)
		return json_is(x, JSON_STRING) && json_is(y, JSON_STRING) && json_str_equal(x, y);
	return x || y ? json_str_is(x ? x : y, fallback) : true;
}

static void check_twins(const struct app *app, const struct json_node *list)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it) && it.index < app->index;) {
		if (same_text(it.value, app->node, "name", STR("default")))
			app_found(app, "name", "another application has it, or none as well");
		if (same_text(it.value, app->node, "route_prefix", STR("/")))
			app_found(
				app, "route_prefix", "another application has it, or none as well");
	}
}

enum { APPS_MAX = 50 }; /* each is compared with those before it */

/* RG1248 */
static void serve_applications_are_right(
	const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_service *const service = object->service;
	struct yaml_doc doc;
	struct err err;

	if (!service || !service->serve_config.v.len ||
		!read_first(c->arena, service->serve_config.v, &doc, &err) ||
		!json_is(doc.json.root, JSON_OBJECT))
		return;
	const struct field_path *const at = FIELD_CHILD(service->self.at, "serveConfigV2");
	const struct json_node *const list = json_get(doc.json.root, "applications");

	if (!json_is(list, JSON_ARRAY))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(service->serve_config.node),
			"must have applications: a list, in which each begins with '- name:'");
	for (struct json_iter it = json_iter(list); json_next_item(&it) && it.index < APPS_MAX;) {
		const struct app app = {c, at, service->serve_config.node, it.value, it.index};

		check_app(&app);
		check_twins(&app, list);
	}
}

static const struct rule RULES[] = {
	RULE("RG1212", "runtime-env-is-yaml", ERROR, MODERN, "0.1",
		"KubeRay's operator, kuberay#1898", "runtimeEnvYAML is a mapping in YAML.",
		RULE_CHECKS_OBJECT(runtime_env_is_yaml), .needs = PART(JOB)),
	RULE("RG1216", "runtime-env-is-rays", WARN, MODERN, "0.1", NULL,
		"The values of env_vars in runtimeEnvYAML are strings, and of pip, conda and uv "
		"there is one.",
		RULE_CHECKS_OBJECT(runtime_env_is_rays), .needs = PART(JOB)),
	RULE("RG1246", "serve-config-is-yaml", WARN, MODERN, "0.1", NULL,
		"serveConfigV2 is a mapping in YAML.", RULE_CHECKS_OBJECT(serve_config_is_yaml),
		.needs = PART(SERVICE)),
	RULE("RG1248", "serve-applications-are-right", WARN, MODERN, "0.1", NULL,
		"Each application of serveConfigV2 has an import path, and name and route of its "
		"own.",
		RULE_CHECKS_OBJECT(serve_applications_are_right), .needs = PART(SERVICE)),
};

const struct rule_table RULES_YAML_INSIDE = RULE_TABLE(RULES);
