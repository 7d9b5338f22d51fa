#include "server/explain/known_lines.h"

#include "base/attr.h"

/* The first that fits; those that say more stand before those that say less. */
static const struct known_line KNOWN[] = {
	{"Version mismatch", "this container has another Ray or Python than the head's",
		"use the same image, or the same version of Ray and Python, for head and workers"},
	{"exec format error", "the image is built for another CPU architecture",
		"use an image for the nodes' architecture, or a nodeSelector for "
		"kubernetes.io/arch"},
	{"ray: command not found", "the image has no Ray, or not on its PATH",
		"use an image with Ray, such as rayproject/ray"},
	{"ray: not found", "the image has no Ray, or not on its PATH",
		"use an image with Ray, such as rayproject/ray"},
	{"No module named 'ray'", "the image's Python has no Ray",
		"use an image with Ray, such as rayproject/ray"},
	{"No such option", "this version of Ray does not know one of the rayStartParams",
		"take it out of rayStartParams, or use the version of Ray that it is for"},
	{"WRONGPASS", "Redis does not take the password",
		"compare gcsFaultToleranceOptions.redisPassword with the Redis's own"},
	{"NOAUTH", "Redis wants a password",
		"set gcsFaultToleranceOptions.redisPassword, from a Secret"},
	{"invalid username-password pair", "Redis does not take the password",
		"compare gcsFaultToleranceOptions.redisPassword with the Redis's own"},
	{"Could not establish connection to Redis", "the GCS cannot reach its Redis",
		"check gcsFaultToleranceOptions.redisAddress, its Service and network policies"},
	{"Failed to connect to Redis", "the GCS cannot reach its Redis",
		"check gcsFaultToleranceOptions.redisAddress, its Service and network policies"},
	{"Address already in use", "two processes want the same port",
		"give one of them another port: see rayStartParams, ports and hostNetwork"},
	{"address already in use", "two processes want the same port",
		"give one of them another port: see rayStartParams, ports and hostNetwork"},
	{"exceeds /dev/shm size", "the object store is larger than the shared memory",
		"lower rayStartParams object-store-memory, or raise the pod's memory"},
	{"Failed to connect to GCS", "the head's GCS could not be reached",
		"see whether the head is Ready, its Service has an endpoint, and no network policy "
		"stands between"},
	{"Unable to connect to GCS", "the head's GCS could not be reached",
		"see whether the head is Ready, its Service has an endpoint, and no network policy "
		"stands between"},
	{"Failed to get cluster ID from GCS", "the head's GCS could not be reached",
		"see whether the head is Ready, its Service has an endpoint, and no network policy "
		"stands between"},
	{"has been marked dead", "the head had not heard of this node for too long",
		"give head and worker more CPU, or look at the network between them"},
	{"failed to detect", "the autoscaler cannot tell the CPUs of a group",
		"set resources.limits.cpu, or rayStartParams num-cpus, in every group"},
	{"InvalidAuthToken", "the cluster's token is not the one that this pod has",
		"delete the pod, so that it is made with the present token"},
	{"Unauthenticated", "the cluster wants a token that this client does not give",
		"set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN for it"},
	{"is forbidden: User", "its service account lacks a right",
		"see the Role and RoleBinding named as the cluster, or give those of your own "
		"account"},
	{"certificate verify failed", "a certificate is not trusted",
		"give the image the CA, or mount it"},
	{"x509:", "a certificate is not trusted", "give the image the CA, or mount it"},
	{"No space left on device", "a disk is full",
		"give it a larger volume, or set ephemeral-storage"},
	{"GLIBC_", "a library of the image is older than a program needs",
		"use an image whose parts belong together"},
	{"Cannot allocate memory", "there was not enough memory", "raise the container's memory"},
	{"bad_alloc", "there was not enough memory", "raise the container's memory"},
	{"MemoryError", "there was not enough memory", "raise the container's memory"},
	{"OutOfMemory", "there was not enough memory", "raise the container's memory"},
	{"Permission denied", "a file may not be read, written or run by this user",
		"see securityContext (runAsUser, fsGroup) and the modes of what is mounted"},
	{"No such file or directory", "a file that is named is not in the image or a volume",
		"mend the path, or mount it"},
};

/* NULL for a line that is not known. */
static const struct known_line *find(struct str line)
{
	for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++) {
		if (str_contains(line, KNOWN[i].words))
			return &KNOWN[i];
	}
	return NULL;
}

static bool speaks_of_error(struct str line)
{
	static const char *const WORDS[] = {
		"rror", "ERROR", "xception", "FATAL", "Fatal", "panic", "ailed", "Traceback"};

	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (str_contains(line, WORDS[i]))
			return true;
	}
	return false;
}

/* The last line of the text, which gets shorter by it. */
static struct str take_last(struct str *text)
{
	size_t at = text->len;

	while (at && text->at[at - 1] != '\n')
		at--;
	const struct str line = str_trim(str_from_offset(*text, at));

	text->len = at ? at - 1 : 0;
	return line;
}

typedef bool line_fn(struct str line);

static bool is_known(struct str line)
{
	return find(line) != NULL;
}

static bool has_text(struct str line)
{
	return line.len > 0;
}

static struct str last_that(struct str log, line_fn *fits)
{
	while (log.len) {
		const struct str line = take_last(&log);

		if (fits(line))
			return line;
	}
	return (struct str){0};
}

struct str known_line_error(struct str log, const struct known_line **known)
{
	struct str line = last_that(log, is_known);

	if (line.len == 0)
		line = last_that(log, speaks_of_error);
	*known = find(line);
	return line;
}

struct str known_line_of_log(struct str log, const struct known_line **known)
{
	const struct str line = known_line_error(log, known);

	return line.len ? line : last_that(log, has_text);
}
