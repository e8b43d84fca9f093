// One of every C++ construct that refers to a function or an object, and the
// standard library's own headers. Never run; the differential test compiles it.
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <cassert>
#include <charconv>
#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <initializer_list>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

int e0(), e1(int), e2(int, int);
void v0(), v1(), v2(), v3(), v4(), v5();
extern int external_data;
extern "C" int from_c(int);
using Unary = int (*)(int);

// --- Classes: special members, bases, members ------------------------------

struct Probe {  // everything special is defined elsewhere
  Probe();
  explicit Probe(int);
  Probe(const Probe&);
  Probe(Probe&&) noexcept;
  Probe& operator=(const Probe&);
  Probe& operator=(Probe&&) noexcept;
  ~Probe();
  int value() const;
  operator int() const;
  explicit operator bool() const;
  int operator()(int) const;
  Probe operator+(const Probe&) const;
  Probe& operator++();
  Probe operator++(int);
  int& operator[](int);
  Probe* operator->();
  Probe& operator*();
  bool operator==(const Probe&) const;
  void operator,(int);
  friend std::ostream& operator<<(std::ostream&, const Probe&);
  static int count();
  static int data;
};
Probe make(), make(int);
void take(Probe), take_reference(const Probe&), take_pointer(Probe*);
bool operator<(const Probe&, const Probe&);
Probe operator""_probe(unsigned long long);
Probe operator""_text(const char*, size_t);

struct Base {
  Base() { v0(); }
  Base(int x, const Probe& p = Probe(7)) : number(e1(x)), probe(p) {}
  virtual ~Base();
  virtual int run(int x) { return e1(x); }
  virtual int pure() = 0;
  virtual Base* clone() const { return nullptr; }
  int number = e0();
  Probe probe;
  Unary pointer = from_c;
};
Base::~Base() { v1(); }

struct Side {
  virtual ~Side() = default;
  virtual int side(int x) { return from_c(x); }
  virtual Side* clone() const { return nullptr; }
  int filler = 1;
};

struct Derived : Base, Side {
  using Base::Base;
  Derived() : Base(e1(1)), array{Probe(1), Probe(2)} {}
  Derived(const Derived&) = default;
  Derived(int x, int y) try : Base(e2(x, y)) {
    v2();
  } catch (...) {
    v3();
  }
  ~Derived() override;
  int run(int x) override { return Base::run(x) + side(x); }
  int pure() override { return 1; }
  Derived* clone() const override { return new Derived(*this); }
  int side(int x) final { return e2(x, x); }
  Probe array[2];
  Probe member{make()};
  std::string text = "text";
};
Derived::~Derived() { v4(); }

struct Virtual1 : virtual Base {
  Virtual1() : Base(1) {}
  int pure() override { return e1(2); }
};
struct Virtual2 : virtual Base, virtual Side {
  Virtual2();
  int pure() override { return e1(3); }
  int side(int x) override { return x; }
};
Virtual2::Virtual2() : Base(2) { run(1), side(2); }
struct Diamond final : Virtual1, Virtual2 {
  Diamond() : Base(3) {}
  int pure() override { return Virtual1::pure() + Virtual2::pure(); }
  int run(int x) override { return x; }
};
struct Delegating {
  Delegating() : Delegating(e1(1)) {}
  explicit Delegating(int x) : value(x) {}
  int value;
  Probe destroyed_when_delegating_fails;
};
struct Aggregate {
  int x = e1(1);
  Probe probe = make(2);
  Unary function = e1;
  std::vector<int> numbers;
};
struct HasOperators {
  void* operator new(size_t);
  void operator delete(void*);
  void* operator new[](size_t);
  void operator delete[](void*);
  static void* operator new(size_t, int);
  static void operator delete(void*, int);
  HasOperators(int = e0());
  virtual ~HasOperators();
};
struct DestroyingDelete {
  void operator delete(DestroyingDelete*, std::destroying_delete_t);
  virtual ~DestroyingDelete();
};
struct alignas(64) OverAligned {
  Probe probe;
};
struct Defaulted {
  Probe a, b;
  std::string text;
  Defaulted(const Defaulted&) = default;
  Defaulted(Defaulted&&) = default;
  bool operator==(const Defaulted&) const = default;
  Defaulted& operator=(const Defaulted&) = default;
  Defaulted& operator=(Defaulted&&) = default;
};
struct Compared {
  int a;
  std::string text;
  auto operator<=>(const Compared&) const = default;
};
union Union {
  Union() : probe(1) {}
  ~Union() { probe.~Probe(); }
  Probe probe;
  int number;
};
struct AnonymousParts {
  union {
    int number;
    Unary function = e1;
  };
  struct {
    Probe inner;
  };
};
struct Bits {
  int a : 3 = e1(1);
  int : 0;
};
struct ConvertsToFunction {
  operator Unary() const { return e1; }
};
struct NonTrivialArray {
  Probe matrix[2][3];
};
struct Nested {
  struct Inner {
    static int run(int x) { return e1(x); }
    static inline Probe inline_member{5};
    static const int constant = 3;
    static constexpr Unary constant_function = e1;
    static thread_local Probe per_thread;
  };
};
thread_local Probe Nested::Inner::per_thread;
int Probe::data = e1(1);

