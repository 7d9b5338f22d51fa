#include "api/patch.h"

#include <assert.h>

#include "api/patch_value.h"

/*
 * A value of the document being patched: what was read, as long as nobody goes inside; then its
 * members in a list. A value that comes in, by copy and move too, is text that is read again: so
 * its depth and its bytes are counted, and no patch can blow up the document.
 */
struct live {
	const struct json_node *node; /* NULL once it is open */
	struct member *first;
	bool object;
};

struct member {
	struct member *next;
	struct str key;
	struct live value;
};

struct patching {
	struct arena *arena;
	struct live root;
	size_t bytes; /* of the values that came in */
	struct err *err;
};

/* Where a pointer leads: *link is the member there, or NULL where one would go. */
struct place {
	struct live *parent; /* NULL: the place is the root */
	struct member **link;
	struct str segment;
};

static bool fail(const struct patching *p, const char *what, struct str segment)
{
	const size_t shown = segment.len > 60 ? 60 : segment.len;

	err_set(p->err, ERR_INVALID, "'%.*s' %s", (int)shown, segment.at, what);
	return false;
}

static bool is_container(const struct live *value)
{
	return value->node == NULL || json_is(value->node, JSON_OBJECT) ||
	       json_is(value->node, JSON_ARRAY);
}

/* Gives a container that was only read a list of its members. */
static void open_container(const struct patching *p, struct live *value)
{
	const struct json_node *const node = value->node;
	struct member **link = &value->first;

	if (node == NULL)
		return;
	value->object = json_is(node, JSON_OBJECT);
	for (struct json_iter it = json_iter(node);
		value->object ? json_next_member(&it) : json_next_item(&it);
		link = &(*link)->next) {
		*link = arena_alloc(p->arena, sizeof(**link));
		(*link)->value.node = it.value;
		if (value->object)
			(*link)->key = json_str(p->arena, it.key);
	}
	value->node = NULL;
}

static bool find_in_array(const struct patching *p, struct place *place)
{
	size_t index;

	if (str_is(place->segment, "-")) {
		while (*place->link)
			place->link = &(*place->link)->next;
		return true;
	}
	if (!pointer_to_index(place->segment, &index))
		return fail(p, "is no index of a list", place->segment);
	for (; index > 0; index--) {
		if (*place->link == NULL)
			return fail(p, "is beyond the end of the list", place->segment);
		place->link = &(*place->link)->next;
	}
	return true;
}

/* place->segment in `container`. */
static bool find(const struct patching *p, struct live *container, struct place *place)
{
	if (!is_container(container))
		return fail(p, "would be inside of what has no members", place->segment);
	open_container(p, container);
	place->parent = container;
	place->link = &container->first;
	if (!container->object)
		return find_in_array(p, place);
	while (*place->link && !str_eq((*place->link)->key, place->segment))
		place->link = &(*place->link)->next;
	return true;
}

static bool locate(struct patching *p, struct str pointer, struct place *out)
{
	struct live *at = &p->root;
	size_t depth = 0;

	*out = (struct place){.parent = NULL};
	if (!pointer_is_valid(pointer))
		return fail(p, "is no JSON Pointer", pointer);
	while (pointer_next(p->arena, &pointer, &out->segment)) {
		if (++depth > PATCH_DEPTH_MAX) {
			err_set(p->err, ERR_TOO_LARGE, "the path is too deep");
			return false;
		}
		if (!find(p, at, out))
			return false;
		if (pointer.len == 0)
			return true;
		if (*out->link == NULL)
			return fail(p, "does not exist", out->segment);
		at = &(*out->link)->value;
	}
	return true;
}

/* The same, where something must be. */
static bool locate_existing(struct patching *p, struct str pointer, struct place *out)
{
	if (!locate(p, pointer, out))
		return false;
	return out->parent == NULL || *out->link || fail(p, "does not exist", out->segment);
}

static struct live *value_at(struct patching *p, const struct place *place)
{
	return place->parent ? &(*place->link)->value : &p->root;
}

static void print(const struct patching *p, const struct live *value, struct buf *out)
{
	if (value->node) {
		patch_value_print(p->arena, value->node, out);
		return;
	}
	buf_add_char(out, value->object ? '{' : '[');
	for (const struct member *m = value->first; m; m = m->next) {
		if (m != value->first)
			buf_add_char(out, ',');
		if (value->object) {
			buf_add_json_str(out, m->key);
			buf_add_char(out, ':');
		}
		print(p, &m->value, out);
	}
	buf_add_char(out, value->object ? '}' : ']');
}

