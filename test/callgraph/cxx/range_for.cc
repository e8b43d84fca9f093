// A range-for calls begin, end, !=, ++ and *, and destroys its range.
// expect-reachable: first
// expect-reachable: last
// expect-reachable: differ
// expect-reachable: next
// expect-reachable: value
// expect-reachable: gone
extern "C" void first() {}
extern "C" void last() {}
extern "C" void differ() {}
extern "C" void next() {}
extern "C" void value() {}
extern "C" void gone() {}
struct Iterator {
  int n;
  bool operator!=(const Iterator& o) const { return differ(), n != o.n; }
  Iterator& operator++() { return next(), ++n, *this; }
  int operator*() const { return value(), n; }
};
struct Range {
  Iterator begin() const { return first(), Iterator{0}; }
  ~Range() { gone(); }
};
static Iterator end(const Range&) { return last(), Iterator{3}; }
static Iterator begin(const Range& r) { return r.begin(); }
int main() {
  int sum = 0;
  for (int n : Range()) sum += n;
  return sum;
}
