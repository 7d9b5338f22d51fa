/*
 * JSON values that we build or change: pods, patches, replies to people. The only file that knows
 * cJSON is json_edit.c. What is only read belongs to base/json_read.h.
 *
 * A value has one owner: whoever made it, until it is put into an object or array, which owns it
 * from then on. Numbers are kept as text, never as a double. A sub-tree of the user's can go in as
 * the raw text he wrote. Recursion is as deep as the value; what comes from outside was read with
 * a limit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "base/str.h"

struct json_edit;

struct json_edit *json_edit_null(void);
struct json_edit *json_edit_bool(bool value);
struct json_edit *json_edit_i64(int64_t value);
struct json_edit *json_edit_str(struct str value);
struct json_edit *json_edit_object(void);
struct json_edit *json_edit_array(void);
/*
 * Text that json_read accepts, copied. An object or array stays text: it has a kind, but neither
 * members nor items until json_edit_expand().
 */
struct json_edit *json_edit_raw(struct str json);
/* A whole copy of what was read; also from YAML, whose nodes are not slices of JSON text. */
struct json_edit *json_edit_import(const struct json_node *node);
struct json_edit *json_edit_copy(const struct json_edit *value);
/* Takes NULL and nulls; only for a value that nothing holds. */
void json_edit_free(struct json_edit **value);

/* Any pointer to a value may be NULL in these five: nothing is found in nothing. */

/* JSON_NULL for NULL; never JSON_SKIPPED. */
enum json_kind json_edit_kind(const struct json_edit *value);
/*
 * A string's value, a number's text, or the raw text of an object or array that is not expanded;
 * empty for anything else. It lives as long as the value. A NUL inside a string shows as the bytes
 * C0 80.
 */
struct str json_edit_text(const struct json_edit *value);
size_t json_edit_count(const struct json_edit *container);
struct json_edit *json_edit_get(const struct json_edit *object, struct str key);
struct json_edit *json_edit_item(const struct json_edit *array, size_t index);

/* for (v = json_edit_first(container); v; v = json_edit_next(v)) … in order. */
struct json_edit *json_edit_first(const struct json_edit *container);
struct json_edit *json_edit_next(const struct json_edit *value);
/* The key of a member, as json_edit_text; empty for anything else. */
struct str json_edit_key(const struct json_edit *member);

/* Equal values: members in any order, numbers by their text. Raw text equals what it stands for. */
bool json_edit_equal(const struct json_edit *a, const struct json_edit *b);

/* What goes in is owned by the container from here on. */

/* Replaces a member in its place, or appends a new one. */
void json_edit_set(struct json_edit *object, struct str key, struct json_edit *value);
void json_edit_add(struct json_edit *array, struct json_edit *value);
void json_edit_replace(
	struct json_edit *container, struct json_edit *child, struct json_edit *value);
/* Takes a child out; it is the caller's again. */
struct json_edit *json_edit_take(struct json_edit *container, struct json_edit *child);
/* Removes and frees it; false when there is none. */
bool json_edit_remove(struct json_edit *object, struct str key);

/* For building: keys are literals. The last two return the new member. */
void json_edit_put(struct json_edit *object, const char *key, struct json_edit *value);
void json_edit_put_str(struct json_edit *object, const char *key, struct str value);
void json_edit_put_cstr(struct json_edit *object, const char *key, const char *value);
void json_edit_put_i64(struct json_edit *object, const char *key, int64_t value);
void json_edit_put_bool(struct json_edit *object, const char *key, bool value);
struct json_edit *json_edit_put_object(struct json_edit *object, const char *key);
struct json_edit *json_edit_put_array(struct json_edit *object, const char *key);

/* Makes raw text a value whose parts can be reached; nothing to do for any other value. */
void json_edit_expand(struct json_edit *value);

/* Without white space between tokens. */
void json_edit_print(const struct json_edit *value, struct buf *out);
/* As `kubectl -o json`: four spaces a level, and a line feed at the end. */
void json_edit_print_indented(const struct json_edit *value, struct buf *out);
/*
 * As `kubectl -o yaml`: block style, two spaces a level, lists not indented below their key. A
 * string is quoted when YAML 1.1 or 1.2 could take it for anything else, and becomes a literal
 * block when it has several lines and can. Reads back as the same value under both.
 */
void json_edit_print_yaml(const struct json_edit *value, struct buf *out);
/*
 * Lines of text as comments of YAML, each ended. A character that would end a comment or that YAML
 * does not take becomes '?'.
 */
void json_edit_print_yaml_comment(struct str text, struct buf *out);
