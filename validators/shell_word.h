/*
 * What bash makes of a value that KubeRay puts into a command as it is: `ray start --key=value`
 * inside `bash -c`. Only what can be known without running it: quotes go, expansions stay unknown.
 */
#pragma once

#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

struct shell_word {
	struct str text;     /* of the first word, without its quotes; meaningless if it expands */
	bool expands;        /* a variable, a command or braces: the text is not known */
	bool runs_command;   /* `…` or $(…) that is no $(NAME) of Kubernetes */
	bool unread;         /* something in it is not understood: what follows it is not judged */
	bool open_quote;     /* a quote without its partner: the whole command breaks */
	bool bad_syntax;     /* a bare parenthesis: the whole command breaks */
	bool breaks_line;    /* a bare line break with something behind it */
	bool ends_with_line; /* bare line breaks at the end alone */
	bool has_operator;   /* a bare ; & | < > or a comment */
	bool more_words;     /* a bare blank with another word behind it */
};

struct shell_word shell_word_read(struct arena *arena, struct str value);
