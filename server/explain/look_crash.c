/* Containers that ended: why, by reason and exit code, by the last line of the log, by a probe. */
#include <inttypes.h>

#include "server/explain/bunch.h"

static const struct json_node *container_spec(const struct explain_trouble *t)
{
	static const char *const LISTS[] = {"containers", "initContainers"};

	for (size_t i = 0; i < ARRAY_LEN(LISTS); i++) {
		for (struct json_iter it = json_iter(EXPLAIN_AT(t->pod->root, "spec", LISTS[i]));
			json_next_item(&it);) {
			if (json_str_is(json_get(it.value, "name"), t->container->name))
				return it.value;
		}
	}
	return NULL;
}

static int64_t exit_code_of(const struct explain_container *c)
{
	return c->run == EXPLAIN_ENDED ? c->exit_code : c->last_exit_code;
}

static void tell_restarts(struct look *l, struct explain_finding *f, const struct bunch *b)
{
	const struct explain_container *const c = b->first.container;

	if (c->restarts)
		explain_shows(l->found, f, "%.*s, now %s",
			STR_ARG(explain_count(l->arena, c->restarts, "restart")),
			c->run == EXPLAIN_RUNS      ? "it runs again"
			: c->run == EXPLAIN_WAITING ? "it waits for the next"
						    : "it is not started again");
}

static void tell_memory(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	const struct json_node *const limit =
		EXPLAIN_AT(container_spec(t), "resources", "limits", "memory");
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"container %.*s of %.*s was killed for want of memory", STR_ARG(t->container->name),
		STR_ARG(bunch_name(l->arena, b)));

	if (json_present(limit))
		explain_shows(l->found, f, "OOMKilled: its limit is %.*s",
			STR_ARG(json_str(l->arena, limit)));
	else
		explain_shows(l->found, f, "OOMKilled: it has no limit, so the node was full");
	tell_restarts(l, f, b);
	bunch_show_pods(l, f, b);
	explain_advises(l->found, f, "raise resources.limits.memory of %s%s",
		t->pod->head ? "the head" : "the group",
		str_is(t->container->name, "autoscaler") ? " (autoscalerOptions.resources)" : "");
	if (t->pod->head && !str_is(t->container->name, "autoscaler"))
		explain_advises(l->found, f,
			"a head that only manages does less with "
			"rayStartParams num-cpus: \"0\"");
}

/* What an exit code means where it means the same to all programs. */
static const struct {
	int64_t code;
	const char *meaning, *advice;
} CODES[] = {
	{126, "its command cannot be run: no right to, or no program",
		"mend command, or the image"},
	{127, "its command is not in the image", "mend command, or use an image that has it"},
	{132, "an illegal instruction: built for another CPU", "use an image for the nodes' CPU"},
	{134, "it aborted itself", NULL},
	{137, "it was killed (SIGKILL)", NULL},
	{139, "it crashed (a memory fault)", NULL},
	{143, "it was asked to end (SIGTERM)", NULL},
};

static const char *find_meaning(int64_t code, const char **advice)
{
	*advice = NULL;
	for (size_t i = 0; i < ARRAY_LEN(CODES); i++) {
		if (CODES[i].code == code) {
			*advice = CODES[i].advice;
			return CODES[i].meaning;
		}
	}
	return NULL;
}

static void show_probe(struct look *l, struct explain_finding *f, const struct bunch *b)
{
	const struct json_node *const kill = EXPLAIN_EVENT_OF(l->s, b->first.pod, "Killing");
	const struct json_node *const probe = EXPLAIN_EVENT_OF(l->s, b->first.pod, "Unhealthy");
	const struct str killed = json_str(l->arena, json_get(kill, "message"));

	if (!str_contains(killed, "liveness") && !str_contains(killed, "startup"))
		return;
	explain_shows(l->found, f, "%.*s", STR_ARG(killed));
	if (probe)
		explain_shows(l->found, f, "%.*s",
			STR_ARG(json_str(l->arena, json_get(probe, "message"))));
	explain_advises(l->found, f,
		"Ray did not answer its probe: give it more CPU, or longer "
		"time-outs in a probe of your own");
}

void bunch_tell_crash(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	const int64_t code = exit_code_of(t->container);
	const char *advice;
	const char *const meaning = find_meaning(code, &advice);

	if (str_is(t->reason, "OOMKilled")) {
		tell_memory(l, b);
		return;
	}
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"container %.*s of %.*s %s: exit code %" PRId64 "%s%s%s",
		STR_ARG(t->container->name), STR_ARG(bunch_name(l->arena, b)),
		t->container->restarts ? "crashes" : "has ended", code, meaning ? " (" : "",
		meaning ? meaning : "", meaning ? ")" : "");
	const bool ended = t->container->run == EXPLAIN_ENDED;

	if (t->message.len)
		explain_shows(l->found, f, "%.*s: %.*s", STR_ARG(t->reason), STR_ARG(t->message));
	const bool logged = bunch_show_log(l, f, b, !ended) || bunch_show_log(l, f, b, ended);

	tell_restarts(l, f, b);
	bunch_show_pods(l, f, b);
	show_probe(l, f, b);
	if (advice)
		explain_advises(l->found, f, "%s", advice);
	if (f->advice.count == 0 || !logged)
		explain_advises(l->found, f, "kubectl logs %.*s -c %.*s -n %.*s%s",
			STR_ARG(t->pod->name), STR_ARG(t->container->name), LOOK_NAMESPACE(l),
			ended ? "" : " --previous");
}
