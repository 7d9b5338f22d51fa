/*
 * Memory that is there or ends the process, and the arena: the memory of one request, one file or
 * one reconcile, freed all at once.
 *
 * Out of memory ends the process with one line on stderr. Inputs are bounded before they reach an
 * allocation, so that this is never a client's choice.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/* Zeroed memory, never NULL; the caller frees it with free(). */
void *mem_alloc(size_t size);
/* Like realloc(), but never NULL for size > 0; new bytes are not zeroed. */
void *mem_resize(void *old, size_t size);
char *mem_strdup(const char *text);
/* A copy with a NUL behind it, no larger than that. */
char *mem_copy(struct str text);
/* For CLEANUP(mem_free) on a `char *` or any other object pointer. */
void mem_free(void *pointer_to_pointer);
/* Gives the system back what is free: after something large that is not soon done again. */
void mem_trim(void);

struct arena_block;

/*
 * Bump allocation. An arena belongs to one thread at a time. What it hands out is aligned
 * for any type, and lives until arena_reset() or arena_done().
 */
struct arena {
	struct arena_block *blocks; /* newest first */
	struct arena_block *spare;  /* of earlier rounds, in the order in which they were made */
	size_t block_size;
	size_t used; /* bytes handed out since the last reset */
	size_t peak; /* the most that a round since the last trim has used */
};

/* `block_size` is the size of the first block; a later one is as large as all before it. */
void arena_init(struct arena *arena, size_t block_size);
/* Forgets everything; keeps the memory for the next round. */
void arena_reset(struct arena *arena);
/*
 * After a reset: gives back all but one block of the first size, unless a round since the last trim
 * has used much of it.
 */
void arena_trim(struct arena *arena);
void arena_done(struct arena *arena);

/* Zeroed. */
void *arena_alloc(struct arena *arena, size_t size);
/* The same, not zeroed: for what is written in full right away. */
void *arena_take(struct arena *arena, size_t size);
/* As arena_alloc for `count` items of `size` bytes; the product must not overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/*
 * Makes `old` (of old_size bytes) at least new_size bytes long, in place when it was the last
 * thing handed out. Bytes beyond old_size are not zeroed.
 */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);
/* Gives back what `old` (of old_size bytes) has beyond new_size, if it was the last thing handed
 * out.
 */
void arena_shrink(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Copies with a NUL behind them, so that .at is also a C string. */
struct str arena_str(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
