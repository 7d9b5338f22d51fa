#include "base/log.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"

#define WHEN "2024-02-29T12:34:56.007Z"

/* Everything that is written to standard error meanwhile goes into a pipe. */
static int redirect(void)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	clock_hold(0, 1709210096 * CLOCK_SECOND + 7 * CLOCK_MILLISECOND);
	return ends[0];
}

static const char *lines(int from)
{
	static char text[65536];

	close(STDERR_FILENO);
	size_t len = 0;

	for (ssize_t got; (got = read(from, text + len, sizeof(text) - 1 - len)) > 0;)
		len += (size_t)got;
	text[len] = '\0';
	return text;
}

Test(log, text_has_time_level_event_and_fields)
{
	const int from = redirect();
	const struct err err = {ERR_IO, "open '/x': No such file"};

	log_start(LOG_LEVEL_DEBUG, LOG_FORMAT_TEXT);
	LOG(INFO, "denied", KV("uid", "7f-1"), KV_INT("errors", -3), KV_BOOL("dry_run", true));
	LOG(ERROR, "policy not loaded", KV("error", err.text));
	LOG(WARN, "slow", KV_SECONDS("took", 1500000000), KV("name", STR("a")));
	LOG(DEBUG, "nothing more");
	cr_assert_str_eq(lines(from),
		WHEN " INFO  denied uid=7f-1 errors=-3 dry_run=true\n" WHEN
		     " ERROR policy not loaded error=\"open '/x': No such file\"\n" WHEN
		     " WARN  slow took=1.500000 name=a\n" WHEN " DEBUG nothing more\n");
}

Test(log, json_is_one_object_a_line)
{
	const int from = redirect();

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	LOG(INFO, "denied", KV("uid", "a\"b\n\xFF"), KV_INT("errors", 3), KV_BOOL("dry_run", false),
		KV_SECONDS("took", -1000));
	cr_assert_str_eq(lines(from),
		"{\"ts\":\"" WHEN "\",\"level\":\"info\",\"msg\":\"denied\","
		"\"uid\":\"a\\\"b\\n\xEF\xBF\xBD\",\"errors\":3,\"dry_run\":false,"
		"\"took\":-0.000001}\n");
}

Test(log, what_is_no_terminal_gets_json)
{
	const int from = redirect();

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_AUTO);
	LOG(INFO, "started");
	cr_assert_str_eq(
		lines(from), "{\"ts\":\"" WHEN "\",\"level\":\"info\",\"msg\":\"started\"}\n");
}

Test(log, events_below_the_level_are_not_written)
{
	const int from = redirect();

	log_start(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	LOG(INFO, "a decision");
	LOG(DEBUG, "a detail");
	LOG(WARN, "we coped");
	cr_assert(log_wants(LOG_LEVEL_ERROR));
	cr_assert_not(log_wants(LOG_LEVEL_INFO));
	cr_assert_str_eq(lines(from), WHEN " WARN  we coped\n");
}

Test(log, a_value_cannot_forge_a_line_a_field_or_a_terminal_command)
{
	static const struct {
		const char *value, *written;
	} CASES[] = {
		{"", "\"\""},
		{NULL, "\"\""},
		{"a b", "\"a b\""},
		{"x=y", "\"x=y\""},
		{"a\nERROR faked", "\"a\\nERROR faked\""},
		{"\x1b[2J", "\"\\u001b[2J\""},
		{"\xC2\x9B"
		 "2J",
			"\"??2J\""},
		{"\x7f", "\"?\""},
		{"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{"\xC3\xA9t\xC3\xA9", "\"\xC3\xA9t\xC3\xA9\""},
		{"back\\slash", "\"back\\\\slash\""},
	};

	const int from = redirect();
	char expected[4096] = "";

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		LOG(INFO, "e", KV("k", CASES[i].value));
		strcat(expected, WHEN " INFO  e k=");
		strcat(expected, CASES[i].written);
		strcat(expected, "\n");
	}
	cr_assert_str_eq(lines(from), expected);
}

