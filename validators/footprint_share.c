#include "validators/footprint_share.h"

#include <string.h>

#include "validators/footprint_pod.h"

/* The pods that the line is made of. */
struct parts {
	struct pod_count *pods;
	struct pods *numbers;
	size_t count;
};

static struct parts parts_of(struct arena *arena, const struct footprint_share *s)
{
	struct parts parts = {.count = 1};

	if (s->group == NULL) {
		parts.count =
			pod_count_all(arena, s->policy, s->object, &parts.pods, &parts.numbers);
		return parts;
	}
	parts.pods = arena_alloc(arena, sizeof(*parts.pods));
	parts.numbers = arena_alloc(arena, sizeof(*parts.numbers));
	*parts.pods = pod_count_of(arena, s->policy, s->object->cluster, s->group);
	*parts.numbers =
		s->one_pod ? (struct pods){1, 1, 1, false} : pods_of(s->object->cluster, s->group);
	return parts;
}

static int64_t number_in(const struct pods *pods, enum footprint_column column)
{
	switch (column) {
	case FOOTPRINT_LEAST:
		return pods->least;
	case FOOTPRINT_NOW:
		return pods->now;
	case FOOTPRINT_MOST:
		break;
	}
	return pods->most;
}

/* What all pods come to less without the container of that name. */
static struct quantity part_of(
	const struct footprint_share *s, const struct parts *parts, const char *added)
{
	const bool limit = str_starts(s->name, "limits.");
	const struct str resource = str_from_offset(s->name, str_find(s->name, '.') + 1);
	struct quantity sum = {0};

	for (size_t i = 0; i < parts->count; i++) {
		const struct pod_count *const pod = &parts->pods[i];
		const struct quantity with = pod_count_value(pod, resource, limit, NULL);
		const struct quantity without = pod_count_value(pod, resource, limit, added);
		const int64_t number = number_in(&parts->numbers[i], s->column);

		if (parts->numbers[i].unbounded && s->column == FOOTPRINT_MOST)
			continue;
		sum = quantity_add(
			sum, quantity_mul(quantity_sub(with, without), number > 0 ? number : 0));
	}
	return sum;
}

enum { NAMES_MAX = INJECTED_MAX + 1 }; /* and the submitter */

static size_t names_added(const struct parts *parts, const char *names[NAMES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < parts->count; i++) {
		for (size_t c = 0; c < parts->pods[i].count; c++) {
			const char *const name = parts->pods[i].items[c].added;
			size_t seen = 0;

			while (name && seen < count && strcmp(names[seen], name) != 0)
				seen++;
			if (name && seen == count && count < NAMES_MAX)
				names[count++] = name;
		}
	}
	return count;
}

struct str footprint_added(struct arena *arena, const struct footprint_share *s)
{
	CLEANUP(buf_done) struct buf text = {0};
	const char *names[NAMES_MAX];

	if (!str_starts(s->name, "requests.") && !str_starts(s->name, "limits."))
		return (struct str){"", 0};
	const struct parts parts = parts_of(arena, s);
	const size_t count = names_added(&parts, names);

	for (size_t i = 0; i < count; i++) {
		const struct quantity part = part_of(s, &parts, names[i]);

		if (!quantity_is_zero(part))
			buf_printf(&text, "%s%s%s for \"%s\"", text.len ? ", " : " (",
				footprint_print(s->name, part).at, text.len ? "" : " of it",
				names[i]);
	}
	if (text.len)
		buf_add_cstr(&text, ", which the controller adds)");
	return arena_str(arena, buf_str(&text));
}

/* By which a user says how many workers there are in that column. */
static const char *field_of_workers(const struct raycluster *cluster, enum footprint_column column)
{
	const bool most = column == FOOTPRINT_MOST;

	if (cluster->dialect == DIALECT_LEGACY)
		return most ? "maxWorkers" : "minWorkers";
	if (column == FOOTPRINT_NOW || !cluster->autoscaling.v)
		return "replicas";
	return most ? "maxReplicas" : "minReplicas";
}

struct str footprint_way_out(struct arena *arena, const struct raycluster *cluster, struct str name,
	enum footprint_column column)
{
	const char *const workers =
		cluster->worker_count ? field_of_workers(cluster, column) : NULL;

	if (str_starts(name, "count/"))
		return STR("delete one that is not needed");
	if (workers == NULL)
		return STR("lower its pods' resources");
	if (str_is(name, "pods"))
		return arena_printf(arena, "lower %s", workers);
	return arena_printf(arena, "lower %s or its pods' resources", workers);
}
