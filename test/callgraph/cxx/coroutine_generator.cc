// co_yield hands values to the promise; the caller resumes by its handle.
// expect-reachable: yielded
// expect-reachable: local_gone
// expect-reachable: destroyed
namespace std {
template <typename R, typename...>
struct coroutine_traits {
  using promise_type = typename R::promise_type;
};
template <typename P = void>
struct coroutine_handle;
template <>
struct coroutine_handle<void> {
  void* frame;
  static coroutine_handle from_address(void* p) { return {p}; }
  void resume() const { __builtin_coro_resume(frame); }
  void destroy() const { __builtin_coro_destroy(frame); }
};
template <typename P>
struct coroutine_handle : coroutine_handle<void> {
  static coroutine_handle from_address(void* p) { return {{p}}; }
  static coroutine_handle from_promise(P& p) {
    return {{__builtin_coro_promise(&p, alignof(P), true)}};
  }
};
}  // namespace std
extern "C" void yielded() {}
extern "C" void local_gone() {}
extern "C" void destroyed() {}
struct Always {
  bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() noexcept {}
};
struct Local {
  ~Local() { local_gone(); }
};
struct Generator {
  struct promise_type {
    Generator get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    Always initial_suspend() { return {}; }
    Always final_suspend() noexcept { return {}; }
    Always yield_value(int) { return yielded(), Always(); }
    void return_void() {}
    void unhandled_exception() {}
    ~promise_type() { destroyed(); }
  };
  std::coroutine_handle<promise_type> handle;
};
static Generator count() {
  Local l;
  co_yield 1;
}
int main() {
  Generator g = count();
  g.handle.resume();
  g.handle.resume();
  g.handle.destroy();
}
