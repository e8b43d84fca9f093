#include "syscalls/constants.h"

// The values come from the kernel's own headers, which fit the table.
#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <linux/tty.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "absl/types/span.h"

#define NAMED(constant) {static_cast<uint64_t>(constant), #constant}

namespace chestnut::syscalls {

absl::Span<const NamedConstant> ProtectionNames() {
  static const NamedConstant kNames[] = {
      NAMED(PROT_NONE), NAMED(PROT_READ),      NAMED(PROT_WRITE),
      NAMED(PROT_EXEC), NAMED(PROT_GROWSDOWN), NAMED(PROT_GROWSUP)};
  return kNames;
}

absl::Span<const NamedConstant> MapFlagNames() {
  static const NamedConstant kNames[] = {
      NAMED(MAP_SHARED_VALIDATE), NAMED(MAP_SHARED),
      NAMED(MAP_PRIVATE),         NAMED(MAP_FIXED),
      NAMED(MAP_ANONYMOUS),       NAMED(MAP_GROWSDOWN),
      NAMED(MAP_DENYWRITE),       NAMED(MAP_LOCKED),
      NAMED(MAP_NORESERVE),       NAMED(MAP_POPULATE),
      NAMED(MAP_NONBLOCK),        NAMED(MAP_STACK),
      NAMED(MAP_HUGETLB),         NAMED(MAP_SYNC),
      NAMED(MAP_FIXED_NOREPLACE)};
  return kNames;
}

absl::Span<const NamedConstant> OpenFlagNames() {
  // O_LARGEFILE and O_RDONLY are 0 in a 64-bit program: the kernel's own
  // O_LARGEFILE is 0x8000.
  static const NamedConstant kNames[] = {
      NAMED(O_RDONLY),   NAMED(O_WRONLY),        NAMED(O_RDWR),
      NAMED(O_CREAT),    NAMED(O_EXCL),          NAMED(O_NOCTTY),
      NAMED(O_TRUNC),    NAMED(O_APPEND),        NAMED(O_NONBLOCK),
      NAMED(O_SYNC),     NAMED(O_DSYNC),         NAMED(O_ASYNC),
      NAMED(O_DIRECT),   NAMED(O_TMPFILE),       NAMED(O_DIRECTORY),
      NAMED(O_NOFOLLOW), NAMED(O_NOATIME),       NAMED(O_CLOEXEC),
      NAMED(O_PATH),     {0x8000, "O_LARGEFILE"}};
  return kNames;
}

absl::Span<const NamedConstant> SocketDomainNames() {
  static const NamedConstant kNames[] = {
      NAMED(AF_UNSPEC),    NAMED(AF_UNIX),    NAMED(AF_INET), NAMED(AF_INET6),
      NAMED(AF_PACKET),    NAMED(AF_NETLINK), NAMED(AF_ALG),  NAMED(AF_VSOCK),
      NAMED(AF_BLUETOOTH), NAMED(AF_XDP),     NAMED(AF_KEY),  NAMED(AF_CAN)};
  return kNames;
}

absl::Span<const NamedConstant> SocketTypeNames() {
  static const NamedConstant kNames[] = {
      NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM),     NAMED(SOCK_RAW),
      NAMED(SOCK_RDM),    NAMED(SOCK_SEQPACKET), NAMED(SOCK_PACKET)};
  return kNames;
}

absl::Span<const NamedConstant> SocketFlagNames() {
  static const NamedConstant kNames[] = {NAMED(SOCK_CLOEXEC),
                                         NAMED(SOCK_NONBLOCK)};
  return kNames;
}

absl::Span<const NamedConstant> CloneFlagNames() {
  static const NamedConstant kNames[] = {NAMED(CLONE_VM),
                                         NAMED(CLONE_FS),
                                         NAMED(CLONE_FILES),
                                         NAMED(CLONE_SIGHAND),
                                         NAMED(CLONE_PIDFD),
                                         NAMED(CLONE_PTRACE),
                                         NAMED(CLONE_VFORK),
                                         NAMED(CLONE_PARENT),
                                         NAMED(CLONE_THREAD),
                                         NAMED(CLONE_NEWNS),
                                         NAMED(CLONE_SYSVSEM),
                                         NAMED(CLONE_SETTLS),
                                         NAMED(CLONE_PARENT_SETTID),
                                         NAMED(CLONE_CHILD_CLEARTID),
                                         NAMED(CLONE_DETACHED),
                                         NAMED(CLONE_UNTRACED),
                                         NAMED(CLONE_CHILD_SETTID),
                                         NAMED(CLONE_NEWCGROUP),
                                         NAMED(CLONE_NEWUTS),
                                         NAMED(CLONE_NEWIPC),
                                         NAMED(CLONE_NEWUSER),
                                         NAMED(CLONE_NEWPID),
                                         NAMED(CLONE_NEWNET),
                                         NAMED(CLONE_IO)};
  return kNames;
}

