/*
 * Pods of an earlier template. In the modern dialect what runs is not replaced when its template
 * changes, and nothing else tells so. A pod keeps no record of what it was made from: it is
 * compared in what people change most, the images and resources of the containers that the template
 * has.
 */
#include "api/quantity.h"
#include "server/explain/looks.h"

static struct str text_of(const struct look *l, const struct json_node *value)
{
	return json_is(value, JSON_NUMBER) ? json_raw(value) : json_str(l->arena, value);
}

static bool is_same_amount(struct str a, struct str b)
{
	struct quantity x, y;
	struct err ignored;

	if (!quantity_parse(a, &x, &ignored) || !quantity_parse(b, &y, &ignored))
		return str_eq(a, b);
	return quantity_cmp(x, y) == 0;
}

/* Of the amounts that the template names; what it leaves out others may have filled in. */
static struct str amounts_differ(struct look *l, const struct json_node *asked,
	const struct json_node *has, const char *which)
{
	for (struct json_iter it = json_iter(EXPLAIN_AT(asked, "resources", which));
		json_next_member(&it);) {
		const struct str name = json_str(l->arena, it.key);
		const struct str now = text_of(l, it.value);
		const struct str was =
			text_of(l, json_get_str(EXPLAIN_AT(has, "resources", which), name));

		if (was.len && !is_same_amount(was, now))
			return arena_printf(l->arena,
				"%.*s of its %s is %.*s, in the template %.*s", STR_ARG(name),
				which, STR_ARG(was), STR_ARG(now));
	}
	return STR("");
}

static struct str container_differs(
	struct look *l, const struct json_node *asked, const struct json_node *has)
{
	const struct str now = json_str(l->arena, json_get(asked, "image"));
	const struct str was = json_str(l->arena, json_get(has, "image"));

	if (now.len && was.len && !str_eq(now, was))
		return arena_printf(l->arena, "its image is %.*s, in the template %.*s",
			STR_ARG(was), STR_ARG(now));
	const struct str limits = amounts_differ(l, asked, has, "limits");

	return limits.len ? limits : amounts_differ(l, asked, has, "requests");
}

/* Ray's autoscaler v2 takes a container that restarts for a node that it does not know. */
static struct str policy_differs(const struct look *l, const struct explain_pod *pod)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const struct str policy =
		json_str(l->arena, EXPLAIN_AT(pod->root, "spec", "restartPolicy"));

	if (!raycluster_autoscales(cluster) || !raycluster_autoscaler_is(cluster, "v2") ||
		str_is(policy, "Never"))
		return STR("");
	return arena_printf(l->arena,
		"its restartPolicy is %.*s, and that of pods for v2 of the autoscaler is Never",
		STR_ARG(policy.len ? policy : STR("Always")));
}

/* In what the pod is otherwise; "" where it is not. */
static struct str pod_differs(
	struct look *l, const struct ray_group *group, const struct explain_pod *pod)
{
	const struct json_node *const there = EXPLAIN_AT(pod->root, "spec", "containers");
	const struct pod_spec *const spec = &group->template.spec;
	struct str differs = STR("");

	for (size_t i = 0; i < spec->containers.count && differs.len == 0; i++) {
		const struct container *const asked = &spec->containers.items[i];

		for (struct json_iter it = json_iter(there); json_next_item(&it);) {
			if (json_str_is(json_get(it.value, "name"), asked->name.v))
				differs = container_differs(l, asked->self.node, it.value);
		}
	}
	return differs.len ? differs : policy_differs(l, pod);
}

static void look_at_group(struct look *l, const struct ray_group *group)
{
	struct str first = STR(""), name = STR("");
	int64_t count = 0;

	for (size_t i = 0; i < l->s->pod_count; i++) {
		const struct explain_pod *const pod = &l->s->pods[i];

		if (explain_pod_is_over(pod) || explain_group_of(l->s, pod) != group)
			continue;
		const struct str differs = pod_differs(l, group, pod);

		if (differs.len == 0)
			continue;
		if (count++ == 0) {
			first = differs;
			name = pod->name;
		}
	}
	if (count == 0)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"%.*s of %.*s %s not what the template says by now",
		STR_ARG(explain_count(l->arena, count, "pod")),
		STR_ARG(look_group(l->arena, group)), count == 1 ? "is" : "are");

	explain_shows(l->found, f, "%.*s: %.*s", STR_ARG(name), STR_ARG(first));
	explain_advises(l->found, f,
		"what runs is not replaced when its template changes: delete %s: kubectl delete "
		"pod -n %.*s %.*s%s",
		count == 1 ? "it" : "them, one by one", LOOK_NAMESPACE(l), STR_ARG(name),
		group->is_head ? " (which ends what runs on this cluster)" : "");
	l->aside = true;
}

void look_at_templates(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const bool edited = explain_i64(EXPLAIN_AT(l->s->root, "metadata", "generation"), 2) > 1;

	/* Legacy pods are replaced; a spec that never changed differs by what webhooks do to pods.
	 */
	if (cluster == NULL || l->s->object->dialect != DIALECT_MODERN || cluster->suspend.v ||
		!edited)
		return;
	for (size_t i = 0; i < cluster->group_count; i++) {
		if (!cluster->groups[i]->suspend.v)
			look_at_group(l, cluster->groups[i]);
	}
}

/* Of a group that was taken out of the spec, or never was in it. */
void look_at_strays(struct look *l)
{
	const struct explain_pod *first = NULL;
	int64_t count = 0;

	/* Of a spec that is refused the groups are not those of the pods. */
	if (l->s->object->cluster == NULL || l->refused)
		return;
	for (size_t i = 0; i < l->s->pod_count; i++) {
		const struct explain_pod *const pod = &l->s->pods[i];

		if (pod->head || explain_pod_is_over(pod) || explain_group_of(l->s, pod))
			continue;
		first = count++ ? first : pod;
	}
	if (count == 0)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
		"%.*s of a group that the spec does not have %s on",
		STR_ARG(explain_count(l->arena, count, "pod")), count == 1 ? "runs" : "run");

	explain_shows(l->found, f, "%.*s, of group \"%.*s\"", STR_ARG(first->name),
		STR_ARG(first->group));
	explain_advises(l->found, f,
		"Raygate ends such pods, KubeRay leaves them: kubectl delete pod -n %.*s %.*s",
		LOOK_NAMESPACE(l), STR_ARG(first->name));
	l->aside = true;
}
