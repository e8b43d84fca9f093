int ToFahrenheit(int celsius) { return celsius * 9 / 5 + 32; }
