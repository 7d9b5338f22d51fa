/*
 * From the events of one YAML document to JSON text and the places of its nodes: base/yaml's own
 * business. Anchors keep the text they stand for, an alias copies it, and `<<` is merged when its
 * mapping ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "base/yaml.h"
#include "base/yaml_scalar.h"

/* A value as JSON text with the place of each of its nodes. */
struct yaml_piece {
	struct yaml_piece *next;
	struct str text;
	const struct yaml_place *places;
	uint32_t count; /* of places */
};

struct yaml_frame;

/* Start from zero, and yaml_text_begin(); yaml_text_done() frees. */
struct yaml_text {
	struct arena *arena;
	const struct yaml_limits *limits;
	struct err *err;
	struct buf json;
	struct yaml_place *places;
	uint32_t count, room; /* of places */
	struct yaml_frame *frames;
	uint32_t depth, frame_room;
	struct strmap anchors; /* to struct yaml_piece; its text is empty while it is open */
	uint32_t expanded;
	size_t expanded_bytes;
	bool unfilled; /* the error is a template */
};

struct yaml_props {
	struct yaml_place place;
	const char *anchor; /* or NULL */
};

void yaml_text_begin(struct yaml_text *t, struct arena *arena, const struct yaml_limits *limits,
	struct err *err);
void yaml_text_done(struct yaml_text *t);

/* The events, in order; what is wrong is an error with its place. */
bool yaml_text_scalar(struct yaml_text *t, const struct yaml_props *props, struct str value,
	enum yaml_as as) MUST_CHECK;
bool yaml_text_open(struct yaml_text *t, const struct yaml_props *props, bool mapping) MUST_CHECK;
bool yaml_text_close(struct yaml_text *t) MUST_CHECK;
bool yaml_text_alias(struct yaml_text *t, struct yaml_place place, const char *name) MUST_CHECK;
/* The nodes and places, in the arena. */
bool yaml_text_finish(struct yaml_text *t, struct yaml_doc *doc) MUST_CHECK;
