/*
 * What is kept of a pod: the few facts that a planner reads (observed.h). Facts that most pods lack
 * or that are each pod's own stand as text behind the struct, the others are shared words.
 */
#pragma once

#include "server/controller/intern.h"
#include "server/plan/observed.h"

/* A uid in sixteen bytes; one that is no UUID, as far as it fits. */
struct uid {
	uint8_t bytes[16];
	uint8_t len; /* of the text: 36 of a UUID, 0 of none */
};

struct uid uid_of(struct str text);
bool uid_eq(const struct uid *a, const struct uid *b);
/* In the arena. */
struct str uid_text(const struct uid *uid, struct arena *arena);
/* Who is meant by an owner's uid; 0 for none. */
uint64_t uid_hash(struct str text);

enum pod_text {
	POD_TEXT_NAME,
	POD_TEXT_IP,      /* of a head */
	POD_TEXT_REPLICA, /* its name */
	POD_TEXT_REASON,
	POD_TEXT_MESSAGE,
	POD_TEXTS,
};

enum { POD_TEXT_MAX = 512 /* bytes that are kept of a message */ };

struct pod_facts {
	const struct intern *group, *launch_hash;
	uint64_t owner;                  /* uid_hash() of its controller */
	uint32_t created, changed, ends; /* seconds since 1970 */
	int32_t restarts, failed_before, replica_index, host_index;
	struct uid uid;
	uint8_t role : 2, phase : 3, ready : 2;
	bool deleting : 1, unschedulable : 1, ray_terminated : 1, restarts_never : 1, lost : 1;
	uint16_t lens[POD_TEXTS]; /* of the texts that stand behind this struct */
};

/* The labels that tell what a pod is, by dialect. */
struct pod_words {
	const char *cluster, *role, *group;
	const char *replica_name, *replica_index, *host_index; /* or NULL */
	const char *hash_label, *hash_annotation;              /* or NULL */
};
extern const struct pod_words POD_WORDS[DIALECTS]; /* by enum dialect */

/* Read from an object; strings borrow from it or the arena. */
struct pod_read {
	struct str namespace, name, cluster; /* "" where it has no such label */
	struct str group, launch_hash;
	struct str texts[POD_TEXTS];
	struct pod_facts facts; /* without words and texts */
};

/* False when it has no name. */
bool pod_read(enum dialect dialect, const struct json_node *object, struct arena *arena,
	struct pod_read *out);
/* Of one that we ask for. */
void pod_read_expected(const struct observed_pod *expected, struct pod_read *out);

/* How many bytes the facts take, texts included. */
size_t pod_facts_size(const struct pod_read *read);
/* Takes words; `out` has room for them all. */
void pod_facts_fill(struct pod_facts *out, const struct pod_read *read, struct interns *interns);
void pod_facts_done(struct pod_facts *facts, struct interns *interns);
struct str pod_facts_text(const struct pod_facts *facts, enum pod_text which);
/* Whether a planner sees a difference. */
bool pod_facts_equal(const struct pod_facts *a, const struct pod_facts *b);
/* Into the arena; `ours` and what we asked for are the caller's. */
void pod_facts_observe(
	const struct pod_facts *facts, struct arena *arena, struct observed_pod *out);
