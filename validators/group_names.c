/* Names of worker groups: labels, parts of pod names, and the key by which pods are counted. */
#include <string.h>

#include "api/derived_names.h"
#include "api/names.h"
#include "validators/check.h"
#include "validators/rules.h"

#define HEAD_GROUP "headgroup" /* KubeRay's own value of ray.io/group on the head */
#define INDEXING   "RayMultiHostIndexing"

enum {
	REPLICA_NAME_ADDS = 6, /* "-" and five random characters, in a label of 63 */
};

static const struct field_path *name_path(
	struct arena *arena, const struct raycluster *cluster, const struct ray_group *group)
{
	return field_path_keep(arena, FIELD_CHILD(group->self.at, cluster->words->name));
}

static void names_are_unique(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct ray_group **const named =
		arena_array(c->arena, cluster->group_count, sizeof(struct ray_group *));
	struct str *const names = arena_array(c->arena, cluster->group_count, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < cluster->group_count; i++) {
		const struct ray_group *const group = cluster->groups[i];

		if (group->name.node == NULL)
			continue;
		named[count] = group;
		names[count++] = group->name.v;
	}
	const size_t *const firsts = check_twin_texts(c->arena, names, count);

	for (size_t i = 0; i < count; i++) {
		if (firsts[i] != i)
			rule_found(c, name_path(c->arena, cluster, named[i]), FIELD_DUPLICATE,
				FIELD_READS(named[i]->name.node),
				"must be unique: two groups of one name would fight over the same "
				"pods");
	}
}

/* A RayCluster made by a RayJob or RayService is named after it, with five characters behind. */
static struct str cluster_name(const struct rule_context *c)
{
	const struct object_meta *const meta = &c->object->meta;
	struct str name = meta->name.v;

	if (name.len == 0)
		name = derived_generated_name(c->arena, meta->generate_name.v, STR("xxxxx"));
	if (c->object->kind != RAY_CLUSTER)
		name = arena_printf(c->arena, "%.*s-xxxxx", STR_ARG(name));
	/* What is wrong with it is said elsewhere. */
	return names_fault(NAME_DNS1035_LABEL, name) ? STR("x") : name;
}

/* No DNS label, which nearly every name is, and with which nothing can go wrong. */
COLD static void name_is_odd(const struct rule_context *c, const struct ray_group *group)
{
	const struct str name = group->name.v;
	const struct field_path *const at = name_path(c->arena, c->cluster, group);
	const struct field_reads reads = FIELD_READS(group->name.node);

	if (name.len == 0) {
		rule_found(c, at, FIELD_INVALID, reads,
			"must not be empty: it tells the group's pods from those of others");
		return;
	}
	const char *const fault = names_fault(NAME_LABEL_VALUE, name);

	if (fault) {
		rule_found(c, at, FIELD_INVALID, reads,
			"is the value of the pods' label ray.io/group and %s", fault);
		return;
	}
	const struct str prefix = derived_worker_pod(c->arena, cluster_name(c), name);
	const struct str pod = derived_generated_name(c->arena, prefix, STR("xxxxx"));

	if (names_fault(NAME_DNS1123_SUBDOMAIN, pod)) {
		const struct str better = names_suggest(c->arena, name, NAME_DNS1123_LABEL);

		rule_found(c, at, FIELD_INVALID, reads,
			"gives its pods the name \"%.*s\", which Kubernetes refuses: write "
			"\"%.*s\"",
			STR_ARG(pod), STR_ARG(better));
	}
}

static void name_fits_labels_and_pods(const struct rule_context *c, const struct ray_group *group)
{
	if (group->name.node && names_fault(NAME_DNS1123_LABEL, group->name.v))
		name_is_odd(c, group);
}

static void name_is_not_the_heads(const struct rule_context *c, const struct ray_group *group)
{
	if (str_is(group->name.v, HEAD_GROUP))
		rule_found(c, name_path(c->arena, c->cluster, group), FIELD_INVALID,
			FIELD_READS(group->name.node),
			"is the head's own group name: KubeRay would count the head as a worker "
			"and may delete it; choose another");
}

/* The gate is open by default: what is not said is only warned of. */
static void name_leaves_room_for_replicas(
	const struct rule_context *c, const struct ray_group *group)
{
	const size_t most = NAMES_LABEL_MAX - REPLICA_NAME_ADDS;
	const enum policy_gate gate = policy_gate(c->policy, INDEXING);

	if (group_hosts(group) <= 1 || group->name.v.len <= most ||
		group->name.v.len > NAMES_LABEL_MAX || gate == POLICY_GATE_OFF)
		return;
	rule_found_at_most(c, gate == POLICY_GATE_ON ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_WARN,
		name_path(c->arena, c->cluster, group), FIELD_TOO_LONG,
		FIELD_READS(group->name.node, group->hosts.node),
		"must be at most %zu characters where numOfHosts is above 1, has %zu: KubeRay "
		"labels each replica with it and six more; choose a shorter one",
		most, group->name.v.len);
}

static const struct rule RULES[] = {
	RULE("RG0308", "group-names-are-unique", ERROR, BOTH, "0.1", "KubeRay's webhook",
		"Worker groups, and podTypes, have different names.",
		RULE_CHECKS_CLUSTER(names_are_unique)),
	RULE("RG0309", "group-name-fits-pods", ERROR, MODERN, "0.1", NULL,
		"A worker group's name is a label's value, is not empty, and makes a valid name "
		"of a pod.",
		RULE_CHECKS_WORKER(name_fits_labels_and_pods)),
	RULE("RG0310", "group-name-is-not-headgroup", ERROR, MODERN, "0.1", NULL,
		"No worker group is called headgroup, as KubeRay calls the head's.",
		RULE_CHECKS_WORKER(name_is_not_the_heads)),
	RULE("RG0311", "group-name-leaves-room", ERROR, MODERN, "0.1", NULL,
		"A group of several hosts has a name of at most 57 characters.",
		RULE_CHECKS_WORKER(name_leaves_room_for_replicas), .needs = PART(HOSTS)),
};

const struct rule_table RULES_GROUP_NAMES = RULE_TABLE(RULES);
