#include "server/kube/proxy.h"

#include <stdlib.h>
#include <string.h>

/* The first of two variables that says something; else "". */
static const char *either(const char *one, const char *other)
{
	const char *value = getenv(one);

	if (value == NULL || *value == '\0')
		value = getenv(other);
	return value ? value : "";
}

/* Of "scheme://host:port/prefix" and "scheme://[v6]:port/prefix". */
static struct str host_of(const char *url)
{
	const struct str rest = str_from(strstr(url, "://") + 3);

	if (str_starts(rest, "["))
		return (struct str){rest.at + 1, str_find(rest, ']') - 1};
	const size_t slash = str_find(rest, '/'), colon = str_find(rest, ':');

	return (struct str){rest.at, slash < colon ? slash : colon};
}

static bool is_this_machine(struct str host)
{
	return str_is(host, "localhost") || str_is(host, "::1") || str_starts(host, "127.");
}

/* A proxy of this kind is asked to look up the name, too: it may be one that nobody here knows. */
static const char *look_up_there(const char *url, struct arena *arena)
{
	static const char SOCKS[] = "socks5://";

	if (!str_starts(str_from(url), SOCKS))
		return url;
	return arena_printf(arena, "socks5h://%s", url + strlen(SOCKS)).at;
}

struct kube_proxy kube_proxy_of(const struct kube_config *config, struct arena *arena)
{
	const bool tls = str_starts(str_from(config->server), "https://");

	if (config->proxy_url)
		return (struct kube_proxy){look_up_there(config->proxy_url, arena), ""};
	if (is_this_machine(host_of(config->server)))
		return (struct kube_proxy){"", ""};
	return (struct kube_proxy){
		look_up_there(tls ? either("HTTPS_PROXY", "https_proxy")
				  : either("HTTP_PROXY", "http_proxy"),
			arena),
		either("NO_PROXY", "no_proxy"),
	};
}
