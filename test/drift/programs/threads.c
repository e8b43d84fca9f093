// Threads that end, that are cancelled, that wait for each other.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static int pipe_ends[2];
static __thread char local[1 << 14];

static void Cleanup(void* what) { printf("cleanup of %s\n", (char*)what); }

static void* Ends(void* argument) {
  memset(local, 1, sizeof local);
  free(malloc(1 << 20));
  return argument;
}

static void* Exits(void* argument) {
  pthread_cleanup_push(Cleanup, argument);
  pthread_exit(argument);
  pthread_cleanup_pop(0);
}

static void* IsCancelled(void* argument) {
  char byte;
  pthread_cleanup_push(Cleanup, argument);
  sem_post(&semaphore);
  while (read(pipe_ends[0], &byte, 1) >= 0) {
  }
  pthread_cleanup_pop(0);
  return NULL;
}

static void* Spins(void* argument) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
  sem_post(&semaphore);
  for (;;) *(volatile int*)argument = 0;
}

static void* Meets(void* argument) {
  pthread_barrier_wait(&barrier);
  pthread_mutex_lock(&mutex);
  ++*(int*)argument;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void OnSignal(int number) {
  (void)number;
  sem_post(&semaphore);
}

static void Join(pthread_t thread, const char* name) {
  void* result = NULL;
  const int status = pthread_join(thread, &result);
  printf("%s: %d %s\n", name, status,
         result == PTHREAD_CANCELED ? "cancelled"
                                    : (result != NULL ? (char*)result : "-"));
}

static void Waits(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec = 0;
  pthread_mutex_lock(&mutex);
  printf("condition %d\n", pthread_cond_timedwait(&condition, &mutex, &until));
  const struct timespec past = {0, 0};
  printf("clock %d\n",
         pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &past));
  printf("lock %d\n", pthread_mutex_timedlock(&mutex, &until));
  pthread_mutex_unlock(&mutex);
  printf("semaphore %d\n", sem_timedwait(&semaphore, &until));
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_wrlock(&lock);
  printf("reader %d\n", pthread_rwlock_timedrdlock(&lock, &until));
  pthread_rwlock_unlock(&lock);
}

static void Attributes(void) {
  pthread_attr_t attributes;
  size_t size = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  pthread_attr_init(&attributes);
  printf("attributes %d %d %d\n", size > PTHREAD_STACK_MIN,
         pthread_attr_setstacksize(&attributes, 1 << 18),
         pthread_attr_setguardsize(&attributes, 1 << 14));
  pthread_t thread;
  pthread_create(&thread, &attributes, Ends, "small");
  Join(thread, "small");
  pthread_mutexattr_t robust;
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&robust, PTHREAD_PRIO_INHERIT);
  pthread_mutex_t other;
  printf("robust %d %d %d\n", pthread_mutex_init(&other, &robust),
         pthread_mutex_lock(&other), pthread_mutex_unlock(&other));
  cpu_set_t processors;
  printf("affinity %d name %d priority %d\n",
         pthread_getaffinity_np(pthread_self(), sizeof processors, &processors),
         pthread_setname_np(pthread_self(), "drift"),
         pthread_setschedparam(pthread_self(), SCHED_OTHER,
                               &(struct sched_param){0}));
}

int main(void) {
  pthread_t thread;
  if (pipe(pipe_ends) != 0) return 1;
  sem_init(&semaphore, 0, 0);
  for (int i = 0; i < 8; ++i) {
    pthread_create(&thread, NULL, Ends, "ended");
    if (i == 7)
      Join(thread, "ends");
    else
      pthread_join(thread, NULL);
  }
  pthread_create(&thread, NULL, Exits, "exit");
  Join(thread, "exits");
  pthread_create(&thread, NULL, IsCancelled, "cancel");
  sem_wait(&semaphore);
  const int status = pthread_cancel(thread);
  Join(thread, "cancelled");  // only then may both print
  printf("cancel %d\n", status);
  int number = 0;
  pthread_create(&thread, NULL, Spins, &number);
  sem_wait(&semaphore);
  pthread_cancel(thread);
  Join(thread, "spinning");
  pthread_barrier_init(&barrier, NULL, 3);
  pthread_t other;
  pthread_create(&thread, NULL, Meets, &number);
  pthread_create(&other, NULL, Meets, &number);
  pthread_barrier_wait(&barrier);
  pthread_mutex_lock(&mutex);
  while (number != 2) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  Join(thread, "met");
  Join(other, "met");
  signal(SIGUSR1, OnSignal);
  pthread_create(&thread, NULL, IsCancelled, "signalled");
  sem_wait(&semaphore);
  printf("kill %d\n", pthread_kill(thread, SIGUSR1));
  sem_wait(&semaphore);
  pthread_cancel(thread);
  Join(thread, "signalled");
  Waits();
  Attributes();
  sched_yield();
  pthread_create(&thread, NULL, Ends, "detached");
  pthread_detach(thread);
  pthread_exit(NULL);
}
