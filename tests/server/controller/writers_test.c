#include "server/controller/writers.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>

#include "base/buf.h"

/* What was performed, one word each: "lane/name"; and how the next ones end. */
struct log {
	struct buf words;
	const char *refuse, *lose; /* names */
	struct writers *writers;
};

static enum write_end perform(void *context, const struct write *write)
{
	struct log *const log = context;

	buf_printf(&log->words, "%s%.*s/%.*s", log->words.len ? " " : "", STR_ARG(write->key.name),
		STR_ARG(write->name));
	if (log->refuse && str_is(write->name, log->refuse))
		return WRITE_REFUSED;
	if (log->lose && str_is(write->name, log->lose))
		return WRITE_GIVEN_UP;
	return WRITE_DONE;
}

static void withdrawn(void *context, const struct write *write)
{
	struct log *const log = context;

	buf_printf(&log->words, " -%.*s", STR_ARG(write->name));
}

static void finished(
	void *context, const struct world_key *key, struct str uid, enum writers_end end)
{
	static const char *const WORDS[] = {[WRITERS_BADLY] = "badly",
		[WRITERS_BADLY_ASKED] = "badly, asked",
		[WRITERS_WELL] = "well",
		[WRITERS_QUIETLY] = "quietly"};
	struct log *const log = context;

	buf_printf(&log->words, " (%.*s %.*s %s)", STR_ARG(key->name), STR_ARG(uid), WORDS[end]);
}

static struct writers *begin(struct log *log)
{
	log->writers =
		writers_new(&(struct writers_options){0, perform, withdrawn, finished, log, NULL});
	return log->writers;
}

static struct write *create(const char *lane, const char *name, enum child_kind child)
{
	struct write *const write = write_new();

	write->key = (struct world_key){DIALECT_MODERN, STR("ns"), str_from(lane)};
	write->uid = STR("u");
	write->stage = child == CHILD_POD ? WRITE_PODS : WRITE_CHILDREN;
	write->action = ACTION_CREATE;
	write->child = child;
	write->group = STR("g");
	write->name = arena_str(&write->arena, str_from(name));
	return write;
}

/* A round of so many pods: 0, 1, … */
static void submit_pods(struct writers *w, const char *lane, int count)
{
	struct write *first = NULL;

	for (int i = count; i-- > 0;) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		struct write *const write = create(lane, name, CHILD_POD);

		write->next = first;
		first = write;
	}
	writers_submit(w, first);
}

static void expect(struct log *log, const char *words)
{
	buf_add_char(&log->words, '\0');
	cr_expect_str_eq(log->words.at, words);
	log->words.len = 0;
}

static void run(struct log *log)
{
	while (writers_step(log->writers))
		;
}

static void end(struct log *log)
{
	writers_free(&log->writers);
	buf_done(&log->words);
}

Test(writers, lanes_take_turns)
{
	struct log log = {0};
	struct writers *const w = begin(&log);

	submit_pods(w, "big", 4);
	cr_expect(writers_step(w));
	submit_pods(w, "small", 2);
	run(&log);
	expect(&log, "big/0 big/1 small/0 big/2 small/1 (small u well) big/3 (big u well)");
	end(&log);
}

/* Whatever the other one's size is. */
Test(writers, the_first_pod_of_another_cluster_is_among_the_next_writes)
{
	struct log log = {0};
	struct writers *const w = begin(&log);
	size_t before = 0;

	submit_pods(w, "big", 500);
	for (int i = 0; i < 10; i++)
		cr_assert(writers_step(w));
	submit_pods(w, "small", 1);
	log.words.len = 0;
	while (!str_contains(buf_str(&log.words), "small/0") && writers_step(w))
		before++;
	cr_expect_leq(before, 2u);
	end(&log);
}

static struct write *create_status(const char *lane, bool loud)
{
	struct write *const write = create(lane, "status", CHILD_POD);

	write->stage = WRITE_STATUS;
	write->action = ACTION_STATUS;
	write->loud = loud;
	return write;
}

