/*
 * Old against new: what a controller made once and leaves as it is, so that a change of it reaches
 * nothing that is there. Neither KubeRay nor Raygate changes Services, claims and Roles but for the
 * owner of a claim; the fields of pods are RG1306's.
 */
#include "validators/rules.h"

#define SERVE "ray.io/enable-serve-service"

/* Where a change does less than it seems to. */
struct change {
	const struct rule_context *c;
	const struct field_path *at; /* of what holds the field */
	const char *stays;           /* what becomes of it */
};

static void tell(const struct change *change, const char *field, const struct json_node *old,
	const struct json_node *new)
{
	if (!json_equal(old, new))
		rule_found(change->c, FIELD_CHILD(change->at, field), FIELD_INVALID,
			FIELD_READS(new, old), "%s", change->stays);
}

/* Its size, class and modes; not where it is the user's own in one of both. */
static void claim_stays(
	const struct rule_context *c, const struct gcs_options *old, const struct gcs_options *now)
{
	const struct embedded_storage *const before = &old->storage;
	const struct embedded_storage *const after = &now->storage;
	const struct change made = {c, FIELD_CHILD(now->self.at, "storage"),
		"is for a claim that is to come: the one that is there stays as it is until "
		"somebody deletes it, and with it the cluster's state"};
	const struct change used = {c, made.at,
		"is for the next head, which does not find there what this one has stored"};

	tell(&used, "claimName", before->claim_name.node, after->claim_name.node);
	tell(&used, "subPath", before->sub_path.node, after->sub_path.node);
	if (before->claim_name.v.len || after->claim_name.v.len)
		return;
	if (before->size.node == NULL || after->size.node == NULL ||
		quantity_cmp(before->size.v, after->size.v) != 0)
		tell(&made, "size", before->size.node, after->size.node);
	tell(&made, "storageClassName", before->storage_class.node, after->storage_class.node);
	tell(&made, "accessModes", before->access_modes.node, after->access_modes.node);
}

static bool keeps_state(const struct raycluster *cluster)
{
	return str_is(cluster->gcs.backend.v, "rocksdb");
}

/* Of which the Service's are made. */
static void ports_stay(
	const struct rule_context *c, const struct container *before, const struct container *now)
{
	const struct change change = {c, now->self.at,
		"are for a Service that is to come: the one that is there stays as it is until "
		"somebody deletes it"};

	tell(&change, "ports", before->ports.node, now->ports.node);
}

static void service_stays(
	const struct rule_context *c, const struct raycluster *old, const struct raycluster *now)
{
	const struct change head = {c, now->head->self.at,
		"is for a Service that is to come: the one that is there stays as it is until "
		"somebody deletes it"};
	const struct change spec = {c, now->self.at, head.stays};

	tell(&head, "serviceType", old->head->service_type.node, now->head->service_type.node);
	tell(&head, "headService", old->head->service.node, now->head->service.node);
	tell(&spec, "headServiceAnnotations", old->head_service_annotations.node,
		now->head_service_annotations.node);
	const struct container *const before = pod_ray_container(&old->head->template);
	const struct container *const ray = pod_ray_container(&now->head->template);

	if (before && ray)
		ports_stay(c, before, ray);
}

/* One that serves is not deleted. */
static void serve_stays(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	const struct json_node *const before = json_get(old->meta.annotations.node, SERVE);
	const struct json_node *const now = json_get(object->meta.annotations.node, SERVE);
	const struct field_path *const at = FIELD_CHILD(object->meta.self.at, "annotations");

	if (json_str_is(before, STR("true")) && !json_str_is(now, STR("true")))
		rule_found(c, FIELD_KEY(at, STR(SERVE)), FIELD_INVALID, FIELD_READS(now, before),
			"the Service to serve stays until somebody deletes it");
}

/* Another account of the head's has no right to scale it. */
static void binding_stays(
	const struct rule_context *c, const struct raycluster *old, const struct raycluster *now)
{
	const struct pod_spec *const before = &old->head->template.spec;
	const struct pod_spec *const after = &now->head->template.spec;
	const struct change change = {c,
		FIELD_CHILD(FIELD_CHILD(now->head->self.at, "template"), "spec"),
		"the RoleBinding of the autoscaler stays with the account it was made for: bind "
		"the new one, or delete it to have it made anew"};

	if (raycluster_autoscales(old) && raycluster_autoscales(now))
		tell(&change, "serviceAccountName", before->service_account_name.node,
			after->service_account_name.node);
}

static void what_was_made_stays(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	const struct raycluster *const before = old->cluster;
	const struct raycluster *const now = object->cluster;

	if (object->kind != RAY_CLUSTER || before == NULL || now == NULL)
		return;
	if (keeps_state(before) && keeps_state(now))
		claim_stays(c, &before->gcs, &now->gcs);
	serve_stays(c, old, object);
	if (before->head == NULL || now->head == NULL)
		return;
	service_stays(c, before, now);
	binding_stays(c, before, now);
}

static const struct rule RULES[] = {
	RULE("RG1311", "what-was-made-stays", WARN, MODERN, "0.1", NULL,
		"A change reaches what was made of the cluster: not its Services, the claim of its "
		"GCS, its RoleBinding.",
		RULE_CHECKS_UPDATE(what_was_made_stays)),
};

const struct rule_table RULES_UPDATE_CHILDREN = RULE_TABLE(RULES);
