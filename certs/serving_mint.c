#include "certs/serving_mint.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "certs/folder.h"
#include "certs/mint.h"
#include "certs/x509_check.h"

static const char **default_hosts(struct arena *arena, size_t *count)
{
	static const char *const LOCAL[] = {"localhost", "127.0.0.1", "::1"};
	const char **const hosts = arena_array(arena, ARRAY_LEN(LOCAL) + 1, sizeof(*hosts));
	char name[256] = "";

	memcpy(hosts, LOCAL, sizeof(LOCAL));
	*count = ARRAY_LEN(LOCAL);
	gethostname(name, sizeof(name) - 1);
	if (mint_host_is_valid(name))
		hosts[(*count)++] = arena_str(arena, str_from(name)).at;
	return hosts;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Waits until no other process mints in this directory; close() ends it. */
static bool lock_dir(const char *path, int *fd, struct err *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_errno(err, "directory '%s'", path);
	while (flock(*fd, LOCK_EX) != 0) {
		if (errno != EINTR)
			return err_errno(err, "lock directory '%s'", path);
	}
	return true;
}

static bool write_pair(const char *dir, const struct mint_pair *ca, const struct mint_pair *leaf,
	bool ca_is_new, struct err *err)
{
	if (ca_is_new &&
		(!folder_write(dir, SERVING_CA_KEY, ca->key_pem, FOLDER_SECRET, err) ||
			!folder_write(dir, SERVING_CA_CRT, ca->cert_pem, FOLDER_PUBLIC, err)))
		return false;
	return folder_write(dir, SERVING_TLS_KEY, leaf->key_pem, FOLDER_SECRET, err) &&
	       folder_write(dir, SERVING_TLS_CRT, leaf->cert_pem, FOLDER_PUBLIC, err);
}

static void files_from(
	const struct mint_pair *ca, const struct mint_pair *leaf, struct serving_files *out)
{
	buf_add_cstr(&out->cert, leaf->cert_pem);
	buf_add_cstr(&out->key, leaf->key_pem);
	buf_add_cstr(&out->ca, ca->cert_pem);
	buf_add_cstr(&out->ca_key, ca->key_pem);
}

struct minting {
	const struct serving_options *options;
	const char *ca_pem; /* a CA to go on with, or NULL */
	const char *ca_key_pem;
	const char *const *hosts;
	size_t host_count;
};

static bool ca_is_young(const char *pem, int64_t now)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct arena arena CLEANUP(arena_done);
	struct x509_facts facts;
	struct err err;

	arena_init(&arena, 4096);
	return x509_chain_parse(str_from(pem), &chain, &err) &&
	       x509_describe(chain, 0, &arena, &facts, &err) &&
	       x509_age_at(facts.not_before, facts.not_after, now) == X509_YOUNG;
}

static bool mint_both(const struct minting *minting, struct serving_pair **out, struct err *err)
{
	const char *const dir = minting->options->dir;
	const int64_t now = serving_now(minting->options);
	const bool keep_ca = minting->ca_key_pem && ca_is_young(minting->ca_pem, now);
	struct mint_pair ca CLEANUP(mint_pair_done) = {0};
	struct mint_pair leaf CLEANUP(mint_pair_done) = {0};
	struct serving_files files CLEANUP(serving_files_done) = {0};

	if (keep_ca)
		ca = (struct mint_pair){
			mem_strdup(minting->ca_pem), mem_strdup(minting->ca_key_pem)};
	else if (!mint_ca(now, &ca, err))
		return false;
	const struct mint_request request = {&ca, minting->hosts, minting->host_count, now, 0};

	if (!mint_serving(&request, &leaf, err))
		return false;
	if (dir && !write_pair(dir, &ca, &leaf, !keep_ca, err))
		return err_wrap(err, "mint; give --cert-dir a directory that can be written");
	files_from(&ca, &leaf, &files);
	if (dir ? !serving_load(minting->options, out, err) : !serving_from_files(&files, out, err))
		return false;
	(*out)->ca_is_new = !keep_ca;
	return true;
}

static bool is_blank(const struct buf *buf)
{
	return str_trim(buf_str(buf)).len == 0;
}

static bool is_named(const char *const *hosts, size_t count, const char *host)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(hosts[i], host) == 0)
			return true;
	return false;
}

static bool mint_next(const struct serving_options *options, const struct serving_pair *old,
	struct serving_pair **out, struct err *err)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 1024);
	const char **const hosts =
		arena_array(&arena, old->host_count + options->host_count, sizeof(*hosts));
	size_t count = 0;

	for (size_t i = 0; i < old->host_count; i++)
		hosts[count++] = old->hosts[i];
	for (size_t i = 0; i < options->host_count; i++)
		if (!is_named(old->hosts, old->host_count, options->hosts[i]))
			hosts[count++] = options->hosts[i];
	const struct minting minting = {options, old->ca_pem, old->ca_key_pem, hosts, count};

	return mint_both(&minting, out, err);
}

