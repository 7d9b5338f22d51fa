#include "server/plan/plan_legacy.h"

#include "server/plan/accepted_store.h"
#include "server/plan/adopt.h"
#include "server/plan/legacy_parts.h"

void legacy_create(struct legacy *l, struct json_edit *body, const struct ray_group *type,
	int32_t failed_before)
{
	struct round *const round = l->m.round;
	const struct json_edit *const labels =
		json_edit_get(json_edit_get(body, STR("metadata")), STR("labels"));

	modern_create(&l->m, body, type, NULL, failed_before);
	struct observed_pod *const expected = &round->actions[round->count - 1].expected;

	expected->launch_hash =
		arena_str(round->arena, json_edit_text(json_edit_get(labels, STR(LEGACY_LAUNCH))));
	expected->restarts_never = str_is(type->template.spec.restart_policy.v, "Never");
}

static const struct observed_service *find_service(const struct observed *seen, struct str name)
{
	for (size_t i = 0; i < seen->service_count; i++) {
		if (str_eq(seen->services[i].name, name))
			return &seen->services[i];
	}
	return NULL;
}

static struct action *service_action(
	struct legacy *l, enum action_kind kind, struct json_edit *body)
{
	struct action *const action = round_add(l->m.round, kind);

	action->child = CHILD_SERVICE;
	action->name = l->m.c.head_service;
	action->body = body;
	return action;
}

static void patch_ports(struct legacy *l, struct json_edit *service)
{
	struct json_edit *const spec = json_edit_get(service, STR("spec"));
	struct json_edit *const patch = json_edit_object();

	json_edit_put(json_edit_put_object(patch, "spec"), "ports",
		json_edit_take(spec, json_edit_get(spec, STR("ports"))));
	service_action(l, ACTION_PATCH_SERVICE, patch);
}

/* One that is not ours answers the create with 409, which the status then tells. */
static void settle_service(struct legacy *l)
{
	const struct observed_service *const there = find_service(l->m.seen, l->m.c.head_service);
	struct json_edit *service = legacy_service(&l->m.c);

	if (there == NULL || (!there->ours && !there->stray)) {
		l->unsure = modern_head_service_is_needed(l->m.seen, &l->m.c);
		service_action(l, ACTION_CREATE, service)->needed = l->unsure;
		return;
	}
	if (there->ours && there->ports && !legacy_ports_fit(service, there->ports))
		patch_ports(l, service);
	json_edit_free(&service);
}

static void make(struct legacy *l)
{
	const struct observed_verdict *const verdict = &l->m.seen->verdict;

	if (l->m.seen->withheld || (!verdict->accepted && verdict->size_count == 0))
		return;
	l->m.round->checks = true;
	l->adopts = adopt_strays(l->m.seen, &l->m.c, l->m.round);
	settle_service(l);
	if (l->adopts)
		return;
	l->frozen = modern_head_service_is_anothers(l->m.seen, &l->m.c);
	legacy_settle_head(l);
	legacy_settle_workers(l);
}

void plan_legacy(const struct observed *seen, struct round *round)
{
	const struct ray_object *const object = seen->kept ? seen->kept : seen->object;
	const struct raycluster *const cluster = object->cluster;

	legacy_let_go(seen, round);
	if (seen->object->meta.deletion_timestamp.v.len)
		return;
	if (cluster == NULL || cluster->head == NULL ||
		pod_ray_container(&cluster->head->template) == NULL) {
		status_legacy_unreadable(seen, round);
		return;
	}
	struct legacy l = {
		.m = {.seen = seen, .round = round, .dice = seen->seed, .room = ROUND_CREATES_MAX}};

	child_context_init(&l.m.c, round->arena, object, seen->namespace, seen->domain);
	accepted_store(seen, &l.m.c, round);
	make(&l);
	l.head_ended = legacy_head_ended(&l);
	status_legacy(&l);
}