// --- Globals ---------------------------------------------------------------

Probe global_probe;
static Probe internal_probe(3);
const Probe constant_probe = make();
inline Probe inline_probe(4);
thread_local Probe thread_probe;
static thread_local std::string thread_text = "x";
extern thread_local Probe external_thread_probe;
extern thread_local int external_thread_number;
Probe global_array[3] = {Probe(1), Probe(2)};
Probe&& extended = make(1);
const Probe& extended_constant = Probe(2);
std::initializer_list<Probe> global_list = {Probe(1), Probe(2)};
Unary global_pointer = [](int x) { return e1(x); };
auto global_lambda = [probe = make()](int x) { return probe.value() + e1(x); };
constexpr auto constexpr_lambda = [](int x) { return from_c(x); };
constinit int constant_initialised = 5;
int (Base::*member_pointer)(int) = &Base::run;
int Base::*data_pointer = &Base::number;
const std::type_info& type = typeid(Derived);
static const std::map<std::string, Unary> dispatch = {{"e1", e1}, {"c", from_c}};
static int initialised_by_call = e1(9);
namespace {
struct Hidden {
  virtual ~Hidden() {}
  virtual int hidden() { return e1(1); }
};
struct HiddenDerived : Hidden {
  int hidden() override { return e1(2); }
};
Hidden* hidden_pointer = new HiddenDerived;
int anonymous_function(int x) { return e1(x); }
namespace nested = std::ranges;
}  // namespace
struct Table {
  Unary function;
  int (Probe::*method)() const;
  const char* name;
};
constexpr Table constexpr_table[] = {{e1, &Probe::value, "a"}, {from_c, nullptr, "b"}};
template <typename T>
T variable_template = T(e1(3));
template <>
inline Probe variable_template<Probe> = make(3);
asm(".globl from_asm\nfrom_asm: ret");
extern "C" {
static int static_c(int x) { return e1(x); }
int exported_c(int x) { return static_c(x); }
}
[[gnu::constructor]] static void on_start() { v0(); }
extern "C" [[gnu::alias("exported_c")]] int alias_c(int);
[[gnu::used]] static int kept(int x) { return e1(x + 1); }
[[gnu::weak]] int weak_function(int x) { return e1(x); }

// --- Expressions -----------------------------------------------------------

