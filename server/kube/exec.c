#include "server/kube/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_read.h"

enum { PIECE = 16 * 1024 };

static void put_member(struct buf *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_str(out, str_from(value));
}

static void put_cluster(struct buf *out, const struct kube_config *config, const char *ca_pem)
{
	buf_add_cstr(out, ",\"cluster\":{\"server\":");
	buf_add_json_str(out, str_from(config->server));
	put_member(out, "tls-server-name", config->tls_server_name);
	put_member(out, "proxy-url", config->proxy_url);
	if (config->insecure)
		buf_add_cstr(out, ",\"insecure-skip-tls-verify\":true");
	if (ca_pem) {
		buf_add_cstr(out, ",\"certificate-authority-data\":\"");
		buf_add_base64(out, str_from(ca_pem));
		buf_add_char(out, '"');
	}
	if (config->exec_cluster_config)
		buf_printf(out, ",\"config\":%s", config->exec_cluster_config);
	buf_add_char(out, '}');
}

/* The variable that tells a plug-in what it is asked for. */
static const char *exec_info(const struct kube_exec_request *request, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text, "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":");
	buf_add_json_str(&text, str_from(request->config->exec->api_version));
	buf_printf(&text, ",\"spec\":{\"interactive\":%s",
		request->config->exec->interactive ? "true" : "false");
	if (request->config->exec->provide_cluster_info)
		put_cluster(&text, request->config, request->ca_pem);
	buf_add_cstr(&text, "}}");
	return arena_str(arena, buf_str(&text)).at;
}

/* Whether the plug-in is given a variable of ours under its own value. */
static bool is_replaced(const struct kube_exec *exec, const char *variable)
{
	const struct str name = {variable, str_find(str_from(variable), '=')};

	for (size_t i = 0; i < exec->env_count; i++)
		if (str_is(name, exec->env[i].name))
			return true;
	return str_is(name, "KUBERNETES_EXEC_INFO");
}

static const char **environment_for(const struct kube_exec_request *request, struct arena *arena)
{
	const struct kube_exec *const exec = request->config->exec;
	size_t count = 0;

	while (environ[count])
		count++;
	const char **const all = arena_array(arena, count + exec->env_count + 2, sizeof(*all));
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (!is_replaced(exec, environ[i]))
			all[used++] = environ[i];
	for (size_t i = 0; i < exec->env_count; i++)
		all[used++] =
			arena_printf(arena, "%s=%s", exec->env[i].name, exec->env[i].value).at;
	all[used++] = exec_info(request, arena);
	return all;
}

static const char **arguments_for(const struct kube_exec *exec, struct arena *arena)
{
	size_t count = 0;

	while (exec->args && exec->args[count])
		count++;
	const char **const all = arena_array(arena, count + 2, sizeof(*all));

	all[0] = exec->command;
	for (size_t i = 0; i < count; i++)
		all[i + 1] = exec->args[i];
	return all;
}

struct plugin {
	pid_t pid;
	int out;
	int64_t deadline; /* clock_now() */
};

/*
 * The threads that call this block signals; the plug-in is to have none of that. One that asks
 * stays in our process group, as the terminal's others cannot read from it.
 */
