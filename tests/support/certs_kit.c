#include "tests/support/certs_kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/mem.h"

struct x509_chain *kit_chain(const char *pem)
{
	struct x509_chain *chain = NULL;
	struct err err;

	cr_assert(x509_chain_parse(str_from(pem), &chain, &err), "%s", err.text);
	return chain;
}

struct x509_key *kit_key(const char *pem)
{
	struct x509_key *key = NULL;
	struct err err;

	cr_assert(x509_key_parse(str_from(pem), &key, &err), "%s", err.text);
	return key;
}

struct mint_pair kit_ca(int64_t now)
{
	struct mint_pair ca = {0};
	struct err err;

	cr_assert(mint_ca(now, &ca, &err), "%s", err.text);
	return ca;
}

struct mint_pair kit_pair(const struct mint_pair *ca, const char *host, int64_t now)
{
	const struct mint_request request = {.ca = ca, .hosts = &host, .host_count = 1, .now = now};
	struct mint_pair pair = {0};
	struct err err;

	cr_assert(mint_serving(&request, &pair, &err), "%s", err.text);
	return pair;
}

char *kit_folder(void)
{
	const char *const base = getenv("TMPDIR");
	struct buf path = {0};

	buf_printf(&path, "%s/raygate-certs-XXXXXX", base ? base : P_tmpdir);
	char *const folder = buf_take(&path);

	cr_assert_not_null(mkdtemp(folder));
	return folder;
}

void kit_folder_done(char **folder)
{
	kit_run("rm -rf '%s'", *folder);
	mem_free(folder);
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *const file = fopen(path, mode);

	cr_assert_not_null(file, "%s", path);
	return file;
}

char *kit_read(const char *folder, const char *name)
{
	FILE *const file = open_in(folder, name, "re");
	struct buf text = {0};

	for (int c = fgetc(file); c != EOF; c = fgetc(file))
		buf_add_char(&text, (char)c);
	fclose(file);
	return buf_take(&text);
}

void kit_write(const char *folder, const char *name, const char *text)
{
	FILE *const file = open_in(folder, name, "we");

	cr_assert_geq(fputs(text, file), 0);
	cr_assert_eq(fclose(file), 0);
}

void kit_run(const char *format, ...)
{
	char command[2048];
	va_list args;

	va_start(args, format);
	const int len = vsnprintf(command, sizeof(command), format, args);

	va_end(args);
	cr_assert(len > 0 && (size_t)len < sizeof(command));
	cr_assert_eq(system(command), 0, "%s", command);
}
