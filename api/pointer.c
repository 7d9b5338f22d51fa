#include "api/pointer.h"

#include <stdio.h>
#include <string.h>

static size_t escaped_length(struct str segment)
{
	size_t len = segment.len;

	for (size_t i = 0; i < segment.len; i++)
		len += segment.at[i] == '~' || segment.at[i] == '/';
	return len;
}

struct str pointer_child(struct arena *arena, struct str parent, struct str segment)
{
	const size_t len = parent.len + 1 + escaped_length(segment);
	char *const text = arena_alloc(arena, len + 1);
	char *at = text;

	if (parent.len)
		memcpy(at, parent.at, parent.len);
	at += parent.len;
	*at++ = '/';
	for (size_t i = 0; i < segment.len; i++) {
		const char c = segment.at[i];

		*at++ = c == '~' || c == '/' ? '~' : c;
		if (c == '~' || c == '/')
			*at++ = c == '~' ? '0' : '1';
	}
	return (struct str){text, len};
}

struct str pointer_index(struct arena *arena, struct str parent, size_t index)
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%zu", index);

	return pointer_child(arena, parent, (struct str){digits, (size_t)len});
}

struct str pointer_of_path(struct arena *arena, const struct field_path *path)
{
	if (path == NULL)
		return POINTER_ROOT;
	const struct str parent = pointer_of_path(arena, path->parent);

	switch (path->step) {
	case FIELD_STEP_INDEX:
		return pointer_index(arena, parent, path->index);
	case FIELD_STEP_KEY:
		return pointer_child(arena, parent, path->key);
	case FIELD_STEP_NAME:
		break;
	}
	return pointer_child(arena, parent, str_from(path->name));
}

static struct str unescape(struct arena *arena, struct str segment)
{
	if (str_find(segment, '~') == segment.len)
		return segment;
	char *const text = arena_alloc(arena, segment.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < segment.len; i++) {
		char c = segment.at[i];

		if (c == '~')
			c = segment.at[++i] == '0' ? '~' : '/';
		text[len++] = c;
	}
	return (struct str){text, len};
}

bool pointer_next(struct arena *arena, struct str *rest, struct str *segment)
{
	if (rest->len == 0 || rest->at[0] != '/')
		return false;
	const struct str behind = str_from_offset(*rest, 1);
	const size_t end = str_find(behind, '/');

	*segment = unescape(arena, (struct str){behind.at, end});
	*rest = str_from_offset(behind, end);
	return true;
}

bool pointer_is_valid(struct str pointer)
{
	if (pointer.len && pointer.at[0] != '/')
		return false;
	for (size_t i = 0; i < pointer.len; i++) {
		if (pointer.at[i] != '~')
			continue;
		if (i + 1 == pointer.len || (pointer.at[i + 1] != '0' && pointer.at[i + 1] != '1'))
			return false;
	}
	return true;
}

bool pointer_is_prefix(struct str pointer, struct str below)
{
	return below.len > pointer.len && below.at[pointer.len] == '/' &&
	       str_eq(pointer, (struct str){below.at, pointer.len});
}

bool pointer_to_index(struct str segment, size_t *out)
{
	size_t index = 0;

	if (segment.len == 0 || segment.len > 9 || (segment.len > 1 && segment.at[0] == '0'))
		return false;
	for (size_t i = 0; i < segment.len; i++) {
		if (segment.at[i] < '0' || segment.at[i] > '9')
			return false;
		index = index * 10 + (size_t)(segment.at[i] - '0');
	}
	*out = index;
	return true;
}
