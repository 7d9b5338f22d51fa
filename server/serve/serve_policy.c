#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "server/admission/policy_trial.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

#define EVERY CLOCK_SECOND /* a ConfigMap's change sends no signal */

/* Who looks at the file. */
struct serve_policy {
	pthread_t thread;
	bool runs;
	pthread_mutex_t mutex; /* for what follows, and while the server learns of a change */
	pthread_cond_t poked;
	bool asked;   /* to read it now, even where it looks the same */
	bool resting; /* what the file says from now on is for the next start */
};

static void warn_of_doubts(struct server *s)
{
	const struct policy *const policy = policy_store_acquire(s->app.policy);
	struct arena arena CLEANUP(arena_done);
	struct str doubt;
	struct err err;

	arena_init(&arena, 4096);
	for (size_t at = 0; (doubt = policy_next_doubt(policy, &arena, &at)).len;)
		LOG(WARN, "the policy says something to no effect", KV("what", doubt),
			KV("file", policy->source));
	if (!policy_trial_legacy(policy, &err))
		LOG(WARN, "the policy adds nothing to some clusters of cluster.ray.io",
			KV("why", err.text));
	policy_store_release(s->app.policy, policy);
}

static void tell_mistake(const char *source, struct str mistake)
{
	LOG(ERROR, "mistake in the policy", KV("what", mistake), KV("file", source));
}

/* Without a file: offline the built-in policy, to try things with; in a cluster rules alone. */
bool serve_policy_start(struct server *s, struct err *err)
{
	static const struct policy_hooks HOOKS = {policy_trial, tell_mistake};
	const struct str path = settings_str(s->settings, SETTING_POLICY);

	if (path.len == 0 && !s->offline)
		s->app.policy = policy_store_empty();
	else
		s->app.policy = policy_store_new_tried(path.len ? path.at : NULL, &HOOKS, err);
	if (s->app.policy)
		warn_of_doubts(s);
	return s->app.policy != NULL;
}

/* What looking at the file has come to. */
static void tell(struct server *s, enum policy_change change, const struct err *err)
{
	s->app.policy_broken = change == POLICY_BROKEN;
	metrics_count(s->app.metrics, TELEMETRY_POLICY_RELOADS,
		METRICS_VALUES(str_from(change == POLICY_CHANGED ? "taken" : "kept")));
	if (change == POLICY_CHANGED) {
		LOG(INFO, "new policy in force",
			KV("file", settings_str(s->settings, SETTING_POLICY)));
		warn_of_doubts(s);
		serve_ledger_recount(s);
	} else {
		LOG(ERROR,
			err->code == ERR_NOT_FOUND
				? "the policy's file is gone, what it held stays in force: put "
				  "it back, the next start needs it"
				: "new policy is broken, the one before it stays in force",
			KV("error", err->text));
		serve_events_tell(s,
			&(struct serve_event){
				.warning = true, .reason = "PolicyBroken", .message = err->text});
	}
}

/*
 * A file system that does not answer keeps this thread, and nothing else until the server stops;
 * that is then ended in spite of it (cmd_serve.c).
 */
static void *look_again_and_again(void *context)
{
	struct server *const s = context;
	struct serve_policy *const p = s->policy;
	struct err err;

	pthread_mutex_lock(&p->mutex);
	while (!p->resting) {
		if (!p->asked)
			clock_wait(&p->poked, &p->mutex, clock_now() + EVERY);
		const bool force = p->asked;

		p->asked = false;
		pthread_mutex_unlock(&p->mutex);
		const enum policy_change change = policy_store_refresh(s->app.policy, force, &err);

		s->app.policy_looked = clock_now();
		pthread_mutex_lock(&p->mutex);
		if (change != POLICY_UNCHANGED && !p->resting)
			tell(s, change, &err);
	}
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

bool serve_policy_watch(struct server *s, struct err *err)
{
	if (settings_str(s->settings, SETTING_POLICY).len == 0)
		return true;
	s->policy = mem_alloc(sizeof(*s->policy));
	pthread_mutex_init(&s->policy->mutex, NULL);
	pthread_cond_init(&s->policy->poked, NULL);
	s->app.policy_looked = clock_now();
	s->policy->runs = thread_start(&s->policy->thread, "policy", look_again_and_again, s);
	return s->policy->runs || err_errno(err, "start a thread");
}

static void wake(struct server *s, bool *why)
{
	pthread_mutex_lock(&s->policy->mutex);
	*why = true;
	pthread_cond_signal(&s->policy->poked);
	pthread_mutex_unlock(&s->policy->mutex);
}

void serve_policy_poke(struct server *s)
{
	if (s->policy)
		wake(s, &s->policy->asked);
}

void serve_policy_rest(struct server *s)
{
	if (s->policy)
		wake(s, &s->policy->resting);
}

void serve_policy_unwatch(struct server *s)
{
	if (s->policy == NULL)
		return;
	serve_policy_rest(s);
	if (s->policy->runs)
		pthread_join(s->policy->thread, NULL);
	pthread_cond_destroy(&s->policy->poked);
	pthread_mutex_destroy(&s->policy->mutex);
	mem_free(&s->policy);
}

void serve_policy_stop(struct server *s)
{
	policy_store_free(&s->app.policy);
}