static void submit_status(struct writers *w, const char *lane, bool loud)
{
	writers_submit(w, create_status(lane, loud));
}

/* No look is needed after a status, unless somebody came meanwhile, or the next round goes by it.
 */
Test(writers, a_status_alone_is_a_quiet_round)
{
	static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
	struct log log = {0};
	struct writers *const w = begin(&log);

	submit_status(w, "a", false);
	run(&log);
	expect(&log, "a/status (a u quietly)");
	submit_status(w, "a", false);
	cr_expect(writers_busy(w, &KEY));
	run(&log);
	expect(&log, "a/status (a u well)");
	cr_expect_not(writers_busy(w, &KEY));
	submit_status(w, "a", false);
	run(&log);
	expect(&log, "a/status (a u quietly)");
	submit_pods(w, "a", 1);
	submit_status(w, "a", false);
	run(&log);
	expect(&log, "a/0 a/status (a u well)");
	submit_status(w, "a", true);
	run(&log);
	expect(&log, "a/status (a u well)");
	end(&log);
}

/* Of the accepted spec, which nothing else hangs on. */
static struct write *create_revision(const char *lane)
{
	struct write *const write = create(lane, "spec", CHILD_REVISION);

	write->aside = true;
	return write;
}

/* Where it is refused for ever the rest of its cluster goes on; alone it is tried later each time.
 */
Test(writers, what_nothing_hangs_on_holds_up_nothing)
{
	struct log log = {.refuse = "spec"};
	struct writers *const w = begin(&log);
	struct write *first = create_revision("a");

	first->next = create("a", "0", CHILD_POD);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/spec a/0 (a u well)");
	writers_submit(w, create_revision("a"));
	run(&log);
	expect(&log, "a/spec (a u badly)");
	/* What the next round does not go by is no progress either. */
	first = create_revision("a");
	first->next = create_status("a", false);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/spec a/status (a u badly)");
	first = create_revision("a");
	first->next = create_status("a", true);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/spec a/status (a u well)");
	first = create_revision("a");
	first->next = create("a", "0", CHILD_POD);
	log.lose = "0";
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/spec a/0 (a u badly)");
	end(&log);
}

static void *wait_for_room(void *context)
{
	writers_wait_for_room(context);
	return NULL;
}

/* As many wait as may; whoever plans goes on once one has begun, or is dropped, or at the end. */
Test(writers, who_plans_waits_until_there_is_room, .timeout = 60)
{
	static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
	struct log log = {0};
	struct writers *const w = begin(&log);

	for (int way = 0; way < 3; way++) {
		pthread_t planner;

		submit_pods(w, "a", WRITERS_WAITING_MOST);
		cr_assert_eq(pthread_create(&planner, NULL, wait_for_room, w), 0);
		if (way == 0)
			cr_expect(writers_step(w));
		else if (way == 1)
			writers_drop(w, &KEY);
		else
			writers_stop(w);
		pthread_join(planner, NULL);
		writers_drop(w, &KEY);
	}
	end(&log);
}

Test(writers, a_group_is_refused_once)
{
	struct log log = {.refuse = "1"};
	struct writers *const w = begin(&log);

	submit_pods(w, "a", 4);
	run(&log);
	expect(&log, "a/0 a/1 -3 -2 (a u badly)");
	end(&log);
}

/* Nor is it tried again with what was wanted then. */
Test(writers, where_one_has_no_answer_its_group_waits_for_the_next_round)
{
	struct log log = {.lose = "1"};
	struct writers *const w = begin(&log);

	submit_pods(w, "a", 4);
	run(&log);
	expect(&log, "a/0 a/1 -3 -2 (a u badly)");
	end(&log);
}

