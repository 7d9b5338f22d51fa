/*
 * Words that many objects share, each kept once and counted: names of groups, nodes and namespaces.
 * One thread at a time.
 */
#pragma once

#include "base/str.h"
#include "base/table.h"

struct intern {
	struct table_item item;
	uint32_t holders;
	uint32_t len;
	char text[];
};

/* Start from {0}; whoever took a word gives it back before interns_done(). */
struct interns {
	struct table words;
};

/* The word of this text, held once more; NULL for "". */
const struct intern *intern_take(struct interns *interns, struct str text);
/* Held once less, and freed by the last; takes NULL. */
void intern_give(struct interns *interns, const struct intern *word);
void interns_done(struct interns *interns);

/* "" for NULL. */
static inline struct str intern_str(const struct intern *word)
{
	return word ? (struct str){word->text, word->len} : (struct str){NULL, 0};
}
