#include "server/config/policy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "validators/plan.h"

enum {
	POLICY_FILE_MAX = 1024 * 1024,
	MISSES_MAX = 2,
	MISTAKES_TOLD = 20,
};

/* A policy and those who hold it; the store itself holds the one in force. */
struct held {
	struct policy *policy;
	size_t holders;
	struct held *older; /* still held by somebody */
};

struct policy_store {
	pthread_mutex_t mutex;
	struct held *newest;
	char *path; /* NULL: built in */
	struct policy_hooks hooks;
	struct stat seen;   /* of the file that was read last, good or broken */
	uint64_t seen_hash; /* of its text; 0: whatever it has next is new */
	bool given_once;    /* through a pipe: there is nothing to look at again */
	unsigned misses;    /* looks in a row that could not read it, up to MISSES_MAX */
};

/* A single one is in the error. */
static void tell_mistakes(
	const struct policy_store *store, const struct field_errors *errors, const char *source)
{
	if (store->hooks.tell == NULL || errors->count < 2)
		return;
	for (size_t i = 0; i < errors->count && i < MISTAKES_TOLD; i++)
		store->hooks.tell(source, errors->items[i].message);
	if (errors->count > MISTAKES_TOLD)
		store->hooks.tell(source,
			arena_printf(errors->arena, "and %zu more", errors->count - MISTAKES_TOLD));
}

static struct policy *decode(
	const struct policy_store *store, struct str text, const char *source, struct err *err)
{
	struct arena scratch;
	struct field_errors errors;

	arena_init(&scratch, 4096);
	field_errors_init(&errors, &scratch, NULL);
	struct policy *policy = policy_decode(text, source, &errors, err);

	if (policy == NULL)
		tell_mistakes(store, &errors, source);
	arena_done(&scratch);
	if (policy && store->hooks.trial && !store->hooks.trial(policy, err))
		policy_free(&policy);
	return policy;
}

static bool read_file(
	struct policy_store *store, struct arena *scratch, struct str *text, struct err *err)
{
	if (stat(store->path, &store->seen) != 0)
		return err_errno(err, "policy '%s'", store->path);
	/* Who looks again is waited for at the end. */
	return (store->newest ? file_read_soon : file_read)(
		scratch, str_from(store->path), POLICY_FILE_MAX, text, err);
}

static void put_in_force(struct policy_store *store, struct policy *policy)
{
	struct held *const held = mem_alloc(sizeof(*held));

	*held = (struct held){.policy = policy, .holders = 1, .older = store->newest};
	pthread_mutex_lock(&store->mutex);
	store->newest = held;
	pthread_mutex_unlock(&store->mutex);
	if (held->older)
		policy_store_release(store, held->older->policy);
}

static bool load_first(struct policy_store *store, struct err *err)
{
	struct arena scratch;
	struct str text = policy_builtin();
	struct policy *policy = NULL;

	arena_init(&scratch, 4096);
	if (store->path == NULL || read_file(store, &scratch, &text, err))
		policy = decode(store, text, store->path ? store->path : "built-in", err);
	store->seen_hash = str_hash(text);
	store->given_once = store->path && !S_ISREG(store->seen.st_mode);
	arena_done(&scratch);
	if (policy)
		put_in_force(store, policy);
	return policy != NULL;
}

struct policy_store *policy_store_new(const char *path, struct err *err)
{
	return policy_store_new_tried(path, &(struct policy_hooks){0}, err);
}

struct policy_store *policy_store_new_tried(
	const char *path, const struct policy_hooks *hooks, struct err *err)
{
	struct policy_store *store = mem_alloc(sizeof(*store));

	pthread_mutex_init(&store->mutex, NULL);
	store->path = path ? mem_strdup(path) : NULL;
	store->hooks = *hooks;
	if (!load_first(store, err))
		policy_store_free(&store);
	return store;
}

struct policy_store *policy_store_empty(void)
{
	struct policy_store *const store = mem_alloc(sizeof(*store));

	pthread_mutex_init(&store->mutex, NULL);
	put_in_force(store, policy_empty());
	return store;
}

void policy_store_free(struct policy_store **store)
{
	if (*store == NULL)
		return;
	for (struct held *held = (*store)->newest, *older; held; held = older) {
		older = held->older;
		policy_free(&held->policy);
		free(held);
	}
	pthread_mutex_destroy(&(*store)->mutex);
	free((*store)->path);
	free(*store);
	*store = NULL;
}

