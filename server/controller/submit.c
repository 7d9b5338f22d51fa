#include "server/controller/submit.h"

#include "base/clock.h"
#include "base/hash.h"
#include "server/children/accepted.h"
#include "server/controller/deeds.h"
#include "server/plan/status_modern.h"

/* Writes of a round by stage, each in the order in which they were asked for. */
struct batch {
	struct write *first[WRITE_STATUS + 1], **last[WRITE_STATUS + 1];
	size_t count;
};

static void batch_init(struct batch *batch)
{
	*batch = (struct batch){0};
	for (size_t i = 0; i <= WRITE_STATUS; i++)
		batch->last[i] = &batch->first[i];
}

static void batch_add(struct batch *batch, struct write *write)
{
	*batch->last[write->stage] = write;
	batch->last[write->stage] = &write->next;
	batch->count++;
}

static struct write *batch_join(struct batch *batch)
{
	for (size_t i = WRITE_STATUS; i > 0; i--)
		*batch->last[i - 1] = batch->first[i];
	return batch->first[0];
}

static struct write *new_write(const struct world_key *key, struct str uid)
{
	struct write *const write = write_new();

	write->key = world_key_copy(&write->arena, key);
	write->uid = arena_str(&write->arena, uid);
	return write;
}

static enum write_stage stage_of(const struct action *action)
{
	if (action->kind == ACTION_PATCH || action->kind == ACTION_ADOPT ||
		action->kind == ACTION_RELEASE)
		return WRITE_FIRST;
	if (action->kind == ACTION_STATUS)
		return WRITE_STATUS;
	return action->child == CHILD_POD ? WRITE_PODS : WRITE_CHILDREN;
}

/*
 * A status is for the very object that was looked at: with its uid in the patch, one that has come
 * in its place meanwhile refuses it.
 */
static void print_body(const struct action *action, struct str uid, struct buf *out)
{
	json_edit_print(action->body, out);
	if (action->kind != ACTION_STATUS || out->len < 3)
		return;
	CLEANUP(buf_done) struct buf whole = {0};

	buf_add_cstr(&whole, "{\"metadata\":{\"uid\":");
	buf_add_json_str(&whole, uid);
	buf_add_cstr(&whole, "},");
	buf_add(&whole, str_from_offset(buf_str(out), 1));
	out->len = 0;
	buf_add(out, buf_str(&whole));
}

static struct write *write_of(
	const struct world_key *key, const struct observed *seen, const struct action *action)
{
	struct write *const write = new_write(key, seen->uid);
	CLEANUP(buf_done) struct buf body = {0};

	write->stage = stage_of(action);
	write->action = action->kind;
	write->child = action->child;
	write->aside = action->child == CHILD_REVISION;
	write->needed = action->needed;
	write->name = arena_str(&write->arena, action->name);
	write->group = arena_str(&write->arena, action->expected.group);
	write->object_uid = arena_str(&write->arena, action->uid);
	write->revision = action->revision;
	write->reason = action->reason;
	write->why = arena_str(&write->arena, action->message);
	if (action->body)
		print_body(action, seen->uid, &body);
	write->body = arena_str(&write->arena, buf_str(&body));
	return write;
}

/* What nobody should wait for: the state, and which conditions are true. */
static uint64_t gravity_of(const struct json_edit *body)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct json_edit *const status = json_edit_get(body, STR("status"));
	const struct json_edit *const conditions = json_edit_get(status, STR("conditions"));

	buf_add(&text, json_edit_text(json_edit_get(status, STR("state"))));
	buf_add(&text, json_edit_text(json_edit_get(status, STR("phase"))));
	for (const struct json_edit *v = json_edit_first(conditions); v; v = json_edit_next(v)) {
		buf_add_char(&text, ' ');
		buf_add(&text, json_edit_text(json_edit_get(v, STR("type"))));
		buf_add_char(&text, '=');
		buf_add(&text, json_edit_text(json_edit_get(v, STR("status"))));
	}
	return text.len ? hash_str(hash_process_key(), buf_str(&text)) | 1 : 0;
}

/* For the first time. */
static bool becomes_ready(const struct observed *seen, const struct json_edit *body)
{
	const struct json_edit *const status = json_edit_get(body, STR("status"));
	const struct json_node *const was = json_get(seen->root, "status");
	if (json_edit_get(status, STR(STATUS_FIRST_RUNNING)))
		return !json_str_is(json_get(was, "phase"), STR("Running"));
	return str_is(json_edit_text(json_edit_get(status, STR("state"))), "ready") &&
	       !json_present(json_get(was, "state"));
}

