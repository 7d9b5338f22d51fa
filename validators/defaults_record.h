/*
 * The annotation raygate.dev/defaulted: a JSON object of what we added, by names.
 *
 *	{"head": POD, "groups": {"NAME": POD}}
 *	POD: {"container": "NAME", "resources": {"cpu": {"requests": "1", "limits": "1"}},
 *	      "env": [...], "nodeSelector": {...}, "tolerations": [...], "priorityClassName": "…",
 *…}
 *
 * Sections are those of UNIT_SECTIONS. Private to validators/defaults*.c.
 */
#pragma once

#include "validators/defaults_unit.h"

/*
 * Reads the annotation of an object; NULL when there is none, or none that can be used: then
 * `problem` says why, unless it is NULL. The nodes live in the arena.
 */
const struct json_node *record_read(
	struct arena *arena, const struct ray_object *object, struct str *problem);

/* What a record says of one pod. Units of the container only when it is the recorded one. */
void record_units(
	const struct json_node *record, const struct pod_place *place, struct unit_list *out);

/* Writes a record pod by pod; deterministic for the same units in the same order. */
struct record_writer {
	struct buf head;
	struct buf groups;
};
void record_add(
	struct record_writer *writer, const struct pod_place *place, const struct unit_list *units);
/* The whole record into the arena, "" when nothing was added; ends the writer. */
struct str record_finish(struct record_writer *writer, struct arena *arena);
