#include "server/explain/logs_wanted.h"

#include "server/explain/bunch.h"

enum { MOST = 4 }; /* of troubles: a call each */

static bool wants(const struct explain_trouble *t)
{
	return t->container &&
	       (t->kind == TROUBLE_CRASH || t->kind == TROUBLE_UNREADY || t->kind == TROUBLE_INIT);
}

static struct explain_log log_of(const struct explain_trouble *t)
{
	const struct explain_container *const c = t->container;

	return (struct explain_log){
		.pod = t->pod->name,
		.container = c->name,
		.previous = t->kind == TROUBLE_CRASH && c->run != EXPLAIN_ENDED,
	};
}

/* An autoscaler that crashes is a trouble of its own. */
static bool has_running_autoscaler(const struct explain_pod *head)
{
	for (size_t i = 0; head && i < head->container_count; i++) {
		if (str_is(head->containers[i].name, "autoscaler"))
			return head->containers[i].run == EXPLAIN_RUNS;
	}
	return false;
}

size_t explain_logs_wanted(
	const struct explain_subject *s, struct explain_log out[EXPLAIN_LOGS_MAX])
{
	const struct explain_pod *const head = explain_head(s);
	size_t bunches, count = 0;
	const struct bunch *const list = bunches_of(s, &bunches);

	for (size_t i = 0; i < bunches && count < MOST; i++) {
		if (wants(&list[i].first))
			out[count++] = log_of(&list[i].first);
	}
	if (has_running_autoscaler(head))
		out[count++] =
			(struct explain_log){.pod = head->name, .container = STR("autoscaler")};
	return count;
}
