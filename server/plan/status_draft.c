#include "server/plan/status_draft.h"

#include <ctype.h>

#include "base/clock.h"

enum {
	MESSAGE_MAX = 32000, /* Kubernetes takes 32 KiB */
	REASON_MAX = 256,
};

/*
 * For each haste: seconds that must have passed since the last write of the status, and whether the
 * write may then be kept back for more to go with it (round.h).
 */
static const struct {
	int64_t age_s;
	struct round_leave leave;
} HASTE[] = {
	[STATUS_SLOWLY] = {30, {true, 1000, 5000}},
	[STATUS_SOON] = {5, {true, 1000, 30000}},
	[STATUS_ENDS] = {5, {false, 0, 0}},
	[STATUS_BEGINS] = {0, {true, 500, 30000}},
	[STATUS_NOW] = {0, {false, 0, 0}},
};

struct str status_time(struct arena *arena, int64_t seconds)
{
	char text[CLOCK_TEXT];
	const struct str whole = str_from(clock_rfc3339(seconds * CLOCK_SECOND, text));

	return arena_printf(arena, "%.*sZ", (int)str_find(whole, '.'), whole.at);
}

void status_draft_init(
	struct status_draft *d, struct round *round, const struct json_node *status, int64_t now)
{
	*d = (struct status_draft){
		.round = round,
		.now = now,
		.was = json_present(status) ? json_edit_import(status) : json_edit_object(),
		.patch = json_edit_object(),
	};
	struct json_edit *const conditions = json_edit_get(d->was, STR("conditions"));

	d->first = json_edit_first(d->was) == NULL;
	d->conditions = json_edit_kind(conditions) == JSON_ARRAY
				? json_edit_take(d->was, conditions)
				: json_edit_array();
}

static void hurry(struct status_draft *d, enum status_haste haste)
{
	if (haste == STATUS_BEGINS && !d->first)
		haste = STATUS_NOW;
	if (haste > d->haste)
		d->haste = haste;
}

void status_put(
	struct status_draft *d, const char *key, struct json_edit *value, enum status_haste haste)
{
	if (json_edit_equal(json_edit_get(d->was, str_from(key)), value)) {
		json_edit_free(&value);
		return;
	}
	json_edit_put(d->patch, key, value);
	hurry(d, haste);
}

void status_put_map(
	struct status_draft *d, const char *key, struct json_edit *map, enum status_haste haste)
{
	const struct json_edit *const was = json_edit_get(d->was, str_from(key));
	const bool nothing = json_edit_first(was) == NULL && json_edit_first(map) == NULL;

	if (nothing || json_edit_equal(was, map)) {
		json_edit_free(&map);
		return;
	}
	for (const struct json_edit *v = json_edit_first(was); v; v = json_edit_next(v)) {
		if (json_edit_get(map, json_edit_key(v)) == NULL)
			json_edit_set(map, json_edit_key(v), json_edit_null());
	}
	json_edit_put(d->patch, key, map);
	hurry(d, haste);
}

static struct json_edit *find(const struct status_draft *d, const char *type)
{
	struct json_edit *v = json_edit_first(d->conditions);

	while (v && !str_is(json_edit_text(json_edit_get(v, STR("type"))), type))
		v = json_edit_next(v);
	return v;
}

/* ^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$ */
static bool is_reason(struct str text)
{
	if (text.len == 0 || text.len > REASON_MAX || !isalpha((unsigned char)text.at[0]))
		return false;
	for (size_t i = 1; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.at[i];

		if (!isalnum(c) && c != '_' && (i + 1 == text.len || (c != ',' && c != ':')))
			return false;
	}
	return true;
}

