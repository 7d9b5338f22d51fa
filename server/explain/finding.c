#include "server/explain/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static struct str print(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

static struct str print(struct arena *arena, const char *format, va_list args)
{
	CLEANUP(mem_free) char *text = NULL;
	const int length = vasprintf(&text, format, args);

	return arena_str(arena, (struct str){text, length > 0 ? (size_t)length : 0});
}

struct explain_finding *explain_found(
	struct explain_findings *findings, enum explain_grade grade, const char *format, ...)
{
	/* The last one is overwritten where there is no room. */
	const size_t at = findings->count < EXPLAIN_FINDINGS_MAX ? findings->count++
								 : EXPLAIN_FINDINGS_MAX - 1;
	struct explain_finding *const finding = &findings->items[at];
	va_list args;

	*finding = (struct explain_finding){.grade = grade};
	va_start(args, format);
	finding->headline = print(findings->arena, format, args);
	va_end(args);
	return finding;
}

/* A line that is there already says nothing more. */
static void add_line(struct explain_lines *lines, struct str text, bool whole)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (str_eq(lines->items[i].text, text))
			return;
	}
	if (lines->count < EXPLAIN_LINES_MAX)
		lines->items[lines->count++] = (struct explain_line){text, whole};
}

void explain_shows(
	struct explain_findings *findings, struct explain_finding *finding, const char *format, ...)
{
	va_list args;

	if (finding == NULL)
		return;
	va_start(args, format);
	add_line(&finding->evidence, print(findings->arena, format, args), false);
	va_end(args);
}

void explain_tells(
	struct explain_findings *findings, struct explain_finding *finding, const char *format, ...)
{
	va_list args;

	if (finding == NULL)
		return;
	va_start(args, format);
	add_line(&finding->evidence, print(findings->arena, format, args), true);
	va_end(args);
}

void explain_advises(
	struct explain_findings *findings, struct explain_finding *finding, const char *format, ...)
{
	va_list args;

	if (finding == NULL)
		return;
	va_start(args, format);
	add_line(&finding->advice, print(findings->arena, format, args), true);
	va_end(args);
}

struct str explain_age(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t below, unit;
		char letter;
	} UNITS[] = {
		{2 * 60, 1, 's'},
		{2 * 3600, 60, 'm'},
		{48 * 3600, 3600, 'h'},
		{INT64_MAX, 24 * 3600, 'd'},
	};
	size_t i = 0;

	/* Clocks differ a little. */
	if (seconds < 0)
		seconds = 0;
	while (seconds >= UNITS[i].below)
		i++;
	return arena_printf(arena, "%" PRId64 "%c", seconds / UNITS[i].unit, UNITS[i].letter);
}

struct str explain_count(struct arena *arena, int64_t count, const char *noun)
{
	return arena_printf(arena, "%" PRId64 " %s%s", count, noun, count == 1 ? "" : "s");
}