static void set_attributes(posix_spawnattr_t *attributes, bool asks)
{
	const int group = asks ? 0 : POSIX_SPAWN_SETPGROUP;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attributes);
	posix_spawnattr_setflags(
		attributes, (short)(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
}

static int spawn(const struct kube_exec_request *request, struct arena *arena, int out, pid_t *pid)
{
	const char **const arguments = arguments_for(request->config->exec, arena);
	const char **const variables = environment_for(request, arena);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **argv, **envp;

	memcpy(&argv, &arguments, sizeof(argv));
	memcpy(&envp, &variables, sizeof(envp));
	set_attributes(&attributes, request->config->exec->interactive);
	posix_spawn_file_actions_init(&actions);
	if (!request->config->exec->interactive)
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	const int failed = posix_spawnp(pid, argv[0], &actions, &attributes, argv, envp);

	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

static bool start(const struct kube_exec_request *request, struct arena *arena,
	struct plugin *plugin, struct err *err)
{
	const struct kube_exec *const exec = request->config->exec;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_errno(err, "exec plug-in");
	errno = spawn(request, arena, ends[1], &plugin->pid);
	close(ends[1]);
	plugin->out = ends[0];
	if (errno == 0)
		return true;
	err_errno(err, "run exec plug-in '%.80s'", exec->command);
	if (exec->install_hint)
		err_set(err, ERR_NOT_FOUND, "exec plug-in '%.60s' cannot be run; %.120s",
			exec->command, exec->install_hint);
	close(ends[0]);
	return false;
}

/* Waits for something from `fd`; false when the deadline passed before, or we are to stop. */
static bool wait_for(const struct plugin *plugin, int fd, struct kube_stop *stop, struct err *err)
{
	struct pollfd fds[] = {
		{.fd = fd, .events = POLLIN},
		{.fd = kube_stop_fd(stop), .events = POLLIN},
	};
	const int64_t left = (plugin->deadline - clock_now()) / CLOCK_MILLISECOND;

	if (kube_stop_asked(stop))
		return err_set(err, ERR_UNAVAILABLE, "exec plug-in: we are stopping");
	if (left <= 0)
		return err_set(err, ERR_UNAVAILABLE, "exec plug-in: it has not ended in time");
	poll(fds, ARRAY_LEN(fds), (int)left);
	return true;
}

static bool read_output(
	const struct plugin *plugin, struct kube_stop *stop, struct buf *out, struct err *err)
{
	fcntl(plugin->out, F_SETFL, O_NONBLOCK);
	for (;;) {
		const ssize_t got = read(plugin->out, buf_reserve(out, PIECE), PIECE);

		if (got == 0)
			return true;
		if (got > 0)
			out->len += (size_t)got;
		else if (errno != EAGAIN && errno != EINTR)
			return err_errno(err, "read from the exec plug-in");
		if (out->len > KUBE_EXEC_OUTPUT)
			return err_set(err, ERR_TOO_LARGE, "exec plug-in prints more than %d bytes",
				KUBE_EXEC_OUTPUT);
		if (got < 0 && !wait_for(plugin, plugin->out, stop, err))
			return false;
	}
}

/* One that has closed its output may still go on. */
static bool wait_for_end(const struct plugin *plugin, struct kube_stop *stop, struct err *err)
{
	siginfo_t info = {0};
	const int fd = pidfd_open(plugin->pid, 0);
	bool goes_on = fd >= 0;

	while (goes_on && waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid == 0)
		goes_on = wait_for(plugin, fd, stop, err);
	if (fd >= 0)
		close(fd);
	return goes_on || fd < 0;
}

/* `good` tells whether all went well until now; else it is killed, with its children if it has a
 * group of its own. */
static bool finish(
	const struct plugin *plugin, const struct kube_exec *exec, bool good, struct err *err)
{
	int status = 0;

	close(plugin->out);
	if (!good)
		kill(exec->interactive ? plugin->pid : -plugin->pid, SIGKILL);
	while (waitpid(plugin->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!good)
		return err_wrap(err, "'%.80s'", exec->command);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return err_set(err, ERR_UNAVAILABLE, "exec plug-in '%.80s' ended with %s %d", exec->command,
		WIFEXITED(status) ? "exit code" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

/* NULL when it is absent or empty. */
static const char *text_of(struct arena *arena, const struct json_node *object, const char *key)
{
	const struct str text = json_str(arena, json_get(object, key));

	return text.len && !memchr(text.at, '\0', text.len) ? arena_str(arena, text).at : NULL;
}

static bool decode(const struct kube_exec *exec, struct str text, struct arena *arena,
	struct kube_exec_credential *out, struct err *err)
{
	static const struct json_limits LIMITS = {
		.bytes = KUBE_EXEC_OUTPUT, .depth = 32, .nodes = 10000};
	const char *const command = exec->command;
	struct json_doc doc;

	if (!json_read(arena, arena_str(arena, text), &LIMITS, &doc, err))
		return err_wrap(err, "what exec plug-in '%.80s' printed", command);
	const struct json_node *const status = json_get(doc.root, "status");
	const char *const expires = text_of(arena, status, "expirationTimestamp");

	*out = (struct kube_exec_credential){
		.token = text_of(arena, status, "token"),
		.cert_pem = text_of(arena, status, "clientCertificateData"),
		.key_pem = text_of(arena, status, "clientKeyData"),
	};
	if (!json_str_is(json_get(doc.root, "kind"), STR("ExecCredential")) ||
		!json_str_is(json_get(doc.root, "apiVersion"), str_from(exec->api_version)))
		return err_set(err, ERR_INVALID,
			"exec plug-in '%.80s' printed no %s ExecCredential", command,
			exec->api_version);
	if (!out->cert_pem != !out->key_pem || (!out->token && !out->cert_pem))
		return err_set(err, ERR_INVALID,
			"exec plug-in '%.80s' printed neither a token nor a whole key pair",
			command);
	if (expires && !clock_parse_rfc3339(str_from(expires), &out->expires))
		return err_set(err, ERR_INVALID,
			"exec plug-in '%.80s' printed an expirationTimestamp that is no time",
			command);
	return true;
}

bool kube_exec_run(const struct kube_exec_request *request, struct arena *arena,
	struct kube_exec_credential *out, struct err *err)
{
	const struct kube_exec *const exec = request->config->exec;
	CLEANUP(buf_done) struct buf text = {0};
	struct plugin plugin = {.out = -1};

	if (!start(request, arena, &plugin, err))
		return false;
	const int64_t patience = exec->interactive ? KUBE_EXEC_PATIENCE_ASKING : KUBE_EXEC_PATIENCE;

	plugin.deadline = clock_now() + (request->patience ? request->patience : patience);
	const bool good = read_output(&plugin, request->stop, &text, err) &&
			  wait_for_end(&plugin, request->stop, err);

	return finish(&plugin, exec, good, err) && decode(exec, buf_str(&text), arena, out, err);
}
