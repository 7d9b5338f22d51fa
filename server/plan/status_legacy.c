/*
 * The status of a legacy cluster: STATUS and RESTARTS as kubectl prints them, mended, the last
 * head, and conditions. The CRD keeps members that it does not know.
 *
 *   Running                       the head runs
 *   Updating                      it does not yet, or pods of an older spec are being replaced
 *   AutoscalingExceptionRecovery  the head ended by itself, and the next one is not up yet
 *   Error                         the spec cannot be made real
 */
#include "server/plan/legacy_parts.h"
#include "server/plan/status_parts.h"

#define RECOVERY "AutoscalingExceptionRecovery"

static const struct json_node *was(const struct observed *seen, const char *key)
{
	return json_get(json_get(seen->root, "status"), key);
}

static int64_t restarts_of(const struct observed *seen)
{
	int64_t restarts;

	return json_i64(was(seen, "autoscalerRetries"), &restarts) && restarts > 0 ? restarts : 0;
}

/* The head that the status speaks of. */
struct last_head {
	struct str name, launch;
	bool ended; /* its end is counted */
};

static struct last_head last_head_of(const struct legacy *l)
{
	const struct json_node *const head = was(l->m.seen, "head");
	struct arena *const arena = l->m.round->arena;

	return (struct last_head){
		.name = json_str(arena, json_get(head, "podName")),
		.launch = json_str(arena, json_get(head, "launchConfig")),
		.ended = json_is(json_get(head, "ended"), JSON_TRUE),
	};
}

/* A head that ended before a status spoke of it, and waits for its replacement. */
static const struct observed_pod *unseen_end(const struct legacy *l, struct str name)
{
	const struct pod_run run = modern_pods_of(&l->m, POD_HEAD, STR(""));

	for (size_t i = 0; i < run.count; i++) {
		if (modern_pod_failed(run.items[i]) && !run.items[i]->deleting &&
			!str_eq(run.items[i]->name, name))
			return run.items[i];
	}
	return NULL;
}

static const struct observed_pod *find_pod(const struct legacy *l, struct str name)
{
	for (size_t i = 0; i < l->m.seen->pod_count; i++) {
		const struct observed_pod *const pod = &l->m.seen->pods[i];

		if (pod->ours && pod->role == POD_HEAD && str_eq(pod->name, name))
			return pod;
	}
	return NULL;
}

/*
 * Whether the head that the status remembers came to an end that nobody asked for: it failed, or it
 * is gone or going though the spec still wants one that is made as it was. RESTARTS counts these.
 */
static bool has_ended(const struct legacy *l, const struct last_head *last)
{
	const struct observed_pod *const pod = find_pod(l, last->name);
	const struct str now = legacy_launch(&l->m.c, l->m.c.cluster->head, NULL);

	if (pod && modern_pod_failed(pod))
		return true;
	if (pod && !pod->deleting)
		return false;
	return !l->m.seen->verdict.accepted || str_eq(last->launch, now);
}

bool legacy_head_ended(const struct legacy *l)
{
	const struct last_head last = last_head_of(l);

	return (last.name.len && !last.ended && has_ended(l, &last)) ||
	       unseen_end(l, last.name) != NULL;
}

static bool is_up(const struct observed_pod *head)
{
	return head && head->phase == POD_RUNNING && head->ready != POD_READY_FALSE;
}

static const char *phase_of(const struct legacy *l)
{
	const bool recovering =
		l->head_ended || json_str_is(was(l->m.seen, "phase"), STR(RECOVERY));

	if (!l->m.seen->verdict.accepted)
		return "Error";
	if (recovering && !is_up(l->head))
		return RECOVERY;
	return !is_up(l->head) || l->updating ? "Updating" : "Running";
}

/* When it was Running for the first time; nothing else tells that it ever was. */
static void put_first_time(const struct legacy *l, struct status_draft *d, const char *phase)
{
	if (strcmp(phase, "Running") == 0 && was(l->m.seen, STATUS_FIRST_RUNNING) == NULL)
		status_put(d, STATUS_FIRST_RUNNING,
			json_edit_str(status_time(d->round->arena, d->now)), STATUS_SOON);
}

