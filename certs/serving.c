#include "certs/serving.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "certs/folder.h"
#include "certs/when.h"
#include "certs/x509_check.h"

static void secret_done(struct buf *secret)
{
	if (secret->at)
		explicit_bzero(secret->at, secret->cap);
	buf_done(secret);
}

void serving_files_done(struct serving_files *files)
{
	buf_done(&files->cert);
	buf_done(&files->ca);
	secret_done(&files->key);
	secret_done(&files->ca_key);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void wipe(const char *secret)
{
	if (secret)
		explicit_bzero((void *)(uintptr_t)secret, strlen(secret));
}

void serving_free(struct serving_pair **pair)
{
	if (*pair == NULL)
		return;
	struct arena arena = (*pair)->arena;

	wipe((*pair)->key_pem);
	wipe((*pair)->ca_key_pem);
	free(*pair);
	*pair = NULL;
	arena_done(&arena);
}

int64_t serving_now(const struct serving_options *options)
{
	return options->clock ? options->clock() : (int64_t)time(NULL);
}

static bool read_optional(int dir, const char *name, struct buf *out, struct err *err)
{
	if (folder_read(dir, name, X509_PEM_LIMIT, out, err))
		return true;
	return err->code == ERR_NOT_FOUND;
}

bool serving_files_read(
	const struct serving_options *options, struct serving_files *out, struct err *err)
{
	int dir CLEANUP(fd_close) = -1;

	if (!folder_open(options->dir, &dir, err))
		return false;
	return folder_read(dir, SERVING_TLS_CRT, X509_PEM_LIMIT, &out->cert, err) &&
	       folder_read(dir, SERVING_TLS_KEY, X509_PEM_LIMIT, &out->key, err) &&
	       read_optional(dir, SERVING_CA_CRT, &out->ca, err) &&
	       (!options->mint || read_optional(dir, SERVING_CA_KEY, &out->ca_key, err));
}

void serving_files_digest(const struct serving_files *files, char out[X509_DIGEST_SIZE])
{
	const struct buf *const parts[] = {&files->cert, &files->key, &files->ca, &files->ca_key};
	char all[ARRAY_LEN(parts)][X509_DIGEST_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		x509_digest(buf_str(parts[i]), all[i]);
	x509_digest((struct str){all[0], sizeof(all)}, out);
}

struct parsed {
	struct x509_chain *chain;
	struct x509_key *key;
	struct x509_chain *ca;
	struct x509_key *ca_key;
};

static void parsed_done(struct parsed *parsed)
{
	x509_chain_free(&parsed->chain);
	x509_key_free(&parsed->key);
	x509_chain_free(&parsed->ca);
	x509_key_free(&parsed->ca_key);
}

/* An issuer that tells no CA, such as ACME, leaves an empty ca.crt in cert-manager's Secret. */
static bool is_blank(const struct buf *buf)
{
	return str_trim(buf_str(buf)).len == 0;
}

static bool parse_files(const struct serving_files *files, struct parsed *out, struct err *err)
{
	if (!x509_chain_parse(buf_str(&files->cert), &out->chain, err))
		return err_wrap(err, "'%s'", SERVING_TLS_CRT);
	if (!x509_key_parse(buf_str(&files->key), &out->key, err))
		return err_wrap(err, "'%s'", SERVING_TLS_KEY);
	if (!x509_key_fits(out->chain, out->key))
		return err_set(err, ERR_INVALID,
			"the private key in '%s' does not belong to the first certificate of '%s'",
			SERVING_TLS_KEY, SERVING_TLS_CRT);
	if (!is_blank(&files->ca) && !x509_chain_parse(buf_str(&files->ca), &out->ca, err))
		return err_wrap(err, "'%s'", SERVING_CA_CRT);
	if (!is_blank(&files->ca_key) &&
		!x509_key_parse(buf_str(&files->ca_key), &out->ca_key, err))
		return err_wrap(err, "'%s'", SERVING_CA_KEY);
	return true;
}

bool serving_files_read_ca(const char *dir, struct serving_files *out, struct err *err)
{
	int fd CLEANUP(fd_close) = -1;

	return folder_open(dir, &fd, err) && read_optional(fd, SERVING_CA_CRT, &out->ca, err) &&
	       read_optional(fd, SERVING_CA_KEY, &out->ca_key, err);
}

/* Ours is what the CA whose key lies here has signed, whatever the dates say. */
static bool is_ours(const struct parsed *parsed)
{
	return parsed->ca && parsed->ca_key && x509_key_fits(parsed->ca, parsed->ca_key) &&
	       x509_signed_by(parsed->chain, parsed->ca);
}

static const char *keep(struct arena *arena, char *text)
{
	return arena_str(arena, str_from(text)).at;
}

static const char *keep_chain(struct arena *arena, const struct x509_chain *chain)
{
	char *pem CLEANUP(mem_free) = x509_chain_pem(chain);

	return keep(arena, pem);
}

static const char *keep_key(struct arena *arena, const struct x509_key *key)
{
	char *pem CLEANUP(x509_secret_free) = x509_key_pem(key);

	return keep(arena, pem);
}

static bool fill_pair(const struct parsed *parsed, struct serving_pair *pair, struct err *err)
{
	struct x509_facts leaf;

	if (!x509_describe(parsed->chain, 0, &pair->arena, &leaf, err))
		return err_wrap(err, "'%s'", SERVING_TLS_CRT);
	pair->cert_pem = keep_chain(&pair->arena, parsed->chain);
	pair->key_pem = keep_key(&pair->arena, parsed->key);
	if (parsed->ca)
		pair->ca_pem = keep_chain(&pair->arena, parsed->ca);
	if (is_ours(parsed))
		pair->ca_key_pem = keep_key(&pair->arena, parsed->ca_key);
	pair->hosts = leaf.hosts;
	pair->host_count = leaf.host_count;
	pair->not_before = leaf.not_before;
	pair->not_after = leaf.not_after;
	return true;
}

bool serving_from_files(
	const struct serving_files *files, struct serving_pair **out, struct err *err)
{
	struct parsed parsed CLEANUP(parsed_done) = {0};
	struct serving_pair *pair CLEANUP(serving_free) = mem_alloc(sizeof(*pair));

	arena_init(&pair->arena, 8192);
	if (!parse_files(files, &parsed, err) || !fill_pair(&parsed, pair, err))
		return false;
	serving_files_digest(files, pair->digest);
	*out = pair;
	pair = NULL;
	return true;
}

bool serving_load(const struct serving_options *options, struct serving_pair **out, struct err *err)
{
	struct serving_files files CLEANUP(serving_files_done) = {0};

	if (options->dir == NULL)
		return err_set(
			err, ERR_INVALID, "no certificate directory is given; see --cert-dir");
	if (serving_files_read(options, &files, err) && serving_from_files(&files, out, err))
		return true;
	if (err->code == ERR_NOT_FOUND)
		return err_set(err, ERR_NOT_FOUND,
			"certificate directory '%.100s' has no readable tls.crt and tls.key; make "
			"them: "
			"raygate certs mint --cert-dir DIR",
			options->dir);
	return err_wrap(err, "certificate directory '%.100s'", options->dir);
}

bool serving_is_in_time(const struct serving_pair *pair, int64_t now, struct err *err)
{
	char from[WHEN_SIZE], until[WHEN_SIZE];

	if (now >= pair->not_before && now <= pair->not_after)
		return true;
	when_date(pair->not_before, from);
	when_date(pair->not_after, until);
	return err_set(err, ERR_INVALID,
		"by the clock here the certificate %s: it is good from %s until %s",
		now < pair->not_before ? "is not valid yet" : "has expired", from, until);
}

enum verify_level serving_verify(const struct serving_pair *pair,
	const struct serving_options *options, struct verify_finding findings[VERIFY_CHECKS])
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct x509_chain *roots CLEANUP(x509_chain_free) = NULL;
	struct x509_key *key CLEANUP(x509_key_free) = NULL;
	struct err err;
	/* The texts came out of these parsers. */
	const bool parsed =
		x509_chain_parse(str_from(pair->cert_pem), &chain, &err) &&
		x509_key_parse(str_from(pair->key_pem), &key, &err) &&
		(!pair->ca_pem || x509_chain_parse(str_from(pair->ca_pem), &roots, &err));

	assert(parsed);
	(void)parsed;
	const struct verify_input input = {.chain = chain,
		.key = key,
		.roots = roots,
		.hosts = options->hosts,
		.host_count = options->host_count,
		.now = serving_now(options)};

	return verify_pair(&input, findings);
}
