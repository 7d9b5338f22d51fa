#include "server/controller/settle.h"

#include "validators/validate.h"

/* Without a quota nobody ever asks what it is charged. */
static bool has_quota(const struct observed *seen)
{
	const struct policy_quota *const quota = policy_quota(seen->policy, seen->namespace);

	return quota && quota->hard.count;
}

static size_t count_group(const struct observed *seen, struct str group)
{
	size_t count = 0;

	for (size_t i = 0; i < seen->pod_count; i++)
		count += seen->pods[i].ours && str_eq(seen->pods[i].group, group);
	return count;
}

/* What runs now: the head first. */
static size_t size_of_pods(
	const struct observed *seen, struct arena *arena, const struct observed_size **out)
{
	struct observed_size *const sizes = arena_array(arena, seen->pod_count + 1, sizeof(*sizes));
	size_t count = 0;

	for (int pass = POD_HEAD; pass <= POD_WORKER; pass++) {
		for (size_t i = 0; i < seen->pod_count; i++) {
			const struct observed_pod *const pod = &seen->pods[i];
			bool known = !pod->ours || (int)pod->role != pass;

			for (size_t k = 0; k < count; k++)
				known = known || str_eq(sizes[k].group, pod->group);
			if (!known)
				sizes[count++] = (struct observed_size){
					pod->group, (int32_t)count_group(seen, pod->group), 0};
		}
	}
	*out = sizes;
	return count;
}

static int32_t count_staying(const struct observed *seen, struct str group)
{
	int32_t count = 0;

	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		count += pod->ours && !pod->deleting && str_eq(pod->group, group);
	}
	return count;
}

/*
 * What the status says was written by whoever worked before us, and another controller may have
 * been at work since: none of what it made is taken away.
 */
static size_t size_of_status(const struct observed *seen, struct arena *arena,
	const struct observed_verdict *recalled, const struct observed_size **out)
{
	const struct observed_size *there;
	const size_t there_count = size_of_pods(seen, arena, &there);
	struct observed_size *const sizes =
		arena_array(arena, recalled->size_count + there_count + 1, sizeof(*sizes));
	size_t count = 0;

	for (; count < recalled->size_count; count++)
		sizes[count] = recalled->sizes[count];
	for (size_t i = 0; i < there_count; i++) {
		const int32_t staying = count_staying(seen, there[i].group);
		size_t at = 0;

		while (at < count && !str_eq(sizes[at].group, there[i].group))
			at++;
		if (at == count && staying > 0)
			sizes[count++] = (struct observed_size){there[i].group, staying, 0};
		else if (at < count && sizes[at].pods < staying)
			sizes[at].pods = staying;
	}
	*out = sizes;
	return count;
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
			: size_of_pods(seen, arena, &out->sizes);
}

/*
 * One whose spec has changed since it was accepted, and of that generation the status says how
 * large it was: so large it may be, and so much it is charged, until it is judged in its turn.
 */
static void settle_size(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen, const struct observed_verdict *recalled)
{
	struct acceptance_settled settled = {
		.accepted_before = recalled->generation,
		.reason = "Unjudged",
		.old_is_size = !accept_was_over_quota(seen->root, seen->generation),
	};

	settled.size_count = size_of_status(seen, arena, recalled, &settled.sizes);
	const struct json_node *const old =
		accept_resize(arena, seen->object, seen->root, settled.sizes, settled.size_count);

	if (old) {
		/* As the world keeps texts: without the brace at their end. */
		settled.old = json_raw(old);
		settled.old.len--;
		if (has_quota(seen))
			settled.charge_count = accept_charge(arena, seen->policy,
				validate_decode(arena, RAY_CLUSTER, key->dialect, old),
				&settled.charge);
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

	if (recalls && recalled.generation != seen->generation)
		settle_size(world, key, arena, seen, &recalled);
	world_past(world, key, seen->uid, arena, &past);
	if (recalls && recalled.generation == seen->generation)
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
	if (has_quota(seen) && (settled.accepted || settled.size_count)) {
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
}

void settle_recalled(struct world *world, const struct world_key *key, struct arena *arena,
	const struct observed *seen)
{
	const struct acceptance_view unknown = {0};
	struct observed_verdict recalled;

	if (!accept_recall(arena, seen->root, &recalled))
		return;
	if (recalled.generation == seen->generation)
		settle_anew(world, key, arena, seen, &unknown);
	else
		settle_size(world, key, arena, seen, &recalled);
}
