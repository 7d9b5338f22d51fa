/* Additions to one pod as operations of a JSON Patch. Private to validators/defaults*.c. */
#pragma once

#include "api/patch.h"
#include "validators/defaults_unit.h"

/* Where operations go: the patch, and the arena that its texts live in. */
struct patch_writer {
	struct arena *arena;
	struct patch patch;
};

void patch_writer_add(struct patch_writer *writer, const struct field_path *parent,
	const char *member, struct str value);
/* Sets our annotation, or removes it where `text` is empty. */
void patch_writer_annotate(struct patch_writer *writer, const struct ray_object *object,
	const char *key, struct str text);
/* Adds every unit of the list; a parent that is missing is added whole, once. */
void patch_writer_add_units(
	struct patch_writer *writer, const struct pod_place *place, const struct unit_list *units);
