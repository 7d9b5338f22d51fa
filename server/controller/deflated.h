/*
 * The text of objects, kept small: a stream of deflate (RFC 1951) against a dictionary of what
 * every RayCluster says, so that the spec is always at hand. One thread at a time.
 */
#pragma once

#include <stdint.h>

#include "base/mem.h"

struct deflated {
	uint32_t size; /* of what it takes */
	uint32_t len;  /* of the text */
	uint8_t bytes[];
};

struct deflater;

struct deflater *deflater_new(void);
/* Takes NULL and nulls. */
void deflater_free(struct deflater **deflater);

/* free() it. */
struct deflated *deflater_pack(struct deflater *deflater, struct str text);
/* The text again, with a NUL behind it; "" for NULL. In the arena. */
struct str deflater_unpack(
	struct deflater *deflater, const struct deflated *packed, struct arena *arena);
