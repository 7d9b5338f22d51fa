#include "validators/shell_word.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 4096);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(shell_word, .init = start, .fini = stop);

Test(shell_word, quotes_go_and_their_inside_stays)
{
	static const struct {
		const char *value;
		const char *text;
	} CASES[] = {
		{"", ""},
		{"4", "4"},
		{"0.0.0.0", "0.0.0.0"},
		{"'{\"TPU\":4}'", "{\"TPU\":4}"},
		{"\"{\\\"Custom\\\": 1}\"", "{\"Custom\": 1}"},
		{"a'b c'd", "ab cd"},
		{"\"it's\"", "it's"},
		{"a\\ b", "a b"},
		{"a\\;b", "a;b"},
		{"{\"Custom\":1}", "{Custom:1}"},
		{"'$HOME'", "$HOME"},
		{"'a\nb'", "a\nb"},
		{"\"a\\nb\"", "a\\nb"},
		{"a\\\nb", "ab"},
		{"4\n", "4"},
		{"100$", "100$"},
		{"50%", "50%"},
		{"a#b", "a#b"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct shell_word w = shell_word_read(&arena, str_from(CASES[i].value));

		cr_expect(str_is(w.text, CASES[i].text), "%s is '%.*s', not '%s'", CASES[i].value,
			STR_ARG(w.text), CASES[i].text);
		cr_expect(!w.expands && !w.open_quote && !w.bad_syntax && !w.has_operator &&
				  !w.more_words && !w.breaks_line && !w.runs_command,
			"%s is plain", CASES[i].value);
	}
}

enum {
	EXPANDS = 1,
	COMMAND = 2,
	OPEN = 4,
	SYNTAX = 8,
	BREAKS = 16,
	ENDS = 32,
	OPERATOR = 64,
	WORDS = 128,
};

static unsigned flags_of(struct shell_word w)
{
	return (w.expands ? EXPANDS : 0u) | (w.runs_command ? COMMAND : 0u) |
	       (w.open_quote ? OPEN : 0u) | (w.bad_syntax ? SYNTAX : 0u) |
	       (w.breaks_line ? BREAKS : 0u) | (w.ends_with_line ? ENDS : 0u) |
	       (w.has_operator ? OPERATOR : 0u) | (w.more_words ? WORDS : 0u);
}

Test(shell_word, what_a_shell_would_do_is_seen)
{
	static const struct {
		const char *value;
		unsigned flags;
	} CASES[] = {
		{"$REDIS_PASSWORD", EXPANDS},
		{"\"$REDIS_PASSWORD\"", EXPANDS},
		{"${CPUS:-4}", EXPANDS},
		{"${CPUS", EXPANDS | OPEN},
		{"${RUN:+\"--run=${RUN}\"}", EXPANDS},
		{"\"${A:+--x=\"${A}\"}\"", EXPANDS},
		{"${A:-'{}'} '", EXPANDS},
		{"${A:-\"}\"}", EXPANDS},
		{"$'it\\'s'", EXPANDS},
		{"\"$'x\"", EXPANDS},
		{"$[(1+2)*3]", EXPANDS},
		{"$(MY_POD_IP)", EXPANDS},
		{"$(nproc --all)", EXPANDS | COMMAND},
		{"\"$(nproc)\"", EXPANDS},
		{"\"$(cat f | wc -l)\"", EXPANDS | COMMAND},
		{"`nproc`", EXPANDS | COMMAND},
		{"{\"A\":1,\"B\":2}", EXPANDS},
		{"{1..3}", EXPANDS},
		{"{{a}", 0},
		{"{a,{b}", EXPANDS},
		{"{a},{b}", 0},
		{"{a},{b,c}", EXPANDS},
		{"{a.}.{b.c}", 0},
		{".{.}", 0},
		{"{..}", EXPANDS},
		{"{a,b", 0},
		{"{a'}'{b,c}", EXPANDS},
		{"{a'}'{b},c", 0},
		{"'", OPEN},
		{"\"", OPEN},
		{"it's", OPEN},
		{"\"a\\\"", OPEN},
		{"a(b)", SYNTAX},
		{"4; rm -rf /", OPERATOR | WORDS},
		{"4 && ls", OPERATOR | WORDS},
		{"a|b", OPERATOR},
		{"a>b", OPERATOR},
		{"4 # four", OPERATOR | WORDS},
		{"4 --foo", WORDS},
		{" 4", WORDS},
		{"{\"Custom\": 1}", WORDS},
		{"4\nls", BREAKS},
		{"4\n", ENDS},
		{"4 \n\n", ENDS},
		{"\"a b\"", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const unsigned flags = flags_of(shell_word_read(&arena, str_from(CASES[i].value)));

		cr_expect(flags == CASES[i].flags, "%s: %u, not %u", CASES[i].value, flags,
			CASES[i].flags);
	}
}

/* Were each blank or brace to look at all that is behind it, this would take an hour. */
Test(shell_word, a_long_value_is_read_in_one_go, .timeout = 60)
{
	enum { LONG = 8 * 1024 * 1024 };
	static const struct {
		const char *again, *end;
		unsigned flags;
	} CASES[] = {
		{" ", "a", WORDS},
		{"\n", "a", BREAKS},
		{" \t\n", "", ENDS},
		{"{", "", 0},
		{"{", "}", 0},
		{"{a", ",}", EXPANDS},
		{"{,", "", 0},
		{"{..", "", 0},
		{"{\"a\":1,", "", 0},
		{"{a}", "", 0},
		{"\"$(", "", EXPANDS | COMMAND},
		{"$(A)", "", EXPANDS},
		{"$(", "", EXPANDS | COMMAND},
		{"${", "", EXPANDS},
		{"${a", "", EXPANDS},
		{"${}", "", EXPANDS},
		{"$A", "", EXPANDS},
		{"\"\"", "", 0},
		{"''", "", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct buf text CLEANUP(buf_done) = {0};

		while (text.len < LONG)
			buf_add_cstr(&text, CASES[i].again);
		buf_add_cstr(&text, CASES[i].end);
		const unsigned flags = flags_of(shell_word_read(&arena, buf_str(&text)));

		cr_expect_eq(
			flags, CASES[i].flags, "%s...%s: %u", CASES[i].again, CASES[i].end, flags);
	}
}

Test(shell_word, every_beginning_of_a_hard_text_is_read)
{
	static const char HARD[] = "a\"$(x `y` ${z} 'q' \\\" {1,2} ;&|<>()#\n \\\\ \" $'";

	for (size_t len = 0; len < sizeof(HARD); len++) {
		const struct shell_word w = shell_word_read(&arena, (struct str){HARD, len});

		cr_expect(w.text.len <= len);
	}
}
