#include "server/controller/writers.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/table.h"
#include "base/thread.h"
#include "server/controller/deeds.h"

/* A cluster's writes. It is there as long as any of them is. */
struct lane {
	struct table_item item;
	bool in_turn;      /* it stands in the line of those whose next write may begin */
	struct lane *next; /* behind it in that line */
	struct world_key key;
	char *uid;
	struct write *ready, **last;
	size_t at_work;
	enum write_stage stage; /* of those at work */
	bool answered;          /* one of that stage was */
	bool in_round, bad;     /* something of the round was refused or given up … */
	bool undone;            /* … or done and taken back */
	bool missed;            /* the same of what stands aside … */
	bool moved;             /* … and something else was done that the next round goes by */
	bool loud;              /* more than its status was written */
	bool asked;             /* somebody asked for the cluster meanwhile */
	struct deeds deeds;     /* of the round */
	struct arena arena;
};

/* Lanes whose next write may begin. */
struct line {
	struct lane *first, **last;
};

struct writers {
	struct writers_options options;
	pthread_mutex_t mutex;
	pthread_cond_t more; /* there may be something to do, or the end has come */
	pthread_cond_t room; /* there is room again, or the end has come */
	size_t waiting;      /* writes that have not begun */
	struct table lanes;
	struct line usual, slow; /* the latter where the next write is */
	size_t slow_at_work;
	pthread_t *threads;
	size_t started;
	bool stopped;
};

struct writers *writers_new(const struct writers_options *options)
{
	struct writers *const w = mem_alloc(sizeof(*w));

	w->options = *options;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->more, NULL);
	pthread_cond_init(&w->room, NULL);
	w->usual.last = &w->usual.first;
	w->slow.last = &w->slow.first;
	return w;
}

static bool is_key(const struct table_item *item, const void *key)
{
	return world_key_eq(&((const struct lane *)(const void *)item)->key, key);
}

static struct lane *find(const struct writers *w, const struct world_key *key)
{
	return table_find(&w->lanes, world_key_hash(key), is_key, key);
}

static struct lane *lane_new(struct writers *w, const struct world_key *key)
{
	struct lane *const lane = mem_alloc(sizeof(*lane));

	arena_init(&lane->arena, 256);
	lane->key = world_key_copy(&lane->arena, key);
	lane->item.hash = world_key_hash(key);
	lane->last = &lane->ready;
	table_add(&w->lanes, &lane->item);
	return lane;
}

static void lane_free(struct lane *lane)
{
	write_free_all(lane->ready);
	deeds_done(&lane->deeds);
	free(lane->uid);
	arena_done(&lane->arena);
	free(lane);
}

/* Its next write may begin. */
static bool may_begin(const struct lane *lane)
{
	const size_t most = lane->answered ? WRITERS_LANE_MOST : WRITERS_LANE_FIRST;

	return lane->ready && lane->at_work < most &&
	       (lane->at_work == 0 || lane->ready->stage <= lane->stage);
}

/* Behind all others: before it is its turn they had theirs. */
static void queue_up(struct writers *w, struct lane *lane)
{
	if (lane->in_turn || !may_begin(lane))
		return;
	struct line *const line = lane->ready->slow ? &w->slow : &w->usual;

	lane->in_turn = true;
	lane->next = NULL;
	*line->last = lane;
	line->last = &lane->next;
}

/* Its next write is another one by now, or there is none: it stands in the wrong place. */
static void leave_line(struct writers *w, struct lane *lane)
{
	struct line *const lines[] = {&w->usual, &w->slow};

	for (size_t i = 0; lane->in_turn && i < ARRAY_LEN(lines); i++) {
		for (struct lane **link = &lines[i]->first; *link; link = &(*link)->next) {
			if (*link != lane)
				continue;
			*link = lane->next;
			if (lines[i]->last == &lane->next)
				lines[i]->last = link;
			lane->in_turn = false;
			break;
		}
	}
}

static void remove_if_idle(struct writers *w, struct lane *lane)
{
	if (lane->ready || lane->at_work || lane->in_round || lane->in_turn)
		return;
	table_remove(&w->lanes, &lane->item);
	lane_free(lane);
}

void writers_submit(struct writers *w, struct write *first)
{
	pthread_mutex_lock(&w->mutex);
	struct lane *lane = find(w, &first->key);

	if (lane == NULL)
		lane = lane_new(w, &first->key);
	free(lane->uid);
	lane->uid = mem_strdup(arena_str(&first->arena, first->uid).at);
	lane->in_round = true;
	*lane->last = first;
	for (; *lane->last; lane->last = &(*lane->last)->next) {
		lane->loud |= (*lane->last)->stage != WRITE_STATUS || (*lane->last)->loud;
		w->waiting++;
	}
	queue_up(w, lane);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->mutex);
}

