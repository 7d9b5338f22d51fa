#include <inttypes.h>
#include <stdlib.h>

#include "server/explain/report.h"

enum {
	SHOWN = 5,     /* findings on a screen; -o json has all */
	LONGEST = 260, /* characters of a line of what was seen: its main thing comes first */
	INDENT = 3,
};

#define BOLD   "\033[1m"
#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define GREEN  "\033[1;32m"
#define DIM    "\033[2m"
#define PLAIN  "\033[0m"

struct printer {
	struct buf *out;
	bool color;
	size_t width; /* of a screen, in characters */
};

static void paint(const struct printer *p, const char *how)
{
	if (p->color)
		buf_add_cstr(p->out, how);
}

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Where a line of at most `width` characters may end: at a blank, if there is one. */
static size_t break_of(struct str text, size_t width)
{
	size_t end = 0;
	size_t at;

	for (size_t characters = 0; end < text.len; end++) {
		characters += begins_character(text.at[end]);
		if (characters > width)
			break;
	}
	if (end == text.len)
		return end;
	for (at = end; at && text.at[at] != ' ';)
		at--;
	return at ? at : end;
}

/* Words of others: no line ends, no escapes that a terminal would obey. */
static void add_clean(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.at[i];
		const bool blank = (unsigned char)c <= ' ' || c == 0x7f;

		if (!blank)
			buf_add_char(out, c);
		else if (i == 0 || (unsigned char)text.at[i - 1] > ' ')
			buf_add_char(out, ' ');
	}
}

static struct str shorten(struct str text)
{
	if (text.len <= LONGEST)
		return text;
	return (struct str){text.at, break_of(text, LONGEST)};
}

/* The first line behind `mark`, the others below it. */
static void add_wrapped(const struct printer *p, const char *mark, const struct explain_line *line)
{
	CLEANUP(buf_done) struct buf clean = {0};

	add_clean(&clean, line->text);
	struct str rest = line->whole ? buf_str(&clean) : shorten(buf_str(&clean));
	const bool cut = rest.len < clean.len;
	const size_t width = p->width - INDENT - 2;
	bool first = true;

	do {
		const size_t end = break_of(rest, width);

		buf_printf(p->out, "%*s%s ", INDENT, "", first ? mark : " ");
		buf_add(p->out, (struct str){rest.at, end});
		rest = str_from_offset(rest, end < rest.len && rest.at[end] == ' ' ? end + 1 : end);
		if (rest.len == 0 && cut)
			buf_add_cstr(p->out, " …");
		buf_add_char(p->out, '\n');
		first = false;
	} while (rest.len);
}

static void add_finding(const struct printer *p, const struct explain_finding *f, size_t number)
{
	const bool wrong = f->grade == EXPLAIN_WRONG;

	paint(p, wrong ? RED : YELLOW);
	if (wrong)
		buf_printf(p->out, "%zu. ", number);
	else
		buf_add_cstr(p->out, "note: ");
	add_clean(p->out, f->headline);
	paint(p, PLAIN);
	buf_add_char(p->out, '\n');
	for (size_t i = 0; i < f->evidence.count; i++)
		add_wrapped(p, " ", &f->evidence.items[i]);
	for (size_t i = 0; i < f->advice.count; i++) {
		paint(p, BOLD);
		add_wrapped(p, ">", &f->advice.items[i]);
		paint(p, PLAIN);
	}
}

static void add_title(const struct printer *p, const struct explain_verdict *v)
{
	const struct explain_subject *const s = &v->subject;

	paint(p, BOLD);
	buf_printf(p->out, "RayCluster %.*s/%.*s (%s/v1): ", STR_ARG(s->namespace),
		STR_ARG(s->name), DIALECT_WORDS[s->object->dialect].group);
	paint(p, v->wrong ? RED : GREEN);
	buf_printf(p->out, "%.*s", STR_ARG(v->state));
	paint(p, PLAIN);
	buf_add_char(p->out, '\n');
}

