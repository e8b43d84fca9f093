// One of every C construct that refers to a function or an object, GNU
// extensions included. Never run; the differential test compiles it.
#define _GNU_SOURCE
#include <alloca.h>
#include <complex.h>
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <tgmath.h>
#include <unistd.h>

int e0(void), e1(int), e2(int, int), evar(int, ...);
void v0(void), v1(void), v2(void), v3(void), v4(void), v5(void);
extern int external_data;
extern int external_array[];
typedef int (*unary)(int);
typedef void (*nullary)(void);

// --- Declarations and linkage ---------------------------------------------

static int internal_function(int x) { return e1(x); }
inline int plain_inline(int x) { return e1(x + 1); }
extern inline int plain_inline(int x);
static inline int static_inline(int x) { return e1(x + 2); }
extern inline __attribute__((gnu_inline)) int gnu_inlined(int x) {
  return e1(x + 3);
}
__attribute__((always_inline)) static inline int forced(int x) {
  return e1(x + 4);
}
__attribute__((weak)) int weak_function(int x) { return e1(x + 5); }
__attribute__((weak)) extern int weak_undefined(int);
__attribute__((visibility("hidden"))) int hidden_function(int x) {
  return internal_function(x);
}
__attribute__((noinline, cold, noreturn)) static void stops(void) { abort(); }
int unprototyped();
int knr(a, b) int a; short b; { return e2(a, b); }
int renamed(int) __asm__("renamed_by_label");
static int renamed_here(int x) __asm__("renamed_here_by_label");
static int renamed_here(int x) { return e1(x); }
int renamed_data __asm__("data_by_label") = 3;
int aliased(int x) { return e1(x); }
int an_alias(int) __attribute__((alias("aliased")));
extern int weak_alias(int) __attribute__((weak, alias("aliased")));
static int weak_reference(int) __attribute__((weakref("some_weak_target")));
int aliased_data = 4;
extern int data_alias __attribute__((alias("aliased_data")));
static int chosen(int x) { return e1(x); }
static unary resolve(void) { return chosen; }
int dispatched(int) __attribute__((ifunc("resolve")));
__attribute__((constructor)) static void on_start(void) { v0(); }
__attribute__((constructor(200))) void early(void) { v1(); }
__attribute__((destructor)) static void on_exit_of_program(void) { v2(); }
__attribute__((used)) static void kept(void) { v3(); }
__attribute__((used)) static int kept_data = 1;
__attribute__((section("hooks"))) nullary hook = v4;
extern nullary __start_hooks[], __stop_hooks[];
int tentative;
int tentative_array[4];
_Thread_local int thread_data;
static __thread unary thread_pointer = internal_function;

// --- Initialisers ----------------------------------------------------------

struct operations {
  unary open;
  int (*pair)(int, int);
  struct { nullary first, second; } nested;
  union { unary one; nullary none; } choice;
  unary many[3];
  const char *name;
};
static const struct operations table = {
    .open = internal_function,
    .pair = e2,
    .nested = {v0, v1},
    .choice.one = e1,
    .many = {e1, [2] = static_inline},
    .name = "table",
};
struct operations *table_pointer = (struct operations *)&table;
unary pointers[] = {e1, internal_function, &hidden_function, (unary)e0, 0};
void *opaque[] = {(void *)e1, &external_data, external_array + 3, &table.many[1]};
unary *pointer_to_pointer = &pointers[1];
static int self_size = sizeof(e1(3));
struct operations *compound = &(struct operations){.open = weak_function};
unary by_condition = sizeof(int) == 4 ? e1 : weak_function;
unary by_choose = __builtin_choose_expr(1, internal_function, e1);
unary by_generic = _Generic(1, int : e1, default : weak_function);
const unary constant_pointer = internal_function;
static unary const static_constant_pointer = e1;
int *inner_data = &(int){5};
ptrdiff_t difference = (char *)&external_array[2] - (char *)&external_array[0];
struct flexible { int n; nullary members[]; };
struct flexible flexible_table = {2, {v0, v1}};
unary range[8] = {[0 ... 3] = e1, [4 ... 7] = internal_function};
struct { struct operations *list[2]; } lists = {{&(struct operations){.pair = e2}, 0}};

// --- Calls -----------------------------------------------------------------

