/* What does not go as it should: refused writes, pods that do not start, what we do not make. */
#include "server/children/service.h"
#include "server/children/store.h"
#include "server/plan/accept.h"
#include "server/plan/status_parts.h"
#include "validators/unsupported.h"

/* A legacy head is a podType with a name of its own. */
static bool is_of_head(const struct status_input *in, struct str group)
{
	const struct raycluster *const cluster = in->c->cluster;

	return str_is(group, HEAD_GROUP) ||
	       (cluster && cluster->head && group.len && str_eq(group, cluster->head->name.v));
}

static const struct {
	const char *reason, *words;
} VERBS[] = {
	[ACTION_CREATE] = {"Create", ""},
	[ACTION_DELETE_POD] = {"Delete", "delete "},
	[ACTION_STATUS] = {"Patch", "patch "},
	[ACTION_PATCH] = {"Patch", "patch "},
	[ACTION_PATCH_SERVICE] = {"Patch", "patch "},
	[ACTION_ADOPT] = {"Adopt", "adopt "},
	[ACTION_RELEASE] = {"Release", "release "},
};

/* KubeRay's reasons, and one like them for what is no pod; its Events say FailedTo. */
static struct str failure_reason(const struct status_input *in, struct arena *arena,
	const char *failed, const struct observed_failure *failure)
{
	const char *const verb = VERBS[failure->action].reason;

	if (!str_is(failure->kind, "Pod"))
		return arena_printf(arena, "%s%s%.*s", failed, verb, STR_ARG(failure->kind));
	return arena_printf(arena, "%s%s%sPod", failed, verb,
		is_of_head(in, failure->group) ? "Head" : "Worker");
}

/*
 * An API server that is away or has no time is not the cluster's trouble, nor is a status that
 * could not be written; nor that it does not know the Role yet, made a moment before, to which a
 * RoleBinding refers.
 */
static bool is_told(const struct observed_failure *failure)
{
	if (failure->code == 404 && str_is(failure->kind, "RoleBinding"))
		return false;
	return failure->code != 0 && failure->code != 429 && !str_is(failure->kind, "RayCluster");
}

/* The names of pods that are to be are new at each attempt, and say nothing. */
static struct str without_name(struct str message)
{
	const struct str mark = STR("\" is forbidden: ");

	if (!str_starts(message, "pods \""))
		return message;
	for (size_t i = 0; i + mark.len <= message.len; i++) {
		if (memcmp(message.at + i, mark.at, mark.len) == 0)
			return str_from_offset(message, i + mark.len);
	}
	return message;
}

static void add_failure(
	struct arena *arena, const struct observed_failure *failure, struct buf *out)
{
	const bool drawn = failure->action == ACTION_CREATE && str_is(failure->kind, "Pod") &&
			   failure->group.len;
	const struct str name = drawn ? failure->group : failure->what;
	const struct str words = drawn ? without_name(failure->message) : failure->message;
	const struct str line =
		arena_printf(arena, "%s%.*s %s\"%.*s\": %.*s", VERBS[failure->action].words,
			STR_ARG(failure->kind), drawn ? "of " : "", STR_ARG(name), STR_ARG(words));

	if (str_contains(buf_str(out), line.at))
		return;
	if (out->len)
		buf_add_cstr(out, "; ");
	buf_add(out, line);
}

void status_put_failures(struct status_draft *d, const struct status_input *in)
{
	const struct observed *const seen = in->seen;
	struct arena *const arena = d->round->arena;
	const struct observed_failure *first = NULL;
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < seen->failure_count; i++) {
		if (!is_told(&seen->failures[i]) || !round_asks_again(d->round, &seen->failures[i]))
			continue;
		first = first ? first : &seen->failures[i];
		add_failure(arena, &seen->failures[i], &text);
	}
	if (first == NULL) {
		status_drop_condition(d, STATUS_FAILURE);
		return;
	}
	const struct status_condition condition = {
		.type = STATUS_FAILURE,
		.status = true,
		.reason = failure_reason(in, arena, "Failed", first),
		.message = arena_str(arena, buf_str(&text)),
		.flip = STATUS_NOW,
		.words = STATUS_SLOWLY,
	};

	if (status_put_condition(d, &condition) && !status_says(seen->root, STATUS_FAILURE))
		status_warn(d, failure_reason(in, arena, "FailedTo", first).at, condition.message);
}

