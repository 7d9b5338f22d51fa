#include "base/mem.h"

#include <assert.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitize.h"

#if SANITIZED_ADDRESS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum {
	ALIGNMENT = 16,
	BRIEF = 256,
	TRIM_RATIO = 4, /* of what is held to what is used: beyond, memory is given back */
};

struct arena_block {
	struct arena_block *older;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) char data[];
};

static void *or_die(void *memory, size_t size)
{
	if (memory == NULL) {
		fprintf(stderr, "raygate: out of memory (%zu bytes)\n", size);
		abort();
	}
	return memory;
}

void *mem_alloc(size_t size)
{
	return or_die(calloc(1, size ? size : 1), size);
}

void *mem_resize(void *old, size_t size)
{
	return or_die(realloc(old, size ? size : 1), size);
}

char *mem_strdup(const char *text)
{
	return or_die(strdup(text), strlen(text));
}

char *mem_copy(struct str text)
{
	char *const copy = mem_alloc(text.len + 1);

	if (text.len)
		memcpy(copy, text.at, text.len);
	return copy;
}

void mem_free(void *pointer_to_pointer)
{
	void **const memory = pointer_to_pointer;

	free(*memory);
	*memory = NULL;
}

/* Of its own accord malloc does so only where nothing that is in use lies behind it. With a
   sanitizer nobody has begun malloc's own heap, and two threads that begin it at once break it. */
void mem_trim(void)
{
	if (!SANITIZED)
		malloc_trim(0);
}

void arena_init(struct arena *arena, size_t block_size)
{
	*arena = (struct arena){.block_size = block_size};
}

static void block_free(struct arena_block *block)
{
	ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
	free(block);
}

void arena_reset(struct arena *arena)
{
	for (struct arena_block *block = arena->blocks, *older; block; block = older) {
		older = block->older;
		block->used = 0;
		block->older = arena->spare;
		arena->spare = block;
		ASAN_POISON_MEMORY_REGION(block->data, block->size);
	}
	arena->blocks = NULL;
	if (arena->used > arena->peak)
		arena->peak = arena->used;
	arena->used = 0;
}

static void free_all(struct arena_block *block)
{
	for (struct arena_block *next; block; block = next) {
		next = block->older;
		block_free(block);
	}
}

/* Whether rounds since the last trim used much of what is there. */
static bool is_in_use(const struct arena *arena)
{
	size_t held = 0;

	for (const struct arena_block *block = arena->spare; block; block = block->older)
		held += block->size;
	return arena->peak > arena->block_size && arena->peak >= held / TRIM_RATIO;
}

void arena_trim(struct arena *arena)
{
	struct arena_block *const first = arena->spare;
	const bool in_use = is_in_use(arena);

	arena->peak = 0;
	if (first == NULL || in_use)
		return;
	if (first->size == arena->block_size) {
		free_all(first->older);
		first->older = NULL;
	} else {
		free_all(first);
		arena->spare = NULL;
	}
}

void arena_done(struct arena *arena)
{
	free_all(arena->blocks);
	free_all(arena->spare);
	*arena = (struct arena){.block_size = arena->block_size};
}

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static struct arena_block *block_new(const struct arena *arena, size_t least)
{
	size_t size = arena->used > arena->block_size ? arena->used : arena->block_size;

	if (size < least)
		size = least;
	struct arena_block *const block = or_die(malloc(sizeof(*block) + size), size);

	*block = (struct arena_block){.size = size};
	ASAN_POISON_MEMORY_REGION(block->data, size);
	return block;
}

/* A spare one, if there is one so large: mostly a round is like the one before it. */
static struct arena_block *block_add(struct arena *arena, size_t least)
{
	struct arena_block *block;

	while ((block = arena->spare) != NULL) {
		arena->spare = block->older;
		if (block->size >= least)
			break;
		block_free(block);
	}
	if (block == NULL)
		block = block_new(arena, least);
	block->older = arena->blocks;
	arena->blocks = block;
	return block;
}

static inline void *take_from(
	struct arena *arena, struct arena_block *block, size_t size, size_t room)
{
	char *const at = block->data + block->used;

	ASAN_UNPOISON_MEMORY_REGION(at, size);
	block->used += room;
	arena->used += room;
	return at;
}

COLD static void *take_from_new(struct arena *arena, size_t size, size_t room)
{
	assert(arena->block_size && size <= SIZE_MAX / 2);
	return take_from(arena, block_add(arena, room), size, room);
}

static inline void *take(struct arena *arena, size_t size)
{
	struct arena_block *const block = arena->blocks;
	const size_t room = round_up(size ? size : 1);

	if (block == NULL || block->size - block->used < room || size > SIZE_MAX / 2)
		return take_from_new(arena, size, room);
	return take_from(arena, block, size, room);
}

void *arena_take(struct arena *arena, size_t size)
{
	return take(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	assert(size == 0 || count <= SIZE_MAX / 2 / size);
	return arena_alloc(arena, count * size);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	struct arena_block *const block = arena->blocks;

	if (old && block && new_size > old_size) {
		const size_t held = round_up(old_size);
		const size_t wanted = round_up(new_size);

		if ((char *)old + held == block->data + block->used &&
			wanted - held <= block->size - block->used) {
			ASAN_UNPOISON_MEMORY_REGION(old, new_size);
			block->used += wanted - held;
			arena->used += wanted - held;
			return old;
		}
	}
	void *const grown = take(arena, new_size);

	if (old)
		memcpy(grown, old, old_size < new_size ? old_size : new_size);
	return grown;
}

void arena_shrink(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	struct arena_block *const block = arena->blocks;
	const size_t held = round_up(old_size ? old_size : 1);
	const size_t wanted = round_up(new_size ? new_size : 1);

	assert(new_size <= old_size);
	if (block == NULL || (char *)old + held != block->data + block->used)
		return;
	block->used -= held - wanted;
	arena->used -= held - wanted;
	ASAN_POISON_MEMORY_REGION((char *)old + wanted, held - wanted);
}

struct str arena_str(struct arena *arena, struct str s)
{
	char *const copy = arena_alloc(arena, s.len + 1);

	if (s.len)
		memcpy(copy, s.at, s.len);
	return (struct str){copy, s.len};
}

/* Most are short: these are put together once, and not measured before. */
struct str arena_printf(struct arena *arena, const char *format, ...)
{
	char brief[BRIEF];
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	const int len = vsnprintf(brief, sizeof(brief), format, args);

	va_end(args);
	assert(len >= 0);
	char *const text = take(arena, (size_t)len + 1);

	if (len < BRIEF)
		memcpy(text, brief, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return (struct str){text, (size_t)len};
}
