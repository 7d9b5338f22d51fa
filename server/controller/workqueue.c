#include "server/controller/workqueue.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/table.h"
#include "server/kube/backoff.h"

#define BACKOFF_FIRST (CLOCK_SECOND / 10)
#define BACKOFF_MOST  (30 * CLOCK_SECOND)
#define ASKED_LEAST   CLOCK_SECOND

enum { GAPS_OF_MUCH = 5 };

enum { ASKED_SHARE = 8 };

enum place { IDLE, READY, WAITING };

/* Of each cluster there is one. */
struct entry {
	struct table_item item;
	uint32_t heap_at;
	int64_t due;        /* when it may be looked at; of what is ready, since when it could be */
	int64_t looked;     /* at last; 0 never */
	int64_t backoff;    /* the next wait, of a struct kube_backoff */
	int64_t not_before; /* whoever asks for it */
	struct entry *next; /* of what is ready */
	uint8_t dialect, place;
	uint16_t namespace_len, name_len;
	char text[]; /* both, one behind the other */
};

struct workqueue {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	int64_t gap;
	int64_t pause; /* the gap, or more of them */
	struct table entries;
	struct entry *first, **last;
	size_t ready;
	struct entry **heap; /* what waits, the soonest first */
	size_t waiting, room;
	bool stopped;
};

struct workqueue *workqueue_new(int64_t gap)
{
	struct workqueue *const q = mem_alloc(sizeof(*q));

	pthread_mutex_init(&q->mutex, NULL);
	pthread_cond_init(&q->more, NULL);
	q->gap = q->pause = gap;
	q->last = &q->first;
	return q;
}

void workqueue_take_time(struct workqueue *q, bool much)
{
	pthread_mutex_lock(&q->mutex);
	q->pause = much ? GAPS_OF_MUCH * q->gap : q->gap;
	pthread_mutex_unlock(&q->mutex);
}

void workqueue_free(struct workqueue **queue)
{
	void *entry;

	if (*queue == NULL)
		return;
	for (size_t at = 0; (entry = table_next(&(*queue)->entries, &at)) != NULL;)
		free(entry);
	table_done(&(*queue)->entries);
	free((*queue)->heap);
	pthread_cond_destroy(&(*queue)->more);
	pthread_mutex_destroy(&(*queue)->mutex);
	mem_free(queue);
}

static struct str namespace_of(const struct entry *entry)
{
	return (struct str){entry->text, entry->namespace_len};
}

static struct str name_of(const struct entry *entry)
{
	return (struct str){entry->text + entry->namespace_len, entry->name_len};
}

static bool is_key(const struct table_item *item, const void *of)
{
	const struct entry *const entry = (const void *)item;
	const struct world_key *const key = of;

	return entry->dialect == key->dialect && str_eq(name_of(entry), key->name) &&
	       str_eq(namespace_of(entry), key->namespace);
}

static struct entry *get(struct workqueue *q, const struct world_key *key)
{
	const uint32_t hash = world_key_hash(key);
	struct entry *entry = table_find(&q->entries, hash, is_key, key);

	if (entry)
		return entry;
	entry = mem_alloc(sizeof(*entry) + key->namespace.len + key->name.len);
	entry->item.hash = hash;
	entry->dialect = (uint8_t)key->dialect;
	entry->namespace_len = (uint16_t)key->namespace.len;
	entry->name_len = (uint16_t)key->name.len;
	memcpy(entry->text, key->namespace.at, key->namespace.len);
	memcpy(entry->text + key->namespace.len, key->name.at, key->name.len);
	table_add(&q->entries, &entry->item);
	return entry;
}

static void put(struct workqueue *q, size_t at, struct entry *entry)
{
	q->heap[at] = entry;
	entry->heap_at = (uint32_t)at;
}

static void sift_up(struct workqueue *q, size_t at, struct entry *entry)
{
	for (; at > 0 && q->heap[(at - 1) / 2]->due > entry->due; at = (at - 1) / 2)
		put(q, at, q->heap[(at - 1) / 2]);
	put(q, at, entry);
}

static void sift_down(struct workqueue *q, size_t at, struct entry *entry)
{
	for (size_t child; (child = 2 * at + 1) < q->waiting; at = child) {
		if (child + 1 < q->waiting && q->heap[child + 1]->due < q->heap[child]->due)
			child++;
		if (q->heap[child]->due >= entry->due)
			break;
		put(q, at, q->heap[child]);
	}
	put(q, at, entry);
}

static void heap_add(struct workqueue *q, struct entry *entry)
{
	if (q->waiting == q->room) {
		q->room = q->room ? 2 * q->room : 16;
		q->heap = mem_resize(q->heap, q->room * sizeof(struct entry *));
	}
	entry->place = WAITING;
	sift_up(q, q->waiting++, entry);
}

static void heap_remove(struct workqueue *q, struct entry *entry)
{
	struct entry *const moved = q->heap[--q->waiting];
	const size_t at = entry->heap_at;

	entry->place = IDLE;
	if (moved == entry)
		return;
	if (at > 0 && q->heap[(at - 1) / 2]->due > moved->due)
		sift_up(q, at, moved);
	else
		sift_down(q, at, moved);
}

