#include <stdlib.h>

#include "server/controller/acceptance.h"
#include "server/controller/world_parts.h"

/* Of both the words are shared: those of most clusters are the same. */
struct size {
	const struct intern *group;
	int32_t pods, most;
};

struct amount {
	const struct intern *name;
	struct quantity_small value;
};

struct acceptance {
	int64_t judged;
	uint64_t policy, epoch;
	bool accepted;
	const char *reason;
	char *message; /* NULL is "" */
	/* Of the generation that was accepted last. */
	int64_t generation;
	struct deflated *old; /* once another one is there … */
	bool old_is_size;     /* … or after a restart what can be said of it */
	bool old_is_guessed;  /* it is not the text that was accepted: what it costs is `charge` */
	struct size *sizes;
	size_t size_count;
	struct amount *charge;
	size_t charge_count, charge_told;
	struct observed_digest made_of;
	int64_t stored; /* a generation whose text the cluster keeps; -1: none */
	enum acceptance_look look;
};

enum world_verdict acceptance_verdict(const struct acceptance *acceptance)
{
	if (acceptance == NULL || acceptance->judged == 0)
		return WORLD_UNJUDGED;
	return acceptance->accepted ? WORLD_ACCEPTED : WORLD_REFUSED;
}

static struct acceptance *acceptance_new(void)
{
	struct acceptance *const a = mem_alloc(sizeof(*a));

	a->stored = -1;
	return a;
}

static void free_sizes(struct acceptance *a, struct interns *interns)
{
	for (size_t i = 0; i < a->size_count; i++)
		intern_give(interns, a->sizes[i].group);
	mem_free(&a->sizes);
	a->size_count = 0;
}

static void free_charge(struct acceptance *a, struct interns *interns)
{
	for (size_t i = 0; i < a->charge_count; i++)
		intern_give(interns, a->charge[i].name);
	mem_free(&a->charge);
	a->charge_count = a->charge_told = 0;
}

void acceptance_free(struct acceptance **acceptance, struct interns *interns)
{
	if (*acceptance == NULL)
		return;
	free_sizes(*acceptance, interns);
	free_charge(*acceptance, interns);
	free((*acceptance)->message);
	free((*acceptance)->old);
	mem_free(acceptance);
}

void acceptance_keep(
	struct acceptance *acceptance, int64_t generation, struct deflated **text, uint64_t *hash)
{
	if (acceptance->generation != generation || acceptance->old || *text == NULL)
		return;
	acceptance->old = *text;
	*text = NULL;
	*hash = 0;
}

static void keep_sizes(
	struct acceptance *a, const struct acceptance_settled *settled, struct interns *interns)
{
	free_sizes(a, interns);
	if (settled->size_count)
		a->sizes = mem_alloc(settled->size_count * sizeof(*a->sizes));
	for (size_t i = 0; i < settled->size_count; i++)
		a->sizes[i] = (struct size){intern_take(interns, settled->sizes[i].group),
			settled->sizes[i].pods, settled->sizes[i].most};
	a->size_count = settled->size_count;
}

static void keep_charge(
	struct acceptance *a, const struct acceptance_settled *settled, struct interns *interns)
{
	free_charge(a, interns);
	if (settled->charge_count)
		a->charge = mem_alloc(settled->charge_count * sizeof(*a->charge));
	for (size_t i = 0; i < settled->charge_count; i++) {
		const struct ledger_amount *const amount = &settled->charge[i];

		a->charge[i] = (struct amount){
			intern_take(interns, amount->name), quantity_shrink(amount->value)};
	}
	a->charge_count = settled->charge_count;
	a->charge_told = settled->charge_told;
}

void world_stir(struct world *world, struct world_space *space)
{
	space->epoch++;
	space->stirred = world->stirred = true;
}

static bool is_over_quota(const struct acceptance *a)
{
	return a && !a->accepted && str_is(STR("QuotaExceeded"), a->reason);
}

