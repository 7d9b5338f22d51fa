#include <assert.h>

#include "base/mem.h"
#include "certs/managed.h"
#include "certs/mint.h"
#include "certs/x509.h"

enum { PREVIOUS_MAX = 8 };

static bool new_ca(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	struct mint_pair ca = {0};

	if (!mint_ca_for(view->now, view->life * MINT_CA_LIVES, &ca, err))
		return false;
	mem_free(&out->ca_crt);
	x509_secret_free(&out->ca_key);
	out->ca_crt = ca.cert_pem;
	out->ca_key = ca.key_pem;
	return true;
}

static bool new_pair(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	const struct mint_pair ca = {out->ca_crt, out->ca_key};
	const struct mint_request request = {
		.ca = &ca,
		.hosts = view->hosts,
		.host_count = view->host_count,
		.now = view->now,
		.life = view->life,
	};
	struct mint_pair pair = {0};

	if (!mint_serving(&request, &pair, err))
		return false;
	mem_free(&out->tls_crt);
	x509_secret_free(&out->tls_key);
	out->tls_crt = pair.cert_pem;
	out->tls_key = pair.key_pem;
	return true;
}

/* When the stored pair ends, where it is not valid yet; else 0. */
static int64_t end_of_early(const struct managed_view *view, const struct managed_store *store)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct arena arena CLEANUP(arena_done);
	struct x509_facts facts;
	struct err err;

	arena_init(&arena, 4096);
	if (!x509_chain_parse(str_from(store->tls_crt), &chain, &err) ||
		!x509_describe(chain, 0, &arena, &facts, &err))
		return 0;
	return facts.not_before > view->now ? facts.not_after : 0;
}

/*
 * A pair that is not valid yet was made by a clock that went before ours, and who knows which is
 * right: the new one is good by both.
 */
static bool renew(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	struct managed_view longer = *view;
	const int64_t rest = end_of_early(view, out) - view->now;

	if (rest > longer.life)
		longer.life = rest;
	return new_pair(&longer, out, err);
}

static bool create(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	return new_ca(view, out, err) && new_pair(view, out, err);
}

/* Only so many, and only while they are valid, should somebody ask for a new CA again and again. */
static void add_previous(
	const struct managed_view *view, const char *pem, struct buf *out, size_t *count)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct arena arena CLEANUP(arena_done);
	struct err err;

	arena_init(&arena, 4096);
	if (pem == NULL || !x509_chain_parse(str_from(pem), &chain, &err))
		return;
	for (size_t i = 0; i < x509_chain_count(chain) && *count < PREVIOUS_MAX; i++) {
		struct x509_facts facts;

		if (!x509_describe(chain, i, &arena, &facts, &err) || facts.not_after < view->now)
			continue;
		char *one CLEANUP(mem_free) = x509_cert_pem(chain, i);

		buf_add_cstr(out, one);
		++*count;
	}
}

static bool change_ca(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	struct buf previous CLEANUP(buf_done) = {0};
	size_t count = 0;

	add_previous(view, out->ca_crt, &previous, &count);
	add_previous(view, out->ca_previous, &previous, &count);
	if (!new_ca(view, out, err))
		return false;
	mem_free(&out->ca_previous);
	if (previous.len)
		out->ca_previous = buf_take(&previous);
	return true;
}

static bool forget(const struct managed_view *view, struct managed_store *out, struct err *err)
{
	(void)view;
	(void)err;
	mem_free(&out->ca_previous);
	return true;
}

static bool (*const STEPS[MANAGED_STEPS])(
	const struct managed_view *view, struct managed_store *out, struct err *err) = {
	[MANAGED_CREATE] = create,
	[MANAGED_RENEW] = renew,
	[MANAGED_NEW_CA] = change_ca,
	[MANAGED_SWITCH] = new_pair,
	[MANAGED_FORGET] = forget,
};

bool managed_take_step(const struct managed_view *view, enum managed_step step,
	struct managed_store *out, struct err *err)
{
	const bool is_gone = managed_store_is_empty(view->stored) && view->served;
	struct managed_store next CLEANUP(managed_store_done) =
		managed_store_copy(is_gone ? view->served : view->stored);

	assert(STEPS[step]);
	if (!STEPS[step](view, &next, err))
		return false;
	*out = next;
	next = (struct managed_store){0};
	return true;
}
