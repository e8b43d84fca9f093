// Coroutines: what the promise, the awaiters and the frame hide. Never run; the
// differential test compiles it.
#include <coroutine>
#include <exception>
#include <memory>
#include <new>
#include <utility>

int e1(int);
void v0(), v1(), v2();
using Unary = int (*)(int);

struct Probe {
  Probe(int);
  Probe(const Probe&);
  ~Probe();
  int value;
};

template <typename T>
struct Generator {
  struct promise_type {
    T current = T(7);
    Unary function = e1;
    Generator get_return_object() {
      return Generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return v0(), std::suspend_always(); }
    std::suspend_always final_suspend() noexcept { return v1(), std::suspend_always(); }
    std::suspend_always yield_value(T value) { return current = std::move(value), std::suspend_always(); }
    void return_void() { v2(); }
    void unhandled_exception() { std::terminate(); }
    ~promise_type() { e1(1); }
  };
  explicit Generator(std::coroutine_handle<promise_type> h) : handle(h) {}
  Generator(Generator&& other) : handle(std::exchange(other.handle, {})) {}
  ~Generator() {
    if (handle) handle.destroy();
  }
  bool next() { return handle.resume(), !handle.done(); }
  std::coroutine_handle<promise_type> handle;
};

struct Awaiter {
  Probe held;
  bool await_ready() { return e1(2); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) { return e1(3) ? h : std::noop_coroutine(); }
  int await_resume() { return e1(4); }
  ~Awaiter() { v0(); }
};
struct ConvertsToAwaiter {
  Awaiter operator co_await() { return Awaiter{Probe(1)}; }
};
struct Event {};
Awaiter operator co_await(Event) { return Awaiter{Probe(2)}; }

struct Task {
  struct promise_type {
    explicit promise_type(int x, const Probe& p) : sum(e1(x + p.value)) {}
    promise_type() = default;
    // Own allocation, and the answer when it fails.
    static void* operator new(size_t size, std::nothrow_t const&) noexcept;
    static void* operator new(size_t size) noexcept;
    static void operator delete(void*, size_t) noexcept;
    static Task get_return_object_on_allocation_failure() { return Task{}; }
    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type>) noexcept { v1(); }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(int x) { sum = x; }
    void unhandled_exception() { v2(); }
    Awaiter await_transform(int x) { return Awaiter{Probe(x)}; }
    Event await_transform(Event e) { return e; }
    ConvertsToAwaiter await_transform(ConvertsToAwaiter c) { return c; }
    int sum = 0;
  };
  std::coroutine_handle<promise_type> handle;
};

Generator<Probe> counts(int n, Probe by_value) {
  Probe local(n);
  for (int i = 0; i < n; ++i) {
    Probe inner(i);
    co_yield e1(i) ? inner : by_value;
  }
  co_yield Probe(9);
}
Task awaits(int x, const Probe& probe) {
  try {
    int sum = co_await x + co_await Event() + co_await ConvertsToAwaiter();
    Probe held(sum);
    if (sum > 3) co_return e1(sum);
  } catch (const std::exception& error) {
    e1(5);
  }
  co_return probe.value;
}
struct Owner {
  Generator<int> member(int x) {
    co_yield e1(x) + field;
    co_return;
  }
  int field = 0;
};
int uses(int n) {
  int sum = 0;
  auto generator = counts(n, Probe(1));
  while (generator.next()) sum += generator.handle.promise().current.value;
  auto lambda = [](int x) -> Generator<int> { co_yield e1(x); };
  auto from_lambda = lambda(1);
  Owner owner;
  auto from_member = owner.member(2);
  awaits(sum, Probe(2)).handle.resume();
  return sum + from_lambda.next() + from_member.next();
}
