#include "server/plan/status_modern.h"

#include "server/plan/status_parts.h"

bool status_says(const struct json_node *root, const char *type)
{
	const struct json_node *const conditions = json_get(json_get(root, "status"), "conditions");

	for (struct json_iter it = json_iter(conditions); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "type"), str_from(type)))
			return json_str_is(json_get(it.value, "status"), STR("True"));
	}
	return false;
}

int64_t status_generation(const struct json_node *root)
{
	int64_t generation;

	return json_i64(json_get(json_get(root, "status"), "observedGeneration"), &generation)
		       ? generation
		       : 0;
}

static bool head_is_well(const struct status_counts *counts)
{
	return status_head_is_ready(counts->head) && !counts->head->deleting;
}

/*
 * Once ready it stays so while its head is: workers come and go. One that is to be suspended, too,
 * until its last pod is gone: whoever lent it resources (Kueue) takes "ready" for what uses them.
 */
static struct str state_of(const struct status_draft *d, const struct status_input *in,
	const struct status_counts *counts)
{
	const bool was_ready = str_is(json_edit_text(json_edit_get(d->was, STR("state"))), "ready");

	if (in->suspended)
		return STR("suspended");
	if (in->suspending)
		return was_ready ? STR("ready") : STR("");
	return counts->complete || (was_ready && head_is_well(counts)) ? STR("ready") : STR("");
}

static void put_state(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts)
{
	const struct str was = json_edit_text(json_edit_get(d->was, STR("state")));
	const struct str state = state_of(d, in, counts);

	if (str_eq(was, state))
		return;
	status_put(d, "state", json_edit_str(state), state.len ? STATUS_NOW : STATUS_ENDS);
	if (state.len == 0)
		return;
	struct json_edit *const times = json_edit_object();

	json_edit_set(times, state, json_edit_str(status_time(d->round->arena, d->now)));
	json_edit_put(d->patch, "stateTransitionTimes", times);
}

static void put_provisioned(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts)
{
	struct status_condition condition = {
		.type = STATUS_PROVISIONED,
		.reason = STR("RayClusterPodsProvisioning"),
		.message = STR("RayCluster Pods are being provisioned for first time"),
		.flip = STATUS_BEGINS,
		.words = STATUS_SOON,
	};

	if (in->suspended) {
		condition.message = STR("RayCluster has been suspended");
	} else if (status_says(in->seen->root, STATUS_PROVISIONED)) {
		return;
	} else if (counts->complete && !in->suspending) {
		condition.status = true;
		condition.flip = STATUS_NOW;
		condition.reason = STR("AllPodRunningAndReadyFirstTime");
		condition.message = STR("All Ray Pods are ready for the first time");
	}
	status_put_condition(d, &condition);
}

static void put_suspension(struct status_draft *d, const struct status_input *in)
{
	const struct status_condition suspending = {
		.type = STATUS_SUSPENDING,
		.status = in->suspending,
		.reason = STR(STATUS_SUSPENDING),
		.flip = in->suspending ? STATUS_NOW : STATUS_BEGINS,
	};
	const struct status_condition suspended = {
		.type = STATUS_SUSPENDED,
		.status = in->suspended,
		.reason = STR(STATUS_SUSPENDED),
		.flip = in->suspended ? STATUS_NOW : STATUS_BEGINS,
	};

	status_put_condition(d, &suspending);
	status_put_condition(d, &suspended);
}

/* How much of it is there. */
static void put_pods(struct status_draft *d, const struct status_input *in)
{
	struct status_counts counts;

	if (in->adopts)
		return;
	status_count(in, &counts);
	status_put_totals(d, in, &counts);
	status_put_head(d, in, &counts);
	put_provisioned(d, in, &counts);
	put_state(d, in, &counts);
}

/* What can be said only of a spec that can be read. */
static void put_cluster(struct status_draft *d, const struct status_input *in)
{
	put_pods(d, in);
	put_suspension(d, in);
	status_put_pending(d, in);
	status_put_supported(d, in);
}

void status_modern(const struct status_input *in, struct round *round)
{
	struct status_draft d;

	status_draft_init(&d, round, json_get(in->seen->root, "status"), in->seen->now);
	status_put(&d, "observedGeneration", json_edit_i64(in->seen->generation), STATUS_BEGINS);
	if (in->c->cluster)
		put_cluster(&d, in);
	status_put_failures(&d, in);
	status_put_accepted(&d, in);
	status_put_withheld(&d, in);
	status_draft_finish(&d);
	status_tell_refused(in, round);
}