/* Quotes that are not escaped come in pairs, and the object is closed. */
static void assert_whole(struct str line)
{
	size_t quotes = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '\\')
			i++;
		else
			quotes += line.at[i] == '"';
	}
	cr_assert_eq(quotes % 2, 0, "%.*s", STR_ARG(line));
	cr_assert(str_ends(line, "}\n"), "%.*s", STR_ARG(line));
}

Test(log, no_line_is_longer_than_its_bound_and_all_stay_json)
{
	static char bells[100000];
	const int from = redirect();

	memset(bells, '\a', sizeof(bells));
	const struct str hostile = {bells, sizeof(bells)};

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	LOG(INFO, "e", KV("a", hostile), KV("b", hostile), KV("c", hostile), KV("d", hostile),
		KV("e", hostile), KV("f", hostile), KV("g", hostile), KV("h", hostile),
		KV("i", hostile), KV("j", hostile), KV("k", hostile), KV("l", hostile));
	memset(bells, 'x', sizeof(bells));
	LOG(INFO, "e", KV("a", hostile), KV("b", hostile), KV("c", hostile), KV_INT("d", 1),
		KV("e", hostile));
	struct str text = str_from(lines(from));
	int count = 0;

	for (; text.len; count++) {
		const struct str line = {text.at, str_find(text, '\n') + 1};

		cr_assert_leq(line.len, LOG_LINE_MAX);
		cr_assert_gt(line.len, 3000);
		assert_whole(line);
		text = str_from_offset(text, line.len);
	}
	cr_assert_eq(count, 2);
}

Test(log, a_cut_value_and_a_left_out_field_are_seen)
{
	static char text[5000];
	const int from = redirect();

	memset(text, 'x', sizeof(text));
	const struct str most = {text, 1000}, longer = {text, 1025};

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	LOG(INFO, "cut", KV("a", longer));
	LOG(INFO, "full", KV("a", most), KV("b", most), KV("c", most), KV("d", most), KV("e", most),
		KV("f", most), KV("g", most), KV("h", most), KV("i", most), KV("j", most),
		KV("k", most), KV("l", most), KV("m", most),
		KV_BOOL("no_room_for_this_field", true));
	const char *const written = lines(from);

	cr_assert(strstr(written, "x\xE2\x80\xA6\"\n"));
	cr_assert(strstr(written, " truncated=true\n"));
	cr_assert_null(strstr(written, "no_room"));
}

static void *log_a_lot(void *unused)
{
	for (int i = 0; i < 100; i++)
		LOG(INFO, "from a thread", KV("pad", "----------------------------------------"));
	return unused;
}

Test(log, lines_of_several_threads_do_not_mix)
{
	static const char LINE[] =
		WHEN " INFO  from a thread pad=----------------------------------------\n";
	const int from = redirect();
	pthread_t threads[4];

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, log_a_lot, NULL);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	const char *at = lines(from);

	for (int i = 0; i < 400; i++, at += strlen(LINE))
		cr_assert_eq(strncmp(at, LINE, strlen(LINE)), 0, "line %d", i);
	cr_assert_str_eq(at, "");
}

Test(log, levels_and_formats_are_known_by_name)
{
	enum log_level level;
	enum log_format format;

	cr_assert(log_level_from_name(STR("warn"), &level) && level == LOG_LEVEL_WARN);
	cr_assert(log_level_from_name(STR("debug"), &level) && level == LOG_LEVEL_DEBUG);
	cr_assert_not(log_level_from_name(STR("WARN"), &level));
	cr_assert_not(log_level_from_name(STR(""), &level));
	cr_assert(log_format_from_name(STR("json"), &format) && format == LOG_FORMAT_JSON);
	cr_assert_not(log_format_from_name(STR("yaml"), &format));
}
