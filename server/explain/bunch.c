#include "server/explain/bunch.h"

#include <stdlib.h>

#include "server/explain/known_lines.h"

/* Stable: of the same kind the older pods stay in front; the head always is. */
static int in_order(const void *a, const void *b)
{
	const struct bunch *const x = a;
	const struct bunch *const y = b;

	if (x->first.pod->head != y->first.pod->head)
		return x->first.pod->head ? -1 : 1;
	if (x->first.kind != y->first.kind)
		return x->first.kind < y->first.kind ? -1 : 1;
	return (x->first.pod > y->first.pod) - (x->first.pod < y->first.pod);
}

struct bunch *bunches_of(const struct explain_subject *s, size_t *count)
{
	struct bunch *const list = arena_array(s->in->arena, s->pod_count, sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < s->pod_count; i++) {
		const struct explain_trouble t = explain_trouble_of(s, &s->pods[i]);
		size_t at = 0;

		if (t.kind == TROUBLE_NONE)
			continue;
		while (at < *count && !explain_troubles_alike(&list[at].first, &t))
			at++;
		if (at == *count)
			list[(*count)++].first = t;
		list[at].count++;
	}
	if (*count > 1)
		qsort(list, *count, sizeof(*list), in_order);
	return list;
}

struct str bunch_name(struct arena *arena, const struct bunch *b)
{
	const struct str group = b->first.pod->group;

	if (b->first.pod->head)
		return STR("the head");
	if (b->count == 1)
		return arena_printf(arena, "a pod of group \"%.*s\"", STR_ARG(group));
	return arena_printf(arena, "%zu pods of group \"%.*s\"", b->count, STR_ARG(group));
}

const char *bunch_are(const struct bunch *b)
{
	return b->count == 1 ? "is" : "are";
}

void bunch_show_pods(struct look *l, struct explain_finding *f, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	const int64_t since = t->since ? t->since : t->pod->created;

	explain_shows(l->found, f, "pod %.*s%s, for %.*s", STR_ARG(t->pod->name),
		b->count > 1 ? arena_printf(l->arena, " and %zu more", b->count - 1).at : "",
		STR_ARG(explain_age(l->arena, l->s->in->now - since)));
}

bool bunch_show_log(struct look *l, struct explain_finding *f, const struct bunch *b, bool previous)
{
	const struct explain_trouble *const t = &b->first;
	const struct explain_log *const log =
		t->container
			? explain_find_log(l->s->in, t->pod->name, t->container->name, previous)
			: NULL;
	const struct known_line *known;

	if (log == NULL)
		return false;
	const struct str line = known_line_of_log(log->text, &known);

	if (line.len == 0)
		return false;
	explain_shows(l->found, f, "its log says: %.*s", STR_ARG(line));
	if (known) {
		explain_shows(l->found, f, "which means: %s", known->meaning);
		explain_advises(l->found, f, "%s", known->advice);
	}
	return true;
}
