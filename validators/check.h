/*
 * The small checks that rules about pods and services are made of. Each reports under the running
 * rule; a node that is NULL, null or of the wrong type (which the decoder reports) breaks nothing.
 */
#pragma once

#include "api/names.h"
#include "validators/rule.h"

/* A member's text; the empty str when it is absent or no string. */
struct str check_text(
	const struct rule_context *c, const struct json_node *object, const char *key);
/* Whether the member is true. */
bool check_flag(const struct json_node *object, const char *key);

/* A string has that syntax; where a near one can be made up, the finding shows it. */
void check_name(const struct rule_context *c, const struct field_path *at,
	const struct json_node *node, enum name_kind kind);
/* The same for a member of `up`, and for each item of a list of strings. */
void check_member_name(const struct rule_context *c, const struct schema_object *up,
	const char *key, enum name_kind kind);
/* The same for a name that must be there, in a reference to another object. */
void check_reference(const struct rule_context *c, const struct schema_object *up, const char *key,
	enum name_kind kind);
void check_names(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, enum name_kind kind);
/* The string is an IP address, as API server reads it in fields of old. */
void check_ip(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node);
/* A map from qualified names to label values: labels, a node selector, matchLabels. */
void check_label_map(
	const struct rule_context *c, const struct field_path *at, const struct json_node *map);
/* Annotations: their keys, and how long they are together. */
void check_annotation_map(
	const struct rule_context *c, const struct field_path *at, const struct json_node *map);
/* A LabelSelector: its map and its expressions. */
void check_label_selector(const struct rule_context *c, const struct field_path *at,
	const struct json_node *selector);

/* The member, where it is a string or a list, is not empty; that it must be there is the schema's.
 */
void check_given(const struct rule_context *c, const struct schema_object *up, const char *key,
	const char *what);
/* The member is an integer from `min` to `max`, or absent. */
void check_range(const struct rule_context *c, const struct schema_object *up, const char *key,
	int64_t min, int64_t max);
/* Some part of the path is "..". */
bool check_goes_up(struct str path);
/* The string is a path below something: relative and never up. */
void check_local_path(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node);
/*
 * At most one member of the NULL-terminated `keys` is there, and with `needed` exactly one. Returns
 * how many there are.
 */
size_t check_one_of(const struct rule_context *c, const struct schema_object *up,
	const char *const *keys, bool needed);
/* "a, b or c" */
struct str check_list(struct arena *arena, const char *const *words);
/* "; did you mean \"b\"?", or "" where none of the words (NULL-terminated) is near. */
struct str check_meant(struct arena *arena, struct str word, const char *const *words);
/* The string is one of the words. */
void check_word(const struct rule_context *c, const struct field_path *at,
	const struct json_node *node, const char *const *words);

/* Of a list of objects no two have the same text in that member. */
void check_unique_member(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, const char *key);
/* For each the index of the first one that is equal to it; its own when it is the first. */
const size_t *check_twin_numbers(struct arena *arena, const uint64_t *numbers, size_t count);
const size_t *check_twin_texts(struct arena *arena, const struct str *texts, size_t count);

/*
 * For a rule that looks at containers and at something else besides: calls for each container and
 * init container of every pod template of the object.
 */
void check_each_container(
	const struct rule_context *c, const struct ray_object *object, rule_container_fn *check);