void status_tell_refused(const struct status_input *in, struct round *round)
{
	for (size_t i = 0; i < in->seen->failure_count; i++) {
		const struct observed_failure *const failure = &in->seen->failures[i];

		if (failure->action != ACTION_STATUS || failure->code == 0)
			continue;
		struct action *const event = round_add(round, ACTION_EVENT);

		event->warning = true;
		event->reason = STATUS_REFUSED;
		event->message = arena_printf(round->arena, "the status cannot be written: %.*s",
			STR_ARG(failure->message));
	}
}

void status_put_accepted(struct status_draft *d, const struct status_input *in)
{
	const struct observed_verdict *const verdict = &in->seen->verdict;
	const struct observed_size *sizes = verdict->sizes;
	const struct policy *const policy = in->seen->policy;
	size_t count = verdict->size_count;

	if (verdict->accepted && in->c->cluster)
		count = accept_sizes(d->round->arena, policy, in->c->cluster, &sizes);
	const struct status_condition condition = {
		.type = STATUS_ACCEPTED,
		.status = verdict->accepted,
		.reason = str_from(verdict->reason),
		.message = accept_message(d->round->arena, verdict,
			policy ? policy_quota(policy, in->seen->namespace) : NULL, sizes, count),
		.generation = verdict->generation,
		.flip = verdict->accepted ? STATUS_BEGINS : STATUS_NOW,
		.words = STATUS_NOW,
	};

	if (status_put_condition(d, &condition) && !verdict->accepted)
		status_warn(d, verdict->reason, verdict->message);
}

struct lacks {
	struct buf text;
	const char *last;
};

static void add_lack(void *context, const struct unsupported *row, const struct field_path *at,
	const struct json_node *node)
{
	struct lacks *const lacks = context;

	(void)at;
	(void)node;
	if (lacks->last && str_is(str_from(lacks->last), row->feature))
		return;
	lacks->last = row->feature;
	buf_printf(
		&lacks->text, "%s%s (%s)", lacks->text.len ? "; " : "", row->feature, row->instead);
}

static void add_drift(struct buf *out, const char *kind, struct str name, struct str words)
{
	buf_printf(out,
		"%s" STATUS_CHANGING "%s \"%.*s\" (%.*s: it is made anew where it is deleted)",
		out->len ? "; " : "", kind, STR_ARG(name), STR_ARG(words));
}

/* What is there and stays as it is, though the spec has it otherwise by now. */
static void add_drifts(const struct status_input *in, struct arena *arena, struct buf *out)
{
	const struct observed *const seen = in->seen;
	const struct observed_claim *const claim = modern_claim(seen, in->c);
	const struct str drift = claim ? store_drift(in->c, claim->spec) : STR("");
	const bool typed = seen->object->dialect == DIALECT_MODERN && in->c->cluster->head;
	const struct str type = typed ? service_type_of_head(in->c) : STR("");

	if (drift.len)
		add_drift(out, "PersistentVolumeClaim", claim->name, drift);
	if (typed && !str_eq(in->c->head_service, child_head_service_asked(in->c)))
		add_drift(out, "Service", in->c->head_service,
			arena_printf(arena,
				"its name is %.*s, not %.*s, and pods that are there go by it",
				STR_ARG(in->c->head_service),
				STR_ARG(child_head_service_asked(in->c))));
	for (size_t i = 0; type.len && i < seen->service_count; i++) {
		const struct observed_service *const service = &seen->services[i];

		if (str_eq(service->name, in->c->head_service) && service->ours &&
			service->type.len && !str_eq(service->type, type))
			add_drift(out, "Service", service->name,
				arena_printf(arena, "its type is %.*s, not %.*s",
					STR_ARG(service->type), STR_ARG(type)));
	}
}

void status_put_supported(struct status_draft *d, const struct status_input *in)
{
	struct lacks lacks = {0};

	unsupported_each(in->seen->object, add_lack, &lacks);
	add_drifts(in, d->round->arena, &lacks.text);
	if (lacks.text.len == 0) {
		status_drop_condition(d, STATUS_SUPPORTED);
		return;
	}
	const struct str message = arena_printf(d->round->arena,
		"not supported by this version: %.*s", STR_ARG(buf_str(&lacks.text)));
	const struct status_condition condition = {
		.type = STATUS_SUPPORTED,
		.reason = STR("NotSupported"),
		.message = message,
		.flip = STATUS_NOW,
		.words = STATUS_NOW,
	};

	buf_done(&lacks.text);
	if (status_put_condition(d, &condition))
		status_warn(d, "NotSupported", message);
}
