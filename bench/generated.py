"""A C++ program of many units, as a measured link needs one."""

COMMON = """\
#ifndef COMMON_H_
#define COMMON_H_
#include <memory>
#include <string>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double Area() const = 0;
  virtual std::string Name() const { return "shape"; }
};

using Maker = std::unique_ptr<Shape> (*)(int);
void Register(const char* name, Maker maker);
const std::vector<std::pair<std::string, Maker>>& Makers();
#endif
"""

UNIT = """\
#include <algorithm>
#include <stdexcept>
#include "common.h"

namespace {{

class Kind{n} : public Shape {{
 public:
  explicit Kind{n}(int size) : size_(size), parts_(static_cast<size_t>(size % 7 + 1), {n}) {{}}
  double Area() const override {{
    double area = 0;
    for (int part : parts_) area += part * size_;
    if (area < 0) throw std::runtime_error("negative area of " + Name());
    return area;
  }}
  std::string Name() const override {{ return "kind" + std::to_string({n}); }}

 private:
  int size_;
  std::vector<int> parts_;
}};

std::unique_ptr<Shape> Make(int size) {{ return std::make_unique<Kind{n}>(size); }}

struct Registration {{
  Registration() {{ Register("kind{n}", Make); }}
}} registration;

}}  // namespace

int Order{n}(std::vector<int>& values) {{
  std::sort(values.begin(), values.end(), [](int a, int b) {{ return (a ^ {n}) < (b ^ {n}); }});
  return values.empty() ? 0 : values[values.size() / 2];
}}
"""

MAIN = """\
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <thread>
#include "common.h"

namespace {{
std::vector<std::pair<std::string, Maker>>& Table() {{
  static std::vector<std::pair<std::string, Maker>> table;
  return table;
}}
}}  // namespace

void Register(const char* name, Maker maker) {{ Table().emplace_back(name, maker); }}
const std::vector<std::pair<std::string, Maker>>& Makers() {{ return Table(); }}

{declarations}

int main(int argc, char** argv) {{
  std::map<std::string, double> areas;
  for (const auto& [name, make] : Makers()) {{
    try {{
      areas[name] = make(argc)->Area();
    }} catch (const std::exception& error) {{
      std::cerr << error.what() << std::endl;
      return 1;
    }}
  }}
  std::vector<int> values = {{3, 1, 2}};
  std::vector<std::function<int()>> orders = {{{orders}}};
  int sum = 0;
  std::thread worker([&] {{
    for (auto& order : orders) sum += order();
  }});
  worker.join();
  std::ofstream out("areas.txt");
  for (const auto& [name, area] : areas) out << name << ' ' << area << '\\n';
  std::cout << areas.size() << ' ' << sum << std::endl;
  return areas.size() == {count} ? 0 : 2;
}}
"""


def write_program(folder, units):
    """Writes `units` sources; returns their names without extension."""
    (folder / "common.h").write_text(COMMON)
    names = []
    for number in range(units - 1):
        names.append(f"unit{number}")
        (folder / f"unit{number}.cc").write_text(UNIT.format(n=number))
    (folder / "main.cc").write_text(MAIN.format(
        count=units - 1,
        declarations="\n".join(f"int Order{n}(std::vector<int>& values);" for n in range(units - 1)),
        orders=", ".join(f"[&] {{ return Order{n}(values); }}" for n in range(units - 1))))
    return names + ["main"]
