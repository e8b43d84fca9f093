// A virtual destructor of a virtual base, run from the most derived object.
// expect-reachable: top_gone
// expect-reachable: bottom_gone
extern "C" void top_gone() {}
extern "C" void bottom_gone() {}
struct Top {
  virtual ~Top() { top_gone(); }
};
struct Left : virtual Top {};
struct Right : virtual Top {};
struct Bottom : Left, Right {
  ~Bottom() override { bottom_gone(); }
};
static void drop(Right* r) { delete r; }
int main() { drop(new Bottom); }
