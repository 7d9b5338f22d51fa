#include "server/cmd_certs.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "certs/folder.h"
#include "certs/mint.h"
#include "certs/serving_mint.h"
#include "certs/when.h"
#include "server/certs_report.h"

enum exit_code { EXIT_FINE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3 };

struct request {
	const char *dir;
	const char *file;
	const char *hosts[MINT_HOSTS_LIMIT];
	size_t host_count;
	bool json;
	bool force;
	bool help;
};

static const char USAGE[] =
	"Mint, inspect and verify the CA and the serving certificate.\n"
	"\n"
	"  raygate certs mint --cert-dir DIR [--host NAME]... [--force]\n"
	"  raygate certs inspect FILE|- [-o text|json]\n"
	"  raygate certs inspect --cert-dir DIR [--host NAME]... [-o text|json]\n"
	"  raygate certs verify --cert-dir DIR [--host NAME]... [-o text|json]\n"
	"\n"
	"  --cert-dir DIR   directory with tls.crt, tls.key and ca.crt; mint also keeps ca.key "
	"there\n"
	"  --host NAME      DNS name or IP address that clients call; may be repeated\n"
	"                   (mint's default: localhost, 127.0.0.1, ::1 and this machine's name)\n"
	"  --force          mint: a new CA, too, and replace what was not minted here\n"
	"  -o, --output     text (default) or json\n"
	"\n"
	"Exit codes: 0 fine, 1 not in order (verify), 2 wrong usage, 3 cannot read or write.\n";

static int usage_error(const char *what, const char *value)
{
	fprintf(stderr, "raygate certs: %s%s%s%s; see raygate certs --help\n", what,
		value ? " '" : "", value ? value : "", value ? "'" : "");
	return EXIT_USAGE;
}

static int failure(enum exit_code code, const struct err *err)
{
	fprintf(stderr, "raygate certs: %s\n", err->text);
	return (int)code;
}

/* A report that did not reach its reader is no success. */
static int print(struct str text, enum exit_code code)
{
	if (fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
		return (int)code;
	fprintf(stderr, "raygate certs: write to standard output: %s\n", strerror(errno));
	return EXIT_UNREADABLE;
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

static bool set_output(struct request *request, const char *form)
{
	request->json = strcmp(form, "json") == 0;
	return request->json || strcmp(form, "text") == 0;
}

enum option_code { OPTION_CERT_DIR = 256, OPTION_HOST, OPTION_FORCE };

static const struct option OPTIONS[] = {
	{"cert-dir",         required_argument, NULL, OPTION_CERT_DIR},
	{"host",              required_argument, NULL, OPTION_HOST},
	{"force",		  no_argument, NULL, OPTION_FORCE},
	{"output",required_argument, NULL, 'o'},
	{"help",       no_argument, NULL, 'h'},
	{0	   },
};

/* 0, or the exit code of a usage error that has been told. */
static int parse_option(int option, struct request *out)
{
	switch (option) {
	case OPTION_CERT_DIR:
		out->dir = optarg;
		return *optarg ? 0 : usage_error("--cert-dir is empty", NULL);
	case OPTION_HOST:
		if (out->host_count == MINT_HOSTS_LIMIT)
			return usage_error("too many --host", NULL);
		out->hosts[out->host_count++] = optarg;
		return 0;
	case OPTION_FORCE:
		out->force = true;
		return 0;
	case 'o':
		return set_output(out, optarg) ? 0 : usage_error("unknown output form", optarg);
	case 'h':
		out->help = true;
		return 0;
	default:
		return -1;
	}
}

/* argv[0] is the verb. */
static int parse(int argc, char **argv, struct request *out)
{
	opterr = 0;
	optind = 0;
	for (int option; (option = getopt_long(argc, argv, ":o:h", OPTIONS, NULL)) != -1;) {
		if (option == ':')
			return usage_error("a value is missing behind", argv[optind - 1]);
		const int failed = parse_option(option, out);

		if (failed < 0)
			return usage_error("unknown option", argv[optind - 1]);
		if (failed > 0)
			return failed;
	}
	if (argc - optind > 1)
		return usage_error("unexpected argument", argv[optind + 1]);
	out->file = optind < argc ? argv[optind] : NULL;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const struct request *request);
} VERBS[] = {
	{"mint",    run_mint   },
	{"inspect", run_inspect},
	{"verify",  run_verify },
};

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

int cmd_certs(int argc, char **argv)
{
	struct request request = {0};

	if (argc < 2)
		return usage_error("say mint, inspect or verify", NULL);
	if (asks_for_help(argv[1]))
		return print(str_from(USAGE), EXIT_FINE);
	for (size_t i = 0; i < ARRAY_LEN(VERBS); i++) {
		if (strcmp(argv[1], VERBS[i].name) != 0)
			continue;
		const int failed = parse(argc - 1, argv + 1, &request);

		if (failed)
			return failed;
		return request.help ? print(str_from(USAGE), EXIT_FINE) : VERBS[i].run(&request);
	}
	return usage_error("unknown command", argv[1]);
}
