#include "server/controller/intern.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

static bool is_text(const struct table_item *item, const void *key)
{
	return str_eq(intern_str((const struct intern *)item), *(const struct str *)key);
}

const struct intern *intern_take(struct interns *interns, struct str text)
{
	if (text.len == 0)
		return NULL;
	const uint32_t hash = (uint32_t)hash_str(hash_process_key(), text);
	struct intern *word = table_find(&interns->words, hash, is_text, &text);

	if (word == NULL) {
		word = mem_alloc(sizeof(*word) + text.len);
		word->item.hash = hash;
		word->len = (uint32_t)text.len;
		memcpy(word->text, text.at, text.len);
		table_add(&interns->words, &word->item);
	}
	word->holders++;
	return word;
}

void intern_give(struct interns *interns, const struct intern *word)
{
	if (word == NULL)
		return;
	struct intern *const held = table_find(
		&interns->words, word->item.hash, is_text, &(struct str){word->text, word->len});

	assert(held == word && held->holders > 0);
	if (--held->holders)
		return;
	table_remove(&interns->words, &held->item);
	free(held);
}

void interns_done(struct interns *interns)
{
	assert(interns->words.count == 0);
	table_done(&interns->words);
}