static size_t count_refused(const struct world_space *space)
{
	size_t count = 0;

	for (const struct world_cluster *at = space->clusters; at; at = at->next)
		count += is_over_quota(at->acceptance);
	return count;
}

size_t world_stirred(struct world *world, struct arena *arena, struct world_key **out)
{
	const struct strmap_entry *entry;
	size_t room = 0;
	size_t count = 0;

	*out = NULL;
	if (!world->stirred)
		return 0;
	for (size_t at = 0; (entry = strmap_next(&world->spaces, &at)) != NULL;)
		room += ((const struct world_space *)entry->value)->stirred
				? count_refused(entry->value)
				: 0;
	*out = arena_array(arena, room + 1, sizeof(**out));
	for (size_t at = 0; (entry = strmap_next(&world->spaces, &at)) != NULL;) {
		struct world_space *const space = entry->value;

		for (const struct world_cluster *it = space->stirred ? space->clusters : NULL; it;
			it = it->next) {
			if (is_over_quota(it->acceptance))
				(*out)[count++] = world_key_of(it, arena);
		}
		space->stirred = false;
	}
	world->stirred = false;
	return count;
}

static const struct ledger_amount *amounts_of(const struct acceptance *a, struct arena *arena)
{
	struct ledger_amount *const amounts =
		arena_array(arena, a->charge_count + 1, sizeof(*amounts));

	for (size_t i = 0; i < a->charge_count; i++)
		amounts[i] = (struct ledger_amount){arena_str(arena, intern_str(a->charge[i].name)),
			quantity_grow(a->charge[i].value)};
	return amounts;
}

void world_view(struct world *world, const struct world_cluster *cluster, struct arena *arena,
	struct acceptance_view *out)
{
	const struct acceptance *const a = cluster->acceptance;

	(void)world;
	out->epoch = cluster->space->epoch;
	if (a == NULL)
		return;
	struct observed_size *const sizes = arena_array(arena, a->size_count + 1, sizeof(*sizes));

	for (size_t i = 0; i < a->size_count; i++)
		sizes[i] = (struct observed_size){arena_str(arena, intern_str(a->sizes[i].group)),
			a->sizes[i].pods, a->sizes[i].most};
	out->known = true;
	out->judged = a->judged;
	out->stored = a->stored;
	out->look = a->look;
	out->policy = a->policy;
	out->over_quota = is_over_quota(a);
	out->stirred = a->epoch != cluster->space->epoch;
	out->verdict = (struct observed_verdict){
		.charge = amounts_of(a, arena),
		.charge_count = a->charge_told,
		.accepted = a->accepted,
		.generation = a->generation,
		.reason = a->reason,
		.message = arena_str(arena, str_from(a->message)),
		.sizes = sizes,
		.size_count = a->size_count,
		.made_of = a->made_of,
	};
}

struct sums {
	struct ledger_amount *items;
	size_t count, room;
};

static void add_amount(struct sums *sums, struct arena *arena, const struct amount *amount)
{
	const struct str name = intern_str(amount->name);
	const struct quantity value = quantity_grow(amount->value);

	if (quantity_is_unbounded(value))
		return;
	for (size_t i = 0; i < sums->count; i++) {
		if (str_eq(sums->items[i].name, name)) {
			sums->items[i].value = quantity_add(sums->items[i].value, value);
			return;
		}
	}
	if (sums->count == sums->room) {
		const size_t room = sums->room ? 2 * sums->room : 16;

		sums->items = arena_grow(arena, sums->items, sums->room * sizeof(*sums->items),
			room * sizeof(*sums->items));
		sums->room = room;
	}
	sums->items[sums->count++] = (struct ledger_amount){arena_str(arena, name), value};
}

static const struct json_node *read_text(
	struct world *world, const struct deflated *text, struct arena *arena)
{
	static const struct json_limits LIMITS = {
		.bytes = 8 * 1024 * 1024, .depth = 256, .nodes = 1024 * 1024};
	CLEANUP(buf_done) struct buf whole = {0};
	struct json_doc doc;
	struct err ignored;