static void make_ready(struct workqueue *q, struct entry *entry)
{
	entry->place = READY;
	entry->next = NULL;
	*q->last = entry;
	q->last = &entry->next;
	q->ready++;
}

static void add_at(struct workqueue *q, struct entry *entry, int64_t due)
{
	const int64_t now = clock_now();

	if (entry->place == READY || q->stopped)
		return;
	if (entry->looked && due < entry->looked + q->pause)
		due = entry->looked + q->pause;
	if (due < entry->not_before)
		due = entry->not_before;
	if (entry->place == WAITING && entry->due <= due)
		return;
	if (entry->place == WAITING)
		heap_remove(q, entry);
	entry->due = due < now ? now : due;
	if (due <= now)
		make_ready(q, entry);
	else
		heap_add(q, entry);
	pthread_cond_signal(&q->more);
}

void workqueue_add_at(struct workqueue *q, const struct world_key *key, int64_t due)
{
	pthread_mutex_lock(&q->mutex);
	add_at(q, get(q, key), due);
	pthread_mutex_unlock(&q->mutex);
}

void workqueue_add(struct workqueue *q, const struct world_key *key)
{
	workqueue_add_at(q, key, 0);
}

/* Returns how long that is. */
static int64_t back_off(struct workqueue *q, struct entry *entry)
{
	struct kube_backoff backoff = {BACKOFF_FIRST, BACKOFF_MOST, entry->backoff};
	const int64_t wait = kube_backoff_next(&backoff);

	add_at(q, entry, clock_now() + wait);
	entry->backoff = backoff.next;
	return wait;
}

void workqueue_back_off(struct workqueue *q, const struct world_key *key)
{
	pthread_mutex_lock(&q->mutex);
	(void)back_off(q, get(q, key));
	pthread_mutex_unlock(&q->mutex);
}

void workqueue_hold_off(struct workqueue *q, const struct world_key *key)
{
	pthread_mutex_lock(&q->mutex);
	struct entry *const entry = get(q, key);
	const int64_t wait = back_off(q, entry);
	const int64_t asked = wait / ASKED_SHARE > ASKED_LEAST ? wait / ASKED_SHARE : ASKED_LEAST;

	entry->not_before = clock_now() + (asked < wait ? asked : wait);
	pthread_mutex_unlock(&q->mutex);
}

void workqueue_forget(struct workqueue *q, const struct world_key *key)
{
	pthread_mutex_lock(&q->mutex);
	struct entry *const entry = table_find(&q->entries, world_key_hash(key), is_key, key);

	if (entry)
		entry->backoff = entry->not_before = 0;
	pthread_mutex_unlock(&q->mutex);
}

/* What waited moves to the ready ones in the order of its time. */
static void wake(struct workqueue *q)
{
	const int64_t now = clock_now();

	while (q->waiting && q->heap[0]->due <= now) {
		struct entry *const entry = q->heap[0];

		heap_remove(q, entry);
		make_ready(q, entry);
	}
}

static bool take(struct workqueue *q, struct arena *arena, struct world_key *out)
{
	wake(q);
	struct entry *const entry = q->first;

	if (entry == NULL || q->stopped)
		return false;
	q->first = entry->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->ready--;
	entry->place = IDLE;
	entry->looked = clock_now();
	*out = (struct world_key){
		.dialect = (enum dialect)entry->dialect,
		.namespace = arena_str(arena, namespace_of(entry)),
		.name = arena_str(arena, name_of(entry)),
	};
	return true;
}

bool workqueue_try(struct workqueue *q, struct arena *arena, struct world_key *out)
{
	pthread_mutex_lock(&q->mutex);
	const bool taken = take(q, arena, out);

	pthread_mutex_unlock(&q->mutex);
	return taken;
}

bool workqueue_take(struct workqueue *q, struct arena *arena, struct world_key *out)
{
	bool taken = false;

	pthread_mutex_lock(&q->mutex);
	while (!q->stopped && !(taken = take(q, arena, out))) {
		if (q->waiting)
			clock_wait(&q->more, &q->mutex, q->heap[0]->due);
		else
			pthread_cond_wait(&q->more, &q->mutex);
	}
	pthread_mutex_unlock(&q->mutex);
	return taken;
}

void workqueue_drop(struct workqueue *q, const struct world_key *key)
{
	pthread_mutex_lock(&q->mutex);
	struct entry *const entry = table_find(&q->entries, world_key_hash(key), is_key, key);

	if (entry && entry->place != READY) {
		if (entry->place == WAITING)
			heap_remove(q, entry);
		table_remove(&q->entries, &entry->item);
		free(entry);
	}
	pthread_mutex_unlock(&q->mutex);
}

void workqueue_stop(struct workqueue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->stopped = true;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->mutex);
}

struct workqueue_stats workqueue_stats(struct workqueue *q)
{
	struct workqueue_stats stats = {0};

	pthread_mutex_lock(&q->mutex);
	stats.ready = q->ready;
	stats.waiting = q->waiting;
	stats.age = q->first ? clock_now() - q->first->due : 0;
	pthread_mutex_unlock(&q->mutex);
	return stats;
}
