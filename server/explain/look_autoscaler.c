/* What Ray's autoscaler can and cannot do with this cluster. */
#include <inttypes.h>

#include "server/explain/known_lines.h"
#include "server/explain/looks.h"

#define AUTOSCALER "autoscaler"

/* From this version on Ray takes v2 where nothing is said. */
enum { IMPLIED_MAJOR = 2, IMPLIED_MINOR = 48 };

const struct explain_container *look_find_autoscaler(const struct explain_pod *head)
{
	for (size_t i = 0; head && i < head->container_count; i++) {
		if (str_is(head->containers[i].name, AUTOSCALER))
			return &head->containers[i];
	}
	return NULL;
}

static void tell_absent(struct look *l, const struct explain_pod *head)
{
	struct explain_finding *const f = explain_found(
		l->found, EXPLAIN_WRONG, "it is to autoscale, and its head has no autoscaler");

	explain_shows(l->found, f, "pod %.*s was made before enableInTreeAutoscaling was set",
		STR_ARG(head->name));
	explain_advises(l->found, f,
		"delete the pod, and a head with an autoscaler is made (Ray restarts): kubectl "
		"delete pod %.*s -n %.*s",
		STR_ARG(head->name), LOOK_NAMESPACE(l));
}

/* Unless it is the user's own. */
static bool template_has_autoscaler(const struct raycluster *cluster)
{
	const container_list *const containers = &cluster->head->template.spec.containers;
	bool found = false;

	for (size_t i = 0; i < containers->count; i++)
		found |= str_is(containers->items[i].name.v, AUTOSCALER);
	return found;
}

static void tell_left_over(struct look *l, const struct explain_pod *head)
{
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"it is not to autoscale, and its head has an autoscaler that goes on");

	explain_shows(l->found, f, "pod %.*s was made while enableInTreeAutoscaling was set",
		STR_ARG(head->name));
	explain_advises(l->found, f,
		"delete the pod, and a head without one is made (Ray restarts): kubectl delete pod "
		"%.*s -n %.*s",
		STR_ARG(head->name), LOOK_NAMESPACE(l));
}

static void tell_log(struct look *l, const struct explain_pod *head)
{
	const struct explain_log *const log =
		explain_find_log(l->s->in, head->name, STR(AUTOSCALER), false);
	const struct known_line *known = NULL;
	const struct str line = log ? known_line_error(log->text, &known) : (struct str){0};

	if (line.len == 0)
		return;
	struct explain_finding *const f =
		explain_found(l->found, EXPLAIN_NOTE, "the autoscaler's last error");

	explain_shows(l->found, f, "%.*s", STR_ARG(line));
	if (known) {
		explain_shows(l->found, f, "which means: %s", known->meaning);
		explain_advises(l->found, f, "%s", known->advice);
	}
}

static void tell_bounds(struct look *l, const struct ray_group *group)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const int64_t max = group_max(cluster, group);

	if (group->suspend.v || group_replicas(cluster, group) < max || max == 0)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"%.*s is at its %s (%" PRId64 "): the autoscaler adds no more",
		STR_ARG(look_group(l->arena, group)), cluster->words->max, max);

	explain_advises(l->found, f, "if work waits, raise %s", cluster->words->max);
}

static bool is_there(const struct explain_subject *s, struct str pod)
{
	for (size_t i = 0; i < s->pod_count; i++) {
		if (str_eq(s->pods[i].name, pod))
			return s->pods[i].deleted == 0;
	}
	return false;
}

/* The autoscaler named workers that are to go, and they are still there. */
static void tell_victims(struct look *l, const struct ray_group *group)
{
	const struct json_node *const names = group->scale_strategy.workers_to_delete.node;
	struct explain_finding *f = NULL;

	for (struct json_iter it = json_iter(names); json_next_item(&it);) {
		const struct str name = json_str(l->arena, it.value);

		if (!is_there(l->s, name))
			continue;
		if (f == NULL)
			f = explain_found(l->found, EXPLAIN_WRONG,
				"%.*s is to lose workers, and its controller has not ended them "
				"yet",
				STR_ARG(look_group(l->arena, group)));
		explain_shows(l->found, f, "%.*s (scaleStrategy.workersToDelete)", STR_ARG(name));
	}
}

static bool version_is_implied(const struct raycluster *cluster)
{
	int64_t major, minor;
	const struct str text = cluster->ray_version.v;
	const size_t dot = str_find(text, '.');
	const struct str rest = str_from_offset(text, dot < text.len ? dot + 1 : dot);

	return cluster->autoscaler.version.v.len == 0 &&
	       str_to_i64((struct str){text.at, dot}, &major) &&
	       str_to_i64((struct str){rest.at, str_find(rest, '.')}, &minor) &&
	       (major > IMPLIED_MAJOR || (major == IMPLIED_MAJOR && minor >= IMPLIED_MINOR));
}

static void tell_version(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;

	if (!version_is_implied(cluster))
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"it does not say which autoscaler it wants: Ray %.*s takes v2, and its pods were "
		"made for v1",
		STR_ARG(cluster->ray_version.v));

	explain_advises(l->found, f,
		"set autoscalerOptions.version: v2, so that pods do not "
		"restart in place");
}

/* Where Ray picks who goes, a smaller number of replicas ends nobody. */
static void tell_surplus(struct look *l, const struct ray_group *group)
{
	const int64_t wanted = explain_wanted(l->s, group);
	const int64_t more = explain_there(l->s, group) - wanted;

	if (more <= 0 || group->suspend.v)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"%.*s has %.*s more than are asked for (%" PRId64 ")",
		STR_ARG(look_group(l->arena, group)),
		STR_ARG(explain_count(l->arena, more, "worker")), wanted);

	explain_advises(l->found, f,
		"Ray's autoscaler ends those that are idle; no others go, but by name: "
		"scaleStrategy.workersToDelete");
	l->aside = true;
}

void look_at_autoscaler(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const struct explain_pod *const head = explain_head(l->s);

	if (cluster == NULL || l->s->object->dialect != DIALECT_MODERN)
		return;
	for (size_t i = 0; i < cluster->worker_count; i++)
		tell_victims(l, cluster->workers[i]);
	if (head == NULL || explain_pod_is_over(head))
		return;
	if (!raycluster_autoscales(cluster)) {
		if (look_find_autoscaler(head) && cluster->head &&
			!template_has_autoscaler(cluster))
			tell_left_over(l, head);
		return;
	}
	if (look_find_autoscaler(head) == NULL)
		tell_absent(l, head);
	else
		tell_log(l, head);
	for (size_t i = 0; i < cluster->worker_count; i++)
		tell_bounds(l, cluster->workers[i]);
	for (size_t i = 0; i < cluster->worker_count; i++)
		tell_surplus(l, cluster->workers[i]);
	tell_version(l);
}