	if (text == NULL)
		return NULL;
	buf_add(&whole, deflater_unpack(world->deflater, text, arena));
	buf_add_char(&whole, '}');
	return json_read(arena, arena_str(arena, buf_str(&whole)), &LIMITS, &doc, &ignored)
		       ? doc.root
		       : NULL;
}

static const struct json_node *read_old(
	struct world *world, const struct world_cluster *cluster, struct arena *arena)
{
	const struct acceptance *const a = cluster->acceptance;
	const bool is_there = a && a->generation && a->generation == cluster->generation;

	return read_text(world, is_there ? cluster->text : a ? a->old : NULL, arena);
}

static void put_was(const struct acceptance *a, struct arena *arena, struct acceptance_past *out)
{
	out->old_is_size = a && a->old_is_size;
	out->made_of = a ? a->made_of : (struct observed_digest){0};
	if (a && a->old_is_guessed) {
		out->old_is_guessed = true;
		out->was = amounts_of(a, arena);
		out->was_count = a->charge_told;
	}
}

void world_past(struct world *world, const struct world_key *key, struct str uid,
	struct arena *arena, struct acceptance_past *out)
{
	struct sums sums = {.items = arena_array(arena, 16, sizeof(*sums.items)), .room = 16};

	*out = (struct acceptance_past){0};
	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	for (const struct world_cluster *at = cluster ? cluster->space->clusters : NULL; at;
		at = at->next) {
		const struct acceptance *const a = at != cluster ? at->acceptance : NULL;

		for (size_t i = 0; a && i < a->charge_count; i++)
			add_amount(&sums, arena, &a->charge[i]);
	}
	if (cluster) {
		out->old = read_old(world, cluster, arena);
		put_was(cluster->acceptance, arena, out);
	}
	pthread_mutex_unlock(&world->mutex);
	out->used = sums.items;
	out->used_count = sums.count;
}

const struct json_node *world_accepted(
	struct world *world, const struct world_key *key, struct str uid, struct arena *arena)
{
	const struct json_node *old = NULL;

	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		old = read_old(world, cluster, arena);
	pthread_mutex_unlock(&world->mutex);
	return old;
}

static bool has_sizes(const struct acceptance *a, const struct acceptance_settled *settled)
{
	bool same = a->size_count == settled->size_count;

	for (size_t i = 0; same && i < a->size_count; i++)
		same = a->sizes[i].pods == settled->sizes[i].pods &&
		       a->sizes[i].most == settled->sizes[i].most &&
		       str_eq(settled->sizes[i].group, intern_str(a->sizes[i].group));
	return same;
}

/* What has not changed stirs nobody: two that wait for each other's room would do so for ever. */
static void settle_part(struct world *world, struct world_cluster *cluster,
	const struct acceptance_settled *settled)
{
	struct acceptance *const a = cluster->acceptance;

	if (has_sizes(a, settled))
		return;
	world_stir(world, cluster->space);
	keep_sizes(a, settled, &world->interns);
	keep_charge(a, settled, &world->interns);
}

static void settle(struct world *world, struct world_cluster *cluster,
	const struct acceptance_settled *settled)
{
	const bool is_first = cluster->acceptance == NULL;

	if (is_first)
		cluster->acceptance = acceptance_new();
	struct acceptance *const a = cluster->acceptance;

	/* While it was refused nobody looked after its children. */
	if (settled->accepted && !a->accepted)
		cluster->checked = 0;
	a->judged = settled->generation;
	a->policy = settled->policy;
	a->accepted = settled->accepted;
	a->reason = settled->reason;
	mem_free(&a->message);
	if (settled->message.len)
		a->message = mem_copy(settled->message);
	if (settled->accepted || is_first) {
		if (!is_first)
			world_stir(world, cluster->space);
		a->generation = settled->accepted ? settled->generation : settled->accepted_before;
		keep_sizes(a, settled, &world->interns);
		keep_charge(a, settled, &world->interns);
		a->made_of = settled->made_of;
	} else if (settled->in_part) {
		settle_part(world, cluster, settled);
	}
	if (settled->accepted || settled->old.len) {
		mem_free(&a->old);
		a->old_is_size = settled->old_is_size;
		a->old_is_guessed = settled->old.len > 0;
	}
	if (settled->old.len)
		a->old = deflater_pack(world->deflater, settled->old);
	a->epoch = settled->epoch;
}

