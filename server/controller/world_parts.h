/* The world from inside: for world*.c alone, all of it under the world's mutex. */
#pragma once

#include <pthread.h>

#include "base/strmap.h"
#include "server/controller/deflated.h"
#include "server/controller/intern.h"
#include "server/controller/pod_facts.h"
#include "server/controller/world.h"

enum { WORLD_SIDES = 2, WORLD_FAILURES_MAX = 16, WORLD_EVENTS = 8 };
/* What nobody answered is told the second time in a row: an API server that starts anew is not. */
enum { WORLD_UNANSWERED_TOLD = 2 };

struct world_cluster;

/* A namespace, for as long as anything is in it. */
struct world_space {
	const struct intern *name;
	struct world_cluster *clusters;
	uint64_t epoch; /* counts what may have made room in its quota */
	bool stirred;   /* it did, and those who were refused were not told */
};

/* One of a cluster's pods. A new one for each that a watch tells: the facts stand at its end. */
struct world_pod {
	struct table_item item;
	/* Seconds of clock_now(), or 0. */
	uint32_t asked;      /* when we asked for it, or for its end */
	uint32_t unanswered; /* when nobody answered last, while it is expected */
	struct world_pod *next;
	struct world_cluster *cluster;
	uint8_t round;          /* of the list that had it last */
	bool expected;          /* no watch has told of it yet … */
	bool doubtful;          /* … and nobody answered, so it may or may not be there */
	bool ending;            /* we asked for its end */
	struct pod_facts facts; /* last: its texts stand behind it */
};

/* What a cluster has besides pods: a Service or a claim. */
struct world_asset {
	struct table_item item;
	uint32_t asked;
	struct world_asset *next;
	struct world_cluster *cluster;
	uint64_t owner, uid;   /* hashes; 0: it has none */
	struct deflated *text; /* a Service's ports, a claim's spec; NULL while it is expected */
	const struct intern *ip;
	uint8_t kind; /* enum world_kind */
	uint8_t type; /* of a Service: world_service_type() */
	uint8_t round;
	bool deleting;
	bool of_head; /* a Service's labels say so */
	uint16_t name_len;
	char name[];
};

struct world_failure {
	struct world_failure *next;
	enum child_kind child;
	enum action_kind action;
	uint8_t unanswered; /* rounds in a row */
	uint32_t round;     /* world_cluster's */
	bool taken;
	int code;
	char *what, *group, *message;
};

struct world_cluster {
	struct table_item item;
	uint16_t name_len;
	uint8_t round; /* of the list that had it last */
	bool told;     /* the object is there, and not its children alone */
	bool writing;  /* a status, of which a watch may tell before there is an answer */
	bool checking; /* a round looks after the children that no watch tells of */
	enum world_state state;
	enum dialect dialect;
	struct world_space *space;
	struct world_cluster *next; /* of the namespace */
	struct deflated *text;      /* the object but for its version and status */
	struct deflated *status;    /* or NULL */
	uint64_t text_hash, status_hash;
	int64_t status_version; /* of the RayCluster that had it */
	uint64_t status_before; /* status_hash when the last of ours began to be written */
	int64_t told_meanwhile; /* of the first that a watch told while ours was written; or 0 */
	int64_t generation, created;
	int64_t checked; /* clock_now(): when its children were last seen to be there */
	struct uid uid;
	struct world_pod *pods;
	struct world_asset *assets;
	struct world_failure *failures;
	uint32_t rounds;               /* how many have begun */
	struct acceptance *acceptance; /* NULL until it was judged */
	struct status_pace pace;
	uint32_t events[WORLD_EVENTS]; /* that were told last, by hash; the next one is put … */
	uint8_t next_event;            /* … here */
	char name[];
};

/* What is of one dialect. */
struct world_side {
	struct table of[WORLD_KINDS];
	size_t told; /* clusters */
	uint8_t round[WORLD_KINDS];
};

struct world {
	struct world_options options;
	pthread_mutex_t mutex;
	struct world_side sides[WORLD_SIDES];
	struct strmap spaces; /* name → struct world_space */
	struct interns interns;
	struct deflater *deflater;
	struct buf text; /* of an object that is taken in */
	bool stirred;    /* some namespace is */
	/* Whose the item was that was put last, where it is another's now; put() settles it. */
	struct world_cluster *left;
};

/* The key of an item in a namespace. */
struct world_name {
	const struct world_space *space;
	struct str name;
};

uint32_t world_hash(const struct world_space *space, struct str name);
/* NULL when nothing is or was in that namespace. */
struct world_space *world_space_find(struct world *world, struct str namespace);

struct world_cluster *world_cluster_find(
	const struct world *world, enum dialect dialect, const struct world_name *name);
struct world_cluster *world_cluster_of(struct world *world, const struct world_key *key);
/* The one of that name and uid, whose object is there; else NULL. */
struct world_cluster *world_cluster_live(
	struct world *world, const struct world_key *key, struct str uid);
/* One that is made for its children where its own object was not told yet. */
struct world_cluster *world_cluster_get(
	struct world *world, enum dialect dialect, struct str namespace, struct str name);
/* Frees it once nothing of it is left. */
void world_cluster_settle(struct world *world, struct world_cluster *cluster);
struct str world_cluster_name(const struct world_cluster *cluster);
struct world_key world_key_of(const struct world_cluster *cluster, struct arena *arena);

/* Its object is gone, or is another one. */
void world_cluster_untell(struct world *world, struct world_cluster *cluster);

/*
 * Each returns the cluster whose rounds it concerns; NULL where nothing has changed for them. What
 * was another cluster's until then concerns that one too: world->left.
 */
struct world_cluster *world_put_cluster(struct world *world, enum dialect dialect,
	const struct json_node *object, struct arena *arena);
struct world_cluster *world_put_pod(struct world *world, enum dialect dialect,
	const struct json_node *object, struct arena *arena);
struct str world_service_type(const struct world_asset *service);

/* Of a Service or a claim. */
struct world_asset_put {
	enum world_kind kind;
	enum dialect dialect;
	const struct json_node *object;
};
struct world_cluster *world_put_asset(
	struct world *world, const struct world_asset_put *put, struct arena *arena);

struct world_pod *world_pod_find(
	const struct world *world, enum dialect dialect, const struct world_name *name);
void world_pod_remove(struct world *world, struct world_pod *pod);
struct world_asset *world_asset_find(const struct world *world, enum world_kind kind,
	enum dialect dialect, const struct world_name *name);
void world_asset_remove(struct world *world, struct world_asset *asset);

void world_pod_expect(
	struct world *world, struct world_cluster *cluster, const struct observed_pod *expected);
/* A Service that was asked for. */
void world_asset_expect(struct world *world, struct world_cluster *cluster, struct str name);

/* There may be room in its quota again. */
void world_stir(struct world *world, struct world_space *space);
/* Those who were refused where that is so, each told once. In the arena. */
size_t world_stirred(struct world *world, struct arena *arena, struct world_key **out);
void world_view(struct world *world, const struct world_cluster *cluster, struct arena *arena,
	struct acceptance_view *out);

void world_failures_done(struct world_cluster *cluster);
