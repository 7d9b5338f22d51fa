/* What a cluster has besides pods: the account of its autoscaler, Services, a Secret, a volume. */
#include "api/derived_names.h"
#include "server/children/auth_secret.h"
#include "server/children/rbac.h"
#include "server/children/service.h"
#include "server/children/store.h"
#include "server/plan/adopt.h"
#include "server/plan/modern_parts.h"
#include "server/plan/status_parts.h"

_Static_assert((int)AUTH_SECRET_RANDOM == (int)OBSERVED_RANDOM,
	"a round has as many bytes as a token takes");

static void create(struct modern *m, enum child_kind kind, struct json_edit *body)
{
	if (body == NULL)
		return;
	struct action *const action = round_add(m->round, ACTION_CREATE);
	const struct json_edit *const meta = json_edit_get(body, STR("metadata"));

	action->child = kind;
	action->body = body;
	action->name = arena_str(m->round->arena, json_edit_text(json_edit_get(meta, STR("name"))));
}

static bool is_seen(const struct modern *m, struct str name)
{
	for (size_t i = 0; i < m->seen->service_count; i++) {
		if (str_eq(m->seen->services[i].name, name))
			return true;
	}
	return false;
}

/* Watches find a Service by this label, so it has one even where it is made as KubeRay makes it. */
static void label(const struct modern *m, struct json_edit *service)
{
	struct json_edit *const meta = json_edit_get(service, STR("metadata"));

	json_edit_put_str(child_object(meta, "labels"), LABEL_CLUSTER, m->c.name);
}

/* Of its create. NULL: it was not refused. */
static const struct observed_failure *failure_of_service(
	const struct observed *seen, struct str name)
{
	for (size_t i = 0; i < seen->failure_count; i++) {
		const struct observed_failure *const failure = &seen->failures[i];

		if (str_is(failure->kind, "Service") && str_eq(failure->what, name) &&
			failure->action == ACTION_CREATE)
			return failure;
	}
	return NULL;
}

bool modern_head_service_is_anothers(const struct observed *seen, const struct child_context *c)
{
	const struct observed_failure *const failure = failure_of_service(seen, c->head_service);

	return failure && failure->taken;
}

bool modern_head_service_is_needed(const struct observed *seen, const struct child_context *c)
{
	return failure_of_service(seen, c->head_service) == NULL;
}

/* Its text is made only where no watch tells of it. */
static void create_service(
	struct modern *m, struct str name, struct json_edit *(*make)(const struct child_context *c))
{
	if (is_seen(m, name))
		return;
	struct json_edit *const service = make(&m->c);

	if (service == NULL)
		return;
	label(m, service);
	create(m, CHILD_SERVICE, service);
	m->round->actions[m->round->count - 1].needed =
		str_eq(name, m->c.head_service) && modern_head_service_is_needed(m->seen, &m->c);
}

/*
 * No watch tells of these. They are asked for when this process first meets the cluster, when its
 * spec changes and when something was refused: what is there already answers 409, and that is fine.
 */
static bool may_lack_unseen(const struct modern *m)
{
	bool refused = false;

	for (size_t i = 0; i < m->seen->failure_count; i++)
		refused |= !str_is(m->seen->failures[i].kind, "RayCluster") &&
			   !str_is(m->seen->failures[i].kind, "ControllerRevision");
	return m->seen->first || refused;
}

/*
 * An API server refuses a pod whose account it does not know. Where there was trouble with it the
 * pods are asked for all the same: it may be there, and workers have no need of it.
 */
static void create_account(struct modern *m, struct json_edit *body)
{
	bool in_trouble = false;

	if (body == NULL)
		return;
	for (size_t i = 0; i < m->seen->failure_count; i++)
		in_trouble |= str_is(m->seen->failures[i].kind, "ServiceAccount");
	create(m, CHILD_SERVICE_ACCOUNT, body);
	m->round->actions[m->round->count - 1].needed = !in_trouble;
}

static void create_unseen(struct modern *m)
{
	const struct child_context *const c = &m->c;

	if (raycluster_autoscales(c->cluster)) {
		create_account(m, rbac_service_account(c));
		create(m, CHILD_ROLE, rbac_role(c));
		create(m, CHILD_ROLE_BINDING, rbac_role_binding(c));
	}
	create(m, CHILD_SECRET, auth_secret(c, m->seen->random));
}

/* In the kubelet's words. */
static bool waits_for_secret(const struct modern *m, const struct observed_pod *pod)
{
	const struct str words = arena_printf(m->round->arena, "secret \"%.*s\" not found",
		STR_ARG(derived_check_name(m->c.arena, m->c.name)));

	return pod->ours && str_is(pod->reason, "CreateContainerConfigError") &&
	       str_contains(pod->message, words.at);
}

/* No watch tells that the Secret was deleted, which only a new pod misses. */
static void create_missed_secret(struct modern *m)
{
	bool missed = false;

	for (size_t i = 0; m->c.token_auth && !missed && i < m->seen->pod_count; i++)
		missed = waits_for_secret(m, &m->seen->pods[i]);
	if (missed)
		create(m, CHILD_SECRET, auth_secret(&m->c, m->seen->random));
}

const struct observed_claim *modern_claim(
	const struct observed *seen, const struct child_context *c)
{
	for (size_t i = 0; store_has_claim(c) && i < seen->claim_count; i++) {
		if (str_eq(seen->claims[i].name, c->store_claim))
			return &seen->claims[i];
	}
	return NULL;
}

/* One that is missed makes the next round look after what no watch tells of. */
static void settle_claim(struct modern *m)
{
	const struct observed_claim *const claim = modern_claim(m->seen, &m->c);

	if (claim && m->seen->verdict.accepted)
		adopt_claim(claim, &m->c, m->round);
	else if (claim == NULL && may_lack_unseen(m))
		create(m, CHILD_VOLUME_CLAIM, store_claim(&m->c));
}

void modern_children(struct modern *m)
{
	m->round->checks = true;
	if (may_lack_unseen(m))
		create_unseen(m);
	else
		create_missed_secret(m);
	settle_claim(m);
	create_service(m, m->c.head_service, service_of_head);
	create_service(m, derived_serve_service(m->c.arena, m->c.name), service_of_serve);
	create_service(m, derived_headless_service(m->c.arena, m->c.name), service_of_hosts);
}