void world_settle(struct world *world, const struct world_key *key, struct str uid,
	const struct acceptance_settled *settled)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key *keys;

	arena_init(&arena, 1024);
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	/* A newer one may have come meanwhile, which is judged in its turn. */
	if (cluster)
		settle(world, cluster, settled);
	const size_t count = world_stirred(world, &arena, &keys);

	pthread_mutex_unlock(&world->mutex);
	for (size_t i = 0; i < count && world->options.changed; i++)
		world->options.changed(world->options.context, &keys[i]);
}

void world_stored_accepted(
	struct world *world, const struct world_key *key, struct str uid, int64_t revision)
{
	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster && cluster->acceptance && cluster->acceptance->stored < revision)
		cluster->acceptance->stored = revision;
	pthread_mutex_unlock(&world->mutex);
}

bool world_missed_accepted(struct world *world, const struct world_key *key, struct str uid)
{
	pthread_mutex_lock(&world->mutex);
	const struct world_cluster *const cluster = world_cluster_live(world, key, uid);
	const bool news =
		cluster && cluster->acceptance && cluster->acceptance->look == ACCEPTANCE_UNREAD;

	if (news)
		cluster->acceptance->look = ACCEPTANCE_UNREADABLE;
	pthread_mutex_unlock(&world->mutex);
	return news;
}

/* Whoever wrote it: what has this digest is what was accepted. */
static bool is_accepted(
	const struct world_cluster *cluster, const struct json_node *revision, struct arena *arena)
{
	const struct acceptance *const a = cluster->acceptance;
	const struct json_node *const data = json_get(revision, "data");
	int64_t generation;

	return json_i64(json_get(revision, "revision"), &generation) &&
	       generation == a->generation &&
	       accept_is_the_same(accept_made_of(arena, cluster->dialect, data), a->made_of);
}

/* The object as it is, with that spec; as the world keeps texts. */
static struct deflated *text_with(struct world *world, const struct world_cluster *cluster,
	const struct json_node *spec, struct arena *arena)
{
	const struct json_node *const root = read_text(world, cluster->text, arena);
	CLEANUP(buf_done) struct buf text = {0};

	for (struct json_iter it = json_iter(root); json_next_member(&it);) {
		buf_add_char(&text, text.len ? ',' : '{');
		buf_add(&text, json_raw(it.key));
		buf_add_char(&text, ':');
		buf_add(&text, json_raw(json_str_is(it.key, STR("spec")) ? spec : it.value));
	}
	return deflater_pack(world->deflater, buf_str(&text));
}

/* What it is charged stays what it was told to be; it is judged anew, now that more is known. */
static void take_accepted(struct world *world, struct world_cluster *cluster,
	const struct json_node *revision, struct arena *arena)
{
	struct acceptance *const a = cluster->acceptance;

	if (!is_accepted(cluster, revision, arena))
		return;
	mem_free(&a->old);
	a->old = text_with(world, cluster, json_get(json_get(revision, "data"), "spec"), arena);
	a->old_is_size = false;
	a->stored = a->generation;
	a->judged = 0;
}

void world_found_accepted(struct world *world, const struct world_key *key, struct str uid,
	const struct json_node *revision, struct arena *arena)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster && cluster->acceptance && cluster->acceptance->look != ACCEPTANCE_READ) {
		cluster->acceptance->look = ACCEPTANCE_READ;
		if (revision && cluster->text)
			take_accepted(world, cluster, revision, arena);
	}
	pthread_mutex_unlock(&world->mutex);
}
