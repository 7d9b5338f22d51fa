#include "server/controller/perform.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/controller/acceptance.h"
#include "server/controller/owner.h"
#include "server/controller/perform_call.h"
#include "server/controller/pod_facts.h"
#include "server/controller/pod_labels.h"

/*
 * A write that has no answer by then is asked for again, and then with more patience: an API server
 * asks one webhook after the other, ten seconds each where nobody says otherwise, and gives up the
 * request after 34 s, with an answer that names the webhook.
 */
#define PATIENCE      (12 * CLOCK_SECOND)
#define PATIENCE_SLOW (36 * CLOCK_SECOND)

enum {
	BAD_REQUEST = 400,
	NOT_FOUND = 404,
	CONFLICT = 409,
	UNPROCESSABLE = 422,
	TOO_MANY = 429,
	SERVER = 500,
	TIMED_OUT = 504, /* nobody has answered in time */
};

struct attempt {
	const struct performer *p;
	const struct write *write;
	struct kube_reply reply;
	struct err err;
	struct str object_uid; /* of what was adopted or released */
	bool done;
	bool taken; /* somebody else has the name */
};

static void attempt_done(struct attempt *a)
{
	kube_reply_done(&a->reply);
}

static bool call(struct attempt *a, struct kube_call call)
{
	call.stop = a->p->stop;
	call.may = call.verb == KUBE_GET ? NULL : a->p->leads;
	call.context = a->p->context;
	call.patience = a->write->slow && call.verb != KUBE_GET ? PATIENCE_SLOW : PATIENCE;
	a->done = kube_call(a->p->client, &call, &a->reply, &a->err);
	return a->done;
}

/* That nobody answers in all that time is told as if the API server had said so. */
static struct world_outcome outcome_of(const struct attempt *a)
{
	const bool timed_out = a->reply.answer.fault == KUBE_FAULT_TIMEOUT;

	return (struct world_outcome){
		.action = a->write->action,
		.child = a->write->child,
		.name = a->write->name,
		.group = a->write->group,
		.object_uid = a->object_uid,
		.code = timed_out ? TIMED_OUT : a->reply.refusal.code,
		.taken = a->taken,
		.message = timed_out ? STR("no answer in time: a webhook that is asked may hang")
			   : a->reply.refusal.code ? a->reply.refusal.message
						   : str_from(a->err.text),
	};
}

static void count(const struct attempt *a, const char *result)
{
	static const char *const WORDS[] = {
		[ACTION_CREATE] = "create",
		[ACTION_DELETE_POD] = "delete",
		[ACTION_STATUS] = "status",
		[ACTION_PATCH] = "patch",
		[ACTION_PATCH_SERVICE] = "patch",
		[ACTION_ADOPT] = "adopt",
		[ACTION_RELEASE] = "release",
		[ACTION_EVENT] = "event",
	};

	if (a->p->count && !a->write->look)
		a->p->count(a->p->context, WORDS[a->write->action], result);
}

static void note_done(const struct attempt *a)
{
	const struct world_outcome outcome = outcome_of(a);

	count(a, "done");
	world_write_done(a->p->world, &a->write->key, a->write->uid, &outcome);
	if (a->write->child == CHILD_REVISION)
		world_stored_accepted(
			a->p->world, &a->write->key, a->write->uid, a->write->revision);
}

static enum write_end end_well(const struct attempt *a)
{
	static const char *const WORDS[] = {
		[ACTION_CREATE] = "created",
		[ACTION_ADOPT] = "adopted",
		[ACTION_RELEASE] = "released",
		[ACTION_EVENT] = NULL,
	};

	note_done(a);
	if (a->write->action == ACTION_DELETE_POD)
		LOG(INFO, "deleted", KV("kind", perform_kind(a->write)),
			KV("namespace", a->write->key.namespace), KV("name", a->write->name),
			KV("rayCluster", a->write->key.name), KV("why", a->write->why));
	else if (WORDS[a->write->action])
		LOG(INFO, WORDS[a->write->action], KV("kind", perform_kind(a->write)),
			KV("namespace", a->write->key.namespace), KV("name", a->write->name),
			KV("rayCluster", a->write->key.name));
	return WRITE_DONE;
}

