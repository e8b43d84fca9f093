// Clocks, timers, zones, sleeping.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t fired;

static void OnAlarm(int number) {
  (void)number;
  ++fired;
}

static void OnTimer(union sigval value) { *(volatile int*)value.sival_ptr = 1; }

static void Zones(void) {
  static const char* const kZones[] = {"UTC", "CET-1CEST", "Europe/Berlin",
                                       ":x"};
  for (int i = 0; i < 4; ++i) {
    setenv("TZ", kZones[i], 1);
    tzset();
    const time_t when = 1000000000;
    char text[64];
    strftime(text, sizeof text, "%F %T %z", localtime(&when));
    // Zone files may be missing: then it is UTC.
    printf("%s: %s\n", kZones[i], i == 2 ? "-" : text);
    struct tm broken = {.tm_year = 101, .tm_mon = 8, .tm_mday = 9};
    if (i < 2) printf("%ld\n", (long)mktime(&broken));
  }
}

static void Timers(void) {
  signal(SIGALRM, OnAlarm);
  struct itimerval soon = {.it_value = {.tv_usec = 1000}};
  setitimer(ITIMER_REAL, &soon, NULL);
  while (fired == 0) usleep(100);
  ualarm(1000, 0);
  while (fired == 1) sched_yield();
  alarm(100);
  printf("left %d\n", alarm(0) > 0);
  volatile int notified = 0;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD,
                           .sigev_value.sival_ptr = (void*)&notified};
  event.sigev_notify_function = OnTimer;
  timer_t timer;
  printf("timer %d", timer_create(CLOCK_MONOTONIC, &event, &timer));
  const struct itimerspec once = {.it_value = {.tv_nsec = 1000000}};
  printf(" %d\n", timer_settime(timer, 0, &once, NULL));
  while (notified == 0) sched_yield();
  struct itimerspec left;
  printf("over %d %d %d\n", timer_gettime(timer, &left),
         timer_getoverrun(timer), timer_delete(timer));
  const int file = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  timerfd_settime(file, 0, &once, NULL);
  uint64_t count = 0;
  printf("file %zd\n", read(file, &count, sizeof count));
  struct pollfd polled = {.fd = file, .events = POLLIN};
  struct timespec none = {0, 0};
  struct timeval no_time = {0, 0};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(file, &set);
  printf("poll %d %d", poll(&polled, 1, 0), ppoll(&polled, 1, &none, NULL));
  printf(" select %d", select(file + 1, &set, NULL, NULL, &no_time));
  printf(" pselect %d", pselect(file + 1, &set, NULL, NULL, &none, NULL));
  const int queue = epoll_create(1);
  struct epoll_event ready;
  printf(" epoll %d\n", epoll_wait(queue, &ready, 1, 0));
}

int main(void) {
  struct timespec now;
  struct timeval day;
  struct tms used;
  struct rusage usage;
  printf("%d %d %d\n", time(NULL) > 0, gettimeofday(&day, NULL),
         times(&used) > 0);
  static const clockid_t kClocks[] = {CLOCK_REALTIME,           CLOCK_MONOTONIC,
                                      CLOCK_PROCESS_CPUTIME_ID, CLOCK_BOOTTIME,
                                      CLOCK_MONOTONIC_COARSE,   CLOCK_TAI,
                                      CLOCK_THREAD_CPUTIME_ID};
  for (int i = 0; i < 7; ++i) {
    printf("%d %d\n", clock_gettime(kClocks[i], &now),
           clock_getres(kClocks[i], &now));
  }
  printf("timespec %d clock %d usage %d\n", timespec_get(&now, TIME_UTC),
         clock() >= 0, getrusage(RUSAGE_SELF, &usage));
  now = (struct timespec){0, 1000};
  printf("sleep %d %d %u\n", nanosleep(&now, NULL),
         clock_nanosleep(CLOCK_MONOTONIC, 0, &now, NULL), sleep(0));
  Zones();
  Timers();
  close(open("stamped", O_CREAT | O_WRONLY, 0600));
  const struct timespec stamps[2] = {{5, 0}, {6, 7}};
  const struct timeval old[2] = {{5, 0}, {6, 0}};
  struct stat info;
  printf("stamp %d %d", utimensat(AT_FDCWD, "stamped", stamps, 0),
         utimes("stamped", old));
  stat("stamped", &info);
  printf(" %ld\n", (long)info.st_mtime);
  return 0;
}
