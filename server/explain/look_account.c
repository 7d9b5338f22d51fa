/* The account as which Ray's autoscaler scales: KubeRay and Raygate make it with each head. */
#include "server/children/rbac.h"
#include "server/controller/owner.h"
#include "server/explain/account.h"
#include "server/explain/looks.h"

enum { TOKEN_S = 3600 /* a token lives no longer, and is renewed before */ };

bool explain_account(const struct explain_subject *s, struct explain_account *out)
{
	const struct raycluster *const cluster = s->object->cluster;
	const struct explain_pod *const head = explain_head(s);
	struct child_context c;

	if (cluster == NULL || s->object->dialect != DIALECT_MODERN || head == NULL ||
		explain_pod_is_over(head) || !raycluster_autoscales(cluster))
		return false;
	child_context_init(&c, s->in->arena, s->object, s->namespace, STR(""));
	*out = (struct explain_account){
		.names = {c.service_account, rbac_role_name(&c), rbac_role_name(&c)},
		.own = c.own_service_account,
	};
	return true;
}

static struct str missing_of(const struct look *l, const struct explain_account *account)
{
	struct str list = STR("");

	for (size_t i = 0; i < EXPLAIN_ACCOUNT_PARTS; i++) {
		const enum explain_kind kind = (enum explain_kind)(EXPLAIN_ACCOUNT + i);

		if (l->s->in->of[kind].looked && look_find(l, kind, account->names[i]) == NULL)
			list = arena_printf(l->arena, "%.*s%s%s \"%.*s\"", STR_ARG(list),
				list.len ? ", " : "", EXPLAIN_KIND_ROWS[kind].kind,
				STR_ARG(account->names[i]));
	}
	return list;
}

/* Tokens are of one very account, and hold no longer than that. */
static void look_at_token(struct look *l, const struct explain_account *account)
{
	const struct json_node *const object = look_find(l, EXPLAIN_ACCOUNT, account->names[0]);
	const struct explain_pod *const head = explain_head(l->s);
	const int64_t made =
		explain_time(l->arena, EXPLAIN_AT(object, "metadata", "creationTimestamp"));

	if (look_find_autoscaler(head) == NULL || made <= head->created ||
		l->s->in->now - made > TOKEN_S)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"its autoscaler's token is void: ServiceAccount \"%.*s\" is newer than the head",
		STR_ARG(account->names[0]));

	explain_advises(l->found, f,
		"wait up to an hour for another token; or delete the head (Ray restarts): kubectl "
		"delete pod %.*s -n %.*s",
		STR_ARG(head->name), LOOK_NAMESPACE(l));
}

/* A name that is taken counts as made: nothing of somebody else's is changed. */
static void look_at_rights(struct look *l, const struct explain_account *account)
{
	for (int kind = EXPLAIN_ROLE; kind <= EXPLAIN_BINDING; kind++) {
		const struct str name = account->names[kind - EXPLAIN_ACCOUNT];
		const struct json_node *const object = look_find(l, (enum explain_kind)kind, name);
		const struct json_node *const owner =
			owner_controller(json_get(object, "metadata"));

		if (object == NULL || json_str_is(json_get(owner, "uid"), l->s->uid))
			continue;
		struct explain_finding *const f = explain_found(l->found, EXPLAIN_NOTE,
			"%s \"%.*s\" is somebody else's: its autoscaler may do what that one "
			"says, and no more",
			EXPLAIN_KIND_ROWS[kind].kind, STR_ARG(name));

		explain_advises(l->found, f,
			"where it does not scale: delete that one, and its controller makes "
			"its own within 5 minutes");
	}
}

void look_at_account(struct look *l)
{
	struct explain_account account;

	if (!explain_account(l->s, &account))
		return;
	const struct str missing = missing_of(l, &account);

	if (missing.len == 0) {
		look_at_token(l, &account);
		look_at_rights(l, &account);
		return;
	}
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"its autoscaler cannot scale: %.*s %s not there", STR_ARG(missing),
		str_contains(missing, ", ") ? "are" : "is");

	if (account.own && str_starts(missing, "ServiceAccount"))
		explain_advises(l->found, f, "make the ServiceAccount that the template names");
	else
		explain_advises(l->found, f,
			"wait: its controller makes it anew within 5 minutes; see that it runs");
}
