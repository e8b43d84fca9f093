// A C unit calls back into a C++ unit through a struct of function pointers.
// expect-reachable: in_callback
// expect-unreachable: in_unused
// unit: main.cc
extern "C" void in_callback() {}
extern "C" void in_unused() {}
extern "C" {
struct callbacks {
  void (*on_data)(void *);
  void (*on_error)(void *);
};
void drive(const struct callbacks *, void *);
}
struct Client {
  void handle() { in_callback(); }
};
int main() {
  Client client;
  const callbacks c = {[](void *p) { static_cast<Client *>(p)->handle(); },
                       [](void *) { in_unused(); }};
  drive(&c, &client);
}
// unit: drive.c
struct callbacks {
  void (*on_data)(void *);
  void (*on_error)(void *);
};
void drive(const struct callbacks *c, void *data) { c->on_data(data); }
