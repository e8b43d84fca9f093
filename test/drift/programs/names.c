// Users, groups, hosts, services.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <grp.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void Ask(const char* host, const char* service, int flags) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_flags = flags};
  struct addrinfo* found = NULL;
  const int status = getaddrinfo(host, service, &hints, &found);
  printf("%s %s:", host, service);
  // Without a network the answer is "try again", with one "unknown".
  if (status != 0) {
    puts(" none");
    return;
  }
  char text[INET6_ADDRSTRLEN];
  const struct sockaddr_in* address = (const struct sockaddr_in*)found->ai_addr;
  printf(" %s %d\n", inet_ntop(AF_INET, &address->sin_addr, text, sizeof text),
         ntohs(address->sin_port));
  char name[256];
  printf("back: %d\n",
         getnameinfo(found->ai_addr, found->ai_addrlen, name, sizeof name, text,
                     sizeof text, NI_NUMERICHOST | NI_NUMERICSERV));
  freeaddrinfo(found);
}

int main(void) {
  const struct passwd* user = getpwnam("root");
  printf("root is %s\n", user != NULL ? user->pw_dir : "nobody");
  user = getpwuid(0);
  printf("0 is %s\n", user != NULL ? user->pw_name : "nobody");
  printf("missing is %s\n", getpwnam("no such user") ? "there" : "nobody");
  const struct group* group = getgrnam("daemon");
  printf("daemon is %d\n", group != NULL ? (int)group->gr_gid : -1);
  group = getgrgid(0);
  printf("0 is %s\n", group != NULL ? group->gr_name : "nothing");
  gid_t groups[64];
  int count = 64;
  printf("groups %d\n", getgrouplist("daemon", 1, groups, &count));
  int users = 0;
  setpwent();
  while (getpwent() != NULL) ++users;
  endpwent();
  printf("users %d\n", users > 0);
  printf("shadow %d\n", getspnam("root") != NULL);
  Ask("127.0.0.1", "80", AI_NUMERICHOST);
  Ask("localhost", "80", 0);
  Ask("no-such-host.invalid", "http", 0);
  printf("service %d\n", getservbyname("http", "tcp") != NULL);
  printf("protocol %d\n", getprotobyname("tcp") != NULL);
  printf("host %d\n", gethostbyname("localhost") != NULL);
  char name[256];
  printf("own name %d\n", gethostname(name, sizeof name));
  struct ifaddrs* addresses = NULL;
  printf("addresses %d\n", getifaddrs(&addresses));
  freeifaddrs(addresses);
  printf("index %u\n", if_nametoindex("lo"));
  printf("login %d\n", getlogin() != NULL);
  return 0;
}
