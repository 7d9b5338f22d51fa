/*
 * What was settled about a cluster's generations (accept.h), kept with the cluster in the world:
 * the verdict on the one that is there, and of the one that was accepted last its text, its size
 * and what it is charged.
 */
#pragma once

#include "server/controller/deflated.h"
#include "server/controller/world.h"
#include "server/plan/accept.h"

struct acceptance;
struct interns;

/* NULL is none. */
enum world_verdict acceptance_verdict(const struct acceptance *acceptance);
/* Takes NULL and nulls. */
void acceptance_free(struct acceptance **acceptance, struct interns *interns);
/*
 * Another generation is about to take the place of the one whose text this is: takes the text,
 * where it is the one that was accepted last.
 */
void acceptance_keep(
	struct acceptance *acceptance, int64_t generation, struct deflated **text, uint64_t *hash);

/* Whether the cluster was asked for the text of what was accepted. */
enum acceptance_look {
	ACCEPTANCE_UNREAD,
	ACCEPTANCE_UNREADABLE, /* the API server did not give it */
	ACCEPTANCE_READ,       /* or there is none */
};

/* What was settled when, for whoever asks whether it still holds. */
struct acceptance_view {
	bool known;      /* something was settled of this cluster */
	int64_t judged;  /* the generation */
	uint64_t policy; /* by which, by its fingerprint */
	bool over_quota; /* it was refused for that alone … */
	bool stirred;    /* … and there may be room by now */
	uint64_t epoch;  /* what is to be settled holds from here on */
	int64_t stored;  /* a generation that the cluster keeps the text of; -1: none */
	enum acceptance_look look;
	struct observed_verdict verdict;
};

/* What a judgement needs besides the object. In the arena. */
struct acceptance_past {
	const struct json_node *old;     /* the generation that was accepted last, or NULL … */
	bool old_is_size;                /* … as accept_resize() has it */
	bool old_is_guessed;             /* … or only something of that size */
	const struct ledger_amount *was; /* what that was charged, where `old` cannot tell */
	size_t was_count;
	const struct ledger_amount *used; /* by the others of the namespace */
	size_t used_count;
	struct observed_digest made_of; /* the generation that was accepted last */
	/* The caller's to fill in, as accept_input has them. */
	bool is_only_larger, old_is_unknown;
};
void world_past(struct world *world, const struct world_key *key, struct str uid,
	struct arena *arena, struct acceptance_past *out);
/*
 * The generation that was accepted last, or what can be said of it (old_is_size); NULL where none
 * was.
 */
const struct json_node *world_accepted(
	struct world *world, const struct world_key *key, struct str uid, struct arena *arena);

struct acceptance_settled {
	int64_t generation; /* that was judged; 0: none was yet, what was accepted is known alone */
	uint64_t policy, epoch;
	bool accepted;
	const char *reason; /* static */
	struct str message;
	bool in_part; /* not accepted, and yet larger by now than what was */
	/* Where it is accepted, if only in part, or nothing is known of an earlier one: what is
	 * there by right. */
	const struct observed_size *sizes;
	size_t size_count;
	const struct ledger_amount *charge;
	size_t charge_count, charge_told; /* as struct baseline has them */
	struct observed_digest made_of;   /* the same */
	int64_t accepted_before;          /* a generation of which only this is known; or 0 … */
	struct str old; /* … and the object as it was then, as far as that can be said */
	bool old_is_size;
};
/* Replaces what was settled before; of a refused generation the last accepted one's part stays. */
void world_settle(struct world *world, const struct world_key *key, struct str uid,
	const struct acceptance_settled *settled);

/* A ControllerRevision has the text of that generation from now on. */
void world_stored_accepted(
	struct world *world, const struct world_key *key, struct str uid, int64_t revision);
/*
 * The cluster's own ControllerRevision, or NULL where there is none. Of the generation that was
 * accepted, and made of the same, it is what was accepted; anything else is nothing.
 */
void world_found_accepted(struct world *world, const struct world_key *key, struct str uid,
	const struct json_node *revision, struct arena *arena);
/* It could not be asked for. False where it could not before. */
bool world_missed_accepted(struct world *world, const struct world_key *key, struct str uid);