static void log_trouble(const struct attempt *a, const char *what)
{
	LOG(WARN, what, KV("kind", perform_kind(a->write)),
		KV("namespace", a->write->key.namespace), KV("name", a->write->name),
		KV("rayCluster", a->write->key.name), KV("error", a->err.text));
}

/* The Role was made a moment before, and the API server does not know it yet. */
static bool is_early(const struct attempt *a)
{
	return a->write->child == CHILD_ROLE_BINDING && a->reply.refusal.code == NOT_FOUND;
}

/* The next rounds are told what became of it. */
static bool is_remembered(const struct write *write)
{
	return write->action != ACTION_STATUS && write->action != ACTION_PATCH;
}

static enum write_end end_badly(const struct attempt *a)
{
	const struct world_outcome outcome = outcome_of(a);
	bool news = true;

	count(a, "refused");
	/* Nothing hangs on a status: that one is refused is remembered, to be told. */
	if (is_remembered(a->write) || a->write->action == ACTION_STATUS)
		news = world_write_refused(a->p->world, &a->write->key, a->write->uid, &outcome);
	if (news && !is_early(a))
		log_trouble(a, "a write was refused");
	return WRITE_REFUSED;
}

/* Nobody knows whether it was done. */
static enum write_end end_unknown(const struct attempt *a)
{
	const struct world_outcome outcome = outcome_of(a);
	bool news = a->reply.refusal.code != 0;

	count(a, a->reply.answer.fault == KUBE_FAULT_HELD ? "held" : "unanswered");
	if (a->write->look)
		return WRITE_DONE;
	if (is_remembered(a->write))
		news = world_write_unanswered(a->p->world, &a->write->key, a->write->uid, &outcome);
	if (news)
		log_trouble(a, "a write is not answered as it should be");
	return WRITE_GIVEN_UP;
}

/*
 * A Conflict is none of a create: others changed the ResourceQuota at the same time, and what is
 * asked for is tried again.
 */
static bool is_refusal(int code)
{
	return code >= BAD_REQUEST && code < SERVER && code != TOO_MANY && code != CONFLICT;
}

/* As the object of the reply says. */
static const struct json_node *controller_of(const struct attempt *a)
{
	return owner_controller(json_get(a->reply.doc.root, "metadata"));
}

static bool is_ours(const struct attempt *a)
{
	return json_str_is(json_get(controller_of(a), "uid"), a->write->uid);
}

/* By which watches find it: of which cluster it is; "" where it has no such label. */
static struct str label_of(struct attempt *a)
{
	const struct json_node *const meta = json_get(a->reply.doc.root, "metadata");

	return json_str(&a->reply.arena,
		json_get(json_get(meta, "labels"), POD_WORDS[a->write->key.dialect].cluster));
}

/* It has the label of the cluster and no controller: an earlier cluster of that name left it. */
static bool is_stray(struct attempt *a)
{
	return controller_of(a) == NULL && str_eq(label_of(a), a->write->key.name);
}

/* False where a watch has told that it is another cluster's. */
static bool tell_world(struct attempt *a)
{
	const enum world_kind kind = a->write->child == CHILD_POD ? WORLD_PODS : WORLD_SERVICES;

	return world_put_found(
		a->p->world, kind, a->write->key.dialect, a->reply.doc.root, &a->reply.arena);
}

static enum write_end end_refused_or_unknown(const struct attempt *a)
{
	return is_refusal(a->reply.refusal.code) ? end_badly(a) : end_unknown(a);
}

/*
 * What a ControllerRevision has never changes: where ours is of an earlier generation, or of an
 * earlier cluster, another one takes its place. One of a later generation is of a later write than
 * this.
 */
static enum write_end replace(struct attempt *a)
{
	struct attempt seen CLEANUP(attempt_done) = {.p = a->p, .write = a->write};
	int64_t revision = 0;

	if (!call(&seen, (struct kube_call){.verb = KUBE_GET, .at = perform_child(a->write, true)}))
		return end_unknown(a);
	if (!is_ours(&seen) && !is_stray(&seen))
		return end_badly(a);
	json_i64(json_get(seen.reply.doc.root, "revision"), &revision);
	if (is_ours(&seen) && revision >= a->write->revision)
		return end_well(a);
	const struct str uid = json_str(
		&seen.reply.arena, json_get(json_get(seen.reply.doc.root, "metadata"), "uid"));
	struct attempt gone CLEANUP(attempt_done) = {.p = a->p, .write = a->write};