absl::Span<const NamedConstant> FcntlNames() {
  static const NamedConstant kNames[] = {
      NAMED(F_DUPFD),      NAMED(F_GETFD),       NAMED(F_SETFD),
      NAMED(F_GETFL),      NAMED(F_SETFL),       NAMED(F_GETLK),
      NAMED(F_SETLK),      NAMED(F_SETLKW),      NAMED(F_SETOWN),
      NAMED(F_GETOWN),     NAMED(F_SETSIG),      NAMED(F_GETSIG),
      NAMED(F_SETOWN_EX),  NAMED(F_GETOWN_EX),   NAMED(F_OFD_GETLK),
      NAMED(F_OFD_SETLK),  NAMED(F_OFD_SETLKW),  NAMED(F_SETLEASE),
      NAMED(F_GETLEASE),   NAMED(F_NOTIFY),      NAMED(F_DUPFD_CLOEXEC),
      NAMED(F_SETPIPE_SZ), NAMED(F_GETPIPE_SZ),  NAMED(F_ADD_SEALS),
      NAMED(F_GET_SEALS),  NAMED(F_GET_RW_HINT), NAMED(F_SET_RW_HINT)};
  return kNames;
}

absl::Span<const NamedConstant> PrctlNames() {
  static const NamedConstant kNames[] = {NAMED(PR_SET_PDEATHSIG),
                                         NAMED(PR_GET_PDEATHSIG),
                                         NAMED(PR_GET_DUMPABLE),
                                         NAMED(PR_SET_DUMPABLE),
                                         NAMED(PR_GET_KEEPCAPS),
                                         NAMED(PR_SET_KEEPCAPS),
                                         NAMED(PR_SET_NAME),
                                         NAMED(PR_GET_NAME),
                                         NAMED(PR_GET_SECCOMP),
                                         NAMED(PR_SET_SECCOMP),
                                         NAMED(PR_CAPBSET_READ),
                                         NAMED(PR_CAPBSET_DROP),
                                         NAMED(PR_GET_SECUREBITS),
                                         NAMED(PR_SET_SECUREBITS),
                                         NAMED(PR_SET_TIMERSLACK),
                                         NAMED(PR_GET_TIMERSLACK),
                                         NAMED(PR_SET_MM),
                                         NAMED(PR_SET_CHILD_SUBREAPER),
                                         NAMED(PR_GET_CHILD_SUBREAPER),
                                         NAMED(PR_SET_NO_NEW_PRIVS),
                                         NAMED(PR_GET_NO_NEW_PRIVS),
                                         NAMED(PR_SET_THP_DISABLE),
                                         NAMED(PR_CAP_AMBIENT),
                                         NAMED(PR_GET_SPECULATION_CTRL),
                                         NAMED(PR_SET_SPECULATION_CTRL),
                                         NAMED(PR_SET_PTRACER),
                                         NAMED(PR_SET_VMA)};
  return kNames;
}

absl::Span<const NamedConstant> IoctlNames() {
  static const NamedConstant kNames[] = {
      NAMED(TCGETS),          NAMED(TCSETS),          NAMED(TCSETSW),
      NAMED(TCSETSF),         NAMED(TCSBRK),          NAMED(TCXONC),
      NAMED(TCFLSH),          NAMED(TIOCEXCL),        NAMED(TIOCSCTTY),
      NAMED(TIOCGPGRP),       NAMED(TIOCSPGRP),       NAMED(TIOCOUTQ),
      NAMED(TIOCSTI),         NAMED(TIOCGWINSZ),      NAMED(TIOCSWINSZ),
      NAMED(FIONREAD),        NAMED(TIOCLINUX),       NAMED(TIOCCONS),
      NAMED(TIOCNOTTY),       NAMED(TIOCGSID),        NAMED(TIOCGPTN),
      NAMED(TIOCSPTLCK),      NAMED(TIOCGPTPEER),     NAMED(FIONCLEX),
      NAMED(FIOCLEX),         NAMED(FIOASYNC),        NAMED(FIONBIO),
      NAMED(FICLONE),         NAMED(FICLONERANGE),    NAMED(FITRIM),
      NAMED(BLKGETSIZE64),    NAMED(BLKGETSIZE),      NAMED(BLKSSZGET),
      NAMED(FS_IOC_GETFLAGS), NAMED(FS_IOC_SETFLAGS), NAMED(SIOCGIFNAME),
      NAMED(SIOCGIFINDEX),    NAMED(SIOCGIFCONF),     NAMED(SIOCGIFFLAGS),
      NAMED(SIOCGIFADDR),     NAMED(SIOCGIFHWADDR),   NAMED(SIOCATMARK)};
  return kNames;
}

}  // namespace chestnut::syscalls
