#include "server/http/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

struct endpoint {
	struct sockaddr_storage address;
	socklen_t len;
	bool any; /* no host was given */
};

static void set_any(struct endpoint *out, int family, in_port_t port)
{
	out->address = (struct sockaddr_storage){0};
	if (family == AF_INET6) {
		*(struct sockaddr_in6 *)&out->address = (struct sockaddr_in6){
			.sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_ANY_INIT};
		out->len = sizeof(struct sockaddr_in6);
		return;
	}
	*(struct sockaddr_in *)&out->address =
		(struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
	out->len = sizeof(struct sockaddr_in);
}

static bool set_host(struct endpoint *out, struct str host, in_port_t port)
{
	const bool brackets = host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']';
	char text[INET6_ADDRSTRLEN];

	if (brackets)
		host = (struct str){host.at + 1, host.len - 2};
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	set_any(out, brackets ? AF_INET6 : AF_INET, port);
	if (brackets)
		return inet_pton(AF_INET6, text,
			       &((struct sockaddr_in6 *)&out->address)->sin6_addr) == 1;
	return inet_pton(AF_INET, text, &((struct sockaddr_in *)&out->address)->sin_addr) == 1;
}

static bool parse(const char *address, struct endpoint *out)
{
	const char *const colon = strrchr(address, ':');
	int64_t number;

	if (colon == NULL || colon[1] < '0' || colon[1] > '9' ||
		!str_to_i64(str_from(colon + 1), &number) || number > 65535)
		return false;
	const in_port_t port = htons((uint16_t)number);

	out->any = colon == address;
	if (out->any) {
		set_any(out, AF_INET6, port);
		return true;
	}
	return set_host(out, (struct str){address, (size_t)(colon - address)}, port);
}

static bool set_options(int fd, const struct endpoint *endpoint)
{
	const int yes = 1, no = 0;

	/* Accepted sockets inherit it: an answer is two records, and the second must not wait. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) != 0)
		return false;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
		return false;
	return endpoint->address.ss_family != AF_INET6 || !endpoint->any ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) == 0;
}

static int open_endpoint(const struct endpoint *endpoint, int backlog)
{
	const int fd =
		socket(endpoint->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (set_options(fd, endpoint) &&
		bind(fd, (const struct sockaddr *)&endpoint->address, endpoint->len) == 0 &&
		listen(fd, backlog) == 0)
		return fd;
	const int why = errno;

	close(fd);
	errno = why;
	return -1;
}

static bool read_address(const char *address, struct endpoint *out, struct err *err)
{
	return parse(address, out) ||
	       err_set(err, ERR_INVALID,
		       "'%s' is no address to listen on; write ':9443', '127.0.0.1:9443' or "
		       "'[::1]:9443'",
		       address);
}

bool socket_check_address(const char *address, struct err *err)
{
	struct endpoint endpoint = {0};

	return read_address(address, &endpoint, err);
}

bool socket_listen(const char *address, int backlog, int *fd, struct err *err)
{
	struct endpoint endpoint = {0};

	if (!read_address(address, &endpoint, err))
		return false;
	*fd = open_endpoint(&endpoint, backlog);
	if (*fd < 0 && endpoint.any && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
		set_any(&endpoint, AF_INET, ((struct sockaddr_in6 *)&endpoint.address)->sin6_port);
		*fd = open_endpoint(&endpoint, backlog);
	}
	return *fd >= 0 || err_errno(err, "listen on '%s'", address);
}

int socket_port(int fd)
{
	/* Large enough for both families, which have the port in the same place. */
	struct sockaddr_in6 address = {0};
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	return ntohs(address.sin6_port);
}

size_t socket_waiting(int fd)
{
	struct pollfd listening = {.fd = fd, .events = POLLIN};
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	if (poll(&listening, 1, 0) <= 0)
		return 0;
	/* Of a listening socket it is the length of its queue. */
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 || info.tcpi_unacked == 0)
		return 1;
	return info.tcpi_unacked;
}
