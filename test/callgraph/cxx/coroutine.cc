// A coroutine's body, its promise's hooks and its awaiter run.
// expect-reachable: got_object
// expect-reachable: body
// expect-reachable: awaited
// expect-reachable: returned
// expect-reachable: promise_gone
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
};
template <typename P>
struct coroutine_handle : coroutine_handle<void> {
  static coroutine_handle from_address(void* p) { return {{p}}; }
};
}  // namespace std
extern "C" void got_object() {}
extern "C" void body() {}
extern "C" void awaited() {}
extern "C" void returned() {}
extern "C" void promise_gone() {}
struct Pause {
  bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) noexcept {
    awaited();
    return false;
  }
  void await_resume() noexcept {}
};
struct Task {
  struct promise_type {
    Task get_return_object() { return got_object(), Task(); }
    Pause initial_suspend() { return {}; }
    Pause final_suspend() noexcept { return {}; }
    void return_void() { returned(); }
    void unhandled_exception() {}
    ~promise_type() { promise_gone(); }
  };
};
static Task run() {
  body();
  co_await Pause{};
}
int main() { run(); }
