// Templates of templates, with a policy class that is called statically.
// expect-reachable: in_policy
// expect-unreachable: in_other
extern "C" void in_policy() {}
extern "C" void in_other() {}
template <typename T>
struct Policy {
  static void apply() { in_policy(); }
};
template <typename T>
struct Other {
  static void apply() { in_other(); }
};
template <template <typename> class P, typename T>
struct Host {
  void run() { P<T>::apply(); }
};
int main() { Host<Policy, int>().run(); }
