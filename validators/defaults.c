#include "validators/defaults.h"

#include "validators/defaults_patch.h"
#include "validators/defaults_record.h"
#include "validators/defaults_rules.h"

/* The whole of one defaulting: what is known of both versions, what has been decided so far. */
struct defaulting {
	const struct defaults_input *in;
	const struct json_node
		*recorded; /* what counts: the old object's record, or on CREATE its own */
	const struct json_node *claimed; /* what the new body says of itself */
	struct pod_place *places, *old_places;
	size_t place_count, old_place_count;
	enum defaults_extent extent;
	struct patch_writer patch;
	struct record_writer record;
};

/* One pod while it is decided: what it gets, and what its record will say. */
struct decision {
	struct unit_list added, kept;
};

static void keep(struct decision *d, const struct unit *unit, enum unit_state state)
{
	if (state == UNIT_ABSENT)
		unit_add(&d->added, *unit);
	unit_add(&d->kept, *unit);
}

/*
 * What the old object held of a unit. One that stood in another container counts as absent there:
 * what the gate did not admit it does not change, since a change of a pod template restarts
 * clusters.
 */
static bool stood_before(
	const struct defaulting *all, const struct pod_place *place, const struct unit *unit)
{
	const struct pod_place *const old =
		unit_place_match(all->old_places, all->old_place_count, place);

	if (old == NULL)
		return false;
	const enum unit_state state = unit_state_in(old, unit);

	return state == UNIT_SAME || state == UNIT_OTHER;
}

/*
 * What is recorded: an UPDATE gives back what its body left out, a CREATE (reinvocation, restore,
 * the child of a RayJob) keeps only what the object holds.
 */
static void decide_recorded(
	const struct defaulting *all, const struct pod_place *place, struct decision *d)
{
	struct unit_list recorded = {.arena = all->in->arena};

	record_units(all->recorded, place, &recorded);
	for (size_t i = 0; i < recorded.count; i++) {
		const struct unit *const unit = &recorded.items[i];
		const enum unit_state state = unit_state_in(place, unit);

		if (state == UNIT_SAME ||
			(state == UNIT_ABSENT && all->extent <= DEFAULTS_RECORDED &&
				stood_before(all, place, unit)))
			keep(d, unit, state);
	}
}

/*
 * Whether today's policy may add a unit that no record speaks of: where it was absent already it
 * stays absent.
 */
static bool is_fresh(
	const struct defaulting *all, const struct pod_place *place, const struct unit *unit)
{
	if (all->in->old == NULL)
		return true;
	const struct pod_place *const old =
		unit_place_match(all->old_places, all->old_place_count, place);

	if (old == NULL)
		return true;
	if (unit->section->place == UNIT_IN_CONTAINER &&
		!str_eq(old->container_name, place->container_name))
		return true;
	return stood_before(all, place, unit);
}

/* A second call of one request meets what the first one added, and finds it in the new body. */
static bool is_claimed(
	const struct defaulting *all, const struct pod_place *place, const struct unit *unit)
{
	struct unit_list claimed = {.arena = all->in->arena};

	record_units(all->claimed, place, &claimed);
	for (size_t i = 0; i < claimed.count; i++) {
		if (unit_equal(&claimed.items[i], unit))
			return true;
	}
	return false;
}

static void decide_new(
	const struct defaulting *all, const struct pod_place *place, struct decision *d)
{
	struct unit_list wanted = {.arena = all->in->arena};

	unit_list_from_policy(all->in->policy, all->in->object, all->in->namespace, place, &wanted);
	for (size_t i = 0; i < wanted.count; i++) {
		const struct unit *const unit = &wanted.items[i];
		const enum unit_state state = unit_state_in(place, unit);

		if (unit_list_has(&d->kept, unit) || !is_fresh(all, place, unit))
			continue;
		if ((state == UNIT_ABSENT && all->extent == DEFAULTS_ALL) ||
			(state == UNIT_SAME && all->in->old && is_claimed(all, place, unit)))
			keep(d, unit, state);
	}
}

static void decide_place(struct defaulting *all, const struct pod_place *place)
{
	struct decision d = {.added = {.arena = all->in->arena}, .kept = {.arena = all->in->arena}};

	if (!place->is_unique || place->spec == NULL)
		return;
	decide_recorded(all, place, &d);
	decide_new(all, place, &d);
	patch_writer_add_units(&all->patch, place, &d.added);
	record_add(&all->record, place, &d.kept);
}

/* The numbers of a worker group: absent in what no CRD has defaulted. */
static const struct {
	const char *name;
	const char *fallback;
	bool keeps_old; /* what a controller changes is not set back */
	bool is_newer;  /* the older version of the API drops it */
} COUNTS[] = {
	{"maxReplicas", "2147483647", false, false}, {"minReplicas", "0", false, false},
	{"numOfHosts", "1", false, true},
	{"replicas", NULL, true, false}, /* the least number of workers */
};

static struct str count_for(const struct json_node *old, const struct json_node *group, size_t row)
{
	const struct json_node *const was = json_get(old, COUNTS[row].name);
	const struct json_node *const min = json_get(group, "minReplicas");

	if (COUNTS[row].keeps_old && json_is(was, JSON_NUMBER))
		return json_raw(was);
	if (COUNTS[row].fallback)
		return str_from(COUNTS[row].fallback);
	return json_is(min, JSON_NUMBER) ? json_raw(min) : STR("0");
}