int overloads(Probe& p, const Probe& q, Base* b) {
  Probe copy = p, moved = std::move(p), converted(3), list{4}, by_equal = Probe(5);
  copy = q;
  copy = make();
  copy + moved, ++copy, copy++, copy[1], copy->value(), *copy;
  int number = copy, called = copy(3);
  if (copy) v0();
  if (copy == q || copy < q || copy != q) v1();
  while (Probe inside = make(1)) take(inside);
  for (Probe i(1); i; ++i) take(i);
  switch (Probe s = make(); s.value()) {
    default: break;
  }
  take(7_probe), take("text"_text), take(Probe(3)), take(make()), take_reference(make());
  take_pointer(&converted);
  const Probe& longer = make(2);
  const Probe& conditional = number ? make(3) : longer;
  Probe&& part = std::move(AnonymousParts().inner);
  auto [first, second] = std::pair<Probe, int>(part, called);
  auto& [x, probe, function, numbers] = *new Aggregate{1, make(), from_c, {1, 2}};
  (void)conditional, (void)first, (void)list, (void)by_equal;
  return b->run(number) + b->Base::run(1) + (b->*member_pointer)(2) + b->*data_pointer +
         second + x + probe + function(1) + numbers[0] + Probe::count() + Probe::data;
}

int allocation(int n) {
  auto* one = new Probe;
  auto* many = new Probe[n];
  auto* matrix = new Probe[n][2];
  auto* placed = new (one) Probe(e1(1));
  auto* nothrow = new (std::nothrow) Probe(2);
  auto* own = new HasOperators;
  auto* own_many = new HasOperators[3];
  auto* placed_own = new (5) HasOperators(1);
  auto* aligned = new OverAligned;
  auto* aligned_many = new OverAligned[n];
  auto* initialised = new Probe[3]{Probe(1), Probe(2)};
  auto* aggregate = new Aggregate{};
  auto* trivial = new int[e1(3)]{1, 2};
  placed->~Probe();
  delete one;
  delete[] many;
  delete[] matrix;
  delete nothrow;
  delete own;
  ::delete placed_own;
  delete[] own_many;
  delete aligned;
  delete[] aligned_many;
  delete[] initialised;
  delete aggregate;
  delete[] trivial;
  DestroyingDelete* destroying = nullptr;
  delete destroying;
  void* raw = ::operator new(10);
  ::operator delete(raw);
  raw = __builtin_operator_new(3);
  __builtin_operator_delete(raw);
  Base* base = new Derived(1, 2);
  delete base;
  return 0;
}

int casts(Base* b, Side& s) {
  if (auto* d = dynamic_cast<Derived*>(b)) v0(), d->run(1);
  try {
    dynamic_cast<Derived&>(s).side(1);
  } catch (const std::bad_cast& error) {
    puts(error.what());
  }
  void* most = dynamic_cast<void*>(b);
  const std::type_info& dynamic = typeid(*b);
  const std::type_info& fixed = typeid(Probe);
  auto function = reinterpret_cast<int (*)(long)>(e1);
  auto back = reinterpret_cast<Unary>(most);
  return dynamic == fixed ? function(1) : back(2) + static_cast<Unary>(e1)(3) + (int)typeid(int).hash_code();
}

int exceptions(int x) {
  Probe before(1);
  try {
    Probe inside(2);
    if (x == 1) throw Probe(3);
    if (x == 2) throw std::runtime_error("two");
    if (x == 3) throw e1;
    if (x == 4) throw x;
    if (x == 5) throw new Derived;
    e1(1);
  } catch (Probe caught) {
    take(caught);
  } catch (const std::exception& error) {
    puts(error.what());
    throw;
  } catch (Unary function) {
    function(1);
  } catch (Derived* pointer) {
    delete pointer;
  } catch (...) {
    std::exception_ptr pointer = std::current_exception();
    std::rethrow_exception(pointer);
  }
  return before;
}
int no_exceptions(int x) noexcept {
  Probe local(x);
  return e1(local);
}
int dynamic_noexcept(int x) noexcept(sizeof(x) == 4) { return e1(x); }
int function_try(int x) try { return e1(x); } catch (int caught) { return caught; }

int temporaries(int x) {
  return make().value() + make(1)(make(2)) + (make(3) + make(4)).value() +
         (x ? make(5) : Probe(6)).value() + Aggregate{}.x + std::string("text").append("more").size() +
         std::initializer_list<Probe>{Probe(1), Probe(2)}.size() + ((void)make(7), make(8)).value();
}

