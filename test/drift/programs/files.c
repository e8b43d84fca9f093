// Folders, links, rights, locks, terminals, limits.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

static int visited;

static int Visit(const char* path, const struct stat* info, int kind,
                 struct FTW* place) {
  (void)path, (void)info, (void)kind, (void)place;
  ++visited;
  return 0;
}

static int ByName(const struct dirent** a, const struct dirent** b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static void Make(void) {
  printf("%d", mkdir("folder", 0755));
  printf(" %d", creat("folder/file", 0644) > 2);
  printf(" %d", symlink("file", "folder/link"));
  printf(" %d", link("folder/file", "folder/hard"));
  printf(" %d", mkfifo("folder/pipe", 0600));
  printf(" %d", rename("folder/hard", "folder/other"));
  printf(" %d", renameat2(AT_FDCWD, "folder/other", AT_FDCWD, "folder/file",
                          RENAME_EXCHANGE));
  printf(" %d", chmod("folder/file", 0600));
  printf(" %d", fchmodat(AT_FDCWD, "folder/file", 0640, 0));
  printf(" %d", fchmodat(AT_FDCWD, "folder/file", 0640, AT_SYMLINK_NOFOLLOW));
  printf(" %d", lchown("folder/link", (uid_t)-1, (gid_t)-1));
  printf(" %d", truncate("folder/file", 100));
  printf(" %d", access("folder/file", R_OK));
  printf(" %d", faccessat(AT_FDCWD, "folder/file", R_OK, AT_EACCESS));
  printf(" %d", euidaccess("folder/file", W_OK));
  printf(" %o\n", umask(022));
}

static void Look(void) {
  struct stat info;
  struct statx more;
  printf("%d", stat("folder/file", &info));
  printf(" %ld", (long)info.st_size);
  printf(" %d", lstat("folder/link", &info));
  printf(" %d", fstatat(AT_FDCWD, "folder", &info, 0));
  printf(" %d\n", statx(AT_FDCWD, "folder", 0, STATX_SIZE, &more));
  char text[PATH_MAX];
  printf("link %zd", readlink("folder/link", text, sizeof text));
  printf(" real %d", realpath("folder/link", text) != NULL);
  printf(" here %d\n", getcwd(text, sizeof text) != NULL);
  struct dirent** entries = NULL;
  const int count = scandir("folder", &entries, NULL, ByName);
  for (int i = 0; i < count; ++i) printf("%s ", entries[i]->d_name);
  nftw("folder", Visit, 8, FTW_PHYS);
  glob_t found;
  printf("%d visited, glob %d", visited, glob("fold*/l*", 0, NULL, &found));
  printf(" %zu\n", found.gl_pathc);
  struct statvfs system;
  printf("system %d %d", statvfs(".", &system),
         pathconf(".", _PC_NAME_MAX) > 0);
  printf(" attribute %d\n",
         (int)getxattr("folder/file", "user.none", text, sizeof text) < 0);
}

static void Lock(void) {
  const int file = open("folder/file", O_RDWR);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  printf("lock %d %d %d", fcntl(file, F_SETLK, &lock), flock(file, LOCK_EX),
         lockf(file, F_TEST, 0));
  lock.l_pid = 0;
  lock.l_type = F_UNLCK;
  printf(" %d", fcntl(file, F_OFD_SETLK, &lock));
  printf(" %d", fcntl(file, F_GETFL) != -1);
  printf(" %d", fcntl(file, F_SETFD, FD_CLOEXEC));
  printf(" dup %d %d %d\n", dup(file) > 2, dup2(file, 20), dup3(file, 21, 0));
  close_range(20, 21, 0);
  closefrom(30);
}

static void Terminal(void) {
  struct termios settings;
  struct winsize size;
  printf("terminal %d %d", isatty(0), tcgetattr(0, &settings));
  printf(" %d %d", ioctl(0, TIOCGWINSZ, &size), ttyname(0) != NULL);
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal >= 0) {
    printf(" pair %d %d", isatty(terminal), tcgetattr(terminal, &settings));
    cfmakeraw(&settings);
    cfsetspeed(&settings, B9600);
    printf(" %d", tcsetattr(terminal, TCSANOW, &settings));
    printf(" %d %d", tcflush(terminal, TCIOFLUSH), ptsname(terminal) != NULL);
  }
  putchar('\n');
}

static void Machine(void) {
  struct utsname name;
  struct sysinfo info;
  struct rlimit limit;
  double loads[3];
  char random[16];
  printf("machine %d %d %d", uname(&name), sysinfo(&info),
         getrlimit(RLIMIT_NOFILE, &limit));
  printf(" %d", setrlimit(RLIMIT_NOFILE, &limit));
  printf(" %d %d", sysconf(_SC_NPROCESSORS_ONLN) > 0, get_nprocs_conf() > 0);
  printf(" %d %d", sysconf(_SC_PAGESIZE) == 4096, sysconf(_SC_OPEN_MAX) > 0);
  printf(" %d", sysconf(_SC_PHYS_PAGES) > 0);
  printf(" %d", getloadavg(loads, 3) != 0);
  printf(" %zd %d", getrandom(random, sizeof random, 0),
         getentropy(random, 16));
  printf(" %d", arc4random() != arc4random());
  printf(" %d %d\n", getpriority(PRIO_PROCESS, 0) != -1, nice(0) != -1);
  const int event = eventfd(0, EFD_NONBLOCK);
  printf("event %d", eventfd_write(event, 3));
  const int watch = inotify_init();
  printf(" watch %d", inotify_add_watch(watch, ".", IN_CREATE) > 0);
  const int memory = memfd_create("memory", MFD_CLOEXEC);
  printf(" memory %d", ftruncate(memory, 4096));
  char* map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  map = mremap(map, 4096, 8192, MREMAP_MAYMOVE);
  printf(" %d %d", map != MAP_FAILED, mprotect(map, 4096, PROT_READ));
  printf(" %d %d\n", msync(map, 4096, MS_SYNC), mlock(map, 4096) >= -1);
  const int shared = shm_open("/chestnut-drift", O_RDWR | O_CREAT, 0600);
  printf("shared %d\n", shared < 0 || shm_unlink("/chestnut-drift") == 0);
}

int main(void) {
  Make();
  Look();
  Lock();
  Terminal();
  Machine();
  printf("%d %d %d\n", unlink("folder/pipe"), remove("folder/link"),
         rmdir("none"));
  return chdir("folder") != 0 || chroot("/nowhere") == 0;
}
