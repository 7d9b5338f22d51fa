/*
 * The flags of `ray start`, as of Ray 2.10 to 2.60 (python/ray/scripts/scripts.py): what type a
 * value has, who may use it, and what is wrong with one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

/* Of any one resource of a node: MAX_RESOURCE_QUANTITY of Ray, which ends at more. */
#define RAY_RESOURCE_MAX INT64_C(100000000000000)

enum start_type {
	START_STRING,
	START_INT,
	START_FLOAT,
	START_PORT,      /* start_flag.min to 65535, or 0 where `zero` */
	START_PORTS,     /* ports with commas between */
	START_BOOL,      /* takes true or false */
	START_FLAG,      /* there or not */
	START_RESOURCES, /* a JSON object of whole numbers */
	START_JSON,
	START_WORD,
};

enum start_side {
	START_BOTH,
	START_HEAD,      /* Ray ignores it on a worker */
	START_HEAD_ONLY, /* Ray refuses it on a worker */
};

struct start_flag {
	const char *name;
	unsigned len; /* of the name */
	enum start_type type;
	enum start_side side;
	int64_t min; /* of numbers */
	bool zero;   /* a port may be 0: Ray chooses one */
	bool gone;   /* from Ray 2.54 on at the latest */
};

/* All of them, for tests. */
const struct start_flag *start_flags(size_t *count);
/* NULL when Ray has no such flag. */
const struct start_flag *start_flag_find(struct str name);
/* The flag that is certainly meant: "--num-cpus", "num_cpus", "numCpus", "Num-CPUs"; else NULL. */
const struct start_flag *start_flag_spelt(struct str name);
/* The one that is a few letters away; NULL when nothing is like it. It is compared with each. */
const struct start_flag *start_flag_nearest(struct str name);

/* What Python's int() takes: blanks around, a sign, single underscores between digits. */
bool start_int(struct str text, int64_t *out);
/*
 * NULL when Ray takes the value (already without its shell quotes) for the flag, else what must
 * hold, in the arena or constant.
 */
const char *start_value_fault(struct arena *arena, const struct start_flag *flag, struct str text);