int statics(int x) {
  static Probe local(x);
  static const int number = e1(x);
  static thread_local Probe per_thread(x);
  static Unary pointer = [](int y) { return e1(y); };
  static const Probe& reference = make(9);
  static std::vector<std::string> strings = {"a", "b"};
  return local + number + per_thread + pointer(1) + reference + (int)strings.size();
}

int thread_locals() {
  return thread_probe + external_thread_probe + external_thread_number + Nested::Inner::per_thread +
         (int)thread_text.size() + inline_probe + Nested::Inner::inline_member +
         Nested::Inner::constant_function(1) + variable_template<int> + variable_template<Probe>;
}

int lambdas(int x) {
  Probe captured(x);
  auto by_value = [captured](int y) { return captured.value() + e1(y); };
  auto by_reference = [&](int y) mutable { return captured.value() + e2(x, y++); };
  auto initialised = [probe = make(1), function = e1] { return function(probe); };
  auto generic = [](auto y) { return e1(y); };
  auto templated = []<typename T>(T y) { return Nested::Inner::run(y); };
  auto nested = [=] { return [=] { return [=] { return e1(x) + captured.value(); }(); }(); };
  Unary converted = [](int y) { return e1(y + 1); };
  int (*generic_converted)(int) = generic;
  auto plus = +[](int y) { return from_c(y); };
  auto recursive = [](auto self, int y) -> int { return y ? self(self, y - 1) : e1(0); };
  auto variadic = [](auto... values) { return (e1(values) + ...); };
  auto two_on_a_line = [] { return e1(1); }() + [] { return e1(2); }();
  auto with_static = [] { static Probe inner(8); return inner.value(); };
  struct Local {
    int operator()(int y) const { return e1(y); }
    static int run(int y) { return [y] { return e1(y); }(); }
  };
  std::function<int(int)> held = by_value;
  held = by_reference, held = Local(), held = e1, held = [=](int y) { return e1(y) + captured; };
  return by_value(1) + by_reference(2) + initialised() + generic(3) + templated(4) + nested() +
         converted(5) + generic_converted(6) + plus(7) + recursive(recursive, 8) + variadic(1, 2, 3) +
         two_on_a_line + with_static() + held(9) + Local::run(10) + global_lambda(11) +
         constexpr_lambda(12);
}

// --- Templates -------------------------------------------------------------

template <typename T>
struct Box {
  T value = T();
  Box() { v0(); }
  ~Box() { v1(); }
  int get() { return value; }
  int unused() { return e1(77); }
  virtual int run(int x) { return e1(x) + static_cast<int>(value); }
  static T shared;
  struct Inner {
    int run() { return e1(sizeof(T)); }
  };
  template <typename U>
  int convert(U x) {
    return e1(static_cast<int>(x));
  }
  friend int befriend(Box&) { return e1(4); }
};
template <typename T>
T Box<T>::shared = T(e1(5));
template <>
int Box<long>::get() {
  return from_c(1);
}
template struct Box<short>;
extern template struct Box<char>;
template <Unary F>
int by_function(int x) {
  return F(x);
}
template <auto V>
struct ByValue {
  static int run(int x) { return V(x); }
};
template <int (Probe::*M)() const>
int by_method(const Probe& p) {
  return (p.*M)();
}
template <typename... Ts>
int variadic_template(Ts&&... values) {
  int sum = 0;
  ((sum += e1(values)), ...);
  return sum + (0 + ... + e2(values, sizeof...(Ts))) + (sizeof...(Ts) > 1 ? e1(0) : 0);
}
template <typename T>
int conditional(T x) {
  if constexpr (std::is_integral_v<T>) {
    return e1(x);
  } else {
    return x.value();
  }
}
template <typename T>
concept HasValue = requires(const T& t) {
  { t.value() } -> std::same_as<int>;
  e1(t);
};
template <HasValue T>
int constrained(const T& t) requires(sizeof(T) > 0) {
  return t.value();
}
int constrained(const auto& t) { return e1(t); }
template <typename D>
struct Crtp {
  int run(int x) { return static_cast<D*>(this)->implementation(x); }
};
struct CrtpUser : Crtp<CrtpUser> {
  int implementation(int x) { return e1(x); }
};
template <typename F>
int call_it(F&& function, int x) {
  return std::forward<F>(function)(x);
}
int templates(const Probe& p) {
  Box<int> box;
  Box<long> special;
  Box<char> elsewhere;
  Box<double>::Inner inner;
  CrtpUser user;
  return box.get() + special.get() + elsewhere.get() + inner.run() + box.convert(2.0) + befriend(box) +
         Box<unsigned>::shared + by_function<e1>(1) + by_function<[](int x) { return e1(x); }>(1) +
         ByValue<from_c>::run(2) + by_method<&Probe::value>(p) + variadic_template(1, 2) +
         conditional(1) + conditional(p) + constrained(p) + constrained(5) + user.run(3) +
         call_it(e1, 4) + call_it([](int x) { return e1(x); }, 5) + call_it(ConvertsToFunction(), 6);
}

