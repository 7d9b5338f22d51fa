#include "server/quota/ledger.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strmap.h"
#include "server/quota/account.h"

struct ledger {
	pthread_mutex_t mutex;
	struct strmap accounts; /* namespace → struct account */
	size_t clusters;
	size_t clusters_max;
	bool watched, known;
};

struct ledger *ledger_new(size_t clusters_max)
{
	struct ledger *const ledger = mem_alloc(sizeof(*ledger));

	pthread_mutex_init(&ledger->mutex, NULL);
	ledger->clusters_max = clusters_max;
	return ledger;
}

struct ledger *ledger_new_watched(size_t clusters_max)
{
	struct ledger *const ledger = ledger_new(clusters_max);

	ledger->watched = true;
	return ledger;
}

void ledger_free(struct ledger **ledger)
{
	const struct strmap_entry *entry;

	if (*ledger == NULL)
		return;
	for (size_t at = 0; (entry = strmap_next(&(*ledger)->accounts, &at)) != NULL;)
		account_free(entry->value);
	strmap_done(&(*ledger)->accounts);
	pthread_mutex_destroy(&(*ledger)->mutex);
	free(*ledger);
	*ledger = NULL;
}

/* A name cannot hold a slash; before there is a name, the uid tells clusters apart. */
static void print_key(const struct ledger_key *key, struct buf *out)
{
	const struct str last = key->name.len ? key->name : key->uid;

	buf_printf(out, "%.*s/%.*s/%.*s", STR_ARG(key->group), STR_ARG(key->kind), STR_ARG(last));
}

static struct quantity amount_of(const struct ledger_amount *amounts, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(amounts[i].name, name))
			return amounts[i].value;
	}
	return (struct quantity){0};
}

static void find_excess(const struct ledger_claim *claim, const struct account *account,
	const struct account_entry *before, struct ledger_result *out)
{
	for (size_t i = 0; i < claim->hard_count; i++) {
		const struct str name = claim->hard[i].name;
		const struct quantity used =
			quantity_sub(account_used_by_others(account, before, name),
				account_used_for(account, claim->owner, name));
		const struct quantity asked = amount_of(claim->charge, claim->charge_count, name);

		if (quantity_is_zero(asked) ||
			quantity_cmp(quantity_add(used, asked), claim->hard[i].value) <= 0)
			continue;
		if (out->excess_count < LEDGER_EXCESS_MAX)
			out->excess[out->excess_count++] =
				(struct ledger_excess){name, claim->hard[i].value, used, asked};
	}
	if (out->excess_count)
		out->answer = LEDGER_EXCEEDED;
}

static struct account *account_for(struct ledger *ledger, struct str namespace)
{
	struct account *account = strmap_find(&ledger->accounts, namespace);

	if (account == NULL) {
		account = mem_alloc(sizeof(*account));
		strmap_set(&ledger->accounts, namespace, account);
	}
	return account;
}

static struct account_entry *entry_for(
	struct ledger *ledger, struct account *account, struct str key)
{
	struct account_entry *const entry = account_find(account, key);

	if (entry)
		return entry;
	ledger->clusters++;
	return account_add(account, key);
}

static void remove_at(
	struct ledger *ledger, struct account *account, size_t *at, struct account_entry *entry)
{
	account_remove_at(account, at, entry);
	ledger->clusters--;
}

static void remove_empty_account(
	struct ledger *ledger, struct account *account, struct str namespace)
{
	if (account->entries.count > 0)
		return;
	strmap_remove(&ledger->accounts, namespace);
	account_free(account);
}

/* Ends what was admitted and never seen. */
static void expire(struct ledger *ledger, struct str namespace)
{
	struct account *const account = strmap_find(&ledger->accounts, namespace);
	const int64_t now = clock_now();
	struct account_entry *entry;

	if (account == NULL || account->asked == 0)
		return;
	for (size_t at = 0;
		account->asked && (entry = table_next(&account->entries, &at)) != NULL;) {
		if (entry->asked == NULL || entry->until > now)
			continue;
		account_replace(account, entry, &entry->asked, NULL);
		if (account_is_empty(entry))
			remove_at(ledger, account, &at, entry);
	}
	remove_empty_account(ledger, account, namespace);
}

/* Room is made where namespaces that nobody asks about hold what was never seen. */
static void expire_all(struct ledger *ledger)
{
	const struct strmap_entry *it;

	for (size_t at = 0; (it = strmap_next(&ledger->accounts, &at)) != NULL;)
		expire(ledger, it->key);
}

