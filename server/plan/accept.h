/*
 * Admission can be bypassed: the same rules and the same quota, once for each generation that the
 * controller sees, with the same ratchet against the generation that was accepted last.
 */
#pragma once

#include "server/plan/observed.h"
#include "server/quota/ledger.h"

struct accept_input {
	struct arena *arena;
	const struct policy *policy;
	const struct ray_object *object;
	const struct json_node *root;
	/* The generation that was accepted last, where it is known; else NULL. Or, of that one,
	 * only how large it was (accept_resize()): then rules have nothing to compare with. */
	const struct json_node *old;
	bool old_is_size;
	/* It is made of the same as that one, however many pods it asks for. */
	bool is_only_larger;
	/* Not even that: it is of something else, so what it costs says nothing. */
	bool old_is_unknown;
	/* What that one was charged, where it cannot tell itself, by names; or nothing. */
	const struct ledger_amount *was;
	size_t was_count;
	/* What the clusters of its namespace that were accepted before are charged together. */
	const struct ledger_amount *used;
	size_t used_count;
};

struct accept_result {
	bool accepted;
	const char *reason; /* static: "Accepted", "InvalidSpec", "QuotaExceeded" */
	struct str message; /* all errors, as kubectl would print them; in the arena */
	/* What this cluster is charged by the policy's measure; in the arena. */
	const struct ledger_amount *charge;
	size_t charge_count;
	/* Where a quota has room for a part of what an autoscaler asks for: that part, which is
	 * what it is charged then. Else none. */
	const struct observed_size *sizes;
	size_t size_count;
};

void accept_judge(const struct accept_input *in, struct accept_result *out);

/*
 * The size that a generation has which is accepted: each group that has pods, the head first. One
 * that is suspended has none. In the arena; returns how many. Without a policy none has a `most`.
 */
size_t accept_sizes(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct observed_size **out);
/*
 * An object as if it asked for this size, and for nothing more: what is left of a generation of
 * which only that is known. In the arena; NULL where its spec cannot be read.
 */
const struct json_node *accept_resize(struct arena *arena, const struct ray_object *object,
	const struct json_node *root, const struct observed_size *sizes, size_t count);
/* What an object is charged by the policy's measure; in the arena. */
size_t accept_charge(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, const struct ledger_amount **out);
/*
 * What the condition "Accepted" says: why it is not, which size is kept, and of the amounts of its
 * quota, or NULL, what that is charged.
 */
struct str accept_message(struct arena *arena, const struct observed_verdict *verdict,
	const struct policy_quota *quota, const struct observed_size *sizes, size_t count);
/* The same without the digest at its end, which is no word for people. */
struct str accept_message_told(struct str message);
/*
 * The object as it is gone on with while it is refused: the spec of `old`, which was accepted, with
 * as many pods as `root` asks for; the verdict has the size of it. NULL where `old` has no spec.
 */
const struct json_node *accept_kept(struct arena *arena, const struct json_node *root,
	enum dialect dialect, const struct json_node *old, const struct observed_verdict *verdict);
/*
 * Which generation was accepted last (0: none, it was taken over), its size and its charge, by the
 * condition "Accepted" in the object's own status, as status_modern.h writes it. False where there
 * is none: then what runs is the baseline.
 */
bool accept_recall(struct arena *arena, const struct json_node *root, struct observed_verdict *out);
/*
 * A digest of what its pods are made of: of all its spec but how many there are to be. Stable
 * between processes and versions.
 */
struct observed_digest accept_made_of(
	struct arena *arena, enum dialect dialect, const struct json_node *root);
bool accept_is_known(struct observed_digest digest);
/* False where either is not known. */
bool accept_is_the_same(struct observed_digest a, struct observed_digest b);
void accept_digest_print(struct observed_digest digest, struct buf *out);
/* False, and none, where the text is not one that was printed. */
bool accept_digest_read(struct str text, struct observed_digest *out);
/* Whether the status says that the rules had nothing against this generation, the quota alone. */
bool accept_was_over_quota(const struct json_node *root, int64_t generation);
