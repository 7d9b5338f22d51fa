#include "server/cmd_plan.h"

#include <stdio.h>

#include "base/file.h"
#include "server/commands.h"
#include "server/plan_report.h"
#include "server/policy.h"

enum { ARENA_BLOCK = 64 * 1024, CLUSTERS_MAX = 1000 * 1000 };

enum format { FORMAT_TEXT, FORMAT_YAML, FORMAT_JSON };

/* A run over one file. */
struct planner {
	struct judge judge;
	struct arena arena; /* of one document */
	enum format format;
	struct buf out;
	struct json_edit *list; /* of FORMAT_JSON */
	size_t objects;
};

struct position {
	struct planner *planner;
	const struct documents *documents;
	const struct document *document;
};

static void add_value(struct planner *p, struct json_edit *value)
{
	if (p->format == FORMAT_JSON) {
		json_edit_add(p->list, value);
		return;
	}
	if (p->objects)
		buf_add_cstr(&p->out, "---\n");
	json_edit_print_yaml(value, &p->out);
	json_edit_free(&value);
}

static void plan_object(void *context, const struct manifest *manifest)
{
	const struct position *const position = context;
	struct planner *const p = position->planner;
	struct judged judged;
	const struct plan input = {&p->judge.arena, p->judge.policy, &judged};

	judge_object(&p->judge, position->documents, position->document, manifest, &judged);
	if (p->format == FORMAT_TEXT) {
		if (p->objects)
			buf_add_char(&p->out, '\n');
		plan_report_text(&input, &p->out);
	} else {
		add_value(p, plan_report_value(&input));
	}
	judge_reset(&p->judge);
	p->objects++;
}

/* False at the first document that cannot be read, and says why. */
static bool plan_documents(struct planner *p, struct source *source)
{
	struct documents documents;
	struct document document;
	struct document_fault fault;
	struct position position = {p, &documents, &document};
	bool good;

	documents_open(&documents, source);
	while ((good = documents_next(&documents, &p->arena, &document, &fault)) && document.root) {
		manifest_each(&p->arena, document.root, plan_object, &position);
		arena_reset(&p->arena);
	}
	documents_close(&documents);
	if (!good)
		fprintf(stderr, "%s plan: %s:%u:%u: %.*s\n", commands_program(), source->name,
			fault.line, fault.column, STR_ARG(fault.text));
	return good;
}

static int finish(struct planner *p)
{
	if (p->format == FORMAT_JSON) {
		struct json_edit *whole = json_edit_object();

		json_edit_put(whole, "plans", p->list);
		p->list = NULL;
		json_edit_print_indented(whole, &p->out);
		json_edit_free(&whole);
	} else if (p->objects == 0) {
		fprintf(stderr, "%s plan: there is no object in it that is judged\n",
			commands_program());
	}
	return commands_print("plan", buf_str(&p->out), EXIT_FINE);
}

static int plan_text(struct planner *p, const char *name, struct str text)
{
	struct source source;

	source_init(&source, name, text);
	return plan_documents(p, &source) ? finish(p) : EXIT_UNREADABLE;
}

static int plan_file(struct planner *p, const char *path)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;

	if (file_load(path, DOCUMENTS_BYTES_MAX, &text, &err))
		return plan_text(p, str_is(str_from(path), "-") ? "<stdin>" : path, buf_str(&text));
	fprintf(stderr, "%s plan: %s\n", commands_program(), err.text);
	return EXIT_UNREADABLE;
}

static int run(const struct settings *s, enum format format, const struct policy *policy)
{
	struct planner p = {.format = format};

	arena_init(&p.arena, ARENA_BLOCK);
	arena_init(&p.judge.arena, ARENA_BLOCK);
	p.judge.policy = policy;
	p.judge.defaults = true;
	p.judge.ledger = ledger_new(CLUSTERS_MAX);
	p.judge.namespace = settings_str(s, SETTING_NAMESPACE);
	p.list = format == FORMAT_JSON ? json_edit_array() : NULL;
	const int code = plan_file(&p, s->arguments[0].at);

	json_edit_free(&p.list);
	ledger_free(&p.judge.ledger);
	arena_done(&p.judge.arena);
	arena_done(&p.arena);
	buf_done(&p.out);
	return code;
}

static int with_policy(const struct settings *s, enum format format)
{
	const struct str path = settings_str(s, SETTING_POLICY);
	struct err err;
	struct policy_store *store = policy_store_new(path.len ? path.at : NULL, &err);

	if (store == NULL) {
		fprintf(stderr, "%s plan: %s\n", commands_program(), err.text);
		return EXIT_UNREADABLE;
	}
	const struct policy *const policy = policy_store_acquire(store);
	const int code = run(s, format, policy);

	policy_store_release(store, policy);
	policy_store_free(&store);
	return code;
}

static bool find_format(struct str name, enum format *out)
{
	static const char *const NAMES[] = {
		[FORMAT_TEXT] = "text", [FORMAT_YAML] = "yaml", [FORMAT_JSON] = "json"};

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		if (str_is(name, NAMES[i])) {
			*out = (enum format)i;
			return true;
		}
	}
	*out = FORMAT_TEXT;
	return name.len == 0;
}

static int start(const struct settings *s)
{
	const struct str name = settings_str(s, SETTING_OUTPUT);
	enum format format;

	if (settings_bool(s, SETTING_HELP))
		return commands_help("plan");
	if (!find_format(name, &format))
		return commands_usage_error(
			"plan", "-o is text, yaml or json, not '%.*s'", STR_ARG(name));
	if (s->argument_count != 1)
		return commands_usage_error(
			"plan", "needs one file, or - for standard input; --help says more");
	return with_policy(s, format);
}

int cmd_plan(int argc, char **argv)
{
	struct settings settings;
	struct err err;
	int code;

	if (settings_load(&settings, COMMAND_PLAN, argc, argv, &err))
		code = start(&settings);
	else
		code = commands_usage_error("plan", "%s", err.text);
	settings_done(&settings);
	return code;
}
