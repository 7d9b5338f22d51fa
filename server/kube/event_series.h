/*
 * Which events are worth a write; the rules are client-go's (tools/record, events_cache.go). The
 * same event again counts up the first one; an object whose events differ in nothing but their
 * words for the tenth time within ten minutes gets one that stands for all; and an object that has
 * had 25 gets another only every five minutes. Pure: no clock, no I/O; bounded.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	KUBE_SERIES_SLOTS = 512, /* of each kind; the one that was used longest ago makes room */
	KUBE_SERIES_ALIKE = 10,
	KUBE_SERIES_BURST = 25,
	KUBE_EVENT_NAME = 254,
};

struct kube_event_series;

struct kube_event_series *kube_event_series_new(void);
/* Takes NULL and nulls. */
void kube_event_series_free(struct kube_event_series **series);

/* What makes events alike; each part a hash of the parts before it too. */
struct kube_event_keys {
	uint64_t object; /* whose, and of which type */
	uint64_t kind;   /* and reason */
	uint64_t words;  /* and message */
};

enum kube_event_verdict { KUBE_EVENT_DROP, KUBE_EVENT_NEW, KUBE_EVENT_AGAIN };

struct kube_event_decision {
	enum kube_event_verdict verdict;
	bool combined;    /* the message stands for many */
	uint64_t key;     /* for kube_event_series_named() */
	int64_t count;    /* how often, this time included */
	const char *name; /* AGAIN: the event's that is there; until the next call */
};

struct kube_event_decision kube_event_series_decide(
	struct kube_event_series *series, const struct kube_event_keys *keys, int64_t now);
/* A NEW one was written under this name; "" when it was not: the next one is NEW again. */
void kube_event_series_named(struct kube_event_series *series, uint64_t key, const char *name);