// --- Constant evaluation ---------------------------------------------------

consteval int immediate(int x) { return x * 2; }
constexpr int maybe_constant(int x) { return std::is_constant_evaluated() ? x : e1(x); }
constexpr Unary choose(bool c) { return c ? e1 : from_c; }
constexpr Unary chosen = choose(true);
constexpr std::array<Unary, 2> chosen_array = {choose(false), chosen};
int constants(int x) {
  if consteval {
    return 1;
  }
  constexpr int folded = maybe_constant(3);
  return immediate(4) + folded + maybe_constant(x) + chosen(x) + chosen_array[1](x) + choose(x)(x) +
         constexpr_table[0].function(x) + constexpr_table[x].function(x);
}

// --- The standard library --------------------------------------------------

int ranges_and_loops(std::vector<Probe>& probes, std::map<std::string, int>& map) {
  int sum = 0;
  for (const Probe& p : probes) sum += p;
  for (Probe p : probes) sum += p;
  for (auto& [key, value] : map) sum += value + (int)key.size();
  for (std::vector<int> v = {1, 2, 3}; int x : v) sum += e1(x);
  auto view = probes | std::views::filter([](const Probe& p) { return e1(p) > 0; }) |
              std::views::transform(&Probe::value) | std::views::take(3);
  for (int x : view) sum += x;
  std::ranges::sort(probes, {}, &Probe::value);
  std::sort(probes.begin(), probes.end(), [](const Probe& a, const Probe& b) { return a < b; });
  std::sort(probes.begin(), probes.end());
  sum += std::accumulate(map.begin(), map.end(), 0, [](int a, auto& b) { return a + b.second; });
  std::for_each(probes.begin(), probes.end(), take_reference);
  std::transform(probes.begin(), probes.end(), probes.begin(), [](Probe p) { return p + p; });
  return sum + (int)std::ranges::count_if(probes, [](const Probe& p) { return p == p; });
}

int threads(std::vector<int>& data) {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<int> counter = 0;
  std::atomic<Unary> function = e1;
  std::jthread joined([&](std::stop_token token) { counter += token.stop_requested(); });
  std::thread first([&] {
    std::scoped_lock lock(mutex);
    data.push_back(e1(1));
    changed.notify_all();
  });
  std::thread second(e1, 3), third(&Probe::value, Probe(1));
  std::unique_lock lock(mutex);
  changed.wait_for(lock, std::chrono::milliseconds(3), [&] { return !data.empty(); });
  std::future<int> future = std::async(std::launch::async, [] { return e1(2); });
  std::promise<Probe> promise;
  promise.set_value(make());
  std::packaged_task<int(int)> task(e1);
  task(4);
  static std::once_flag once;
  std::call_once(once, [] { v0(); });
  std::call_once(once, v1);
  first.join(), second.join(), third.detach();
  return future.get() + function.load()(1) + counter++;
}