int direct_calls(int x) {
  e0();
  (e0)();
  (*e1)(x);
  (**e1)(x);
  (&e1)(x);
  unprototyped(x, 2);
  knr(x, 1);
  renamed(x) + renamed_here(x) + renamed_data;
  an_alias(x), weak_alias(x), weak_reference(x), dispatched(x);
  data_alias = aliased_data;
  ((int (*)(int))e2)(x);
  if (weak_undefined) weak_undefined(x);
  return plain_inline(x) + static_inline(x) + gnu_inlined(x) + forced(x);
}

int indirect_calls(struct operations *ops, unary argument, int x) {
  unary local = internal_function;
  local = x ? e1 : weak_function;
  int sum = local(x) + argument(x) + ops->open(x) + ops->pair(x, x);
  sum += pointers[x & 3](x) + (x ? e1 : internal_function)(x);
  sum += constant_pointer(x) + static_constant_pointer(x);
  sum += table.open(x) + table.many[2](x) + (*table_pointer).pair(x, 1);
  ops->nested.first();
  (x ? v0 : v1)();
  sum += (e0(), e1)(x);
  sum += ({ unary inner = e1; inner; })(x);
  sum += ((unary)opaque[0])(x);
  for (nullary *p = __start_hooks; p != __stop_hooks; ++p) (*p)();
  return sum;
}

int control_flow(int x) {
  for (int i = e1(0); i < e1(1); i += e1(2)) e1(i);
  while (e1(3)) {
    if (e1(4)) break;
    if (e1(5)) continue;
  }
  do { v0(); } while (e1(6));
  switch (e1(7)) {
    case 0: v1(); break;
    case 1 ... 3: v2();
      __attribute__((fallthrough));
    default: v3();
  }
  if (x && e1(8)) v4();
  if (x || e2(8, 9)) v5();
  int y = x ?: e1(10);
  goto end;
  v0();
end:
  return y ? e1(11) : e2(12, 13);
}

int unreachable_code(int x) {
  if (0) v0();
  if (sizeof(int) == 8) v1();
  while (0) v2();
  return x;
  v3();
}

int unevaluated(int x) {
  int size = sizeof(e1(1)) + _Alignof(int);
  __typeof__(e2(1, 2)) y = size;
  int vla_size = sizeof(int[e1(20)]);
  int constant = __builtin_constant_p(e1(21));
  return y + vla_size + constant + __builtin_choose_expr(0, e2(1, 1), e1(22)) +
         _Generic(e1(23), int : e1(24), default : e2(3, 4)) +
         (int)__builtin_object_size(&external_data, 0) +
         __builtin_types_compatible_p(int, int);
}

int variable_arrays(int n) {
  int array[n + e1(1)];
  int matrix[e1(2)][e1(3)];
  typedef int of_size[e1(4)];
  of_size other;
  int (*pointer)[e1(5)] = (void *)array;
  char *memory = alloca(e1(6));
  void takes_array(int m, int parameter[m][e1(7)]);
  takes_array(n, (void *)array);
  return array[0] + matrix[0][0] + other[0] + (*pointer)[0] + memory[0] +
         (int)sizeof(other);
}
int array_parameter(int n, int a[n + e1(8)], int b[static e1(9)]) { return a[0] + b[0]; }

static void free_it(char **p) { free(*p); }
static void unlock(pthread_mutex_t **m) { pthread_mutex_unlock(*m); }
int cleanups(pthread_mutex_t *mutex, int x) {
  __attribute__((cleanup(unlock))) pthread_mutex_t *guard = mutex;
  for (int i = 0; i < x; ++i) {
    __attribute__((cleanup(free_it))) char *text = strdup("x");
    if (e1(i)) return 1;
    if (e0()) goto out;
    puts(text);
  }
out:
  return 0;
}

static void log_it(const char *format, ...) {
  va_list arguments, copy;
  va_start(arguments, format);
  va_copy(copy, arguments);
  nullary callback = va_arg(arguments, nullary);
  callback();
  struct operations ops = va_arg(arguments, struct operations);
  ops.open(1);
  vprintf(format, copy);
  va_end(copy);
  va_end(arguments);
}
void variadic(void) {
  log_it("x", v0, table);
  evar(1, e1, &external_data, internal_function);
  printf("%p", (void *)e2);
}

// --- Values that move ------------------------------------------------------

