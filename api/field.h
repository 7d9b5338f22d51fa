/*
 * Field paths and field errors, after apimachinery's pkg/util/validation/field: the words in which
 * a user is told what is wrong with his object, and where.
 *
 * A path is a list linked to its parent, on the stack or in an arena. A path that a macro here
 * makes is valid in the block that made it: pass it down, never return or store it.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

enum field_step {
	FIELD_STEP_NAME,  /* .name */
	FIELD_STEP_INDEX, /* [3] */
	FIELD_STEP_KEY,   /* [key of a map] */
};

struct field_path {
	const struct field_path *parent; /* NULL at the root */
	enum field_step step;
	const char *name;
	struct str key; /* of a map; or of a list item the name by which people know it */
	size_t index;
};

#define FIELD_ROOT(member) (&(const struct field_path){.step = FIELD_STEP_NAME, .name = (member)})
#define FIELD_CHILD(up, member)                                                                    \
	(&(const struct field_path){.parent = (up), .step = FIELD_STEP_NAME, .name = (member)})
#define FIELD_INDEX(up, i)                                                                         \
	(&(const struct field_path){.parent = (up), .step = FIELD_STEP_INDEX, .index = (i)})
/* A list item that has a name: rendered by its index, recognised by its name in another version. */
#define FIELD_ITEM(up, i, label)                                                                   \
	(&(const struct field_path){                                                               \
		.parent = (up), .step = FIELD_STEP_INDEX, .index = (i), .key = (label)})
#define FIELD_KEY(up, k)                                                                           \
	(&(const struct field_path){.parent = (up), .step = FIELD_STEP_KEY, .key = (k)})

/* A copy of one step in the arena, for paths that live as long as the model. */
const struct field_path *field_path_keep(struct arena *arena, const struct field_path *path);
/* FIELD_CHILD in the arena. */
const struct field_path *field_path_child(
	struct arena *arena, const struct field_path *up, const char *member);
/* FIELD_ITEM, put into `out`. */
static inline void field_path_item(
	struct field_path *out, const struct field_path *up, size_t index, struct str label)
{
	*out = (struct field_path){
		.parent = up, .step = FIELD_STEP_INDEX, .index = index, .key = label};
}
/*
 * "spec.workerGroupSpecs[0].template.metadata.labels[app.kubernetes.io/name]"; of NULL, which is
 * the whole object to all of these, nothing.
 */
void field_path_print(const struct field_path *path, struct buf *out);
/* Hash of the place by names: items with a name count by it, not by their index. */
uint64_t field_path_hash(const struct field_path *path);
/* The same wherever in their lists the items without a name stand. */
uint64_t field_path_hash_moved(const struct field_path *path);

enum { FIELD_TRAIL_STEPS = 16 };

/* Where the last searches ended, by the depth of what was searched. Starts as {0}. */
struct field_trail {
	struct field_trail_step {
		const struct json_node *up;
		struct json_iter it;
	} steps[FIELD_TRAIL_STEPS];
};

/* The node a path leads to from `root`, or the deepest one on the way that exists. */
const struct json_node *field_path_find(
	const struct field_path *path, const struct json_node *root, struct field_trail *trail);

/* apimachinery's error types; field_error_reason() gives the cause's reason on the wire. */
enum field_error_type {
	FIELD_INVALID,
	FIELD_REQUIRED,
	FIELD_TYPE_INVALID,
	FIELD_NOT_SUPPORTED,
	FIELD_DUPLICATE,
	FIELD_FORBIDDEN,
	FIELD_TOO_LONG,
	FIELD_TOO_MANY,
	FIELD_TOO_FEW,
	FIELD_NOT_FOUND,
	FIELD_INTERNAL,
};

/* "FieldValueInvalid", …: metav1.CauseType. */
const char *field_error_reason(enum field_error_type type);

enum field_severity {
	FIELD_SEVERITY_OFF,
	FIELD_SEVERITY_WARN,
	FIELD_SEVERITY_ERROR,
};

