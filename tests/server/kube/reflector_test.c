#include "server/kube/reflector.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "server/kube/lines.h"
#include "tests/support/kube_kit.h"

static const struct kube_resource PODS = {"", "v1", "pods", false};

#define JSON  "Content-Type: application/json\r\n"
#define LIST  "GET /api/v1/pods?limit=500"
#define WATCH "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion="

#define META(name, version)                                                                        \
	"\"metadata\":{\"namespace\":\"n\",\"name\":\"" name "\",\"resourceVersion\":\"" version   \
	"\",\"managedFields\":[{\"x\":1}]}"
#define ITEM(name, version) "{" META(name, version) "}"
#define ITEMS(version, items)                                                                      \
	"{\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" items "]}"
#define EVENT(type, name, version) "{\"type\":\"" type "\",\"object\":{" META(name, version) "}}\n"
#define VERSION(version)           "\"metadata\":{\"resourceVersion\":\"" version "\"}"
#define BOOKMARK(version)          "{\"type\":\"BOOKMARK\",\"object\":{" VERSION(version) "}}\n"
#define STATUS(code, reason)                                                                       \
	"{\"kind\":\"Status\",\"message\":\"words\",\"reason\":\"" reason "\",\"code\":" #code "}"
#define ERROR(code, reason) "{\"type\":\"ERROR\",\"object\":" STATUS(code, reason) "}\n"

/* What was told, as a line of words: "+a@1 -b synced !". */
struct told {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct buf words;
};

PRINTF_LIKE(2, 3)
static void tell(struct told *told, const char *format, ...)
{
	char word[300];
	va_list args;

	va_start(args, format);
	vsnprintf(word, sizeof(word), format, args);
	va_end(args);
	pthread_mutex_lock(&told->mutex);
	buf_printf(&told->words, "%s%s", told->words.len ? " " : "", word);
	pthread_cond_signal(&told->more);
	pthread_mutex_unlock(&told->mutex);
}

static void tell_object(void *context, const struct json_node *object, struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct json_node *const fields = json_get(meta, "managedFields");

	if (fields && !json_is(fields, JSON_SKIPPED))
		tell(context, "managedFields-were-read");
	tell(context, "+%.*s@%.*s", STR_ARG(json_str(arena, json_get(meta, "name"))),
		STR_ARG(json_str(arena, json_get(meta, "resourceVersion"))));
}

static void tell_gone(void *context, struct str namespace, struct str name)
{
	tell(context, "-%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
}

static void tell_synced(void *context)
{
	tell(context, "synced");
}

static void tell_trouble(void *context, const struct err *err)
{
	tell(context, err ? "trouble" : "well");
}

/* Waits until exactly these words were told. */
static void expect(struct told *told, const char *words)
{
	struct timespec deadline;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += 20;
	pthread_mutex_lock(&told->mutex);
	while (told->words.len < strlen(words) && late == 0)
		late = pthread_cond_timedwait(&told->more, &told->mutex, &deadline);
	cr_expect(str_is(buf_str(&told->words), words), "told: %.*s\nnot:  %s",
		STR_ARG(buf_str(&told->words)), words);
	pthread_mutex_unlock(&told->mutex);
}

static struct kube_reflector_options options_of(
	const struct kube_kit *kit, struct told *told, bool is_quiet)
{
	return (struct kube_reflector_options){
		.client = kit->client,
		.resource = &PODS,
		.is_quiet = is_quiet,
		.handler = {.context = told,
			.object = tell_object,
			.gone = tell_gone,
			.synced = tell_synced,
			.trouble = tell_trouble},
	};
}

/* Plays the script until the words were told, and all its steps. */
static void follow(
	const struct api_step *steps, size_t count, bool tls, bool is_quiet, const char *words)
{
	struct told told = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}};
	struct kube_kit *kit = kube_kit_new(steps, count, tls);
	const struct kube_reflector_options options = options_of(kit, &told, is_quiet);
	struct kube_reflector *reflector = NULL;

	cr_assert(kube_reflector_start(&options, &reflector, &kit->err), "%s", kit->err.text);
	expect(&told, words);
	cr_expect(api_server_wait(kit->server, count), "not all was asked for");
	cr_expect(kube_reflector_is_synced(reflector));
	kube_reflector_stop(&reflector);
	expect(&told, words);
	kube_kit_free(&kit);
	buf_done(&told.words);
}
/* With a connection of its own, and with one that others could share. */
#define FOLLOW(steps, tls, words)                                                                  \
	do {                                                                                       \
		follow(steps, ARRAY_LEN(steps), tls, false, words);                                \
		follow(steps, ARRAY_LEN(steps), tls, true, words);                                 \
	} while (0)

