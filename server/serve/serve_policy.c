#include "base/log.h"
#include "server/admission/policy_trial.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

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

/* Without a file: offline the built-in policy, to try things with; in a cluster rules alone. */
bool serve_policy_start(struct server *s, struct err *err)
{
	const struct str path = settings_str(s->settings, SETTING_POLICY);

	if (path.len == 0 && !s->offline)
		s->app.policy = policy_store_empty();
	else
		s->app.policy =
			policy_store_new_tried(path.len ? path.at : NULL, policy_trial, err);
	if (s->app.policy)
		warn_of_doubts(s);
	return s->app.policy != NULL;
}

void serve_policy_refresh(struct server *s, bool force)
{
	struct err err;
	const enum policy_change change = policy_store_refresh(s->app.policy, force, &err);

	if (change == POLICY_UNCHANGED)
		return;
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
			err.code == ERR_NOT_FOUND
				? "the policy's file is gone, what it held stays in force: put "
				  "it back, the next start needs it"
				: "new policy is broken, the one before it stays in force",
			KV("error", err.text));
		serve_events_tell(
			s, &(struct serve_event){
				   .warning = true, .reason = "PolicyBroken", .message = err.text});
	}
}

void serve_policy_stop(struct server *s)
{
	policy_store_free(&s->app.policy);
}
