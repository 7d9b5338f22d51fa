#include "server/kube/lines.h"

static bool is_too_long(struct kube_lines *lines, size_t more)
{
	lines->too_long = lines->too_long || lines->begun.len + more > lines->limit;
	return lines->too_long;
}

/* A line that came in one piece is not copied. */
static bool take_line(struct kube_lines *lines, struct str end, kube_line_fn take, void *context)
{
	struct str line = end;

	if (lines->begun.len) {
		buf_add(&lines->begun, end);
		line = buf_str(&lines->begun);
	}
	lines->begun.len = 0;
	return line.len == 0 || take(context, line);
}

bool kube_lines_take(struct kube_lines *lines, struct str piece, kube_line_fn take, void *context)
{
	while (piece.len) {
		const char *const end = memchr(piece.at, '\n', piece.len);
		const size_t len = end ? (size_t)(end - piece.at) : piece.len;

		if (is_too_long(lines, len))
			return false;
		if (end == NULL) {
			buf_add(&lines->begun, piece);
			return true;
		}
		if (!take_line(lines, (struct str){piece.at, len}, take, context))
			return false;
		piece = str_from_offset(piece, len + 1);
	}
	return true;
}

void kube_lines_reset(struct kube_lines *lines)
{
	lines->begun.len = 0;
	lines->too_long = false;
}

void kube_lines_done(struct kube_lines *lines)
{
	buf_done(&lines->begun);
}
