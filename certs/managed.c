#include "certs/managed.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "certs/mint.h"
#include "certs/x509.h"
#include "certs/x509_check.h"

void managed_store_done(struct managed_store *store)
{
	mem_free(&store->tls_crt);
	x509_secret_free(&store->tls_key);
	mem_free(&store->ca_crt);
	x509_secret_free(&store->ca_key);
	mem_free(&store->ca_previous);
}

static bool is_blank(const char *text)
{
	return str_trim(str_from(text)).len == 0;
}

bool managed_store_is_empty(const struct managed_store *store)
{
	return is_blank(store->tls_crt) && is_blank(store->tls_key) && is_blank(store->ca_crt) &&
	       is_blank(store->ca_key) && is_blank(store->ca_previous);
}

static char *copy(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

struct managed_store managed_store_copy(const struct managed_store *store)
{
	return (struct managed_store){
		.tls_crt = copy(store->tls_crt),
		.tls_key = copy(store->tls_key),
		.ca_crt = copy(store->ca_crt),
		.ca_key = copy(store->ca_key),
		.ca_previous = copy(store->ca_previous),
	};
}

static bool is_same(const char *a, const char *b)
{
	return str_eq(str_from(a), str_from(b));
}

bool managed_store_equals(const struct managed_store *a, const struct managed_store *b)
{
	return is_same(a->tls_crt, b->tls_crt) && is_same(a->tls_key, b->tls_key) &&
	       is_same(a->ca_crt, b->ca_crt) && is_same(a->ca_key, b->ca_key) &&
	       is_same(a->ca_previous, b->ca_previous);
}

bool managed_pair(const struct managed_store *store, struct serving_pair **out, struct err *err)
{
	struct serving_files files CLEANUP(serving_files_done) = {0};

	if (is_blank(store->tls_crt) || is_blank(store->tls_key))
		return err_set(err, ERR_NOT_FOUND, "there is no tls.crt or no tls.key");
	buf_add_cstr(&files.cert, store->tls_crt);
	buf_add_cstr(&files.key, store->tls_key);
	if (store->ca_crt)
		buf_add_cstr(&files.ca, store->ca_crt);
	return serving_from_files(&files, out, err);
}

/* What is stored, taken apart. `ca` and `ca_key` are NULL when the store is somebody else's. */
struct parts {
	struct arena arena;
	struct x509_chain *chain, *ca;
	struct x509_key *ca_key;
	struct x509_facts leaf, ca_facts;
};

static void parts_done(struct parts *parts)
{
	x509_chain_free(&parts->chain);
	x509_chain_free(&parts->ca);
	x509_key_free(&parts->ca_key);
	arena_done(&parts->arena);
}

static bool read_leaf(const struct managed_store *store, struct parts *parts, struct err *err)
{
	struct serving_pair *pair CLEANUP(serving_free) = NULL;

	if (!managed_pair(store, &pair, err))
		return false;
	assert(pair);
	return x509_chain_parse(str_from(pair->cert_pem), &parts->chain, err) &&
	       x509_describe(parts->chain, 0, &parts->arena, &parts->leaf, err);
}

static bool read_ca(const struct managed_store *store, struct parts *parts, struct err *err)
{
	if (is_blank(store->ca_key))
		return true;
	if (!x509_chain_parse(str_from(store->ca_crt), &parts->ca, err) ||
		!x509_describe(parts->ca, 0, &parts->arena, &parts->ca_facts, err))
		return err_wrap(err, "'%s'", SERVING_CA_CRT);
	if (!x509_key_parse(str_from(store->ca_key), &parts->ca_key, err))
		return err_wrap(err, "'%s'", SERVING_CA_KEY);
	return x509_key_fits(parts->ca, parts->ca_key) ||
	       err_set(err, ERR_INVALID, "'%s' does not belong to '%s'", SERVING_CA_KEY,
		       SERVING_CA_CRT);
}

static bool covers(const struct parts *parts, const char *host)
{
	for (size_t i = 0; i < parts->leaf.host_count; i++)
		if (strcasecmp(parts->leaf.hosts[i], host) == 0)
			return true;
	return x509_serves_host(parts->chain, host);
}

static bool covers_all(const struct managed_view *view, const struct parts *parts)
{
	for (size_t i = 0; i < view->host_count; i++)
		if (!covers(parts, view->hosts[i]))
			return false;
	return true;
}

/*
 * Nothing was signed by an older CA after this one was made, so its last pair ends one life later,
 * but for one that a wrong clock made longer, and nobody serves that one by then.
 */
static bool no_older_pair_lives(const struct managed_view *view, const struct parts *parts)
{
	const int64_t span = parts->leaf.not_after - parts->leaf.not_before;
	const int64_t life = view->life > span ? view->life : span;

	return view->now >
	       parts->ca_facts.not_before + mint_skew(view->life * MINT_CA_LIVES) + life;
}

/* Where nobody publishes for us, a person has the last third of the pair's life to do it. */
static bool may_switch(const struct managed_view *view, enum x509_age leaf)
{
	if (leaf == X509_EXPIRED)
		return true;
	return view->has_bundles ? view->is_published : leaf == X509_AGEING;
}

static struct managed_plan plan_for(const struct managed_view *view, const struct parts *parts)
{
	const enum x509_age leaf =
		x509_age_at(parts->leaf.not_before, parts->leaf.not_after, view->now);
	const enum x509_age ca =
		x509_age_at(parts->ca_facts.not_before, parts->ca_facts.not_after, view->now);

	if (!view->leads)
		return (struct managed_plan){MANAGED_KEEP, "another replica renews"};
	if (ca == X509_AGEING || ca == X509_EXPIRED)
		return (struct managed_plan){MANAGED_NEW_CA, "the CA grows old"};
	if (!x509_signed_by(parts->chain, parts->ca))
		return may_switch(view, leaf)
			       ? (struct managed_plan){MANAGED_SWITCH, "the new CA is known"}
			       : (struct managed_plan){
					 MANAGED_KEEP, "the new CA is being made known"};
	if (leaf == X509_AGEING || leaf == X509_EXPIRED)
		return (struct managed_plan){MANAGED_RENEW, "the certificate grows old"};
	/* A clock that is right again. Where the CA is not valid yet either, ours may be wrong. */
	if (leaf == X509_NOT_YET_VALID && ca == X509_YOUNG)
		return (struct managed_plan){MANAGED_RENEW, "the certificate is not valid yet"};
	if (!covers_all(view, parts))
		return (struct managed_plan){MANAGED_RENEW, "the certificate lacks a name"};
	if (!is_blank(view->stored->ca_previous) && no_older_pair_lives(view, parts))
		return (struct managed_plan){MANAGED_FORGET, "nothing of the old CA is left"};
	return (struct managed_plan){MANAGED_KEEP, "all is in order"};
}

/* A store that is gone asks for a new CA, but what is in use stays trusted meanwhile. */
static struct managed_plan plan_for_nothing(const struct managed_view *view)
{
	if (view->served == NULL || is_blank(view->served->ca_key))
		return (struct managed_plan){MANAGED_CREATE, "there is no certificate yet"};
	if (!view->leads)
		return (struct managed_plan){MANAGED_KEEP, "another replica puts it back"};
	return (struct managed_plan){MANAGED_NEW_CA, "the stored certificate was deleted"};
}

bool managed_decide(const struct managed_view *view, struct managed_plan *plan, struct err *err)
{
	struct parts parts CLEANUP(parts_done) = {0};

	if (managed_store_is_empty(view->stored)) {
		*plan = plan_for_nothing(view);
		return true;
	}
	arena_init(&parts.arena, 4096);
	if (!read_leaf(view->stored, &parts, err) || !read_ca(view->stored, &parts, err))
		return false;
	*plan = parts.ca_key ? plan_for(view, &parts)
			     : (struct managed_plan){MANAGED_KEEP, "without ca.key it is not ours"};
	return true;
}

bool managed_bundle(const struct managed_store *store, struct buf *out, struct err *err)
{
	const char *const texts[] = {store->ca_crt, store->ca_previous};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;

		if (is_blank(texts[i]))
			continue;
		if (!x509_chain_parse(str_from(texts[i]), &chain, err))
			return err_wrap(err, "'%s'", i ? "ca-previous.crt" : SERVING_CA_CRT);
		char *pem CLEANUP(mem_free) = x509_chain_pem(chain);

		buf_add_cstr(out, pem);
	}
	return true;
}

static char *normal(struct str pem)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct err err;

	return x509_chain_parse(pem, &chain, &err) ? x509_chain_pem(chain) : NULL;
}

bool managed_bundle_equals(struct str a, struct str b)
{
	char *left CLEANUP(mem_free) = normal(a);
	char *right CLEANUP(mem_free) = normal(b);

	return left && right && strcmp(left, right) == 0;
}

bool managed_is_trusted(const struct serving_pair *pair, struct str bundle, int64_t now)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct x509_chain *roots CLEANUP(x509_chain_free) = NULL;
	struct err err;

	return x509_chain_parse(str_from(pair->cert_pem), &chain, &err) &&
	       x509_chain_parse(bundle, &roots, &err) && x509_leads_to(chain, roots, now, &err);
}