	if (!call(&gone, (struct kube_call){.verb = KUBE_DELETE,
				 .at = perform_child(a->write, true),
				 .only_uid = arena_str(&seen.reply.arena, uid).at,
				 .metadata_only = true}))
		return end_refused_or_unknown(&gone);
	struct attempt made CLEANUP(attempt_done) = {.p = a->p, .write = a->write};

	return call(&made, perform_call(a->write)) ? end_well(&made)
						   : end_refused_or_unknown(&made);
}

/* Where no watch tells that it is this cluster's by now, the next round does not ask at once. */
static enum write_end end_met(const struct attempt *a, struct attempt *seen)
{
	return tell_world(seen) ? end_well(a) : WRITE_GIVEN_UP;
}

/*
 * A Service that is ours and does not say so by its label, as the one for hosts that KubeRay makes:
 * with it watches tell of it.
 */
static enum write_end label(struct attempt *a)
{
	struct attempt labelled CLEANUP(attempt_done) = {.p = a->p, .write = a->write};
	CLEANUP(buf_done) struct buf body = {0};

	buf_printf(&body, "{\"metadata\":{\"labels\":{\"%s\":\"%.*s\"}}}",
		POD_WORDS[a->write->key.dialect].cluster, STR_ARG(a->write->key.name));
	if (!call(&labelled, (struct kube_call){.verb = KUBE_PATCH_MERGE,
				     .at = perform_child(a->write, true),
				     .body = buf_str(&body)}))
		return end_refused_or_unknown(&labelled);
	return end_met(a, &labelled);
}

/* It is somebody else's; that there is one has been said. */
static enum write_end end_in_the_way(struct attempt *a, struct attempt *seen)
{
	const struct str why = owner_in_the_way(
		&seen->reply.arena, seen->reply.doc.root, &a->write->key, a->write->child);
	struct str *const message = &a->reply.refusal.message;

	*message = arena_printf(&a->reply.arena, "%.*s, %.*s", STR_ARG(*message), STR_ARG(why));
	a->taken = true;
	return end_badly(a);
}

/* An object of that name is there: ours, of a try whose answer got lost, or somebody else's. */
static enum write_end meet(struct attempt *a)
{
	struct attempt seen CLEANUP(attempt_done) = {.p = a->p, .write = a->write};

	if (a->write->child == CHILD_REVISION)
		return replace(a);
	if (!perform_is_watched(a->write->child)) {
		note_done(a);
		return WRITE_DONE;
	}
	if (!call(&seen, (struct kube_call){.verb = KUBE_GET, .at = perform_child(a->write, true)}))
		return end_unknown(a);
	if (!is_ours(&seen))
		return end_in_the_way(a, &seen);
	if (str_eq(label_of(&seen), a->write->key.name))
		return end_met(a, &seen);
	/* A pod that was given another label was taken out of the cluster by it. */
	return a->write->child == CHILD_SERVICE ? label(a) : end_badly(a);
}

/*
 * An owner that is being deleted gives its children away, and we may hear of them before we hear of
 * it: to adopt them then would have them deleted with it. False ends the write as `end` says.
 */
static bool may_adopt(const struct performer *p, const struct write *write, enum write_end *end)
{
	struct attempt seen CLEANUP(attempt_done) = {.p = p, .write = write};

	*end = WRITE_GIVEN_UP;
	if (!call(&seen, (struct kube_call){.verb = KUBE_GET,
				 .at = perform_cluster(write, NULL),
				 .metadata_only = true})) {
		const int code = seen.reply.refusal.code;

		if (is_refusal(code) && code != NOT_FOUND)
			*end = end_badly(&seen);
		return false;
	}
	const struct json_node *const meta = json_get(seen.reply.doc.root, "metadata");

	return json_str_is(json_get(meta, "uid"), write->uid) &&
	       !json_present(json_get(meta, "deletionTimestamp"));
}

/* What was accepted before us: it is looked for again, later each time, until there is an answer.
 */
static enum write_end look_for_accepted(struct attempt *a)
{
	const struct write *const write = a->write;

