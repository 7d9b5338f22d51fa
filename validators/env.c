/* Environment variables, of containers and of the containers that KubeRay adds. */
#include "validators/downward.h"
#include "validators/rules.h"

typedef void env_fn(const struct rule_context *c, const struct env_var *env);

struct env_list {
	const struct env_var *items;
	size_t count;
};

static void each_of_list(const struct rule_context *c, struct env_list list, env_fn *check)
{
	for (size_t i = 0; i < list.count; i++) {
		if (list.items[i].self.node)
			check(c, &list.items[i]);
	}
}

/* The lists that KubeRay appends to containers of its own. */
static size_t added_lists(const struct raycluster *cluster, struct env_list out[2])
{
	if (!cluster)
		return 0;
	out[0] = (struct env_list){cluster->autoscaler.env.items, cluster->autoscaler.env.count};
	out[1] = (struct env_list){
		cluster->history.collector.env.items, cluster->history.collector.env.count};
	return 2;
}

static void each_of_added(const struct rule_context *c, env_fn *check)
{
	struct env_list lists[2];
	const size_t count = added_lists(c->cluster, lists);

	for (size_t i = 0; i < count; i++)
		each_of_list(c, lists[i], check);
}

static void check_env_name(const struct rule_context *c, const struct env_var *env)
{
	const struct str name = env->name.v;
	const char *const old_fault = names_fault(NAME_ENV, name);

	if (!env->name.node || !old_fault)
		return;
	const char *const fault = names_fault(NAME_ENV_RELAXED, name);

	if (fault)
		rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_INVALID,
			FIELD_READS(env->name.node), "%s", fault);
	else
		rule_warned(c, FIELD_CHILD(env->self.at, "name"), FIELD_INVALID,
			FIELD_READS(env->name.node), "for Kubernetes before 1.32 it %s", old_fault);
}

static void env_names_of(const struct rule_context *c, const struct container *container)
{
	each_of_list(
		c, (struct env_list){container->env.items, container->env.count}, check_env_name);
}

static void env_names_fit(const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, env_names_of);
	each_of_added(c, check_env_name);
}

static void check_key_ref(
	const struct rule_context *c, const struct schema_object *from, const char *kind)
{
	const struct schema_object ref = {json_get(from->node, kind), FIELD_CHILD(from->at, kind)};

	check_reference(c, &ref, "name", NAME_DNS1123_SUBDOMAIN);
	check_member_name(c, &ref, "key", NAME_CONFIG_KEY);
}

/* That the volume is there is seen beside the mounts (mounts.c). */
static void check_file_ref(const struct rule_context *c, const struct schema_object *from)
{
	const struct schema_object ref = {
		json_get(from->node, "fileKeyRef"), FIELD_CHILD(from->at, "fileKeyRef")};
	const struct json_node *const path = json_get(ref.node, "path");

	check_member_name(c, &ref, "key", NAME_ENV_RELAXED);
	check_given(c, &ref, "path", "must be the path of a file in the volume");
	if (check_goes_up(json_str(c->arena, path)))
		rule_found(c, FIELD_CHILD(ref.at, "path"), FIELD_INVALID, FIELD_READS(path),
			"must not contain \"..\": it has to stay inside");
}

static void check_source(const struct rule_context *c, const struct schema_object *from)
{
	static const char *const SOURCES[] = {"configMapKeyRef", "fieldRef", "fileKeyRef",
		"resourceFieldRef", "secretKeyRef", NULL};

	if (!from->node)
		return;
	check_one_of(c, from, SOURCES, true);
	check_key_ref(c, from, "configMapKeyRef");
	check_key_ref(c, from, "secretKeyRef");
	check_file_ref(c, from);
}

static void check_env_source(const struct rule_context *c, const struct env_var *env)
{
	if (env->value_from.node && env->value.v.len)
		rule_found(c, env->value_from.at, FIELD_FORBIDDEN,
			FIELD_READS(env->value_from.node, env->value.node),
			"must be left out where value is set: keep one of them");
	check_source(c, &env->value_from);
}

/* Of a Redis, which become variables of the head. Beside a value they are RG0814's. */
static void each_credential(const struct rule_context *c,
	void (*check)(const struct rule_context *c, const struct schema_object *from))
{
	if (!c->cluster)
		return;
	check(c, &c->cluster->gcs.redis_username.value_from);
	check(c, &c->cluster->gcs.redis_password.value_from);
}