unary returns_function(int x) { return x ? internal_function : e1; }
unary *returns_place(void) { return &pointers[0]; }
struct operations returns_struct(void) {
  return (struct operations){.open = e1, .pair = e2};
}
void takes_function(unary f, void *opaque_pointer, struct operations by_value);
int statics(int x) {
  static unary cached = e1;
  static int counter;
  static struct operations inner = {.open = weak_function};
  { static int counter = 7; counter += x; }
  { static unary cached = internal_function; cached(x); }
  static void *const *const labels[] = {&&first, &&second};
  goto *labels[x & 1];
first:
  return cached(++counter);
second:
  return inner.open(x);
}
void moves(struct operations *ops, unary *place, int x) {
  struct operations copy = *ops, zero = {0};
  struct operations local = {.open = e1, .nested = {v0, v1}, .name = __func__};
  struct operations constant = {internal_function, e2, {v2, v3}, {e1}, {e1, e1, e1}, "n"};
  unary array[] = {e1, internal_function, weak_function};
  copy.open = array[x];
  *place = hidden_function;
  place[2] = &internal_function;
  ops->many[x] = e1;
  ops->choice.none = v5;
  *returns_place() = e1;
  memcpy(ops, &local, sizeof local);
  memset(&zero, 0, sizeof zero);
  takes_function(e1, (void *)e2, constant);
  takes_function(returns_function(1), &table, returns_struct());
  returns_function(2)(3);
  returns_struct().open(4);
  size_t as_integer = (size_t)e1;
  unary back = (unary)as_integer;
  back(1);
  thread_pointer = e1;
  thread_pointer(thread_data++);
  if (copy.open == internal_function || ops->open != e1) v0();
  *ops = x ? copy : zero;
  (void)e1, (void)external_data;
  tentative = tentative_array[1] + external_array[x] + *inner_data;
  takes_function((x, weak_function), ((struct operations[]){{.open = e1}}), local);
  struct { int bits : 3; unary f; } anonymous = {.f = e1};
  anonymous.f(anonymous.bits);
}

static void *thread_main(void *argument) { return v0(), argument; }
static void handler(int signal) { (void)signal, v1(); }
static void action(int s, siginfo_t *i, void *c) { (void)s, (void)i, (void)c, v2(); }
static int order(const void *a, const void *b) { return *(int *)a - *(int *)b; }
static void once_only(void) { v3(); }
static void at_end(void) { v4(); }
static void pop_it(void *p) { free(p); }
void library(int *data, size_t n) {
  pthread_t thread;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_create(&thread, 0, thread_main, data);
  pthread_once(&once, once_only);
  signal(SIGINT, handler);
  struct sigaction act = {.sa_sigaction = action, .sa_flags = SA_SIGINFO};
  sigaction(SIGTERM, &act, 0);
  act.sa_handler = SIG_IGN;
  qsort(data, n, sizeof *data, order);
  atexit(at_end);
  pthread_cleanup_push(pop_it, data);
  v0();
  pthread_cleanup_pop(1);
  jmp_buf point;
  if (setjmp(point)) longjmp(point, 1);
  errno = isalpha(*data) ? toupper(*data) : 0;
  fprintf(stderr, "%d\n", errno), putc('x', stdout), getc(stdin);
  syscall(SYS_getpid);
}

// --- Built-ins, atomics, arithmetic ----------------------------------------