int streams(const std::string& path) {
  std::ifstream in(path);
  std::ofstream out(path + ".out", std::ios::binary);
  std::string line;
  while (std::getline(in, line)) out << line << '\n' << std::flush;
  std::ostringstream text;
  text << std::setw(3) << std::hex << 5 << 2.5 << true << std::endl << Probe(1) << std::put_time(nullptr, "%c");
  std::cout << text.str() << std::quoted(line);
  std::cin >> line;
  std::istringstream("5") >> std::noskipws >> line;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) std::cerr << entry.path();
  std::regex pattern("a(b|c)*");
  std::smatch match;
  return std::regex_search(line, match, pattern) + std::stoi(line) + (int)std::random_device()();
}

int holders(int x) {
  auto unique = std::make_unique<Derived>(1, 2);
  auto shared = std::make_shared<Diamond>();
  std::weak_ptr<Base> weak = shared;
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("x", "r"), fclose);
  auto deleter = [](Probe* p) { delete p; };
  std::unique_ptr<Probe, decltype(deleter)> custom(new Probe, deleter);
  std::shared_ptr<void> erased(new Probe, [](void* p) { take_pointer(static_cast<Probe*>(p)); });
  std::variant<int, Probe, std::string> variant = Probe(1);
  std::visit([](auto& value) { std::cout << sizeof(value); }, variant);
  std::optional<Probe> optional = make();
  std::any any = Probe(2);
  std::tuple<Probe, Unary> tuple(make(), e1);
  std::function<int(int)> bound = std::bind(e2, std::placeholders::_1, 3);
  std::pmr::vector<Probe> pooled(std::pmr::get_default_resource());
  std::unordered_map<std::string, std::function<void()>> handlers = {{"v0", v0}, {"v1", [] { v1(); }}};
  handlers[std::to_string(x)]();
  pooled.emplace_back(3);
  return unique->run(1) + shared->pure() + weak.lock()->run(2) + std::any_cast<Probe&>(any) +
         std::get<1>(tuple)(3) + std::apply([](const Probe& p, Unary f) { return f(p); }, tuple) + bound(4) +
         optional.value() + std::invoke(&Base::run, *shared, 5) + std::invoke(e1, 6) + std::mem_fn(&Probe::value)(*optional) +
         (custom ? 1 : 2) + (erased ? 3 : 4) + hidden_pointer->hidden() + anonymous_function(7) + dispatch.at("x")(8);
}

int virtual_calls(Base* base, Diamond& diamond, Derived derived) {
  int (Side::*side)(int) = &Side::side;
  int (Base::*unrelated)() = &Base::pure;
  Base& reference = derived;
  return base->run(1) + diamond.run(2) + derived.run(3) + (derived.*side)(4) + (base->*unrelated)() +
         reference.pure() + base->clone()->number + Diamond().pure() + (new Derived)->side(5) +
         static_cast<Side&>(derived).side(6);
}
int goto_over_cleanup(int x) {
again:
  Probe local(x);
  if (e1(x)) goto again;
  if (x > 3) return 1;
  do {
    Probe inner(x);
    if (e1(2)) break;
    if (e1(3)) continue;
  } while (e1(4));
  return local;
}
void destructors_of_everything(Defaulted d, Union u, OverAligned o, NonTrivialArray a) {
  Probe vla_like[2];
  Defaulted copy = d, moved = std::move(d);
  copy = moved, moved = std::move(copy);
  NonTrivialArray array_copy = a;
  Compared left{1, "a"}, right{2, "b"};
  if (left < right || left == right || copy == moved) v0();
  struct Local {
    Probe p;
    ~Local() { v1(); }
  } local;
  [[maybe_unused]] auto& ignored = vla_like[0];
  assert(e1(5));
}
// A header with its bodies behind the class: every unit has the vtable.
struct BodiesBehind {
  virtual int key();
};
inline int BodiesBehind::key() { return 1; }

int main(int argc, char** argv) {
  Diamond diamond;
  return BodiesBehind().key() + virtual_calls(&diamond, diamond, Derived()) + Delegating().value + Bits{}.a + argc +
         (int)std::strlen(argv[0]);
}
