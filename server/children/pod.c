#include "server/children/pod.h"

#include "api/derived_names.h"
#include "api/injected.h"
#include "server/children/pod_parts.h"

#define OVERWRITE "ray.io/overwrite-container-cmd"

static const char *node_type(const struct ray_group *group)
{
	return group->is_head ? "head" : "worker";
}

/* False where there is no container for Ray: then no pod can be made. */
static bool start(struct pod_draft *d, const struct child_context *c, const struct ray_group *group)
{
	const struct json_node *const template = group->template.self.node;

	*d = (struct pod_draft){.c = c, .group = group};
	if (pod_ray_container(&group->template) == NULL)
		return false;
	d->pod = child_new(c, "v1", "Pod");
	d->meta = json_edit_get(d->pod, STR("metadata"));
	d->spec = json_edit_import(json_get(template, "spec"));
	json_edit_put(d->pod, "spec", d->spec);
	d->ray = json_edit_item(json_edit_get(d->spec, STR("containers")), 0);
	start_params_of_group(&d->params, c->arena, group);
	return true;
}

/* A head keeps a name of its own, if the user gave it one; workers are many. */
static void put_name(struct pod_draft *d)
{
	const struct child_context *const c = d->c;
	const struct str own = d->group->template.metadata.name.v;

	if (d->group->is_head) {
		if (own.len)
			json_edit_put_str(d->meta, "name", own);
		json_edit_put_str(
			d->meta, "generateName", derived_pod_name(c->arena, c->name, "head", true));
		return;
	}
	const struct str prefix =
		arena_printf(c->arena, "%.*s-%.*s", STR_ARG(c->name), STR_ARG(d->group->name.v));

	json_edit_put_str(
		d->meta, "generateName", derived_pod_name(c->arena, prefix, "worker", true));
}

/* By these three everybody finds the pods, so they are ours alone. */
static bool is_fixed(struct str key)
{
	return str_is(key, LABEL_NODE_TYPE) || str_is(key, LABEL_GROUP) ||
	       str_is(key, LABEL_CLUSTER);
}

static void lay_over(struct arena *arena, struct json_edit *labels, const struct json_node *map)
{
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		const struct str key = json_str(arena, it.key);

		if (!is_fixed(key))
			json_edit_set(labels, key, json_edit_import(it.value));
	}
}

static void put_labels(struct pod_draft *d)
{
	const struct child_context *const c = d->c;
	const struct ray_group *const group = d->group;
	struct json_edit *const labels = json_edit_put_object(d->meta, "labels");

	json_edit_put_cstr(labels, LABEL_RAY_NODE, "yes");
	json_edit_put_str(labels, LABEL_CLUSTER, c->name);
	json_edit_put_cstr(labels, LABEL_NODE_TYPE, node_type(group));
	json_edit_put_str(labels, LABEL_GROUP, child_group_name(group));
	json_edit_put_str(
		labels, LABEL_IDENTIFIER, derived_identifier(c->arena, c->name, node_type(group)));
	json_edit_put_cstr(labels, LABEL_APP, APP_NAME);
	json_edit_put_cstr(labels, LABEL_CREATED_BY, CREATED_BY);
	lay_over(c->arena, labels, group->template.metadata.labels.node);
	lay_over(c->arena, labels, group->labels.node);
	if (str_is(ray_object_label(c->object, c->arena, LABEL_CRD), "RayService"))
		json_edit_set(labels, STR("ray.io/serve"),
			json_edit_str(group->is_head ? STR("false") : STR("true")));
}

static bool says_true(struct arena *arena, const struct val_map *map, const char *key)
{
	return str_is_nocase(json_str(arena, json_get(map->node, key)), "true");
}

static void put_annotations(struct pod_draft *d)
{
	const struct child_context *const c = d->c;
	const struct template_metadata *const meta = &d->group->template.metadata;
	struct json_edit *const annotations = meta->annotations.node
						      ? json_edit_import(meta->annotations.node)
						      : json_edit_object();

	json_edit_put(d->meta, "annotations", annotations);
	if (says_true(c->arena, &c->object->meta.annotations, OVERWRITE))
		json_edit_set(annotations, STR(OVERWRITE), json_edit_str(STR("true")));
	if (meta->finalizers.node)
		json_edit_put(d->meta, "finalizers", json_edit_import(meta->finalizers.node));
}