Test(writers, what_waits_of_a_cluster_that_is_gone_is_withdrawn)
{
	struct log log = {0};
	struct writers *const w = begin(&log);
	const struct world_key key = {DIALECT_MODERN, STR("ns"), STR("a")};

	submit_pods(w, "a", 3);
	submit_pods(w, "b", 1);
	cr_expect(writers_step(w));
	writers_drop(w, &key);
	run(&log);
	cr_expect_not(writers_busy(w, &key));
	end(&log);
}

Test(writers, another_group_of_the_cluster_is_not_withdrawn)
{
	struct log log = {.refuse = "1"};
	struct writers *const w = begin(&log);
	struct write *const first = create("a", "1", CHILD_POD);

	first->next = create("a", "2", CHILD_POD);
	first->next->group = STR("h");
	first->next->next = create("a", "3", CHILD_POD);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/1 -3 a/2 (a u badly)");
	end(&log);
}

/* Its cluster goes while it is at work. */
static enum write_end perform_and_drop(void *context, const struct write *write)
{
	struct log *const log = context;

	buf_printf(&log->words, "%.*s", STR_ARG(write->name));
	writers_drop(log->writers, &write->key);
	cr_expect(writers_busy(log->writers, &write->key));
	return WRITE_DONE;
}

Test(writers, a_round_whose_cluster_goes_ends_with_what_is_at_work)
{
	struct log log = {0};

	log.writers = writers_new(
		&(struct writers_options){0, perform_and_drop, withdrawn, finished, &log, NULL});
	submit_pods(log.writers, "a", 3);
	run(&log);
	expect(&log, "0 -1 -2 (a u well)");
	end(&log);
}

/* Writes that look at what else may begin while they are at work; one that hangs has no answer. */
static enum write_end perform_inside(void *context, const struct write *write)
{
	struct log *const log = context;

	buf_printf(&log->words, "<%.*s ", STR_ARG(write->name));
	const bool hangs = str_is(write->name, "hangs");

	if (str_is(write->name, "service") || str_is(write->name, "0") || hangs)
		while (writers_step(log->writers))
			;
	buf_printf(&log->words, "%.*s>", STR_ARG(write->name));
	if (hangs)
		return WRITE_GIVEN_UP;
	return str_is(write->name, "refused") ? WRITE_REFUSED : WRITE_DONE;
}

Test(writers, pods_wait_for_what_they_need_and_not_for_each_other)
{
	struct log log = {0};

	log.writers = writers_new(
		&(struct writers_options){0, perform_inside, withdrawn, finished, &log, NULL});
	struct write *const first = create("a", "service", CHILD_SERVICE);

	first->next = create("a", "0", CHILD_POD);
	first->next->next = create("a", "1", CHILD_POD);
	writers_submit(log.writers, first);
	run(&log);
	expect(&log, "<service service><0 <1 1>0> (a u well)");
	end(&log);
}

/* How many of ten pods are at work at once, of which these are the first and the others. */
static size_t most_at_work(const char *pod, const char *others)
{
	struct log log = {0};
	size_t depth = 0;
	size_t most = 0;

	log.writers = writers_new(
		&(struct writers_options){0, perform_inside, withdrawn, finished, &log, NULL});
	struct write *const first = create("a", "service", CHILD_SERVICE);
	struct write **next = &first->next;

	for (int i = 0; i < 10; i++, next = &(*next)->next) {
		*next = create("a", i ? others : pod, CHILD_POD);
		(*next)->group = arena_printf(&(*next)->arena, "g%d", i);
	}
	writers_submit(log.writers, first);
	run(&log);
	for (size_t i = 0; i < log.words.len; i++) {
		depth += log.words.at[i] == '<';
		depth -= log.words.at[i] == '>';
		most = depth > most ? depth : most;
	}
	end(&log);
	return most;
}

Test(writers, one_cluster_never_has_all_the_threads)
{
	cr_expect_eq(most_at_work("answered", "0"), (size_t)WRITERS_LANE_MOST);
	cr_expect_eq(most_at_work("refused", "hangs"), (size_t)WRITERS_LANE_MOST);
}

