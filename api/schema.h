/*
 * Schemas as tables: one row is one field of an object. From the rows come the decoded struct, the
 * errors about types, ranges, words and unknown names, and the defaults of the CRD.
 *
 * What a row keeps, it keeps with the node it came from: a value whose node is NULL is absent.
 * Null counts as absent, as the API server prunes it (structural schemas, "Defaulting and
 * nullable"). Strings borrow from the document or the arena.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "api/field.h"
#include "api/part.h"
#include "api/quantity.h"
#include "base/attr.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

/* What a member of a decoded struct can be. `node` comes first in each. */
struct val_str {
	const struct json_node *node;
	struct str v;
};
struct val_bool {
	const struct json_node *node;
	bool v;
};
struct val_i32 {
	const struct json_node *node;
	int32_t v;
};
struct val_i64 {
	const struct json_node *node;
	int64_t v;
};
struct val_double {
	const struct json_node *node;
	double v;
};
struct val_quantity {
	const struct json_node *node;
	struct quantity v;
};
/* A string or an integer: an IntOrString, a port by name or number. */
struct val_int_or_str {
	const struct json_node *node;
};
/* A list of strings, a map of strings to strings, anything: kept as nodes, walked on demand. */
struct val_strings {
	const struct json_node *node;
};
struct val_map {
	const struct json_node *node;
};
struct val_any {
	const struct json_node *node;
};

/* A map of resource names to quantities. */
struct resource {
	struct str name;
	struct quantity quantity;
	const struct json_node *node; /* of the quantity */
};
struct resource_list {
	const struct json_node *node;
	struct resource *items;
	size_t count;
};
/* NULL when the list has no such name. */
const struct resource *resource_find_str(const struct resource_list *list, struct str name);
/* Inline, so that the length of a literal is known when the call is compiled. */
static inline const struct resource *resource_find(
	const struct resource_list *list, const char *name)
{
	return resource_find_str(list, (struct str){name, strlen(name)});
}

/*
 * The first member of every struct that is decoded from an object. Absent: node is NULL. Where it
 * is needed, and the decoder told of one under another name, `at` is not.
 */
struct schema_object {
	const struct json_node *node;
	const struct field_path *at;
};

/* A list of objects, each decoded into a T. */
#define SCHEMA_LIST_OF(T)                                                                          \
	struct {                                                                                   \
		const struct json_node *node;                                                      \
		T *items;                                                                          \
		size_t count;                                                                      \
	}

enum schema_kind {
	SCHEMA_STRING,
	SCHEMA_BOOL,
	SCHEMA_INT32,
	SCHEMA_INT64,
	SCHEMA_NUMBER,
	SCHEMA_QUANTITY,
	SCHEMA_INT_OR_STRING,
	SCHEMA_OBJECT,
	SCHEMA_LIST,    /* of objects */
	SCHEMA_STRINGS, /* a list of strings */
	SCHEMA_INTS,    /* a list of integers; checked, kept as val_any */
	SCHEMA_STRING_MAP,
	SCHEMA_QUANTITY_MAP,
	SCHEMA_ANY,
};

/* Who refuses a broken row: it decides which rule the error is reported under. */
enum schema_judge {
	SCHEMA_JUDGE_CRD,      /* the CRD's schema, at every write */
	SCHEMA_JUDGE_POD,      /* the API server, but only when the pod is created */
	SCHEMA_JUDGE_POD_SAID, /* the same, of a word that has no default where it is empty */
};

/* What the older version of an API, where a group serves two, has instead of the row. */
enum schema_older {
	SCHEMA_OLDER_SAME,
	SCHEMA_OLDER_LACKS, /* the field: it is dropped */
	SCHEMA_OLDER_ASKS,  /* for it: it must be there */
};

/* One cache line: rows are what decoding reads most. */
struct schema_field {
	const char *key;
	uint8_t key_len;
	uint8_t kind;  /* enum schema_kind */
	uint8_t part;  /* enum object_part: what an object has that has this member */
	uint8_t judge; /* enum schema_judge, of words and range */
	bool required;
	bool kept;     /* into the struct, at `offset` */
	bool bounded;  /* a number: min counts, and for integers max */
	bool shared;   /* an object: see struct schema_sharing */
	bool apart;    /* an object: kept is a pointer to its struct, NULL where there is none */
	uint8_t older; /* enum schema_older */
	uint16_t offset;
	int32_t min, max;
	const struct schema *of; /* SCHEMA_OBJECT, SCHEMA_LIST */
	/* NULL-terminated: the strings that are allowed; of an object the members of which one does
	 * instead of it, where a rule says that it is needed. */
	const char *const *words;
	const char *fallback;      /* the CRD's default, as JSON text of a scalar */
	const char *const *unique; /* SCHEMA_LIST: NULL-terminated keys that tell items apart */
};