static void add_metrics_port(struct pod_draft *d)
{
	struct json_edit *const ports = child_array(d->ray, "ports");
	struct json_edit *const port = json_edit_object();

	for (const struct json_edit *v = json_edit_first(ports); v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("name"))), "metrics")) {
			struct json_edit *unused = port;

			json_edit_free(&unused);
			return;
		}
	}
	json_edit_put_cstr(port, "name", "metrics");
	json_edit_put_i64(port, "containerPort", 8080);
	json_edit_add(ports, port);
}

static void add_token(struct pod_draft *d)
{
	struct json_edit *v = json_edit_first(json_edit_get(d->spec, STR("initContainers")));

	if (!d->c->token_auth)
		return;
	container_add_token(d->c, d->ray);
	for (; v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("name"))), "wait-gcs-ready"))
			container_add_token(d->c, v);
	}
}

static void add_words(struct arena *arena, struct buf *text, const struct val_strings *words)
{
	for (struct json_iter it = json_iter(words->node); json_next_item(&it);)
		buf_printf(text, " %.*s ", STR_ARG(json_str(arena, it.value)));
}

/* Ray starts behind the user's command, unless he says that he starts it himself. */
static void put_command(struct pod_draft *d)
{
	const struct container *const ray = pod_ray_container(&d->group->template);
	const struct str overwrite = json_edit_text(
		json_edit_get(json_edit_get(d->meta, STR("annotations")), STR(OVERWRITE)));
	CLEANUP(buf_done) struct buf words = {0};

	d->start = start_command(&d->params, d->group->is_head, ray);
	add_words(d->c->arena, &words, &ray->command);
	add_words(d->c->arena, &words, &ray->args);
	if (str_is_nocase(overwrite, "true") || str_contains(buf_str(&words), "ray start"))
		return;
	container_put_script(d->ray,
		arena_printf(d->c->arena,
			"%.*s%sulimit -n ${RAY_START_ULIMIT_OPEN_FILES:-65536}; %.*s",
			STR_ARG(buf_str(&words)), words.len ? " && " : "", STR_ARG(d->start)));
}

/* What head and workers have in common behind their own parts, in KubeRay's order. */
static struct json_edit *finish(struct pod_draft *d)
{
	pod_add_fault_tolerance(d);
	add_metrics_port(d);
	add_token(d);
	pod_add_volumes(d);
	put_command(d);
	pod_add_env(d);
	pod_add_probes(d);
	return d->pod;
}

struct json_edit *pod_of_head(const struct child_context *c)
{
	struct pod_draft d;

	if (c->cluster->head == NULL || !start(&d, c, c->cluster->head))
		return NULL;
	put_name(&d);
	put_labels(&d);
	start_params_complete(&d.params, true, STR(""));
	put_annotations(&d);
	pod_add_autoscaler(&d);
	return finish(&d);
}

static void put_place(struct pod_draft *d, const struct pod_place *place)
{
	struct json_edit *const labels = json_edit_get(d->meta, STR("labels"));
	struct arena *const arena = d->c->arena;

	json_edit_set(labels, STR("ray.io/worker-group-replica-index"),
		json_edit_str(arena_printf(arena, "%u", place->replica)));
	if (group_hosts(d->group) <= 1)
		return;
	json_edit_set(labels, STR("ray.io/worker-group-replica-name"),
		json_edit_str(place->replica_name));
	json_edit_set(labels, STR("ray.io/replica-host-index"),
		json_edit_str(arena_printf(arena, "%u", place->host)));
}

struct json_edit *pod_of_worker(
	const struct child_context *c, const struct ray_group *group, const struct pod_place *place)
{
	struct pod_draft d;

	if (!start(&d, c, group))
		return NULL;
	put_name(&d);
	if (injected_waits_for_head(c->policy, c->cluster))
		pod_add_wait_for_head(&d);
	put_labels(&d);
	put_place(&d, place);
	start_params_complete(&d.params, false,
		arena_printf(c->arena, "%.*s:%.*s", STR_ARG(c->head_fqdn), STR_ARG(c->head_port)));
	put_annotations(&d);
	if (raycluster_autoscales(c->cluster) && raycluster_autoscaler_is(c->cluster, "v2"))
		json_edit_set(d.spec, STR("restartPolicy"), json_edit_str(STR("Never")));
	return finish(&d);
}
