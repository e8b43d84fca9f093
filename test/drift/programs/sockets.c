// Both ends of connections, within one process.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void Talk(int a, int b) {
  char text[32] = "";
  struct iovec part = {text, sizeof text};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  struct mmsghdr many = {.msg_hdr = message};
  printf("%zd", send(a, "hello", 5, MSG_NOSIGNAL));
  printf(" %zd", recv(b, text, sizeof text, 0));
  part.iov_len = 3;
  printf(" %zd", sendmsg(a, &message, 0));
  printf(" %zd", recvmsg(b, &message, 0));
  many.msg_hdr = message;
  printf(" %d", sendmmsg(a, &many, 1, 0));
  printf(" %d", recvmmsg(b, &many, 1, MSG_DONTWAIT, NULL));
  printf(" %zd", write(a, "x", 1));
  printf(" %zd\n", read(b, text, 1));
}

int main(void) {
  int pair[2];
  printf("pair %d\n", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
  Talk(pair[0], pair[1]);
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  printf("option %d",
         setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
  printf(" bind %d", bind(server, (struct sockaddr*)&address, length));
  printf(" listen %d", listen(server, 5));
  printf(" name %d\n",
         getsockname(server, (struct sockaddr*)&address, &length));
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  printf("connect %d", connect(client, (struct sockaddr*)&address, length));
  const int peer = accept(server, NULL, NULL);
  printf(" accept %d\n", peer > 2);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  Talk(client, peer);
  const int queue = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLOUT};
  printf("epoll %d", epoll_ctl(queue, EPOLL_CTL_ADD, peer, &event));
  printf(" %d", epoll_wait(queue, &event, 1, 1000));
  printf(" %d\n", epoll_pwait(queue, &event, 1, 1000, NULL));
  printf("shutdown %d\n", shutdown(client, SHUT_RDWR));
  const int again = socket(AF_INET, SOCK_STREAM, 0);
  connect(again, (struct sockaddr*)&address, length);
  printf("accept4 %d\n", accept4(server, NULL, NULL, SOCK_NONBLOCK) > 2);
  const int datagram = socket(AF_INET, SOCK_DGRAM, 0);
  address.sin_port = 0;
  bind(datagram, (struct sockaddr*)&address, sizeof address);
  getsockname(datagram, (struct sockaddr*)&address, &length);
  printf("sendto %zd",
         sendto(datagram, "udp", 3, 0, (struct sockaddr*)&address, length));
  char text[8];
  printf(" %zd\n", recvfrom(datagram, text, sizeof text, 0, NULL, NULL));
  return getpeername(peer, NULL, NULL) == 0;
}
