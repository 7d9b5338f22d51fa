/*
 * The policy in force: a whole snapshot that readers hold while they work, swapped when the file
 * changes. A broken new file leaves the old one in force.
 */
#pragma once

#include <stdbool.h>

#include "api/policy.h"
#include "base/err.h"

struct policy_store;

/*
 * From a file, or the built-in one, of charts/ray, where `path` is NULL. The first policy
 * must be right: the error names the first mistake, and how many there are.
 */
struct policy_store *policy_store_new(const char *path, struct err *err) MUST_CHECK;
/* The same, and no policy comes into force, now or later, that does not stand the trial. */
typedef bool policy_trial_fn(const struct policy *policy, struct err *err);
/* Is told each of several mistakes of a text, with its line; of very many the first. */
typedef void policy_tell_fn(const char *source, struct str mistake);
struct policy_hooks {
	policy_trial_fn *trial; /* or NULL */
	policy_tell_fn *tell;   /* or NULL */
};
struct policy_store *policy_store_new_tried(
	const char *path, const struct policy_hooks *hooks, struct err *err) MUST_CHECK;
/* Every rule, no defaults, limits or quotas; nothing to refresh. */
struct policy_store *policy_store_empty(void);
void policy_store_free(struct policy_store **store);

/* The snapshot in force; it stays as it is until policy_store_release(), whatever the file does. */
const struct policy *policy_store_acquire(struct policy_store *store);
void policy_store_release(struct policy_store *store, const struct policy *policy);

enum policy_change {
	POLICY_UNCHANGED,
	POLICY_CHANGED,
	POLICY_BROKEN, /* the new file cannot be used, or is gone; said once for each content */
};

/* Looks at the file, cheaply: reads it where its identity or time differs, or where `force`. */
enum policy_change policy_store_refresh(struct policy_store *store, bool force, struct err *err);

/*
 * What the policy says to no effect, one text with its line after the other: ids in `rules` that no
 * rule has, gates that nothing looks at. Start with *at = 0; the empty string ends them. No error:
 * a policy may be written for a newer version.
 */
struct str policy_next_doubt(const struct policy *policy, struct arena *arena, size_t *at);

/* The policy that charts/ray ships, for offline use: manifests/policies/ray.yaml to the byte. */
struct str policy_builtin(void);