_Static_assert(sizeof(struct schema_field) <= 64, "a row of a schema is a cache line");

enum {
	SCHEMA_ROWS_MAX = 64,
	SCHEMA_SLOTS = 2 * SCHEMA_ROWS_MAX,
};

/* Of a schema's rows: the business of api/schema_index.c. */
struct schema_index {
	atomic_bool made;
	uint64_t asked; /* a bit for each row that must be there, or has a default */
	/* Numbers of rows plus one, each at the first free slot from its key's on; 0 is free. */
	uint8_t slots[SCHEMA_SLOTS];
};

struct schema {
	const char *name;                  /* of the object in messages: "a worker group" */
	const struct schema_field *fields; /* in byte order of their keys */
	size_t count;
	size_t size;      /* of the struct; 0 when nothing is kept */
	struct str label; /* the member that names an item of a list, if one does */
	bool heavy;       /* a shallow decoder keeps only the object itself */
	bool open;        /* only the object itself is kept; its members are decoded elsewhere */
	struct schema_index *index; /* NULL of an open one, whose rows are not asked */
	struct schema_index *older; /* of the older version; NULL where that has the same rows */
};

#define SCHEMA_KIND_OF(value)                                                                      \
	_Generic((value), struct val_str                                                           \
		 : SCHEMA_STRING, struct val_bool                                                  \
		 : SCHEMA_BOOL, struct val_i32                                                     \
		 : SCHEMA_INT32, struct val_i64                                                    \
		 : SCHEMA_INT64, struct val_double                                                 \
		 : SCHEMA_NUMBER, struct val_quantity                                              \
		 : SCHEMA_QUANTITY, struct val_int_or_str                                          \
		 : SCHEMA_INT_OR_STRING, struct val_strings                                        \
		 : SCHEMA_STRINGS, struct val_map                                                  \
		 : SCHEMA_STRING_MAP, struct resource_list                                         \
		 : SCHEMA_QUANTITY_MAP, struct val_any                                             \
		 : SCHEMA_ANY)

/* Of a literal, or of NULL. */
#define SCHEMA_LABEL(key)                                                                          \
	{                                                                                          \
		(key), _Generic((key), void * : 0, default : sizeof(key) - 1)                      \
	}

/* Of the first argument, a literal. */
#define SCHEMA_LEN(literal, ...) (sizeof(literal) - 1)

/* Rows. The arguments behind the fixed ones: the key, then designated members of the row. */
#define SCHEMA_KEEP(T, member, ...)                                                                \
	{                                                                                          \
		.kind = SCHEMA_KIND_OF(((T *)0)->member), .kept = true,                            \
		.offset = offsetof(T, member), .key_len = SCHEMA_LEN(__VA_ARGS__, 0),              \
		.key = __VA_ARGS__                                                                 \
	}
#define SCHEMA_KEEP_OBJECT(T, member, schema, ...)                                                 \
	{                                                                                          \
		.kind = SCHEMA_OBJECT, .kept = true, .offset = offsetof(T, member),                \
		.of = (schema), .key_len = SCHEMA_LEN(__VA_ARGS__, 0), .key = __VA_ARGS__          \
	}
#define SCHEMA_KEEP_OBJECT_APART(T, member, schema, ...)                                           \
	{                                                                                          \
		.kind = SCHEMA_OBJECT, .kept = true, .apart = true, .offset = offsetof(T, member), \
		.of = (schema), .key_len = SCHEMA_LEN(__VA_ARGS__, 0), .key = __VA_ARGS__          \
	}
#define SCHEMA_KEEP_LIST(T, member, schema, ...)                                                   \
	{                                                                                          \
		.kind = SCHEMA_LIST, .kept = true, .offset = offsetof(T, member), .of = (schema),  \
		.key_len = SCHEMA_LEN(__VA_ARGS__, 0), .key = __VA_ARGS__                          \
	}
/* Checked, not kept. */
#define SCHEMA_CHECK(k, ...)                                                                       \
	{                                                                                          \
		.kind = (k), .key_len = SCHEMA_LEN(__VA_ARGS__, 0), .key = __VA_ARGS__             \
	}
#define SCHEMA_CHECK_OBJECT(schema, ...)                                                           \
	{                                                                                          \
		.kind = SCHEMA_OBJECT, .of = (schema), .key_len = SCHEMA_LEN(__VA_ARGS__, 0),      \
		.key = __VA_ARGS__                                                                 \
	}
#define SCHEMA_CHECK_LIST(schema, ...)                                                             \
	{                                                                                          \
		.kind = SCHEMA_LIST, .of = (schema), .key_len = SCHEMA_LEN(__VA_ARGS__, 0),        \
		.key = __VA_ARGS__                                                                 \
	}
