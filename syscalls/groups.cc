#include "syscalls/groups.h"

#include <map>
#include <string>

#include "absl/strings/str_split.h"
#include "syscalls/table.h"

namespace chestnut::syscalls {
namespace {

constexpr Group kGroups[] = {
    {"execute programs", Danger::kHigh, "replace the program by another one",
     "execve execveat uselib"},
    {"trace processes", Danger::kHigh,
     "read and change other processes' memory and registers",
     "ptrace process_vm_readv process_vm_writev kcmp process_madvise "
     "pidfd_getfd process_mrelease"},
    {"kernel code", Danger::kHigh,
     "load code into the kernel, or start another one",
     "bpf init_module finit_module delete_module create_module "
     "get_kernel_syms query_module kexec_load kexec_file_load uprobe "
     "uretprobe"},
    {"kernel attack surface", Danger::kHigh,
     "parts of the kernel that exploits often use",
     "userfaultfd perf_event_open add_key request_key keyctl "
     "io_uring_setup io_uring_enter io_uring_register modify_ldt "
     "vmsplice lookup_dcookie remap_file_pages"},
    {"mounts and namespaces", Danger::kHigh,
     "change what the file system is and who is seen",
     "mount umount2 pivot_root chroot unshare setns open_tree "
     "open_tree_attr move_mount fsopen fsconfig fsmount fspick "
     "mount_setattr statmount listmount listns name_to_handle_at "
     "open_by_handle_at"},
    {"administer the system", Danger::kHigh,
     "clocks, swap, names, quotas, reboot",
     "reboot swapon swapoff sethostname setdomainname settimeofday "
     "clock_settime adjtimex clock_adjtime acct quotactl quotactl_fd "
     "iopl ioperm syslog vhangup nfsservctl _sysctl fanotify_init "
     "fanotify_mark"},
    {"identity", Danger::kHigh, "become another user, change capabilities",
     "setuid setgid setreuid setregid setresuid setresgid setfsuid "
     "setfsgid setgroups capset personality"},
    {"protections of memory", Danger::kMedium, "make memory executable",
     "mprotect pkey_mprotect pkey_alloc pkey_free mmap mremap "
     "memfd_create memfd_secret map_shadow_stack"},
    {"processes and threads", Danger::kMedium, "make processes and threads",
     "clone clone3 fork vfork"},
    {"signals to others", Danger::kMedium, "end or disturb other processes",
     "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo "
     "pidfd_send_signal pidfd_open"},
    {"network", Danger::kMedium, "connect, listen, send and receive",
     "socket socketpair connect accept accept4 bind listen sendto "
     "recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname "
     "getpeername setsockopt getsockopt"},
    {"open files", Danger::kMedium, "open and create files",
     "open openat openat2 creat"},
    {"change the file tree", Danger::kMedium,
     "remove, rename and link files and folders",
     "rename renameat renameat2 mkdir mkdirat rmdir link linkat unlink "
     "unlinkat symlink symlinkat mknod mknodat truncate"},
    {"change attributes of files", Danger::kMedium,
     "owners, modes, times, extended attributes",
     "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime "
     "utimes futimesat utimensat setxattr lsetxattr fsetxattr setxattrat "
     "removexattr lremovexattr fremovexattr removexattrat file_setattr "
     "umask"},
    {"devices", Danger::kMedium,
     "whatever a device driver or file system offers", "ioctl"},
    {"share memory and messages", Danger::kMedium,
     "System V and POSIX communication between processes",
     "shmget shmat shmctl shmdt semget semop semctl semtimedop msgget "
     "msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
     "mq_timedreceive mq_notify mq_getsetattr"},
    {"scheduling and limits", Danger::kMedium,
     "priorities, limits and placement, also of other processes",
     "setpriority getpriority sched_setparam sched_getparam "
     "sched_setscheduler sched_getscheduler sched_get_priority_max "
     "sched_get_priority_min sched_rr_get_interval sched_setaffinity "
     "sched_getaffinity sched_setattr sched_getattr sched_yield "
     "ioprio_set ioprio_get setrlimit getrlimit prlimit64 mbind "
     "set_mempolicy get_mempolicy migrate_pages move_pages "
     "set_mempolicy_home_node rseq_slice_yield"},
    {"own process", Danger::kMedium, "settings of the process itself",
     "prctl arch_prctl setsid setpgid seccomp landlock_create_ruleset "
     "landlock_add_rule landlock_restrict_self lsm_set_self_attr"},
    {"read and write", Danger::kLow, "use what is open",
     "read write readv writev pread64 pwrite64 preadv pwritev preadv2 "
     "pwritev2 lseek close close_range dup dup2 dup3 fcntl flock fsync "
     "fdatasync sync syncfs sync_file_range ftruncate fallocate "
     "fadvise64 readahead sendfile splice tee copy_file_range cachestat "
     "pipe pipe2 getdents getdents64"},
    {"look at files", Danger::kLow, "attributes and names",
     "stat fstat lstat newfstatat statx access faccessat faccessat2 "
     "readlink readlinkat statfs fstatfs ustat sysfs getcwd chdir fchdir "
     "getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr "
     "flistxattr listxattrat file_getattr inotify_init inotify_init1 "
     "inotify_add_watch inotify_rm_watch"},
    {"wait for events", Danger::kLow, "poll descriptors, timers and signals",
     "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl "
     "epoll_wait epoll_pwait epoll_pwait2 epoll_ctl_old epoll_wait_old "
     "eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime "
     "timerfd_gettime io_setup io_destroy io_getevents io_pgetevents "
     "io_submit io_cancel"},
    {"memory", Danger::kLow, "allocate and advise",
     "brk munmap madvise msync mincore mlock mlock2 munlock mlockall "
     "munlockall mseal"},
    {"threads and locks", Danger::kLow, "wait for each other",
     "futex futex_waitv futex_wait futex_wake futex_requeue "
     "set_robust_list get_robust_list set_tid_address set_thread_area "
     "get_thread_area membarrier rseq gettid getcpu"},
    {"own signals", Danger::kLow, "handlers and masks",
     "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending "
     "rt_sigtimedwait rt_sigsuspend sigaltstack pause restart_syscall"},
    {"time", Danger::kLow, "clocks, timers and sleep",
     "time gettimeofday clock_gettime clock_getres clock_nanosleep "
     "nanosleep alarm getitimer setitimer timer_create timer_settime "
     "timer_gettime timer_getoverrun timer_delete times"},
    {"who and what I am", Danger::kLow,
     "numbers and names of the process and the system",
     "getpid getppid getuid getgid geteuid getegid getresuid getresgid "
     "getgroups getpgid getpgrp getsid capget uname sysinfo getrusage "
     "getrandom lsm_get_self_attr lsm_list_modules"},
    {"end and wait", Danger::kLow, "end the process, wait for children",
     "exit exit_group wait4 waitid"},
    {"never implemented", Danger::kLow,
     "numbers that the kernel answers with ENOSYS",
     "getpmsg putpmsg afs_syscall tuxcall security vserver"},
};

}  // namespace

absl::Span<const Group> Groups() { return kGroups; }

const Group& GroupOf(int number) {
  static const auto* const kByNumber = [] {
    auto* groups = new std::map<int, const Group*>;
    for (const Group& group : kGroups) {
      for (absl::string_view name : absl::StrSplit(group.calls, ' ')) {
        (*groups)[FindByName(name)->number] = &group;
      }
    }
    return groups;
  }();
  auto found = kByNumber->find(number);
  return found == kByNumber->end() ? kGroups[std::size(kGroups) - 1]
                                   : *found->second;
}

}  // namespace chestnut::syscalls