/* The values that a check has read. The first is the offending one and is shown. */
struct field_reads {
	const struct json_node *const *nodes; /* NULL for a field that is absent */
	size_t count;
};

#define FIELD_READS(...)                                                                           \
	((struct field_reads){(const struct json_node *const[]){__VA_ARGS__},                      \
		sizeof((const struct json_node *const[]){__VA_ARGS__}) / sizeof(void *)})
#define FIELD_READS_NOTHING ((struct field_reads){0})

struct field_error {
	const char *rule;    /* "RG0101" */
	const char *or_rule; /* see struct field_fact */
	enum field_error_type type;
	enum field_severity at_most;  /* what the finder allows; table and policy may lower it */
	bool as_before;               /* a warning, since the version before is no better */
	bool crd;                     /* see struct field_fact */
	struct str field;             /* the rendered path */
	struct str message;           /* "Invalid value: 3: must be at most maxReplicas (2)" */
	uint64_t place;               /* field_path_hash() */
	uint64_t moved;               /* field_path_hash_moved() */
	struct field_reads reads;     /* a copy */
	const struct json_node *node; /* nearest place in the source that exists; may be NULL */
};

/* What a rule has added since the list was full: FIELD_ERRORS_SHARE, and what is only counted. */
struct field_share {
	const char *rule;
	enum field_severity at_most;
	size_t taken; /* both together */
};

/* The list that checks add to; everything lives in the arena. */
struct field_errors {
	struct arena *arena;
	const struct json_node *root; /* of the whole object, to find the place in the source */
	struct field_error *items;
	size_t count;
	size_t cap;
	size_t limit;   /* beyond it each rule adds FIELD_ERRORS_SHARE more; */
	size_t dropped; /* the others are only counted */
	struct field_share *shares;
	size_t share_count, share_last;
	struct field_trail *trail; /* NULL before the first */
};

enum {
	FIELD_ERRORS_LIMIT = 1000,
	/* So that a thousand findings of one rule never hide what another has to say. */
	FIELD_ERRORS_SHARE = 8,
	FIELD_SHARES_MAX = 1024, /* rules, by how grave a finding may be */
	FIELD_STEP_SHOWN = 256,  /* bytes of one step of a path: keys can be as long as a body */
};

void field_errors_init(
	struct field_errors *errors, struct arena *arena, const struct json_node *root);

struct field_fact {
	const char *rule;
	const char *or_rule; /* NULL, or another one that finds the same: the graver one counts */
	enum field_error_type type;
	enum field_severity at_most;
	struct field_reads reads;
	bool as_before;
	/* The API server refuses this before /validate is asked, if not all that its rule finds. */
	bool crd;
};

/*
 * Adds an error at `at`. The text says what must hold and how to mend it, in the words of the
 * field's users, without a full stop; type and value are put in front of it.
 */
void field_add(struct field_errors *errors, const struct field_path *at,
	const struct field_fact *fact, const char *format, ...) COLD PRINTF_LIKE(4, 5);
/* The same with the arguments of the format in a list. */
void field_add_args(struct field_errors *errors, const struct field_path *at,
	const struct field_fact *fact, const char *format, va_list args) COLD PRINTF_LIKE(4, 0);

/*
 * Forgets what was added since `before` was copied from *errors, at a time when it was not full:
 * when count was below limit.
 */
void field_errors_forget(struct field_errors *errors, const struct field_errors *before);

/* Adds copies of all of `more`'s errors, which were found in another version of the object. */
void field_errors_append(struct field_errors *errors, const struct field_errors *more);

/* Of two versions of an object, made of what both have broken. */
struct field_print {
	uint64_t here;
	uint64_t moved; /* the same wherever in its lists an item without a name stands */
};

/*
 * Covers the rule, the place by names and the values of all reads, those behind the first in any
 * order: two versions of an object that broke the same rule at the same place in the same way have
 * equal ones. Not kept in the error, since it is asked for only where something is refused and the
 * values may be large.
 */
struct field_print field_error_fingerprint(const struct field_error *error);
