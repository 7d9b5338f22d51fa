#include "server/controller/baseline.h"

#include "server/children/child.h"
#include "validators/validate.h"

static size_t count_group(const struct observed *seen, struct str group)
{
	size_t count = 0;

	for (size_t i = 0; i < seen->pod_count; i++)
		count += seen->pods[i].ours && str_eq(seen->pods[i].group, group);
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

static struct str head_of(const struct raycluster *cluster)
{
	return cluster->head ? child_group_name(cluster->head) : STR(HEAD_GROUP);
}

/* Workers that stay had a head, which is about to be made anew: without one they are nothing. */
static bool lacks_head(const struct observed *seen)
{
	bool workers = false;

	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (pod->ours && pod->role == POD_HEAD)
			return false;
		workers = workers || (pod->ours && pod->role == POD_WORKER && !pod->deleting);
	}
	return workers && seen->object->cluster;
}

size_t baseline_running(
	const struct observed *seen, struct arena *arena, const struct observed_size **out)
{
	struct observed_size *const sizes = arena_array(arena, seen->pod_count + 1, sizeof(*sizes));
	size_t count = 0;

	if (lacks_head(seen))
		sizes[count++] = (struct observed_size){head_of(seen->object->cluster), 1, 0};
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

/*
 * What the status says was written by whoever worked before us, and another controller may have
 * been at work since: none of what it made is taken away.
 */
static size_t size_of_status(const struct observed *seen, struct arena *arena,
	const struct observed_verdict *recalled, const struct observed_size **out)
{
	const struct observed_size *there;
	const size_t there_count = baseline_running(seen, arena, &there);
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

/* --- what it is charged --- */

static bool is_group(const struct raycluster *cluster, struct str name)
{
	return str_eq(name, head_of(cluster)) || raycluster_worker(cluster, name);
}

/* What a status says may be any number. */
static int32_t add_pods(int32_t a, int32_t b)
{
	return a > INT32_MAX - b ? INT32_MAX : a + b;
}

/* Pods of groups that the spec lacks. */
static int32_t count_strangers(
	const struct raycluster *cluster, const struct observed_size *sizes, size_t count)
{
	int32_t strangers = 0;

	for (size_t i = 0; i < count; i++)
		strangers =
			add_pods(strangers, is_group(cluster, sizes[i].group) ? 0 : sizes[i].pods);
	return strangers;
}

struct amounts {
	struct arena *arena;
	struct ledger_amount *items;
	size_t count, room;
};

static struct ledger_amount *find_amount(const struct amounts *amounts, struct str name)
{
	for (size_t i = 0; i < amounts->count; i++) {
		if (str_eq(amounts->items[i].name, name))
			return &amounts->items[i];
	}
	return NULL;
}

static struct quantity amount_of(const struct amounts *amounts, struct str name)
{
	const struct ledger_amount *const amount = find_amount(amounts, name);

	return amount ? amount->value : (struct quantity){0};
}

static void make_room(struct amounts *amounts)
{
	const size_t room = amounts->room ? 2 * amounts->room : 16;

	if (amounts->count < amounts->room)
		return;
	amounts->items = arena_grow(amounts->arena, amounts->items,
		amounts->room * sizeof(*amounts->items), room * sizeof(*amounts->items));
	amounts->room = room;
}

static void put_amount(struct amounts *amounts, struct str name, struct quantity value)
{
	struct ledger_amount *const amount = find_amount(amounts, name);

	if (amount) {
		amount->value = value;
		return;
	}
	make_room(amounts);
	amounts->items[amounts->count++] = (struct ledger_amount){name, value};
}

static struct amounts charge_as_told(const struct observed *seen, struct arena *arena,
	const struct observed_size *sizes, size_t count)
{
	const struct json_node *const sized =
		accept_resize(arena, seen->object, seen->root, sizes, count);
	const struct ledger_amount *charge = NULL;
	struct amounts out = {.arena = arena};
	const size_t charges =
		sized ? accept_charge(arena, seen->policy,
				validate_decode(arena, RAY_CLUSTER, seen->object->dialect, sized),
				&charge)
		      : 0;

	for (size_t i = 0; i < charges; i++)
		put_amount(&out, charge[i].name, charge[i].value);
	return out;
}

/*
 * Nobody knows what pods cost whose group the spec lacks: they are charged as much as if they were
 * of another one, of each resource the dearest.
 */
static struct amounts charge_of(const struct observed *seen, struct arena *arena,
	const struct observed_size *sizes, size_t count)
{
	const struct raycluster *const cluster = seen->object->cluster;
	const int32_t strangers = cluster ? count_strangers(cluster, sizes, count) : 0;
	struct observed_size *const more = arena_array(arena, count + 1, sizeof(*more));
	struct amounts out = charge_as_told(seen, arena, sizes, count);

	for (size_t i = 0; strangers > 0 && i < cluster->worker_count; i++) {
		const struct str name = cluster->workers[i]->name.v;
		size_t at = 0;

		for (size_t k = 0; k < count; k++)
			more[k] = sizes[k];
		while (at < count && !str_eq(more[at].group, name))
			at++;
		if (at == count)
			more[at] = (struct observed_size){.group = name};
		more[at].pods = add_pods(more[at].pods, strangers);
		const struct amounts with =
			charge_as_told(seen, arena, more, at == count ? count + 1 : count);

		for (size_t k = 0; k < with.count; k++)
			put_amount(&out, with.items[k].name,
				quantity_max(
					with.items[k].value, amount_of(&out, with.items[k].name)));
	}
	return out;
}

/* What the status says it was charged, and what is there beyond the size of which it says that. */
static struct amounts charge_since(const struct observed *seen, struct arena *arena,
	const struct observed_verdict *recalled, const struct amounts *now)
{
	const struct amounts then = charge_of(seen, arena, recalled->sizes, recalled->size_count);
	struct amounts out = {.arena = arena};

	for (size_t i = 0; i < recalled->charge_count; i++) {
		const struct ledger_amount *const was = &recalled->charge[i];

		put_amount(&out, was->name,
			quantity_add(was->value, quantity_sub(amount_of(now, was->name),
							 amount_of(&then, was->name))));
	}
	for (size_t i = 0; i < now->count; i++) {
		if (find_amount(&out, now->items[i].name) == NULL)
			put_amount(&out, now->items[i].name, now->items[i].value);
	}
	return out;
}

static bool is_what_was_accepted(
	const struct observed *seen, struct arena *arena, const struct observed_verdict *recalled)
{
	return recalled == NULL ||
	       accept_is_the_same(
		       accept_made_of(arena, seen->object->dialect, seen->root), recalled->made_of);
}

bool baseline_has_quota(const struct observed *seen)
{
	const struct policy_quota *const quota = policy_quota(seen->policy, seen->namespace);

	return quota && quota->hard.count;
}

bool baseline_find(const struct observed *seen, struct arena *arena,
	const struct observed_verdict *recalled, struct baseline *out)
{
	*out = (struct baseline){.generation = recalled ? recalled->generation : 0};
	out->size_count = recalled ? size_of_status(seen, arena, recalled, &out->sizes)
				   : baseline_running(seen, arena, &out->sizes);
	if (out->generation == 0 && out->size_count == 0)
		return false;
	out->old = accept_resize(arena, seen->object, seen->root, out->sizes, out->size_count);
	if (!baseline_has_quota(seen))
		return true;
	struct amounts charge = charge_of(seen, arena, out->sizes, out->size_count);

	if (recalled && recalled->charge_count)
		charge = charge_since(seen, arena, recalled, &charge);
	out->charge = charge.items;
	out->charge_count = charge.count;
	out->charge_told =
		is_what_was_accepted(seen, arena, recalled) ? charge.count : recalled->charge_count;
	return true;
}
