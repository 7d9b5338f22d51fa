#include "server/cmd_certs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "certs/folder.h"
#include "certs/mint.h"
#include "certs/serving_mint.h"
#include "certs/when.h"
#include "server/certs_ask.h"
#include "server/certs_report.h"
#include "server/commands.h"

struct request {
	const char *dir;
	const char *file;
	const char *hosts[MINT_HOSTS_LIMIT];
	size_t host_count;
	bool json;
	bool force;
};

static int usage_error(const char *what, const char *value)
{
	return commands_usage_error("certs", "%s%s%s%s; --help says more", what, value ? " '" : "",
		value ? value : "", value ? "'" : "");
}

static int failure(enum exit_code code, const struct err *err)
{
	fprintf(stderr, "raygate certs: %s\n", err->text);
	return (int)code;
}

static int print(struct str text, enum exit_code code)
{
	return commands_print("certs", text, (int)code);
}

static int64_t now_seconds(void)
{
	return (int64_t)time(NULL);
}

static struct serving_options options_of(const struct request *request)
{
	return (struct serving_options){.dir = request->dir,
		.hosts = request->hosts,
		.host_count = request->host_count,
		.clock = now_seconds};
}

static void add_minted(const struct serving_pair *pair, const char *dir, struct buf *out)
{
	const char *const ca = pair->ca_is_new ? "minted" : "kept";
	char date[WHEN_SIZE], away[WHEN_SIZE];

	when_date(pair->not_after, date);
	when_relative(pair->not_after, now_seconds(), away);
	buf_printf(out, "minted  %s/tls.crt  for ", dir);
	for (size_t i = 0; i < pair->host_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", pair->hosts[i]);
	buf_printf(out, "\n        valid until %s (%s)\n", date, away);
	buf_printf(out, "minted  %s/tls.key  its private key\n", dir);
	buf_printf(
		out, "%-7s %s/ca.crt   for clients: curl --cacert %s/ca.crt ...\n", ca, dir, dir);
	buf_printf(out, "%-7s %s/ca.key   signs the next one; not needed to serve\n", ca, dir);
}

static int run_mint(const struct request *request)
{
	const struct serving_options options = options_of(request);
	struct serving_pair *pair CLEANUP(serving_free) = NULL;
	struct buf text CLEANUP(buf_done) = {0};
	struct err err;

	if (request->dir == NULL)
		return usage_error("mint needs --cert-dir", NULL);
	if (request->file)
		return usage_error("unexpected argument", request->file);
	if (request->json)
		return usage_error("mint has text output only", NULL);
	for (size_t i = 0; i < request->host_count; i++)
		if (!mint_host_is_valid(request->hosts[i]))
			return usage_error(
				"neither a DNS name nor an IP address:", request->hosts[i]);
	if (!serving_mint(&options, request->force ? SERVING_NEW_CA : SERVING_KEEP_CA, &pair, &err))
		return failure(EXIT_UNREADABLE, &err);
	add_minted(pair, request->dir, &text);
	return print(buf_str(&text), EXIT_FINE);
}

static bool is_blank(const struct buf *buf)
{
	return str_trim(buf_str(buf)).len == 0;
}

/* Reads the directory file by file, so that a pair that does not match can be shown, too. */
static bool load_dir(const struct request *request, struct certs_report *report, struct err *err)
{
	const struct serving_options options = options_of(request);
	struct serving_files files CLEANUP(serving_files_done) = {0};

	report->is_dir = true;
	if (!serving_files_read(&options, &files, err))
		return err_wrap(err, "'%.100s'", request->dir);
	if (!x509_chain_parse(buf_str(&files.cert), &report->chain, err))
		return err_wrap(err, "'%.100s/tls.crt'", request->dir);
	if (!x509_key_parse(buf_str(&files.key), &report->key, err))
		return err_wrap(err, "'%.100s/tls.key'", request->dir);
	if (!is_blank(&files.ca) && !x509_chain_parse(buf_str(&files.ca), &report->ca, err))
		return err_wrap(err, "'%.100s/ca.crt'", request->dir);
	const struct verify_input input = {.chain = report->chain,
		.key = report->key,
		.roots = report->ca,
		.hosts = request->hosts,
		.host_count = request->host_count,
		.now = report->now};

	report->worst = verify_pair(&input, report->findings);
	report->verified = true;
	return true;
}

static void secret_done(struct buf *secret)
{
	if (secret->at)
		explicit_bzero(secret->at, secret->cap);
	buf_done(secret);
}

static bool read_named(const char *file, struct buf *out, struct err *err)
{
	if (strcmp(file, "-") == 0)
		return folder_read_fd(STDIN_FILENO, X509_PEM_LIMIT, out, err);
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_errno(err, "open");
	const bool read = folder_read_fd(fd, X509_PEM_LIMIT, out, err);

	close(fd);
	return read;
}

/* Certificates, a key, or both in one file. */
static bool load_file(const char *file, struct certs_report *report, struct err *err)
{
	struct buf text CLEANUP(secret_done) = {0};
	struct err no_key;

	if (!read_named(file, &text, err))
		return err_wrap(err, "'%.100s'", file);
	const bool has_key = str_contains(buf_str(&text), "PRIVATE KEY-----");

	if (has_key && !x509_key_parse(buf_str(&text), &report->key, &no_key)) {
		*err = no_key;
		return err_wrap(err, "'%.100s'", file);
	}
	if (has_key && !str_contains(buf_str(&text), "CERTIFICATE-----"))
		return true;
	if (!x509_chain_parse(buf_str(&text), &report->chain, err))
		return err_wrap(err, "'%.100s'", file);
	return true;
}

static int show(
	const struct request *request, const struct certs_report *report, enum exit_code code)
{
	struct buf text CLEANUP(buf_done) = {0};
	struct err err;

	if (request->json ? certs_report_json(report, &text, &err)
			  : certs_report_text(report, &text, &err))
		return print(buf_str(&text), code);
	return failure(EXIT_UNREADABLE, &err);
}

static int run_inspect(const struct request *request)
{
	struct certs_report report CLEANUP(certs_report_done) = {
		.source = request->file ? request->file : request->dir, .now = now_seconds()};
	struct err err;

	if (!request->file == !request->dir)
		return usage_error("inspect needs either a file or --cert-dir", NULL);
	if (request->force)
		return usage_error("--force belongs to mint", NULL);
	if (request->file ? !load_file(request->file, &report, &err)
			  : !load_dir(request, &report, &err))
		return failure(EXIT_UNREADABLE, &err);
	return show(request, &report, EXIT_FINE);
}

/* What cannot be opened says nothing about the pair; what is no certificate does. */
static enum exit_code code_of(const struct err *err)
{
	return err->code == ERR_INVALID || err->code == ERR_TOO_LARGE ? EXIT_REFUSED
								      : EXIT_UNREADABLE;
}

static int run_verify(const struct request *request)
{
	struct certs_report report CLEANUP(certs_report_done) = {
		.source = request->dir, .now = now_seconds()};
	struct buf text CLEANUP(buf_done) = {0};
	struct err err;

	if (request->dir == NULL)
		return usage_error("verify needs --cert-dir", NULL);
	if (request->file)
		return usage_error("unexpected argument", request->file);
	if (request->force)
		return usage_error("--force belongs to mint", NULL);
	if (!load_dir(request, &report, &err))
		return failure(code_of(&err), &err);
	const enum exit_code code = report.worst == VERIFY_ERROR ? EXIT_REFUSED : EXIT_FINE;

	if (request->json)
		return show(request, &report, code);
	certs_report_checks(&report, &text);
	return print(buf_str(&text), code);
}

static int run_ask(const struct request *request)
{
	struct buf text CLEANUP(buf_done) = {0}, ca CLEANUP(buf_done) = {0};
	struct err err;

	if (request->file == NULL || request->dir == NULL)
		return usage_error("ask needs a URL, and --cert-dir", NULL);
	if (request->json)
		return usage_error("ask has text output only", NULL);
	if (request->force)
		return usage_error("--force belongs to mint", NULL);
	if (!certs_ask_knows_url(str_from(request->file)))
		return usage_error(
			"ask needs a URL such as https://HOST:PORT, with no / or ? at its end, not",
			request->file);
	buf_printf(&ca, "%s/ca.crt", request->dir);
	buf_add_char(&ca, '\0');
	if (!certs_ask(request->file, ca.at, &text, &err))
		return failure(EXIT_REFUSED, &err);
	return print(buf_str(&text), EXIT_FINE);
}

/* 0, or the exit code of a usage error that has been told. */
static int read_hosts(struct settings *s, struct request *out)
{
	struct str host;

	while (settings_item(s, SETTING_HOST, out->host_count, &host)) {
		if (out->host_count == MINT_HOSTS_LIMIT)
			return usage_error("too many --host", NULL);
		out->hosts[out->host_count++] = arena_str(&s->arena, host).at;
	}
	return 0;
}

/* The first argument is the verb. */
static int read_request(struct settings *s, struct request *out)
{
	const struct str dir = settings_str(s, SETTING_CERT_DIR);

	if (s->argument_count > 2)
		return usage_error("unexpected argument", s->arguments[2].at);
	out->file = s->argument_count == 2 ? s->arguments[1].at : NULL;
	out->dir = dir.len ? dir.at : NULL;
	out->json = str_is(settings_str(s, SETTING_OUTPUT), "json");
	out->force = settings_bool(s, SETTING_FORCE);
	return read_hosts(s, out);
}

static const struct {
	const char *name;
	int (*run)(const struct request *request);
} VERBS[] = {
	{"mint", run_mint},
	{"inspect", run_inspect},
	{"verify", run_verify},
	{"ask", run_ask},
};

int cmd_certs(struct settings *s)
{
	struct request request = {0};

	if (s->argument_count == 0)
		return usage_error("say mint, inspect, verify or ask", NULL);
	for (size_t i = 0; i < ARRAY_LEN(VERBS); i++) {
		if (!str_is(s->arguments[0], VERBS[i].name))
			continue;
		const int failed = read_request(s, &request);

		return failed ? failed : VERBS[i].run(&request);
	}
	return usage_error("unknown command", s->arguments[0].at);
}