/* Under the mutex: one has begun, or never will. */
static void note_left(struct writers *w)
{
	if (w->waiting-- == WRITERS_WAITING_MOST)
		pthread_cond_signal(&w->room);
}

void writers_wait_for_room(struct writers *w)
{
	pthread_mutex_lock(&w->mutex);
	while (w->waiting >= WRITERS_WAITING_MOST && !w->stopped)
		pthread_cond_wait(&w->room, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
}

bool writers_are_busy(struct writers *w)
{
	pthread_mutex_lock(&w->mutex);
	const bool busy = w->waiting >= WRITERS_WAITING_MUCH;

	pthread_mutex_unlock(&w->mutex);
	return busy;
}

bool writers_busy(struct writers *w, const struct world_key *key)
{
	pthread_mutex_lock(&w->mutex);
	struct lane *const lane = find(w, key);
	const bool busy = lane && lane->in_round;

	if (busy)
		lane->asked = true;
	pthread_mutex_unlock(&w->mutex);
	return busy;
}

/* The lane whose turn it is. Whoever withdraws writes takes theirs out of the line. */
static struct lane *take_turn(struct line *line)
{
	struct lane *const lane = line->first;

	if (lane == NULL)
		return NULL;
	assert(may_begin(lane));
	line->first = lane->next;
	if (line->first == NULL)
		line->last = &line->first;
	lane->in_turn = false;
	return lane;
}

static bool may_begin_slow(const struct writers *w)
{
	return w->slow.first && w->slow_at_work < WRITERS_SLOW_MOST;
}

/* What is slow waits until nobody else has anything to be written. */
static struct write *take_ready(struct writers *w, struct lane **out)
{
	struct lane *lane = take_turn(&w->usual);

	if (lane == NULL && may_begin_slow(w))
		lane = take_turn(&w->slow);
	if (lane == NULL)
		return NULL;
	struct write *const write = lane->ready;

	lane->ready = write->next;
	if (lane->ready == NULL)
		lane->last = &lane->ready;
	lane->answered &= lane->stage == write->stage;
	lane->stage = write->stage;
	note_left(w);
	*out = lane;
	return write;
}

/*
 * The next write of the next lane. Whoever takes one wakes the next thread where there is another,
 * so that no more are awake than have something to do.
 */
static struct write *take(struct writers *w, struct lane **lane)
{
	struct write *const write = w->stopped ? NULL : take_ready(w, lane);

	if (write == NULL)
		return NULL;
	write->next = NULL;
	(*lane)->at_work++;
	w->slow_at_work += write->slow;
	queue_up(w, *lane);
	if (w->usual.first || may_begin_slow(w))
		pthread_cond_signal(&w->more);
	return write;
}

static bool is_of_pod(const struct write *write)
{
	return write->action == ACTION_CREATE && write->child == CHILD_POD;
}

/* Without a Service a pod can be made, without an account it cannot. */
static bool is_missed(const struct write *undone, enum write_end how)
{
	return undone->needed && (how == WRITE_REFUSED || undone->child == CHILD_SERVICE_ACCOUNT);
}

/*
 * Pods that are not made either, in a list of their own: the others of its group, or all, where
 * what they need was refused, or may not be there.
 */
static struct write *take_pods(
	struct writers *w, struct lane *lane, const struct write *undone, enum write_end how)
{
	const bool all = is_missed(undone, how);
	struct write *alike = NULL;
	struct write **link = &lane->ready;

	while (*link) {
		struct write *const write = *link;
		const bool is_alike = is_of_pod(undone) && str_eq(write->group, undone->group);

		if (!is_of_pod(write) || (!all && !is_alike)) {
			link = &write->next;
			continue;
		}
		*link = write->next;
		write->next = alike;
		alike = write;
		note_left(w);
	}
	lane->last = link;
	return alike;
}

static void withdraw(struct writers *w, struct write *list)
{
	for (const struct write *write = list; write; write = write->next)
		w->options.withdrawn(w->options.context, write);
	write_free_all(list);
}

/* How a round ended, for those who are told outside of the mutex. */
struct ending {
	struct write *last; /* whose it was */
	enum writers_end how;
	struct deeds deeds;
};

static enum writers_end how_of(const struct lane *lane)
{
	if (!lane->bad && (!lane->missed || lane->moved))
		return lane->loud || lane->asked ? WRITERS_WELL : WRITERS_QUIETLY;
	if (lane->undone)
		return WRITERS_UNDONE;
	return lane->asked ? WRITERS_BADLY_ASKED : WRITERS_BADLY;
}

/* True when it was the round's last write. */
static bool end_round(struct writers *w, struct lane *lane, struct ending *ending)
{
	struct write *const end = ending->last;
	const bool ended = lane->in_round && !lane->ready && !lane->at_work && !w->stopped;

	if (ended) {
		end->uid = arena_str(&end->arena, str_from(lane->uid));
		end->key = world_key_copy(&end->arena, &lane->key);
		ending->how = how_of(lane);
		ending->deeds = lane->deeds;
		lane->deeds = (struct deeds){0};
		lane->in_round = false;
	}
	remove_if_idle(w, lane);
	return ended;
}

static void tell_end(const struct writers *w, const struct ending *ending)
{
	const struct writers_options *const options = &w->options;
	const struct write *const last = ending->last;

	if (options->did && ending->deeds.count)
		options->did(options->context, &last->key, last->uid, &ending->deeds);
	options->finished(options->context, &last->key, last->uid, ending->how);
}

static void note_end(struct lane *lane, const struct write *write, enum write_end how)
{
	const bool bad = how != WRITE_DONE;

	lane->answered |= how != WRITE_GIVEN_UP;
	lane->bad |= bad && !write->aside;
	lane->undone |= how == WRITE_UNDONE;
	lane->missed |= bad && write->aside;
	lane->moved |= !bad && (write->stage != WRITE_STATUS || write->loud);
}

static void conclude(struct writers *w, struct lane *lane, struct write *write, enum write_end how)
{
	struct write *alike = NULL;
	struct ending ending = {.last = write_new()};

	pthread_mutex_lock(&w->mutex);
	lane->at_work--;
	w->slow_at_work -= write->slow;
	note_end(lane, write, how);
	if (how != WRITE_DONE)
		alike = take_pods(w, lane, write, how);
	else if (write->reason)
		deeds_add(&lane->deeds, write);
	if (alike)
		leave_line(w, lane);
	write_free(&write);
	queue_up(w, lane);
	const bool ended = end_round(w, lane, &ending);

	pthread_mutex_unlock(&w->mutex);
	withdraw(w, alike);
	if (ended)
		tell_end(w, &ending);
	deeds_done(&ending.deeds);
	write_free(&ending.last);
}

bool writers_step(struct writers *w)
{
	struct lane *lane = NULL;

	pthread_mutex_lock(&w->mutex);
	struct write *const write = take(w, &lane);

	pthread_mutex_unlock(&w->mutex);
	if (write == NULL)
		return false;
	conclude(w, lane, write, w->options.perform(w->options.context, write));
	return true;
}

/* False at the end. */
static bool wait_for_more(struct writers *w)
{
	struct lane *lane;
	bool goes_on;

	pthread_mutex_lock(&w->mutex);
	struct write *const write = take(w, &lane);

	if (write == NULL && !w->stopped)
		pthread_cond_wait(&w->more, &w->mutex);
	goes_on = !w->stopped;
	pthread_mutex_unlock(&w->mutex);
	if (write)
		conclude(w, lane, write, w->options.perform(w->options.context, write));
	return goes_on;
}

static void *run(void *context)
{
	while (wait_for_more(context))
		;
	return NULL;
}

bool writers_start(struct writers *w, struct err *err)
{
	w->threads = mem_alloc(w->options.threads * sizeof(*w->threads));
	for (; w->started < w->options.threads; w->started++) {
		if (!thread_start(&w->threads[w->started], "writer", run, w))
			return err_set(err, ERR_UNAVAILABLE, "writers: no thread is to be had");
	}
	return true;
}

void writers_drop(struct writers *w, const struct world_key *key)
{
	struct write *list = NULL;

	pthread_mutex_lock(&w->mutex);
	struct lane *const lane = find(w, key);

	if (lane) {
		for (const struct write *write = lane->ready; write; write = write->next)
			note_left(w);
		list = lane->ready;
		lane->ready = NULL;
		lane->last = &lane->ready;
		leave_line(w, lane);
		lane->in_round = lane->in_round && lane->at_work;
		remove_if_idle(w, lane);
	}
	pthread_mutex_unlock(&w->mutex);
	withdraw(w, list);
}

void writers_stop(struct writers *w)
{
	pthread_mutex_lock(&w->mutex);
	w->stopped = true;
	pthread_cond_broadcast(&w->more);
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->mutex);
	while (w->started)
		pthread_join(w->threads[--w->started], NULL);
}

void writers_free(struct writers **writers)
{
	struct writers *const w = *writers;
	struct lane *lane;

	if (w == NULL)
		return;
	writers_stop(w);
	/* Nobody is at work, so whatever is left goes with it. */
	for (size_t at = 0; (lane = table_next(&w->lanes, &at)) != NULL;)
		lane_free(lane);
	table_done(&w->lanes);
	free(w->threads);
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->room);
	pthread_mutex_destroy(&w->mutex);
	mem_free(writers);
}
