#ifndef WEATHER_H_
#define WEATHER_H_

#ifdef __cplusplus
extern "C" {
#endif

int ReadTemperature(const char* path);
int ToFahrenheit(int celsius);
void RingBell(void);

#ifdef __cplusplus
}
#endif

#endif  // WEATHER_H_
