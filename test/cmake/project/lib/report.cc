#include <memory>
#include <string>

#include "weather.h"

struct Scale {
  virtual ~Scale() = default;
  virtual int Of(int celsius) const { return celsius; }
};
struct Fahrenheit : Scale {
  int Of(int celsius) const override { return ToFahrenheit(celsius); }
};

std::string Report(const char* path, bool fahrenheit) {
  std::unique_ptr<Scale> scale = fahrenheit ? std::make_unique<Fahrenheit>()
                                            : std::make_unique<Scale>();
  const int celsius = ReadTemperature(path);
  if (celsius > 40) RingBell();
  return std::to_string(scale->Of(celsius));
}