/* Its Service had one. Others' pods are made beside two or three clusters whose pods hang. */
Test(writers, and_few_before_any_of_its_pods_has_an_answer)
{
	cr_expect_eq(most_at_work("hangs", "hangs"), (size_t)WRITERS_LANE_FIRST);
	cr_expect_leq(3 * WRITERS_LANE_FIRST, WRITERS_THREADS - 2);
}

/* Of clusters each of which has a pod whose creation hangs. Another one's is made meanwhile. */
Test(writers, of_all_clusters_few_writes_at_a_time_are_slow)
{
	struct log log = {0};
	size_t slow = 0;

	log.writers = writers_new(
		&(struct writers_options){0, perform_inside, withdrawn, finished, &log, NULL});
	for (int i = 0; i < WRITERS_THREADS; i++) {
		const char lane[] = {(char)('a' + i), '\0'};
		struct write *const write = create(lane, "hangs", CHILD_POD);

		write->slow = true;
		writers_submit(log.writers, write);
	}
	writers_submit(log.writers, create("z", "quick", CHILD_POD));
	cr_assert(writers_step(log.writers));
	cr_expect(str_starts(buf_str(&log.words), "<quick quick>"));
	log.words.len = 0;
	cr_assert(writers_step(log.writers));
	for (size_t i = 0; i < log.words.len && log.words.at[i] != '>'; i++)
		slow += log.words.at[i] == '<';
	cr_expect_eq(slow, (size_t)WRITERS_SLOW_MOST);
	run(&log);
	end(&log);
}

/* A webhook hangs, and meanwhile the head ends. */
static enum write_end perform_while_asked(void *context, const struct write *write)
{
	struct log *const log = context;

	cr_expect(writers_busy(log->writers, &write->key));
	return perform(context, write);
}

Test(writers, that_somebody_asked_is_not_forgotten_where_a_round_ends_badly)
{
	struct log log = {.lose = "0"};

	log.writers = writers_new(
		&(struct writers_options){0, perform_while_asked, withdrawn, finished, &log, NULL});
	submit_pods(log.writers, "a", 1);
	run(&log);
	expect(&log, "a/0 (a u badly, asked)");
	cr_expect_not(writers_busy(
		log.writers, &(struct world_key){DIALECT_MODERN, STR("ns"), STR("a")}));
	end(&log);
}

Test(writers, where_what_pods_need_is_refused_they_wait_for_the_next_round)
{
	struct log log = {.refuse = "service"};
	struct writers *const w = begin(&log);
	struct write *first = create("a", "service", CHILD_SERVICE);

	first->needed = true;
	first->next = create("a", "account", CHILD_SERVICE_ACCOUNT);
	first->next->next = create("a", "head", CHILD_POD);
	first->next->next->next = create("a", "worker", CHILD_POD);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/service -worker -head a/account (a u badly)");
	log.refuse = NULL;
	log.lose = "service"; /* which may be there */
	first = create("a", "service", CHILD_SERVICE);
	first->needed = true;
	first->next = create("a", "head", CHILD_POD);
	writers_submit(w, first);
	run(&log);
	expect(&log, "a/service a/head (a u badly)");
	end(&log);
}

/* Its pods stood in the line of slow ones, which nobody takes from while others are slow. */
Test(writers, a_round_knows_nothing_of_the_one_before_that_was_withdrawn)
{
	struct log log = {.refuse = "0"};
	struct writers *const w = begin(&log);
	struct write *const first = create("a", "0", CHILD_POD);

	first->slow = true;
	first->next = create("a", "1", CHILD_POD);
	first->next->slow = true;
	writers_submit(w, first);
	cr_assert(writers_step(w));
	log.refuse = NULL;
	writers_submit(w, create("a", "service", CHILD_SERVICE));
	writers_submit(w, create("b", "later", CHILD_POD));
	run(&log);
	expect(&log, "a/0 -1 (a u badly) a/service (a u well) b/later (b u well)");
	end(&log);
}