static void env_sources_of(const struct rule_context *c, const struct container *container)
{
	each_of_list(
		c, (struct env_list){container->env.items, container->env.count}, check_env_source);
}

static void env_sources_fit(const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, env_sources_of);
	each_of_added(c, check_env_source);
	each_credential(c, check_source);
}

static void check_field(const struct rule_context *c, const struct schema_object *from)
{
	if (from->node)
		check_downward(c, from, DOWNWARD_VARIABLE);
}

static void check_env_field(const struct rule_context *c, const struct env_var *env)
{
	check_field(c, &env->value_from);
}

static void env_fields_of(const struct rule_context *c, const struct container *container)
{
	each_of_list(
		c, (struct env_list){container->env.items, container->env.count}, check_env_field);
}

static void env_fields_exist(const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, env_fields_of);
	each_of_added(c, check_env_field);
	each_credential(c, check_field);
}

static void check_env_from(
	const struct rule_context *c, const struct json_node *list, const struct field_path *at)
{
	static const char *const SOURCES[] = {"configMapRef", "secretRef", NULL};

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct schema_object item = {it.value, FIELD_INDEX(at, it.index)};

		if (!json_is(it.value, JSON_OBJECT))
			continue;
		check_one_of(c, &item, SOURCES, true);
		for (size_t i = 0; SOURCES[i]; i++)
			check_reference(c,
				&(struct schema_object){json_get(it.value, SOURCES[i]),
					FIELD_CHILD(item.at, SOURCES[i])},
				"name", NAME_DNS1123_SUBDOMAIN);
	}
}

static void env_from_of(const struct rule_context *c, const struct container *container)
{
	check_env_from(c, json_get(container->self.node, "envFrom"),
		FIELD_CHILD(container->self.at, "envFrom"));
}

static void env_from_fits(const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, env_from_of);
	if (c->cluster && c->cluster->autoscaler.self.node)
		check_env_from(c, json_get(c->cluster->autoscaler.self.node, "envFrom"),
			FIELD_CHILD(c->cluster->autoscaler.self.at, "envFrom"));
}

/* In these lists the API server lets twins pass; Kubernetes takes the last. */
static void added_env_differs(const struct rule_context *c, const struct raycluster *cluster)
{
	struct env_list lists[2];
	const size_t count = added_lists(cluster, lists);

	for (size_t l = 0; l < count; l++) {
		const struct env_list list = lists[l];
		struct str *const names = arena_array(c->arena, list.count + 1, sizeof(*names));

		for (size_t i = 0; i < list.count; i++)
			names[i] = list.items[i].name.v;
		const size_t *const firsts = check_twin_texts(c->arena, names, list.count);

		for (size_t i = 0; i < list.count; i++) {
			if (firsts[i] != i && list.items[i].name.v.len)
				rule_found(c, FIELD_CHILD(list.items[i].self.at, "name"),
					FIELD_DUPLICATE,
					FIELD_READS(
						list.items[i].name.node, list.items[i].self.node),
					"item %zu has the same name, and the last one counts: "
					"remove one",
					firsts[i]);
		}
	}
}

static const struct rule RULES[] = {
	RULE("RG0640", "env-name-syntax", ERROR, BOTH, "0.1", NULL,
		"Names of environment variables are ones that Kubernetes accepts.",
		RULE_CHECKS_OBJECT(env_names_fit), .needs = PART(ENV)),
	RULE("RG0641", "env-has-one-source", ERROR, BOTH, "0.1", NULL,
		"A variable has a value or exactly one source, which has a name and a key.",
		RULE_CHECKS_OBJECT(env_sources_fit), .needs = PART(ENV_SOURCE)),
	RULE("RG0642", "env-field-exists", ERROR, BOTH, "0.1", NULL,
		"A variable that is taken from the pod names a field that can be taken.",
		RULE_CHECKS_OBJECT(env_fields_exist), .needs = PART(ENV_SOURCE)),
	RULE("RG0643", "env-from-has-one-source", ERROR, BOTH, "0.1", NULL,
		"An item of envFrom names exactly one ConfigMap or Secret.",
		RULE_CHECKS_OBJECT(env_from_fits), .needs = PART(ENV_FROM)),
	RULE("RG0644", "added-env-differs", WARN, MODERN, "0.1", NULL,
		"Variables for the autoscaler and the history collector have different names.",
		RULE_CHECKS_CLUSTER(added_env_differs), .needs = PART(AUTOSCALER) | PART(HISTORY)),
};

const struct rule_table RULES_ENV = RULE_TABLE(RULES);