/* While an earlier one is not seen yet, the larger counts. */
static void record(struct ledger *ledger, const struct ledger_claim *claim, struct str key)
{
	struct account *const account = account_for(ledger, claim->key.namespace);
	struct account_entry *const entry = entry_for(ledger, account, key);
	struct account_charge *const charge =
		account_charge(account, claim->charge, claim->charge_count);

	if (ledger->watched)
		account_raise(charge, entry->asked);
	account_replace(account, entry, &entry->asked, charge);
	entry->until =
		ledger->watched ? clock_now() + LEDGER_UNSEEN_SECONDS * CLOCK_SECOND : INT64_MAX;
}

static bool is_full(struct ledger *ledger)
{
	if (ledger->clusters >= ledger->clusters_max)
		expire_all(ledger);
	return ledger->clusters >= ledger->clusters_max;
}

static void reserve(struct ledger *ledger, const struct ledger_claim *claim, struct str key,
	struct ledger_result *out)
{
	if (claim->raises && ledger->watched && !ledger->known) {
		out->answer = LEDGER_BUSY;
		return;
	}
	expire(ledger, claim->key.namespace);
	const struct account *account = strmap_find(&ledger->accounts, claim->key.namespace);
	const struct account_entry *const before = account_find(account, key);

	if (claim->raises)
		find_excess(claim, account, before, out);
	if (out->answer != LEDGER_FITS)
		return;
	const bool full = before == NULL && is_full(ledger);

	if (full && claim->raises)
		out->answer = LEDGER_FULL;
	else if (!full && !claim->dry_run)
		record(ledger, claim, key);
}

void ledger_reserve(
	struct ledger *ledger, const struct ledger_claim *claim, struct ledger_result *out)
{
	CLEANUP(buf_done) struct buf key = {0};

	*out = (struct ledger_result){.answer = LEDGER_FITS};
	print_key(&claim->key, &key);
	pthread_mutex_lock(&ledger->mutex);
	reserve(ledger, claim, buf_str(&key), out);
	pthread_mutex_unlock(&ledger->mutex);
}

static void drop(struct ledger *ledger, struct str namespace, struct str key, bool asked_too)
{
	struct account *const account = strmap_find(&ledger->accounts, namespace);
	struct account_entry *const entry = account_find(account, key);

	if (entry == NULL)
		return;
	account_replace(account, entry, &entry->seen, NULL);
	if (asked_too)
		account_replace(account, entry, &entry->asked, NULL);
	if (!account_is_empty(entry))
		return;
	account_remove(account, entry);
	ledger->clusters--;
	remove_empty_account(ledger, account, namespace);
}

void ledger_release(struct ledger *ledger, const struct ledger_key *key)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	drop(ledger, key->namespace, buf_str(&text), true);
	pthread_mutex_unlock(&ledger->mutex);
}

void ledger_see(struct ledger *ledger, const struct ledger_key *key,
	const struct ledger_amount *charge, size_t charge_count)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	struct account *const account = account_for(ledger, key->namespace);
	struct account_entry *const entry = entry_for(ledger, account, buf_str(&text));

	account_replace(
		account, entry, &entry->seen, account_charge(account, charge, charge_count));
	if (entry->asked && account_covers(entry->seen, entry->asked))
		account_replace(account, entry, &entry->asked, NULL);
	pthread_mutex_unlock(&ledger->mutex);
}

/* What was admitted under the same name meanwhile is another cluster, on its way. */
void ledger_unsee(struct ledger *ledger, const struct ledger_key *key)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	drop(ledger, key->namespace, buf_str(&text), false);
	pthread_mutex_unlock(&ledger->mutex);
}

void ledger_set_known(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->mutex);
	ledger->known = true;
	pthread_mutex_unlock(&ledger->mutex);
}

static void forget_seen(struct ledger *ledger, struct account *account, struct str namespace)
{
	struct account_entry *entry;

	for (size_t at = 0; (entry = table_next(&account->entries, &at)) != NULL;) {
		account_replace(account, entry, &entry->seen, NULL);
		if (account_is_empty(entry))
			remove_at(ledger, account, &at, entry);
	}
	remove_empty_account(ledger, account, namespace);
}

void ledger_start_over(struct ledger *ledger)
{
	const struct strmap_entry *it;

	pthread_mutex_lock(&ledger->mutex);
	ledger->known = false;
	for (size_t at = 0; (it = strmap_next(&ledger->accounts, &at)) != NULL;)
		forget_seen(ledger, it->value, it->key);
	pthread_mutex_unlock(&ledger->mutex);
}

size_t ledger_count(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->mutex);
	const size_t count = ledger->clusters;

	pthread_mutex_unlock(&ledger->mutex);
	return count;
}