/* Whether there is more than its status to be written. */
static bool has_other_writes(const struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		if (round->actions[i].kind != ACTION_STATUS &&
			round->actions[i].kind != ACTION_EVENT)
			return true;
	}
	return false;
}

/*
 * Whether the status is kept back, so that one write says what several would. Behind other writes
 * of its round no time is set: the cluster is looked at again when they have ended. Where some were
 * refused that may take long, and the status does not wait for it.
 */
static bool is_held(const struct submit_to *to, const struct world_key *key,
	const struct observed *seen, const struct round *round, const struct round_leave *leave)
{
	const bool behind = has_other_writes(round);
	const struct status_hold hold = {
		behind, writers_are_busy(to->writers), leave->calm_ms, leave->busy_ms};
	int64_t due;

	if (!leave->waits || round->onward || (behind && seen->failure_count))
		return false;
	if (!world_holds_status(to->world, key, seen->uid, &hold, &due))
		return false;
	if (!behind)
		workqueue_add_at(to->queue, key, due);
	return true;
}

/* False where it is written later, as it then will be. */
static bool is_status_due(const struct submit_to *to, const struct world_key *key,
	const struct observed *seen, const struct round *round, const struct action *action)
{
	int64_t due = 0;

	if (is_held(to, key, seen, round, &action->leave))
		return false;
	if (world_may_write_status(to->world, key, seen->uid, gravity_of(action->body), &due))
		return true;
	workqueue_add_at(to->queue, key, due);
	return false;
}

static void tell(const struct submit_to *to, const struct world_key *key,
	const struct observed *seen, const struct action *action, struct arena *arena)
{
	struct kube_event event = deeds_event(key, seen->uid);
	const struct str message = arena_str(arena, action->message);
	const struct str words = arena_printf(
		arena, "%d %s %.*s", action->warning, action->reason, STR_ARG(message));

	if (to->tell == NULL ||
		!world_tells(to->world, key, seen->uid, hash_str(hash_process_key(), words)))
		return;
	event.warning = action->warning;
	event.reason = action->reason;
	event.message = message.at;
	to->tell(to->context, &event);
}

static struct write *new_look(
	const struct world_key *key, struct str uid, enum child_kind child, struct str name)
{
	struct write *const write = new_write(key, uid);

	write->stage = WRITE_CHILDREN;
	write->action = ACTION_CREATE;
	write->look = true;
	write->child = child;
	write->aside = child == CHILD_REVISION;
	write->name = arena_str(&write->arena, name);
	return write;
}

struct submitted submit(const struct submit_to *to, const struct world_key *key,
	const struct observed *seen, const struct round *round)
{
	struct submitted submitted = {0};
	struct batch batch;

	batch_init(&batch);
	for (size_t i = 0; i < round->count; i++) {
		const struct action *const action = &round->actions[i];

		if (action->kind == ACTION_EVENT) {
			tell(to, key, seen, action, round->arena);
			continue;
		}
		if (action->kind == ACTION_STATUS && !is_status_due(to, key, seen, round, action))
			continue;
		if (action->kind == ACTION_STATUS)
			submitted.becomes_ready = becomes_ready(seen, action->body);
		struct write *const write = write_of(key, seen, action);

		write->slow = world_expect(to->world, key, seen->uid, action);
		write->loud = action->kind == ACTION_STATUS && round->onward;
		batch_add(&batch, write);
	}
	if (seen->accepted_unread)
		batch_add(&batch, new_look(key, seen->uid, CHILD_REVISION,
					  accepted_name(round->arena, key->dialect, key->name)));
	submitted.writes = batch.count;
	if (batch.count)
		writers_submit(to->writers, batch_join(&batch));
	return submitted;
}

bool submit_doubts(struct world *world, struct writers *writers, const struct world_key *key,
	struct arena *arena)
{
	struct batch batch;
	struct world_doubt *doubts;
	int64_t next;
	const size_t count = world_doubts(world, key, arena, &doubts, &next);

	batch_init(&batch);
	for (size_t i = 0; i < count; i++)
		batch_add(&batch, new_look(key, STR(""), doubts[i].child, doubts[i].name));
	if (count)
		writers_submit(writers, batch_join(&batch));
	return count > 0;
}