/* Which head is spoken of from now on. */
static void put_head(const struct legacy *l, struct status_draft *d)
{
	const struct last_head last = last_head_of(l);
	const struct observed_pod *const unseen = unseen_end(l, last.name);
	const bool told = l->head && l->head->uid.len;
	struct json_edit *const map = json_edit_object();
	struct str name = last.name, launch = last.launch;

	if (told || unseen) {
		name = told ? l->head->name : unseen->name;
		launch = told ? l->head->launch_hash : unseen->launch_hash;
	}
	if (name.len) {
		json_edit_put_str(map, "podName", name);
		json_edit_put_str(map, "launchConfig", launch);
	}
	if (told && l->head->ip.len)
		json_edit_put_str(map, "podIP", l->head->ip);
	if (!told && (last.ended || l->head_ended))
		json_edit_put_bool(map, "ended", true);
	json_edit_put_str(map, "serviceName", l->m.c.head_service);
	status_put_map(d, "head", map, STATUS_NOW);
}

static void put_counts(const struct legacy *l, struct status_draft *d)
{
	const struct raycluster *const cluster = l->m.c.cluster;
	int64_t wanted = 0, ready = 0;

	for (size_t i = 0; i < cluster->worker_count; i++)
		wanted += legacy_pods_wanted(l, cluster->workers[i]);
	for (size_t i = 0; i < l->m.seen->pod_count; i++) {
		const struct observed_pod *const pod = &l->m.seen->pods[i];

		ready += pod->ours && pod->role == POD_WORKER && !pod->deleting && is_up(pod);
	}
	status_put(d, "desiredWorkers", json_edit_i64(wanted), STATUS_SOON);
	status_put(d, "readyWorkers", json_edit_i64(ready), STATUS_SOON);
}

/* While pods are being adopted all of that stays as it was told before. */
static void put_state(const struct legacy *l, struct status_draft *d)
{
	const struct observed *const seen = l->m.seen;
	const char *const phase = phase_of(l);

	if (l->adopts && json_present(was(seen, "phase")))
		return;
	status_put(d, "phase", json_edit_str(str_from(phase)), STATUS_NOW);
	put_first_time(l, d, phase);
	status_put(d, "autoscalerRetries",
		json_edit_i64(restarts_of(seen) + (l->head_ended ? 1 : 0)), STATUS_NOW);
	put_head(l, d);
	put_counts(l, d);
}

void status_legacy(const struct legacy *l)
{
	const struct observed *const seen = l->m.seen;
	const struct status_input in = {.seen = seen, .c = &l->m.c};
	struct status_draft d;

	status_draft_init(&d, l->m.round, json_get(seen->root, "status"), seen->now);
	put_state(l, &d);
	status_put(&d, "observedGeneration", json_edit_i64(seen->generation), STATUS_NOW);
	status_put_pending(&d, &in);
	status_put_supported(&d, &in);
	status_put_failures(&d, &in);
	status_put_accepted(&d, &in);
	status_put_withheld(&d, &in);
	status_draft_finish(&d);
	status_tell_refused(&in, l->m.round);
}

void status_legacy_unreadable(const struct observed *seen, struct round *round)
{
	const struct child_context nothing = {.arena = round->arena, .object = seen->object};
	const struct status_input in = {.seen = seen, .c = &nothing};
	struct status_draft d;

	status_draft_init(&d, round, json_get(seen->root, "status"), seen->now);
	status_put(&d, "phase", json_edit_str(STR("Error")), STATUS_NOW);
	status_put(&d, "autoscalerRetries", json_edit_i64(restarts_of(seen)), STATUS_NOW);
	status_put(&d, "observedGeneration", json_edit_i64(seen->generation), STATUS_NOW);
	status_put_accepted(&d, &in);
	status_put_withheld(&d, &in);
	status_draft_finish(&d);
	status_tell_refused(&in, round);
}