Test(kube_reflector, a_list_in_pages_and_then_what_happens, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST,
			.reply = "{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"t\"},"
				 "\"items\":[" ITEM("a", "1") "," ITEM("b", "2") "]}"),
		API_STEP(.expect = LIST "&continue=t", .reply = ITEMS("5", ITEM("c", "3"))),
		API_STEP(.expect = WATCH "5&timeoutSeconds=*", .hold = true,
			.reply = EVENT("ADDED", "d", "6") EVENT("MODIFIED", "a", "7")
				EVENT("DELETED", "b", "8") BOOKMARK("9") "\n"),
	};

	FOLLOW(SCRIPT, true, "+a@1 +b@2 +c@3 synced +d@6 +a@7 -n/b");
}

Test(kube_reflector, a_stream_may_come_in_single_bytes, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", ""), .piece = 1),
		API_STEP(.expect = WATCH "5*", .hold = true, .piece = 1,
			.reply = EVENT("ADDED", "d", "6") EVENT("MODIFIED", "a", "7")),
	};

	FOLLOW(SCRIPT, true, "synced +d@6 +a@7");
}

Test(kube_reflector, a_watch_goes_on_where_the_last_one_ended, .timeout = 60)
{
	/* By time-out, in the middle of a line, by the connection, by silence at once. */
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", "")),
		API_STEP(.expect = WATCH "5*", .reply = EVENT("ADDED", "a", "6"), .piece = 30),
		API_STEP(.expect = WATCH "6*",
			.reply = EVENT("ADDED", "b", "7") "{\"type\":\"ADDED\",\"obj", .piece = 30),
		API_STEP(.expect = WATCH "7*", .reply = BOOKMARK("8"), .piece = 30),
		API_STEP(.expect = WATCH "8*", .fault = API_FAULT_CUT,
			.reply = EVENT("ADDED", "c", "9") EVENT("ADDED", "d", "10") "  "),
		API_STEP(.expect = WATCH "9*", .fault = API_FAULT_RESET),
		API_STEP(.expect = WATCH "9*", .reply = EVENT("ADDED", "d", "10"), .hold = true),
	};

	FOLLOW(SCRIPT, true, "synced +a@6 +b@7 +c@9 trouble trouble +d@10 well");
}

Test(kube_reflector, an_expired_version_leads_to_a_list_that_tells_who_is_gone, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", ITEM("a", "1") "," ITEM("b", "2"))),
		API_STEP(.expect = WATCH "5*", .piece = 999,
			.reply = EVENT("ADDED", "c", "6") ERROR(410, "Expired")),
		API_STEP(.expect = LIST, .reply = ITEMS("20", ITEM("b", "2") "," ITEM("c", "6"))),
		API_STEP(.expect = WATCH "20*", .status = 410, .reply = STATUS(410, "Gone")),
		API_STEP(.expect = LIST, .reply = ITEMS("30", ITEM("b", "2"))),
		API_STEP(.expect = WATCH "30*", .hold = true),
	};

	FOLLOW(SCRIPT, false, "+a@1 +b@2 synced +c@6 +b@2 +c@6 -n/a synced +b@2 -n/c synced");
}

Test(kube_reflector, a_token_that_expires_in_a_list_loses_nobody, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST,
			.reply = "{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"t\"},"
				 "\"items\":[" ITEM("a", "1") "," ITEM("b", "2") "]}"),
		API_STEP(.expect = LIST "&continue=t", .status = 410,
			.reply = STATUS(410, "Expired")),
		API_STEP(.expect = LIST, .reply = ITEMS("6", ITEM("b", "2"))),
		API_STEP(.expect = WATCH "6*", .hold = true),
	};

	FOLLOW(SCRIPT, false, "+a@1 +b@2 +b@2 -n/a synced");
}

Test(kube_reflector, what_cannot_be_read_is_told_and_listed_anew, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", "")),
		API_STEP(.expect = WATCH "5*", .reply = "{\"type\":\n", .piece = 99),
		API_STEP(.expect = LIST, .reply = ITEMS("6", "")),
		API_STEP(.expect = WATCH "6*", .piece = 999,
			.reply = EVENT("ADDED", "a", "7") "{\"type\":\"NEW\",\"object\":{}}\n"),
		API_STEP(.expect = LIST, .reply = ITEMS("7", ITEM("a", "7"))),
		API_STEP(.expect = WATCH "7*", .hold = true),
	};

	FOLLOW(SCRIPT, false, "synced trouble synced well +a@7 trouble +a@7 synced well");
}