	if (!a->done && a->reply.refusal.code != NOT_FOUND) {
		if (world_missed_accepted(a->p->world, &write->key, write->uid))
			LOG(WARN, "what was accepted cannot be read",
				KV("namespace", write->key.namespace),
				KV("rayCluster", write->key.name), KV("name", write->name),
				KV("error", a->err.text));
		return WRITE_GIVEN_UP;
	}
	world_found_accepted(a->p->world, &write->key, write->uid,
		a->done && is_ours(a) ? a->reply.doc.root : NULL, &a->reply.arena);
	return WRITE_DONE;
}

/* What no watch has told of for long, and never will where it lacks the label. */
static enum write_end look(struct attempt *a)
{
	const bool found = a->done && label_of(a).len;

	if (found)
		(void)tell_world(a);
	else if (a->done || a->reply.refusal.code == NOT_FOUND)
		world_drop(a->p->world, a->write->child == CHILD_POD ? WORLD_PODS : WORLD_SERVICES,
			a->write->key.dialect, a->write->key.namespace, a->write->name);
	return WRITE_DONE;
}

static bool changes_owner(const struct write *write)
{
	return write->action == ACTION_ADOPT || write->action == ACTION_RELEASE;
}

/* It is gone, or it is another one by now: whoever watches it tells. Nothing was adopted. */
static enum write_end end_otherwise(const struct attempt *a)
{
	return changes_owner(a->write) ? WRITE_GIVEN_UP : end_well(a);
}

/* What the answer tells besides that it was done. */
static void take_answer(struct attempt *a)
{
	const struct write *const write = a->write;

	if (write->action == ACTION_STATUS)
		world_wrote_status(
			a->p->world, &write->key, write->uid, a->reply.doc.root, &a->reply.arena);
	else if (write->action == ACTION_PATCH_SERVICE)
		(void)tell_world(a);
	else if (changes_owner(write))
		a->object_uid = json_str(
			&a->reply.arena, json_get(json_get(a->reply.doc.root, "metadata"), "uid"));
}

/*
 * A pod that a webhook has made another one of is found by nobody, or counts for nobody: it goes
 * again, and is as good as refused. Otherwise one after the other would be made. Where it does not
 * go it is in doubt: the next try has its name, and meets it.
 */
static enum write_end end_changed(struct attempt *a, const char *how)
{
	const struct json_node *const meta = json_get(a->reply.doc.root, "metadata");
	const struct str uid = json_str(&a->reply.arena, json_get(meta, "uid"));
	struct attempt gone CLEANUP(attempt_done) = {.p = a->p, .write = a->write};

	const bool goes = call(&gone, (struct kube_call){.verb = KUBE_DELETE,
					      .at = perform_child(a->write, true),
					      .only_uid = arena_str(&a->reply.arena, uid).at,
					      .metadata_only = true});

	a->reply.refusal.code = UNPROCESSABLE;
	a->reply.refusal.message = str_from(how);
	(void)err_set(&a->err, ERR_CONFLICT, "%s", how);
	if (goes || gone.reply.refusal.code == NOT_FOUND)
		(void)end_badly(a);
	else
		(void)end_unknown(a);
	return WRITE_UNDONE;
}

/* NULL: it is what was asked for. */
static const char *find_change(struct attempt *a)
{
	const struct write *const write = a->write;

	if (write->action != ACTION_CREATE || write->child != CHILD_POD)
		return NULL;
	return pod_labels_changed(
		&a->reply.arena, write->key.dialect, write->body, a->reply.doc.root);
}

enum write_end perform(const struct performer *p, const struct write *write)
{
	struct attempt a CLEANUP(attempt_done) = {.p = p, .write = write};
	enum write_end end;

	if (write->action == ACTION_ADOPT && !may_adopt(p, write, &end))
		return end;
	const bool done = call(&a, perform_call(write));
	const int code = a.reply.refusal.code;

	if (write->look)
		return write->child == CHILD_REVISION ? look_for_accepted(&a) : look(&a);
	if (done) {
		const char *const change = find_change(&a);

		take_answer(&a);
		return change ? end_changed(&a, change) : end_well(&a);
	}
	if (write->action == ACTION_CREATE && kube_status_is_already_exists(&a.reply.refusal))
		return meet(&a);
	if (write->action != ACTION_CREATE && (code == NOT_FOUND || code == CONFLICT))
		return end_otherwise(&a);
	/* What it tests is otherwise by now: the next round sees how. */
	if (write->action == ACTION_PATCH && code == UNPROCESSABLE)
		return WRITE_GIVEN_UP;
	return end_refused_or_unknown(&a);
}