void explain_report_text(const struct explain_verdict *v, bool color, size_t width, struct buf *out)
{
	const struct printer p = {out, color, width};
	const size_t shown = v->findings.count < SHOWN ? v->findings.count : SHOWN;

	add_title(&p, v);
	for (size_t i = 0; i < v->well.count; i++)
		buf_printf(out, "%.*s\n", STR_ARG(v->well.items[i].text));
	for (size_t i = 0; i < shown; i++) {
		buf_add_char(out, '\n');
		add_finding(&p, &v->findings.items[i], i + 1);
	}
	if (v->findings.count > shown)
		buf_printf(out, "\nand %zu more: -o json has all\n", v->findings.count - shown);
}

static int most_troubled_first(const void *a, const void *b)
{
	const struct explain_verdict *const *const x = a;
	const struct explain_verdict *const *const y = b;

	if ((*x)->wrong != (*y)->wrong)
		return (*x)->wrong > (*y)->wrong ? -1 : 1;
	const int by_namespace = str_cmp((*x)->subject.namespace, (*y)->subject.namespace);

	const int by_name = str_cmp((*x)->subject.name, (*y)->subject.name);

	if (by_namespace || by_name)
		return by_namespace ? by_namespace : by_name;
	return (int)(*x)->subject.object->dialect - (int)(*y)->subject.object->dialect;
}

/* The two dialects may have one of the same name each. */
static bool is_ambiguous(const struct explain_verdict *const *verdicts, size_t count,
	const struct explain_subject *s)
{
	size_t alike = 0;

	for (size_t i = 0; i < count; i++)
		alike += str_eq(verdicts[i]->subject.name, s->name) &&
			 str_eq(verdicts[i]->subject.namespace, s->namespace);
	return alike > 1;
}

/* "team/demo", or "team/demo (ray.io)" where that is said of two. */
static struct str label_of(const struct explain_verdict *const *verdicts, size_t count,
	const struct explain_subject *s)
{
	const bool ambiguous = is_ambiguous(verdicts, count, s);

	return arena_printf(s->in->arena, "%.*s/%.*s%s%s%s", STR_ARG(s->namespace),
		STR_ARG(s->name), ambiguous ? " (" : "",
		ambiguous ? DIALECT_WORDS[s->object->dialect].group : "", ambiguous ? ")" : "");
}

static void add_line(
	const struct printer *p, const struct explain_verdict *v, struct str label, size_t width)
{
	buf_printf(p->out, "%.*s%*s  ", STR_ARG(label), (int)(width - label.len), "");
	paint(p, v->wrong ? RED : GREEN);
	buf_printf(p->out, "%.*s", STR_ARG(v->state));
	paint(p, PLAIN);
	if (v->findings.count) {
		buf_add_cstr(p->out, "; ");
		add_clean(p->out, v->findings.items[0].headline);
	}
	if (v->wrong > 1)
		buf_printf(p->out, " (and %zu more)", v->wrong - 1);
	buf_add_char(p->out, '\n');
}

void explain_report_lines(
	const struct explain_verdict *const *verdicts, size_t count, bool color, struct buf *out)
{
	const struct printer p = {.out = out, .color = color};
	const struct explain_verdict **const sorted = mem_alloc(count * sizeof(*sorted) + 1);
	struct str *const labels = mem_alloc(count * sizeof(*labels) + 1);
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = verdicts[i];
	qsort(sorted, count, sizeof(*sorted), most_troubled_first);
	for (size_t i = 0; i < count; i++) {
		labels[i] = label_of(verdicts, count, &sorted[i]->subject);
		width = labels[i].len > width ? labels[i].len : width;
	}
	for (size_t i = 0; i < count; i++)
		add_line(&p, sorted[i], labels[i], width);
	free(labels);
	free(sorted);
}

void explain_report_gaps(const struct explain_input *in, bool color, struct buf *out)
{
	const struct printer p = {.out = out, .color = color};

	for (size_t i = 0; i < in->gap_count; i++) {
		if (i == 0)
			buf_add_char(out, '\n');
		paint(&p, DIM);
		buf_printf(out, "not looked at: %.*s: ", STR_ARG(in->gaps[i].what));
		add_clean(out, in->gaps[i].why);
		paint(&p, PLAIN);
		buf_add_char(out, '\n');
	}
}