/* A count that both versions lack stays absent, as everything that was admitted so. */
static void add_counts(struct defaulting *all, const struct pod_place *place)
{
	const struct json_node *const group = place->model->self.node;
	const struct pod_place *const match =
		unit_place_match(all->old_places, all->old_place_count, place);
	const struct json_node *const old = match ? match->model->self.node : NULL;

	for (size_t i = 0; i < ARRAY_LEN(COUNTS); i++) {
		const bool was = json_present(json_get(old, COUNTS[i].name));

		if (json_present(json_get(group, COUNTS[i].name)) || (old && !was) ||
			(COUNTS[i].is_newer && all->in->object->is_older))
			continue;
		if (all->extent == DEFAULTS_ALL || (was && all->extent == DEFAULTS_RECORDED))
			patch_writer_add(&all->patch, place->model->self.at, COUNTS[i].name,
				count_for(old, group, i));
	}
}

static void decide(struct defaulting *all)
{
	const bool modern = all->in->object->dialect == DIALECT_MODERN;

	for (size_t i = 0; i < all->place_count; i++) {
		decide_place(all, &all->places[i]);
		if (modern && !all->places[i].model->is_head && all->places[i].is_unique)
			add_counts(all, &all->places[i]);
	}
}

/* What the annotations take by the API server's count: keys and values. */
static size_t annotation_bytes(const struct ray_object *object)
{
	size_t bytes = 0;

	for (struct json_iter it = json_iter(object->meta.annotations.node);
		json_next_member(&it);) {
		if (!json_str_is(it.key, STR(DEFAULTS_ANNOTATION)))
			bytes += it.key->len + it.value->len;
	}
	return bytes;
}

static bool record_fits(const struct defaulting *all, struct str record)
{
	return record.len <= DEFAULTS_RECORD_MAX &&
	       annotation_bytes(all->in->object) + record.len + sizeof(DEFAULTS_ANNOTATION) <=
		       DEFAULTS_ANNOTATIONS_MAX;
}

static void warn(const struct defaulting *all, const char *rule, const char *text)
{
	const struct field_path *const annotations =
		FIELD_CHILD(FIELD_ROOT("metadata"), "annotations");
	const struct field_fact fact = {
		.rule = rule, .type = FIELD_INVALID, .at_most = FIELD_SEVERITY_WARN};

	field_add(all->in->errors, FIELD_KEY(annotations, STR(DEFAULTS_ANNOTATION)), &fact, "%s",
		text);
}

static const struct json_node *read_record(
	const struct defaulting *all, const struct ray_object *object)
{
	struct str problem;
	const struct json_node *const record = record_read(all->in->arena, object, &problem);

	if (problem.len)
		warn(all, DEFAULTS_RULE_RECORD,
			"the record of defaults cannot be read and counts as absent: remove the "
			"annotation");
	return record;
}

static void start(struct defaulting *all)
{
	const struct defaults_input *const in = all->in;

	all->place_count = unit_places(in->arena, in->object->cluster, &all->places);
	if (in->old && in->old->cluster)
		all->old_place_count = unit_places(in->arena, in->old->cluster, &all->old_places);
	all->extent = in->extent;
	if (in->policy->enforcement == POLICY_AUDIT && all->extent == DEFAULTS_ALL)
		all->extent = DEFAULTS_RECORDED;
	all->recorded = read_record(all, in->old ? in->old : in->object);
	all->claimed = in->old ? read_record(all, in->object) : all->recorded;
}

/* Ends with the annotation; false when the record does not fit. */
static bool finish(struct defaulting *all)
{
	const struct str record = record_finish(&all->record, all->in->arena);
	const struct json_node *const there =
		json_get(all->in->object->meta.annotations.node, DEFAULTS_ANNOTATION);
	const bool fits = record_fits(all, record);

	if (fits && !(json_is(there, JSON_STRING) && json_str_is(there, record)))
		patch_writer_annotate(&all->patch, all->in->object, DEFAULTS_ANNOTATION, record);
	return fits;
}

static bool run(struct defaulting *all)
{
	all->patch = (struct patch_writer){.arena = all->in->arena};
	decide(all);
	return finish(all);
}

/* Where not even what is recorded has room; a record that the body brings along goes all the same.
 */
static void forget(struct defaulting *all)
{
	all->patch = (struct patch_writer){.arena = all->in->arena};
	patch_writer_annotate(&all->patch, all->in->object, DEFAULTS_ANNOTATION, STR(""));
}

static bool has_too_many_groups(const struct ray_object *object)
{
	return object && object->cluster && object->cluster->group_count > UNIT_PLACES_MAX;
}

static void add_defaults(struct defaulting *all)
{
	start(all);
	if (run(all))
		return;
	warn(all, DEFAULTS_RULE_ROOM,
		"there is no room to record defaults, so none are added: shorten the "
		"annotations (256 KiB together), or have the policy add less (16 KiB)");
	all->extent = DEFAULTS_RECORDED;
	if (!run(all))
		forget(all);
}

void defaults_apply(const struct defaults_input *in, struct patch *out)
{
	struct defaulting all = {.in = in};

	*out = (struct patch){0};
	if (in->object->cluster == NULL || in->object->meta.self.node == NULL)
		return;
	if (has_too_many_groups(in->object)) {
		warn(&all, DEFAULTS_RULE_ROOM,
			"defaults of more than 999 worker groups are not recorded, so none are "
			"added: write what each of them needs, or make several clusters");
		forget(&all);
	} else if (has_too_many_groups(in->old)) {
		warn(&all, DEFAULTS_RULE_ROOM,
			"the version before had more than 999 worker groups, whose defaults are "
			"not recorded, so none are added: delete the cluster and create it, or "
			"write what each group needs");
		forget(&all);
	} else {
		add_defaults(&all);
	}
	*out = all.patch.patch;
}