bool serving_needs_renewal(const struct serving_pair *pair, int64_t now)
{
	return pair->ca_key_pem &&
	       x509_age_at(pair->not_before, pair->not_after, now) >= X509_AGEING;
}

static bool lacks_a_host(const struct serving_pair *pair, const struct serving_options *options)
{
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct err err;

	if (!x509_chain_parse(str_from(pair->cert_pem), &chain, &err))
		return false;
	for (size_t i = 0; i < options->host_count; i++)
		/* A wildcard covers itself only by its spelling. */
		if (!is_named(pair->hosts, pair->host_count, options->hosts[i]) &&
			!x509_serves_host(chain, options->hosts[i]))
			return true;
	return false;
}

static bool ca_is_complete(const struct serving_files *files, const char *dir, struct err *err)
{
	if (is_blank(&files->ca) == is_blank(&files->ca_key))
		return true;
	return err_set(err, ERR_CONFLICT,
		"'%.100s' holds a CA's certificate or key without the other, and no tls.crt; "
		"remove it, "
		"or choose another directory",
		dir);
}

static bool mint_anew(const struct serving_options *options, enum serving_ca how,
	struct serving_pair **out, struct err *err)
{
	struct arena arena CLEANUP(arena_done);
	struct serving_files files CLEANUP(serving_files_done) = {0};
	struct minting minting = {options, NULL, NULL, options->hosts, options->host_count};

	arena_init(&arena, 1024);
	if (minting.host_count == 0)
		minting.hosts = default_hosts(&arena, &minting.host_count);
	if (options->dir && how == SERVING_KEEP_CA) {
		if (!serving_files_read_ca(options->dir, &files, err) ||
			!ca_is_complete(&files, options->dir, err))
			return false;
		if (!is_blank(&files.ca_key)) {
			*buf_reserve(&files.ca, 1) = '\0';
			*buf_reserve(&files.ca_key, 1) = '\0';
			minting.ca_pem = files.ca.at;
			minting.ca_key_pem = files.ca_key.at;
		}
	}
	return mint_both(&minting, out, err);
}

static bool holds_pair(const char *dir)
{
	struct err err;
	int fd CLEANUP(fd_close) = -1;

	return folder_open(dir, &fd, &err) &&
	       (folder_has(fd, SERVING_TLS_CRT) || folder_has(fd, SERVING_TLS_KEY));
}

bool serving_load_or_mint(
	const struct serving_options *options, struct serving_pair **out, struct err *err)
{
	struct serving_pair *old CLEANUP(serving_free) = NULL;
	int lock CLEANUP(fd_close) = -1;

	if (!options->mint)
		return serving_load(options, out, err);
	if (options->dir == NULL)
		return mint_anew(options, SERVING_KEEP_CA, out, err);
	if (!folder_make(options->dir, err) || !lock_dir(options->dir, &lock, err))
		return false;
	if (!holds_pair(options->dir))
		return mint_anew(options, SERVING_KEEP_CA, out, err);
	if (!serving_load(options, &old, err))
		return false;
	if (serving_needs_renewal(old, serving_now(options)) ||
		(old->ca_key_pem && lacks_a_host(old, options)))
		return mint_next(options, old, out, err);
	*out = old;
	old = NULL;
	return true;
}

bool serving_renew(const struct serving_options *options, const struct serving_pair *old,
	struct serving_pair **out, struct err *err)
{
	return options->dir ? serving_load_or_mint(options, out, err)
			    : mint_next(options, old, out, err);
}

static bool is_free_to_mint(const struct serving_options *options, struct err *err)
{
	struct serving_pair *old CLEANUP(serving_free) = NULL;

	if (!holds_pair(options->dir))
		return true;
	if (serving_load(options, &old, err) && old->ca_key_pem)
		return true;
	return err_set(err, ERR_CONFLICT,
		"'%.100s' holds a tls.crt or tls.key that was not minted here; choose another "
		"directory, or replace it with --force",
		options->dir);
}

bool serving_mint(const struct serving_options *options, enum serving_ca ca,
	struct serving_pair **out, struct err *err)
{
	struct serving_options minting = *options;
	int lock CLEANUP(fd_close) = -1;

	minting.mint = true;
	if (minting.dir && (!folder_make(minting.dir, err) || !lock_dir(minting.dir, &lock, err)))
		return false;
	if (minting.dir && ca == SERVING_KEEP_CA && !is_free_to_mint(&minting, err))
		return false;
	return mint_anew(&minting, ca, out, err);
}