/* A schema whose objects are checked only, and one whose objects are decoded into a struct. */
#define SCHEMA_OF(what, rows, label_key)                                                           \
	{                                                                                          \
		.name = (what), .fields = (rows), .count = ARRAY_LEN(rows),                        \
		.label = SCHEMA_LABEL(label_key), .index = &(struct schema_index)                  \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define SCHEMA_OF_STRUCT(what, rows, T, label_key)                                                 \
	{                                                                                          \
		.name = (what), .fields = (rows), .count = ARRAY_LEN(rows), .size = sizeof(T),     \
		.label = SCHEMA_LABEL(label_key), .index = &(struct schema_index)                  \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define SCHEMA_OF_HEAVY_STRUCT(what, rows, T)                                                      \
	{                                                                                          \
		.name = (what), .fields = (rows), .count = ARRAY_LEN(rows), .size = sizeof(T),     \
		.heavy = true, .index = &(struct schema_index)                                     \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define SCHEMA_OF_AGED_STRUCT(what, rows, T, label_key)                                            \
	{                                                                                          \
		.name = (what), .fields = (rows), .count = ARRAY_LEN(rows), .size = sizeof(T),     \
		.label = SCHEMA_LABEL(label_key), .index = &(struct schema_index){0},              \
		.older = &(struct schema_index)                                                    \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define SCHEMA_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The rules under which the decoder reports; validators/schema_rules.c has their sentences. */
#define SCHEMA_RULE_TYPE      "RG0101" /* a value has the type of its field */
#define SCHEMA_RULE_UNKNOWN   "RG0102" /* every field is known */
#define SCHEMA_RULE_REQUIRED  "RG0103" /* required fields are present */
#define SCHEMA_RULE_WORD      "RG0104" /* an enumerated field holds one of its words */
#define SCHEMA_RULE_RANGE     "RG0105" /* an integer is in the range of its field */
#define SCHEMA_RULE_QUANTITY  "RG0106" /* a quantity can be read */
#define SCHEMA_RULE_DUPLICATE "RG0107" /* list items that count as keys are unique */
#define SCHEMA_RULE_POD_WORD  "RG0108" /* as WORD, refused when the pod is created */
#define SCHEMA_RULE_INSTEAD   "RG1203" /* one of a field and what does instead is there */
#define SCHEMA_RULE_POD_RANGE "RG0109" /* as RANGE, refused when the pod is created */

/*
 * Objects of a shared row, kept, that have the same text as the one that was decoded before them
 * and in which nothing was wrong: they get a copy of its struct. `self` is their own; nodes and
 * paths further in are those of the first.
 */
struct schema_sharing {
	const struct json_node *node; /* of the first; NULL before there is one */
	const void *decoded;
	size_t cost;  /* bytes of the arena that it took */
	size_t saved; /* bytes that the copies would have taken: they count against memory_max */
};

/* How a number or a boolean stands in the user's file: 0x1F where the node says 31, yes where it is
 * true. */
struct schema_spelling {
	/* The empty str where that is not known. */
	struct str (*of)(const void *context, const struct json_node *node);
	const void *context;
};

struct schema_decoder {
	struct arena *arena;
	struct field_errors *errors;
	const struct schema_spelling *spelling; /* NULL: the node is all there is */
	bool shallow;      /* pod templates are kept as nodes, and not judged */
	bool crd_defaults; /* absent fields take their row's fallback, as in an API server */
	bool older;        /* by what the older version of the API has, where it differs */
	/*
	 * The object's schema and those of its specs, and NULL: where a field may belong that
	 * stands in the wrong place. NULL: nothing is said of that.
	 */
	const struct schema *const *whole;
	/*
	 * What the arena's `used` may come to by decoded lists; 0: no bound. An item of two bytes
	 * can become a struct of a thousand, so the body's bound alone is none.
	 */
	size_t memory_max;
	uint64_t *parts;                /* those that are met are added (api/part.h); or NULL */
	struct schema_sharing *sharing; /* NULL: each object is decoded from its own text */
};

/*
 * Decodes `node` into `out` (schema->size bytes, zeroed; NULL when nothing is kept). A value of the
 * wrong type is reported and counts as absent. `at` must live as long as the struct. A node that
 * is NULL or null leaves `out` absent, without an error.
 */
void schema_decode(const struct schema_decoder *decoder, const struct schema *schema,
	const struct json_node *node, const struct field_path *at, void *out);

/* The same for a single value by its row: the values of a map, say. `out` is where it is kept. */
void schema_decode_row(const struct schema_decoder *decoder, const struct schema_field *row,
	const struct json_node *node, const struct field_path *at, void *out);
