/* Any bytes as a kubeconfig: no crash, and either a cluster or a reason. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server/kube/config.h"
#include "server/kube/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct kube_config *config)
{
	struct arena arena;

	arena_init(&arena, 1024);
	assert(strstr(config->server, "://") && *config->namespace && *config->origin);
	assert(!config->exec || *config->exec->command);
	assert(*kube_endpoint_of(config, &arena).url);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("kubeconfig", MFD_CLOEXEC);
	char path[64];
	const struct kube_config_options options = {.kubeconfig = path};
	struct kube_config *config = NULL;
	struct err err = {0};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size) {
		if (kube_config_load(&options, &config, &err))
			check(config);
		else
			assert(err.text[0]);
	}
	kube_config_free(&config);
	close(fd);
	return 0;
}
