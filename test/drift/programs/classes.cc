// libstdc++ with what it needs of libc.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <regex>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Base {
  virtual ~Base() = default;
  virtual int Value() const = 0;
};
struct Derived : Base {
  explicit Derived(int v) : value(v) {}
  ~Derived() override { std::cout << "gone " << value << '\n'; }
  int Value() const override {
    if (value > 2) throw std::out_of_range("too much");
    return value;
  }
  int value;
};

void Exceptions() {
  for (int i = 0; i < 4; ++i) {
    try {
      const std::unique_ptr<Base> object = std::make_unique<Derived>(i);
      std::cout << object->Value() << '\n';
    } catch (const std::logic_error& error) {
      std::cout << "caught " << error.what() << '\n';
    }
  }
  std::exception_ptr kept;
  std::thread([&kept] {
    try {
      throw 7;
    } catch (...) {
      kept = std::current_exception();
    }
  }).join();
  try {
    std::rethrow_exception(kept);
  } catch (int number) {
    std::cout << "carried " << number << '\n';
  }
  try {
    std::vector<int>(4).at(5) = 1;
  } catch (const std::exception& error) {
    std::cout << "at\n";
  }
  try {
    std::cout << std::stoi("none");
  } catch (const std::invalid_argument&) {
    std::cout << "no number\n";
  }
}

void Threads() {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<int> total = 0;
  int ready = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      total += i;
      const std::lock_guard lock(mutex);
      ++ready;
      changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ready == 4; });
  std::cout << "total " << total << '\n';
  std::cout << "timed out "
            << (changed.wait_for(lock, std::chrono::milliseconds(1)) ==
                std::cv_status::timeout)
            << '\n';
  auto future = std::async(std::launch::async, [] { return 42; });
  std::cout << "future " << future.get() << '\n';
  std::this_thread::sleep_for(std::chrono::microseconds(10));
  std::cout << "processors " << (std::thread::hardware_concurrency() > 0)
            << '\n';
}

void Files() {
  fs::create_directories("tree/a/b");
  std::ofstream("tree/a/file") << "content";
  fs::copy_file("tree/a/file", "tree/a/copy");
  fs::copy("tree/a", "tree/c", fs::copy_options::recursive);
  fs::create_symlink("file", "tree/a/link");
  fs::rename("tree/a/copy", "tree/a/moved");
  fs::resize_file("tree/a/moved", 3);
  fs::permissions("tree/a/moved", fs::perms::owner_read);
  fs::last_write_time("tree/a/moved", fs::file_time_type());
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator("tree")) {
    count += entry.is_regular_file() ? 10 : 1;
  }
  std::cout << count << ' ' << fs::file_size("tree/a/moved") << ' '
            << fs::read_symlink("tree/a/link") << ' '
            << fs::equivalent("tree/a/link", "tree/a/file") << ' '
            << (fs::space(".").capacity > 0) << '\n';
  std::cout << fs::remove_all("tree") << '\n';
  std::error_code error;
  fs::create_directory("/nowhere/x", error);
  std::cout << error.value() << ' ' << fs::exists("/nowhere") << '\n';
}

void Rest() {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << 1234.5 << std::boolalpha << true;
  std::cout << text.str() << '\n';
  try {
    std::cout << std::locale("de_DE.UTF-8").name() << '\n';
  } catch (const std::runtime_error&) {
    std::cout << "no locale\n";
  }
  std::cout << std::regex_replace("a1b2", std::regex("[0-9]"), "-") << '\n';
  std::random_device device;
  std::random_device kernel("/dev/urandom");
  std::cout << (device() != 0 || kernel() != 0) << '\n';
  const auto now = std::chrono::system_clock::now();
  std::cout << (now.time_since_epoch().count() > 0) << '\n';
  std::shared_mutex shared;
  const std::shared_lock reading(shared);
  std::string line;
  std::getline(std::cin, line);
  std::cout << line.size() << std::endl;
}

}  // namespace

int main(int argc, char**) {
  Exceptions();
  Threads();
  Files();
  Rest();
  std::set_terminate([] {
    std::cout << "terminate" << std::endl;
    std::_Exit(9);
  });
  if (argc > 0) throw std::runtime_error("nobody catches this");
}
