#include "server/controller/settle.h"

#include "server/controller/baseline.h"
#include "validators/validate.h"

static struct observed_digest made_of(
	const struct observed *seen, struct arena *arena, const struct json_node *root)
{
	return accept_made_of(arena, seen->object->dialect, root);
}

/*
 * The generation that was accepted last, or one that differs from it in size alone; NULL where its
 * text is not known. `old` is what is left of it.
 */
static const struct json_node *find_accepted(const struct observed *seen, struct arena *arena,
	const struct json_node *old, const struct observed_verdict *accepted)
{
	if (!accept_is_known(accepted->made_of))
		return NULL;
	if (old && accept_is_the_same(made_of(seen, arena, old), accepted->made_of))
		return old;
	return accept_is_the_same(made_of(seen, arena, seen->root), accepted->made_of)
		       ? accept_resize(arena, seen->object, seen->root, accepted->sizes,
				 accepted->size_count)
		       : NULL;
}

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
		.is_only_larger = past->is_only_larger,
		.old_is_unknown = past->old_is_unknown,
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
		.charge_told = baseline.charge_told,
		/* What runs when it is first seen is taken to be of the text that is there. */
		.made_of = recalled ? recalled->made_of : made_of(seen, arena, seen->root),
	};

	if (baseline.old) {
		/* As the world keeps texts: without the brace at their end. */
		settled.old = json_raw(baseline.old);
		settled.old.len--;
	}
	world_settle(world, key, seen->uid, &settled);
}

/* What is there is compared with the text of what was accepted, where only its size was known. */
static void find_past(const struct observed *seen, struct arena *arena,
	const struct acceptance_view *view, struct acceptance_past *past)
{
	struct observed_verdict accepted = view->verdict;

	accepted.made_of = past->made_of;
	const struct json_node *const text =
		past->old_is_size ? find_accepted(seen, arena, past->old, &accepted) : NULL;

	if (text) {
		past->old = text;
		past->old_is_size = false;
	}
	past->old_is_unknown = past->old_is_guessed && past->old &&
			       !accept_is_the_same(made_of(seen, arena, past->old), past->made_of);
}

static void settle_anew(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen, const struct acceptance_view *view)
{
	struct observed_verdict recalled;
	struct acceptance_past past = {0};
	struct accept_result result;
	const bool recalls = !view->known && accept_recall(arena, seen->root, &recalled);
	const bool is_the_same = recalls && recalled.generation == seen->generation;
	const struct observed_digest made = made_of(seen, arena, seen->root);

	if (!view->known && !is_the_same)
		settle_baseline(world, key, arena, seen, recalls ? &recalled : NULL);
	world_past(world, key, seen->uid, arena, &past);
	if (is_the_same)
		past.old = seen->root;
	else
		find_past(seen, arena, view, &past);
	past.is_only_larger = is_the_same || accept_is_the_same(made, past.made_of);
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
		.made_of = made,
	};

	size_up(seen, arena, &settled);
	/* What was refused and has nothing takes no room. */
	if (baseline_has_quota(seen) && (settled.accepted || settled.size_count)) {
		settled.charge = result.charge;
		settled.charge_count = settled.charge_told = result.charge_count;
	}
	world_settle(world, key, seen->uid, &settled);
}

static bool holds(const struct observed *seen, const struct acceptance_view *view)
{
	return view->known && view->judged == seen->generation &&
	       view->policy == seen->policy->fingerprint && !(view->over_quota && view->stirred);
}

/* Nobody looks for what no pod hangs on. */
static bool may_be_stored(const struct observed *seen, const struct acceptance_view *view)
{
	return view->look != ACCEPTANCE_READ && seen->verdict.size_count &&
	       accept_is_known(seen->verdict.made_of) &&
	       seen->object->meta.deletion_timestamp.v.len == 0;
}

/*
 * What is gone on with while what is there is refused. Where only the size of what was accepted is
 * known, and not its text, that is nothing.
 */
static void keep(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *seen, const struct acceptance_view *view)
{
	const enum dialect dialect = seen->object->dialect;
	const struct json_node *const text = find_accepted(
		seen, arena, world_accepted(world, key, seen->uid, arena), &seen->verdict);
	const struct json_node *const kept =
		text ? accept_kept(arena, seen->root, dialect, text, &seen->verdict) : NULL;

	if (kept)
		seen->kept = validate_decode(arena, RAY_CLUSTER, dialect, kept);
	seen->withheld = kept == NULL;
	seen->accepted_unread = seen->withheld && may_be_stored(seen, view);
	seen->accepted_unreadable = seen->accepted_unread && view->look == ACCEPTANCE_UNREADABLE;
	/* Of what is made of the same the digest tells all. No watch tells that it was deleted. */
	if (kept && (seen->first || view->stored != seen->verdict.generation) &&
		!accept_is_the_same(made_of(seen, arena, seen->root), seen->verdict.made_of))
		seen->to_store = text;
}

void settle(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *seen, struct acceptance_view *view)
{
	struct observed again;

	/* What is on its way out is judged no more. */
	if (!holds(seen, view) && seen->object->meta.deletion_timestamp.v.len == 0) {
		settle_anew(world, key, arena, seen, view);
		if (world_observe(world, key, arena, &again, view))
			seen->first = again.first;
		else
			*view = (struct acceptance_view){0};
	}
	seen->verdict = view->verdict;
	if (seen->verdict.reason == NULL)
		seen->verdict.reason = "Unjudged";
	if (!seen->verdict.accepted && seen->object->cluster)
		keep(world, key, arena, seen, view);
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
