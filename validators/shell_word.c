#include "validators/shell_word.h"

#include <ctype.h>
#include <string.h>

struct reader {
	struct str in;
	size_t at;
	char *out; /* as long as the input at least */
	size_t len;
	size_t words_end; /* behind the last byte that is no space */
	size_t closing;   /* the next '}'; in.len: none; behind it the next is looked for */
	size_t separator; /* behind the start of the last ',' or ".." before it; 0: none */
	bool past_first;  /* behind the first word: nothing is kept */
	bool quoted;      /* inside of "" */
	struct shell_word *word;
};

static bool more(const struct reader *r)
{
	return r->at < r->in.len;
}

static char peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->in.len ? r->in.at[r->at + ahead] : '\0';
}

static void keep(struct reader *r, char c)
{
	if (!r->past_first)
		r->out[r->len++] = c;
}

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_name(char c)
{
	return is_name_start(c) || isdigit((unsigned char)c);
}

/* $(NAME): Kubernetes puts the variable in before bash sees the command. */
static bool skip_reference(struct reader *r)
{
	size_t at = 2;

	if (!is_name_start(peek(r, at)))
		return false;
	while (is_name(peek(r, at)) || peek(r, at) == '.' || peek(r, at) == '-')
		at++;
	if (peek(r, at) != ')')
		return false;
	r->at += at + 1;
	return true;
}

/* What is inside may hold anything: nothing behind it is judged. */
static void give_up(struct reader *r)
{
	r->word->expands = r->word->unread = true;
	r->at = r->in.len;
}

/* At "${": words behind an operator may have quotes of their own, and are not read. */
static void parameter(struct reader *r)
{
	r->word->expands = true;
	for (r->at += 2; more(r) && r->in.at[r->at] != '}'; r->at++) {
		if (strchr("'\"`\\${", r->in.at[r->at])) {
			give_up(r);
			return;
		}
	}
	r->word->open_quote |= !more(r);
	r->at += more(r);
}

/* At a '$' or '`'. */
static void expansion(struct reader *r)
{
	const char next = peek(r, 1);

	if (r->in.at[r->at] == '`') {
		r->word->runs_command = true;
		give_up(r);
	} else if (next == '(') {
		r->word->expands = true;
		r->word->runs_command |= !skip_reference(r);
		if (r->word->runs_command)
			give_up(r);
	} else if (next == '{') {
		parameter(r);
	} else if (next == '[' || (next == '\'' && !r->quoted)) {
		give_up(r); /* $[1+1], and $'it\'s' */
	} else {
		r->word->expands |= is_name(next) || (next && strchr("@*#?$!-'\"", next));
		keep(r, '$');
		r->at++;
	}
}

static void single_quoted(struct reader *r)
{
	for (r->at++; more(r) && r->in.at[r->at] != '\''; r->at++)
		keep(r, r->in.at[r->at]);
	r->word->open_quote |= !more(r);
	r->at += more(r);
}

static void double_quoted(struct reader *r)
{
	r->at++;
	r->quoted = true;
	while (more(r) && r->in.at[r->at] != '"') {
		const char c = r->in.at[r->at];

		if (c == '$' || c == '`') {
			expansion(r);
			continue;
		}
		if (c == '\\' && peek(r, 1) && strchr("$`\"\\", peek(r, 1)))
			r->at++;
		keep(r, r->in.at[r->at++]);
	}
	r->quoted = false;
	r->word->open_quote |= !more(r) && !r->word->unread;
	r->at += more(r);
}

static void blank(struct reader *r)
{
	const bool line = r->in.at[r->at] == '\n';

	if (r->at >= r->words_end) {
		r->word->ends_with_line |=
			memchr(r->in.at + r->at, '\n', r->in.len - r->at) != NULL;
		r->at = r->in.len;
		return;
	}
	r->word->breaks_line |= line;
	r->word->more_words |= !line;
	r->word->has_operator |= peek(r, 1) == '#';
	r->past_first = true;
	r->at++;
}

/*
 * Each byte is looked at once, however many braces stand before one '}': values are as long as
 * their writer likes.
 */
static void find_closing(struct reader *r)
{
	const size_t from = r->at;

	if (from < r->closing)
		return;
	r->closing = from + str_find(str_from_offset(r->in, from), '}');
	r->separator = 0;
	for (size_t i = r->closing; i > from && !r->separator; i--) {
		const bool range = r->in.at[i - 1] == '.' && i - 1 > from && r->in.at[i - 2] == '.';

		if (r->in.at[i - 1] == ',' || range)
			r->separator = range ? i - 1 : i;
	}
}

/* {a,b} and {1..3} become several words; other braces stay. */
static void brace(struct reader *r)
{
	find_closing(r);
	r->word->expands |= r->closing < r->in.len && r->separator > r->at;
	keep(r, '{');
	r->at++;
}

static void bare(struct reader *r, char c)
{
	if (strchr(";&|<>", c)) {
		r->word->has_operator = true;
		r->past_first = true;
	} else if (c == '(' || c == ')') {
		r->word->bad_syntax = true;
	} else if (c == '\\' && peek(r, 1)) {
		r->at++;
		if (r->in.at[r->at] != '\n')
			keep(r, r->in.at[r->at]);
	} else {
		keep(r, c);
	}
	r->at++;
}

static size_t end_of_words(struct str value)
{
	const struct str words = str_trim(value);

	return words.len ? (size_t)(words.at - value.at) + words.len : 0;
}

/* Whether the shell takes each byte for itself, as it does of nearly all values. */
static bool is_plain(struct str value)
{
	static const bool MEANS_MORE[UINT8_MAX + 1] = {['\0'] = true,
		['\t'] = true,
		['\n'] = true,
		[' '] = true,
		['"'] = true,
		['\''] = true,
		['$'] = true,
		['`'] = true,
		['{'] = true,
		['\\'] = true,
		[';'] = true,
		['&'] = true,
		['|'] = true,
		['<'] = true,
		['>'] = true,
		['('] = true,
		[')'] = true};

	for (size_t i = 0; i < value.len; i++) {
		if (MEANS_MORE[(unsigned char)value.at[i]])
			return false;
	}
	return true;
}

struct shell_word shell_word_read(struct arena *arena, struct str value)
{
	if (is_plain(value))
		return (struct shell_word){.text = value};
	struct shell_word word = {0};
	struct reader r = {.in = value, .out = arena_alloc(arena, value.len + 1), .word = &word};

	r.words_end = end_of_words(value);
	while (more(&r)) {
		const char c = r.in.at[r.at];

		if (c == '\'')
			single_quoted(&r);
		else if (c == '"')
			double_quoted(&r);
		else if (c == '$' || c == '`')
			expansion(&r);
		else if (c == ' ' || c == '\t' || c == '\n')
			blank(&r);
		else if (c == '{')
			brace(&r);
		else
			bare(&r, c);
	}
	word.text = (struct str){r.out, r.len};
	return word;
}