/* At the beginning of a character. */
static struct str cut(struct str text)
{
	if (text.len <= MESSAGE_MAX)
		return text;
	text.len = MESSAGE_MAX;
	while (text.len && ((unsigned char)text.at[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

static struct str reason_of(const struct status_condition *condition)
{
	return is_reason(condition->reason) ? condition->reason : STR("Unknown");
}

static const char *word_of(const struct status_condition *condition)
{
	return condition->status ? "True" : "False";
}

static struct json_edit *value_of(const struct status_condition *condition)
{
	struct json_edit *const value = json_edit_object();

	json_edit_put_cstr(value, "type", condition->type);
	json_edit_put_cstr(value, "status", word_of(condition));
	json_edit_put_str(value, "reason", reason_of(condition));
	json_edit_put_str(value, "message", cut(condition->message));
	if (condition->generation)
		json_edit_put_i64(value, "observedGeneration", condition->generation);
	return value;
}

static bool is_of_generation(const struct json_edit *was, int64_t generation)
{
	const struct json_edit *const is = json_edit_get(was, STR("observedGeneration"));
	struct json_edit *number = generation ? json_edit_i64(generation) : NULL;
	const bool same = number ? json_edit_equal(is, number) : is == NULL;

	json_edit_free(&number);
	return same;
}

/* All but the status and the time of its last change. */
static bool says_the_same(const struct json_edit *was, const struct status_condition *condition)
{
	return str_eq(json_edit_text(json_edit_get(was, STR("reason"))), reason_of(condition)) &&
	       str_eq(json_edit_text(json_edit_get(was, STR("message"))),
		       cut(condition->message)) &&
	       is_of_generation(was, condition->generation);
}

bool status_put_condition(struct status_draft *d, const struct status_condition *condition)
{
	struct json_edit *const was = find(d, condition->type);
	const struct json_edit *const since = json_edit_get(was, STR("lastTransitionTime"));
	const bool stays = since && str_is(json_edit_text(json_edit_get(was, STR("status"))),
					    word_of(condition));

	if (stays && says_the_same(was, condition))
		return false;
	struct json_edit *const value = value_of(condition);

	json_edit_put(value, "lastTransitionTime",
		stays ? json_edit_copy(since)
		      : json_edit_str(status_time(d->round->arena, d->now)));
	if (was)
		json_edit_replace(d->conditions, was, value);
	else
		json_edit_add(d->conditions, value);
	d->conditions_differ = true;
	hurry(d, stays ? condition->words : condition->flip);
	return true;
}

void status_drop_condition(struct status_draft *d, const char *type)
{
	struct json_edit *const was = find(d, type);

	if (was == NULL)
		return;
	struct json_edit *taken = json_edit_take(d->conditions, was);

	json_edit_free(&taken);
	d->conditions_differ = true;
	hurry(d, STATUS_NOW);
}

void status_warn(struct status_draft *d, const char *reason, struct str message)
{
	struct action *const event = round_add(d->round, ACTION_EVENT);

	event->warning = true;
	event->reason = reason;
	event->message = message;
	d->events++;
}

/* Seconds until what differs is to be written. */
static int64_t wait_of(const struct status_draft *d)
{
	const struct str text = json_edit_text(json_edit_get(d->was, STR("lastUpdateTime")));
	const int64_t wait = HASTE[d->haste].age_s;
	int64_t last;

	if (!clock_parse_rfc3339(text, &last))
		return 0;
	const int64_t age = d->now - last / CLOCK_SECOND;

	/* By a clock ahead of ours: when that was nobody knows, and once written it is known. */
	return age < 0 ? 0 : wait - age;
}

static void write_it(struct status_draft *d)
{
	struct arena *const arena = d->round->arena;

	if (d->conditions_differ) {
		json_edit_put(d->patch, "conditions", d->conditions);
		d->conditions = NULL;
	}
	json_edit_put_str(d->patch, "lastUpdateTime", status_time(arena, d->now));
	struct action *const action = round_add(d->round, ACTION_STATUS);

	action->leave = HASTE[d->haste].leave;
	action->body = json_edit_object();
	json_edit_put(action->body, "status", d->patch);
	d->patch = NULL;
}

void status_draft_finish(struct status_draft *d)
{
	const int64_t wait = d->haste == STATUS_SAME ? 0 : wait_of(d);

	if (wait > 0)
		round_again(d->round, wait);
	if (d->haste == STATUS_SAME || wait > 0)
		d->round->count -= d->events;
	else
		write_it(d);
	json_edit_free(&d->patch);
	json_edit_free(&d->conditions);
	json_edit_free(&d->was);
}