static _Atomic(unary) atomic_pointer = e1;
_Atomic int atomic_counter;
struct big { char bytes[64]; };
static _Atomic struct big atomic_big;
unsigned __int128 wide(unsigned __int128 a, unsigned __int128 b) { return a / b + a % b; }
float _Complex complex_math(float _Complex a, double _Complex b) {
  a = a * a + (float _Complex)(b / b) * (float _Complex)cexp(b);
  return a / conjf(a) + cabs(b);
}
_Float16 half(_Float16 x) { return x * x; }
long double long_math(long double x) { return sqrtl(x) + sin(x) + x * x; }
void atomics(struct big *big) {
  atomic_store(&atomic_pointer, internal_function);
  atomic_load(&atomic_pointer)(1);
  atomic_exchange(&atomic_pointer, weak_function)(2);
  unary expected = e1;
  atomic_compare_exchange_strong(&atomic_pointer, &expected, hidden_function);
  atomic_pointer = e1;
  atomic_pointer(3);
  atomic_counter++;
  atomic_fetch_add(&atomic_counter, e1(1));
  atomic_big = *big;
  *big = atomic_big;
  __atomic_store_n(&pointers[0], e1, __ATOMIC_SEQ_CST);
  __sync_bool_compare_and_swap(&tentative, 0, e1(2));
  __sync_fetch_and_add(&tentative, 1);
  struct big expected_big;
  __atomic_compare_exchange(big, &expected_big, big, 0, 5, 5);
}
int builtins(char *text, int x) {
  char buffer[20];
  __builtin_memcpy(buffer, text, 20);
  __builtin_strcpy(buffer, text);
  __builtin___memcpy_chk(buffer, text, x, __builtin_object_size(buffer, 0));
  __builtin_printf("%s", buffer);
  __builtin_prefetch(&external_data);
  int *p = __builtin_alloca(__builtin_strlen(text));
  if (__builtin_expect(x, 0)) __builtin_trap();
  if (__builtin_add_overflow(x, e1(1), &x)) __builtin_abort();
  double d = __builtin_fabs(-1.0) + __builtin_pow(2.0, x) + fmod(1, x);
  d += __builtin_huge_val() + __builtin_nan("");
  return __builtin_popcount(x) + __builtin_ffs(x) + __builtin_bswap32(x) + *p + (int)d +
         __builtin_constant_p(e1(2)) + abs(e1(3)) + (x ? 1 : (__builtin_unreachable(), 0)) +
         __builtin_memcmp(text, buffer, 4) + (int)(size_t)__builtin_return_address(0) +
         (int)(size_t)__builtin_frame_address(0) + __builtin_isnan(d) +
         (int)__builtin_strcspn(text, "x") + (int)sqrt(d) + (int)fma(d, d, d);
}
typedef float vector __attribute__((vector_size(16)));
vector vectors(vector a, vector b) {
  return __builtin_shufflevector(a, b, 0, 1, 4, 5) + a * b + __builtin_convertvector((__attribute__((vector_size(16))) int){1, 2, 3, 4}, vector);
}

// --- Assembly --------------------------------------------------------------

long assembly(long number, long a) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a) : "rcx", "r11", "memory");
  __asm__ volatile("call *%0" : : "r"(v0) : "memory");
  __asm__ volatile("" : : "g"(v1), "m"(external_data), "r"(e1(1)));
  __asm__ goto("" : : "r"(e1(2)) : : out);
  register long r10 __asm__("r10") = e1(3);
  __asm__ volatile("" : "+r"(r10), "=m"(tentative));
out:
  return result;
}
__asm__(".globl from_file_scope\nfrom_file_scope: jmp v0");

// --- Statement expressions, nested parts, odd corners ----------------------

#define MAX(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
int statement_expressions(int x) {
  int y = MAX(e1(x), e2(x, x));
  y += ({ int z; z = e1(3); if (z) v0(); z; });
  return ({ struct operations o = {.open = e1}; o; }).open(y);
}
int declares_inside(int x) {
  extern int declared_inside(int);
  extern int data_inside;
  int also(int), and_also(void);
  _Static_assert(sizeof(int) == 4, "int");
  enum { constant = 3 };
  return declared_inside(x) + data_inside + also(constant) + and_also();
}
int offsets(int i) {
  return (int)offsetof(struct operations, nested.second) +
         (int)__builtin_offsetof(struct operations, many[2]) + external_array[e1(i)];
}
void compound_literals(int x) {
  takes_function(((unary[]){e1, internal_function})[x], &(struct operations){.pair = e2, .choice = {e1}},
                 (struct operations){.open = x ? e1 : weak_function});
  for (unary *p = (unary[]){e1, 0}; *p; ++p) (*p)(x);
}
void strings(void) {
  static const char *const names[] = {"a", "b"};
  const char local[] = "local";
  wchar_t wide_string[] = L"wide";
  puts(names[0]), puts(local), puts((const char *)wide_string), puts(__func__), puts(__PRETTY_FUNCTION__);
}
int ends_by(int x) {
  if (x) stops();
  return kept_data + self_size;
}
struct recursive { struct recursive *next; unary f; };
static struct recursive second_one;
static struct recursive first_one = {&second_one, e1};
static struct recursive second_one = {&first_one, internal_function};
int walks(void) {
  int sum = 0;
  for (struct recursive *r = &first_one; r; r = r->next) sum += r->f(sum);
  return sum;
}
static int mutual_b(int x);
static int mutual_a(int x) { return x ? mutual_b(x - 1) : e1(0); }
static int mutual_b(int x) { return x ? mutual_a(x - 1) : e2(0, 0); }
int (*returns_pointer_to_function(int x))(int) { return mutual_a(x) ? mutual_a : e1; }
int main(int argc, char **argv) {
  (void)argv;
  return returns_pointer_to_function(argc)(argc) + walks();
}