const struct policy *policy_store_acquire(struct policy_store *store)
{
	pthread_mutex_lock(&store->mutex);
	struct held *const held = store->newest;

	held->holders++;
	pthread_mutex_unlock(&store->mutex);
	return held->policy;
}

/* Takes out the link of a policy that nobody holds any more. */
static struct held *let_go(struct policy_store *store, const struct policy *policy)
{
	for (struct held **link = &store->newest; *link; link = &(*link)->older) {
		struct held *const held = *link;

		if (held->policy != policy)
			continue;
		if (--held->holders > 0)
			return NULL;
		*link = held->older;
		return held;
	}
	return NULL;
}

void policy_store_release(struct policy_store *store, const struct policy *policy)
{
	pthread_mutex_lock(&store->mutex);
	struct held *const held = let_go(store, policy);

	pthread_mutex_unlock(&store->mutex);
	if (held) {
		policy_free(&held->policy);
		free(held);
	}
}

/* A rule that is called by its name, or by its id in other letters. */
static const struct rule *rule_meant(struct str word)
{
	size_t count;
	const struct rule_table *const *const tables = plan_tables(&count);

	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			const struct rule *const rule = &tables[t]->rules[i];

			if (str_is_nocase(word, rule->id) || str_is_nocase(word, rule->name))
				return rule;
		}
	}
	return NULL;
}

static struct str unknown_rule(struct arena *arena, const struct policy_severity *said)
{
	const struct rule *const meant = rule_meant(said->rule);

	return arena_printf(arena, "line %u: rules[%.*s]: there is no such rule%s%s%s", said->line,
		STR_ARG(said->rule), meant ? ": write its id, " : "", meant ? meant->id : "",
		meant ? "" : ", and so this does nothing");
}

struct str policy_next_doubt(const struct policy *policy, struct arena *arena, size_t *at)
{
	if (*at < policy->doubt_count)
		return policy->doubts[(*at)++];
	while (*at < policy->doubt_count + policy->severity_count) {
		const struct policy_severity *const said =
			&policy->severities[(*at)++ - policy->doubt_count];

		if (plan_rule_find(said->rule) == NULL)
			return unknown_rule(arena, said);
	}
	return (struct str){0};
}

static bool looks_the_same(const struct policy_store *store)
{
	struct stat now;

	return stat(store->path, &now) == 0 && now.st_ino == store->seen.st_ino &&
	       now.st_dev == store->seen.st_dev && now.st_size == store->seen.st_size &&
	       now.st_mtim.tv_sec == store->seen.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == store->seen.st_mtim.tv_nsec;
}

static enum policy_change take(struct policy_store *store, struct str text, struct err *err)
{
	const uint64_t hash = str_hash(text);

	if (hash == store->seen_hash)
		return POLICY_UNCHANGED;
	store->seen_hash = hash;
	struct policy *const policy = decode(store, text, store->path, err);

	if (policy == NULL)
		return POLICY_BROKEN;
	put_in_force(store, policy);
	return POLICY_CHANGED;
}

/*
 * Whether it is said now that the file cannot be read: once, and of one that is not there at the
 * second look, since an editor or a ConfigMap's swap takes it away for a moment.
 */
static bool is_news(struct policy_store *store, bool force, const struct err *err)
{
	const unsigned told_at = err->code == ERR_NOT_FOUND ? MISSES_MAX - 1 : 0;
	const bool news = force || store->misses == told_at;

	if (news)
		store->misses = MISSES_MAX;
	else if (store->misses < MISSES_MAX)
		store->misses++;
	return news;
}

enum policy_change policy_store_refresh(struct policy_store *store, bool force, struct err *err)
{
	struct arena scratch;
	struct str text = {0};
	enum policy_change change = POLICY_UNCHANGED;

	if (store->path == NULL || store->given_once || (!force && looks_the_same(store)))
		return POLICY_UNCHANGED;
	arena_init(&scratch, 4096);
	if (read_file(store, &scratch, &text, err)) {
		store->misses = 0;
		change = take(store, text, err);
	} else if (is_news(store, force, err)) {
		store->seen_hash = 0;
		change = POLICY_BROKEN;
	}
	arena_done(&scratch);
	return change;
}
