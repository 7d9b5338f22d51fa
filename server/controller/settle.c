#include "server/controller/settle.h"

#include "server/controller/baseline.h"
#include "validators/validate.h"

static void judge(const struct observed *seen, const struct acceptance_past *past,
	struct arena *arena, struct accept_result *result)
{
	const struct accept_input in = {
		.arena = arena,
		.policy = seen->policy,
		.object = seen->object,
		.root = seen->root,
		.old = past->old,
		.old_is_size = past->old_is_size,
		.was = past->was,
		.was_count = past->was_count,
		.used = past->used,
		.used_count = past->used_count,
	};

	accept_judge(&in, result);
}

/* Of one that was accepted, what it asks for; else, of one never seen before, what is there. */
static void size_up(
	const struct observed *seen, struct arena *arena, struct acceptance_settled *out)
{
	if (out->in_part)
		return;
	out->size_count =
		out->accepted && seen->object->cluster
			? accept_sizes(arena, seen->policy, seen->object->cluster, &out->sizes)
			: baseline_running(seen, arena, &out->sizes);
}

/*
 * So large it may be, and so much it is charged, until what there is of it by now is judged in its
 * turn; and then it is what that is compared with.
 */
static void settle_baseline(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen, const struct observed_verdict *recalled)
{
	struct baseline baseline;

	if (!baseline_find(seen, arena, recalled, &baseline))
		return;
	struct acceptance_settled settled = {
		.accepted_before = baseline.generation,
		.reason = "Unjudged",
		.old_is_size = !accept_was_over_quota(seen->root, seen->generation),
		.sizes = baseline.sizes,
		.size_count = baseline.size_count,
		.charge = baseline.charge,
		.charge_count = baseline.charge_count,
	};

	if (baseline.old) {
		/* As the world keeps texts: without the brace at their end. */
		settled.old = json_raw(baseline.old);
		settled.old.len--;
	}
	world_settle(world, key, seen->uid, &settled);
}

static void settle_anew(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen, const struct acceptance_view *view)
{
	struct observed_verdict recalled;
	struct acceptance_past past = {0};
	struct accept_result result;
	const bool recalls = !view->known && accept_recall(arena, seen->root, &recalled);
	const bool is_the_same = recalls && recalled.generation == seen->generation;

	if (!view->known && !is_the_same)
		settle_baseline(world, key, arena, seen, recalls ? &recalled : NULL);
	world_past(world, key, seen->uid, arena, &past);
	if (is_the_same)
		past.old = seen->root;
	judge(seen, &past, arena, &result);
	struct acceptance_settled settled = {
		.generation = seen->generation,
		.policy = seen->policy->fingerprint,
		.epoch = view->epoch,
		.accepted = result.accepted,
		.reason = result.reason,
		.message = result.message,
		.in_part = result.size_count > 0,
		.sizes = result.sizes,
		.size_count = result.size_count,
	};

	size_up(seen, arena, &settled);
	/* What was refused and has nothing takes no room. */
	if (baseline_has_quota(seen) && (settled.accepted || settled.size_count)) {
		settled.charge = result.charge;
		settled.charge_count = result.charge_count;
	}
	world_settle(world, key, seen->uid, &settled);
}

static bool holds(const struct observed *seen, const struct acceptance_view *view)
{
	return view->known && view->judged == seen->generation &&
	       view->policy == seen->policy->fingerprint && !(view->over_quota && view->stirred);
}

/*
 * After a restart it is the spec that was there then, of the size that was accepted: what else the
 * accepted one had nobody knows any more.
 */
static const struct ray_object *find_kept(struct world *world, const struct world_key *key,
	struct arena *arena, const struct observed *seen)
{
	const enum dialect dialect = seen->object->dialect;
	const struct json_node *const old = world_accepted(world, key, seen->uid, arena);
	const struct json_node *const kept =
		old ? accept_kept(arena, seen->root, dialect, old, &seen->verdict) : NULL;

	return kept ? validate_decode(arena, RAY_CLUSTER, dialect, kept) : NULL;
}

void settle(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *seen, struct acceptance_view *view)
{
	struct observed again;

	/* What is on its way out is judged no more. */
	if (!holds(seen, view) && seen->object->meta.deletion_timestamp.v.len == 0) {
		settle_anew(world, key, arena, seen, view);
		if (!world_observe(world, key, arena, &again, view))
			*view = (struct acceptance_view){0};
	}
	seen->verdict = view->verdict;
	if (seen->verdict.reason == NULL)
		seen->verdict.reason = "Unjudged";
	if (!seen->verdict.accepted && seen->object->cluster)
		seen->kept = find_kept(world, key, arena, seen);
}

void settle_recalled(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen)
{
	const struct acceptance_view unknown = {0};
	struct observed_verdict recalled;
	const bool recalls = accept_recall(arena, seen->root, &recalled);

	if (recalls && recalled.generation == seen->generation)
		settle_anew(world, key, arena, seen, &unknown);
	else
		settle_baseline(world, key, arena, seen, recalls ? &recalled : NULL);
}
