/* A write, as long as nobody is at it. */
#include "server/controller/writers.h"

struct write *write_new(void)
{
	struct write *const write = mem_alloc(sizeof(*write));

	arena_init(&write->arena, 512);
	return write;
}

void write_free(struct write **write)
{
	if (*write)
		arena_done(&(*write)->arena);
	mem_free(write);
}

void write_free_all(struct write *write)
{
	for (struct write *next; write; write = next) {
		next = write->next;
		write_free(&write);
	}
}