Test(kube_reflector, a_line_without_end_is_given_up, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", "")),
		API_STEP(.expect = WATCH "5*", .fault = API_FAULT_ENDLESS,
			.reply = "{\"a line\":\"that is told over and over again and never comes "
				 "to its end\"} "),
		API_STEP(.expect = LIST, .reply = ITEMS("6", "")),
		API_STEP(.expect = WATCH "6*", .hold = true),
	};

	FOLLOW(SCRIPT, false, "synced trouble synced well");
}

Test(kube_reflector, a_server_that_says_no_is_asked_again, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .status = 403, .reply = STATUS(403, "Forbidden")),
		API_STEP(.expect = LIST, .reply = ITEMS("5", "")),
		API_STEP(.expect = WATCH "5*", .status = 429,
			.reply = STATUS(429, "TooManyRequests")),
		API_STEP(.expect = WATCH "5*", .piece = 999, .reply = ERROR(500, "InternalError")),
		API_STEP(.expect = WATCH "5*", .hold = true, .reply = EVENT("ADDED", "a", "6")),
	};

	FOLLOW(SCRIPT, false, "trouble synced well trouble trouble +a@6 well");
}

Test(kube_reflector, of_two_that_share_one_is_stopped_and_the_other_goes_on, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = LIST, .reply = ITEMS("5", "")),
		API_STEP(.expect = WATCH "5*", .hold = true),
		API_STEP(.expect = LIST, .reply = ITEMS("6", "")),
		API_STEP(.expect = WATCH "6*", .reply = EVENT("ADDED", "a", "7"), .hold = true),
	};
	struct told first = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}};
	struct told second = first;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	const struct kube_reflector_options options[] = {
		options_of(kit, &first, true), options_of(kit, &second, true)};
	struct kube_reflector *reflectors[2];

	cr_assert(kube_reflector_start(&options[0], &reflectors[0], &kit->err));
	cr_assert(api_server_wait(kit->server, 2));
	cr_assert(kube_reflector_start(&options[1], &reflectors[1], &kit->err));
	expect(&second, "synced +a@7");
	kube_reflector_stop(&reflectors[0]);
	expect(&first, "synced");
	expect(&second, "synced +a@7");
	kube_reflector_stop(&reflectors[1]);
	expect(&second, "synced +a@7");
	kube_kit_free(&kit);
	buf_done(&first.words);
	buf_done(&second.words);
}

struct taken {
	char words[200];
};

static bool take(void *context, struct str line)
{
	struct taken *const taken = context;
	const size_t len = strlen(taken->words);

	snprintf(taken->words + len, sizeof(taken->words) - len, "[%.*s]", STR_ARG(line));
	return !str_is(line, "stop");
}

Test(kube_lines, lines_are_the_same_wherever_the_stream_is_cut)
{
	static const char TEXT[] = "one\ntwo\n\n\nthree\nfour";

	for (size_t first = 0; first < sizeof(TEXT); first++) {
		for (size_t second = first; second < sizeof(TEXT); second++) {
			struct kube_lines lines CLEANUP(kube_lines_done) = {.limit = 5};
			struct taken taken = {""};

			cr_assert(kube_lines_take(&lines, (struct str){TEXT, first}, take, &taken));
			cr_assert(kube_lines_take(
				&lines, (struct str){TEXT + first, second - first}, take, &taken));
			cr_assert(kube_lines_take(&lines, str_from(TEXT + second), take, &taken));
			cr_assert_str_eq(
				taken.words, "[one][two][three]", "%zu %zu", first, second);
		}
	}
}

Test(kube_lines, a_line_beyond_the_limit_ends_it_whole_or_in_pieces)
{
	struct kube_lines lines CLEANUP(kube_lines_done) = {.limit = 5};
	struct taken taken = {""};

	cr_assert_not(kube_lines_take(&lines, STR("a\n123456\nb\n"), take, &taken));
	cr_assert(lines.too_long);
	cr_assert_str_eq(taken.words, "[a]");
	kube_lines_reset(&lines);
	cr_assert(kube_lines_take(&lines, STR("123"), take, &taken));
	cr_assert_not(kube_lines_take(&lines, STR("456"), take, &taken));
	kube_lines_reset(&lines);
	cr_assert(kube_lines_take(&lines, STR("12345\n"), take, &taken));
	cr_assert_not(kube_lines_take(&lines, STR("stop\nmore\n"), take, &taken));
	cr_assert_not(lines.too_long);
	cr_assert_str_eq(taken.words, "[a][12345][stop]");
}