static bool read_value(struct patching *p, struct str text, struct live *out)
{
	const struct json_limits limits = {
		.bytes = PATCH_BYTES_MAX - p->bytes,
		.depth = PATCH_DEPTH_MAX,
		.nodes = PATCH_BYTES_MAX,
	};
	struct json_doc doc;

	if (!json_read(p->arena, text, &limits, &doc, p->err))
		return err_wrap(p->err, "value");
	p->bytes += text.len;
	*out = (struct live){.node = doc.root};
	return true;
}

/* A value of the document as one that comes in. */
static bool read_copy(struct patching *p, const struct live *value, struct live *out)
{
	struct buf text CLEANUP(buf_done) = {0};

	print(p, value, &text);
	return read_value(p, arena_str(p->arena, buf_str(&text)), out);
}

static void take_out(const struct place *place)
{
	assert(place->link && *place->link);
	*place->link = (*place->link)->next;
}

static bool put_in(struct patching *p, struct str path, struct live value)
{
	struct place place;

	if (!locate(p, path, &place))
		return false;
	if (place.parent == NULL) {
		p->root = value;
		return true;
	}
	if (place.parent->object && *place.link) {
		(*place.link)->value = value;
		return true;
	}
	struct member *const member = arena_alloc(p->arena, sizeof(*member));

	*member = (struct member){*place.link, place.segment, value};
	*place.link = member;
	return true;
}

static bool apply_add(struct patching *p, const struct patch_step *step)
{
	struct live value = {.node = NULL};

	return read_value(p, step->value, &value) && put_in(p, step->path, value);
}

static bool apply_remove(struct patching *p, const struct patch_step *step)
{
	struct place place;

	if (!locate_existing(p, step->path, &place))
		return false;
	if (place.parent == NULL)
		return err_set(p->err, ERR_INVALID, "the whole document cannot be removed");
	take_out(&place);
	return true;
}

static bool apply_replace(struct patching *p, const struct patch_step *step)
{
	struct place place;
	struct live value = {.node = NULL};

	if (!read_value(p, step->value, &value) || !locate_existing(p, step->path, &place))
		return false;
	*value_at(p, &place) = value;
	return true;
}

static bool apply_copy(struct patching *p, const struct patch_step *step)
{
	struct place from;
	struct live value = {.node = NULL};

	return locate_existing(p, step->from, &from) && read_copy(p, value_at(p, &from), &value) &&
	       put_in(p, step->path, value);
}

static bool apply_move(struct patching *p, const struct patch_step *step)
{
	struct place from;
	struct live value = {.node = NULL};

	if (!locate_existing(p, step->from, &from))
		return false;
	if (str_eq(step->from, step->path))
		return true;
	if (pointer_is_prefix(step->from, step->path))
		return err_set(p->err, ERR_INVALID, "a value cannot move into itself");
	if (!read_copy(p, value_at(p, &from), &value))
		return false;
	take_out(&from);
	return put_in(p, step->path, value);
}

static bool apply_test(struct patching *p, const struct patch_step *step)
{
	struct place place;
	struct live expected = {.node = NULL}, found;

	if (!read_value(p, step->value, &expected) || !locate_existing(p, step->path, &place))
		return false;
	found = *value_at(p, &place);
	if (found.node == NULL && !read_copy(p, value_at(p, &place), &found))
		return false;
	return patch_value_equal(p->arena, expected.node, found.node) ||
	       err_set(p->err, ERR_CONFLICT, "the value there is another one");
}

static bool apply_step(struct patching *p, const struct patch_step *step)
{
	switch (step->verb) {
	case PATCH_ADD:
		return apply_add(p, step);
	case PATCH_REMOVE:
		return apply_remove(p, step);
	case PATCH_REPLACE:
		return apply_replace(p, step);
	case PATCH_MOVE:
		return apply_move(p, step);
	case PATCH_COPY:
		return apply_copy(p, step);
	case PATCH_TEST:
		break;
	}
	return apply_test(p, step);
}

bool patch_apply(struct arena *arena, const struct json_node *root, const struct patch *patch,
	struct buf *out, struct err *err)
{
	struct patching p = {.arena = arena, .root = {.node = root}, .err = err};

	for (size_t i = 0; i < patch->count; i++) {
		const struct str path = patch->steps[i].path;

		if (!apply_step(&p, &patch->steps[i]))
			return err_wrap(err, "operation %zu at '%.*s'", i,
				path.len > 100 ? 100 : (int)path.len, path.at);
	}
	print(&p, &p.root, out);
	return true;
}
