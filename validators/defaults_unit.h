/*
 * The unit of defaulting: one resource name of the Ray container, one env name, one label, one
 * toleration, one scalar. Private to validators/defaults*.c.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"

enum unit_place {
	UNIT_IN_CONTAINER, /* the first one, Ray's */
	UNIT_IN_SPEC,
	UNIT_IN_METADATA,
};

enum unit_shape {
	UNIT_RESOURCE, /* request and limit of one name together */
	UNIT_NAMED,    /* an item of a list that is known by its name */
	UNIT_ITEM,     /* an item of a list that is known by its value */
	UNIT_ENTRY,    /* an entry of a map */
	UNIT_SCALAR,   /* the whole member */
};

/* A kind of unit: where it stands in the pod, and what the record calls it. */
struct unit_section {
	const char *name;   /* in the record */
	const char *member; /* in the pod */
	enum unit_place place;
	enum unit_shape shape;
};

extern const struct unit_section UNIT_SECTIONS[];
extern const size_t UNIT_SECTION_COUNT;

/* "[]", "{}", or "" for a scalar: what the units of a section stand in. */
const char *unit_brackets(const struct unit_section *section);

struct unit {
	const struct unit_section *section;
	struct str key;                /* "" for items and scalars */
	const struct json_node *value; /* of a resource the request; NULL: none */
	const struct json_node *limit; /* of a resource alone */
};

struct unit_list {
	struct arena *arena;
	struct unit *items;
	size_t count;
	size_t cap;
};

void unit_add(struct unit_list *list, struct unit unit);
bool unit_equal(const struct unit *a, const struct unit *b);
bool unit_list_has(const struct unit_list *list, const struct unit *unit);

/* A pod template as defaulting sees it: nodes alone, so that nothing wrong is ever replaced. */
struct pod_place {
	bool is_head_group; /* of the modern dialect: it has no name */
	struct str group;   /* the name of the worker group or podType */
	bool is_unique;     /* no other group has that name */
	const struct ray_group *model;
	const struct json_node *template, *spec, *metadata, *container;
	const struct field_path *at; /* of the template */
	struct str container_name;
};

/* Groups, the head among them: of more none is looked for by name, which would take too long. */
enum { UNIT_PLACES_MAX = 1000 };

/* Of a cluster that has at most UNIT_PLACES_MAX groups. */
size_t unit_places(struct arena *arena, const struct raycluster *cluster, struct pod_place **out);
/* The place of the same group in another version; NULL when it is new, gone or not unique. */
const struct pod_place *unit_place_match(
	const struct pod_place *places, size_t count, const struct pod_place *wanted);

enum unit_state {
	UNIT_ABSENT,  /* nothing of it is there, and it may be added */
	UNIT_SAME,    /* exactly this value is there */
	UNIT_OTHER,   /* something of it is there */
	UNIT_BLOCKED, /* what it would stand in is of a wrong type, or refuses it */
};

enum unit_state unit_state_in(const struct pod_place *place, const struct unit *unit);

/* What the policy would add to this pod, profiles first; each place once. */
void unit_list_from_policy(const struct policy *policy, const struct ray_object *object,
	struct str namespace, const struct pod_place *place, struct unit_list *out);
