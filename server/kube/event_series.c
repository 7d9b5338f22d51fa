#include "server/kube/event_series.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define WINDOW (600 * CLOCK_SECOND)
#define REFILL (300 * CLOCK_SECOND)

/* How many events an object may still have. */
struct bucket {
	uint64_t key;
	int64_t used; /* clock_now(); 0 is a free slot */
	int64_t filled;
	int tokens;
};

/* How many events differ in nothing but their words. */
struct alike {
	uint64_t key;
	int64_t used;
	int64_t since;
	int count;
	uint64_t last_words;
};

struct written {
	uint64_t key;
	int64_t used;
	int64_t count;
	char name[KUBE_EVENT_NAME];
};

struct kube_event_series {
	struct bucket buckets[KUBE_SERIES_SLOTS];
	struct alike alikes[KUBE_SERIES_SLOTS];
	struct written written[KUBE_SERIES_SLOTS];
};

/* What the three kinds begin with. */
struct slot {
	uint64_t key;
	int64_t used;
};

struct kube_event_series *kube_event_series_new(void)
{
	return mem_alloc(sizeof(struct kube_event_series));
}

void kube_event_series_free(struct kube_event_series **series)
{
	mem_free(series);
}

/* The slot of this key, or the one to be used for it, emptied. */
static void *slot_for(void *slots, size_t size, uint64_t key, int64_t now)
{
	struct slot *oldest = slots;

	for (size_t i = 0; i < KUBE_SERIES_SLOTS; i++) {
		struct slot *const slot = (void *)((char *)slots + i * size);

		if (slot->used && slot->key == key) {
			slot->used = now;
			return slot;
		}
		if (slot->used < oldest->used)
			oldest = slot;
	}
	memset(oldest, 0, size);
	oldest->key = key;
	oldest->used = now;
	return oldest;
}

static bool take_token(struct kube_event_series *series, uint64_t object, int64_t now)
{
	struct bucket *const bucket =
		slot_for(series->buckets, sizeof(*series->buckets), object, now);

	if (bucket->filled == 0) {
		bucket->filled = now;
		bucket->tokens = KUBE_SERIES_BURST;
	}
	const int64_t more = (now - bucket->filled) / REFILL;

	bucket->filled += more * REFILL;
	bucket->tokens = bucket->tokens + more < KUBE_SERIES_BURST ? bucket->tokens + (int)more
								   : KUBE_SERIES_BURST;
	if (bucket->tokens == 0)
		return false;
	bucket->tokens--;
	return true;
}

static bool stands_for_many(
	struct kube_event_series *series, const struct kube_event_keys *keys, int64_t now)
{
	struct alike *const alike =
		slot_for(series->alikes, sizeof(*series->alikes), keys->kind, now);

	if (alike->count == 0 || now - alike->since > WINDOW) {
		alike->since = now;
		alike->count = 0;
	}
	if (alike->count == 0 || alike->last_words != keys->words)
		alike->count++;
	alike->last_words = keys->words;
	return alike->count >= KUBE_SERIES_ALIKE;
}

struct kube_event_decision kube_event_series_decide(
	struct kube_event_series *series, const struct kube_event_keys *keys, int64_t now)
{
	struct kube_event_decision decision = {.verdict = KUBE_EVENT_DROP};

	/* 0 marks a free slot. */
	now += now == 0;
	decision.combined = stands_for_many(series, keys, now);
	decision.key = decision.combined ? keys->kind : keys->words;
	if (!take_token(series, keys->object, now))
		return decision;
	struct written *const written =
		slot_for(series->written, sizeof(*series->written), decision.key, now);

	decision.count = ++written->count;
	decision.verdict = written->name[0] ? KUBE_EVENT_AGAIN : KUBE_EVENT_NEW;
	decision.name = written->name;
	return decision;
}

void kube_event_series_named(struct kube_event_series *series, uint64_t key, const char *name)
{
	for (size_t i = 0; i < KUBE_SERIES_SLOTS; i++) {
		struct written *const written = &series->written[i];

		if (written->used && written->key == key)
			snprintf(written->name, sizeof(written->name), "%s", name);
	}
}
