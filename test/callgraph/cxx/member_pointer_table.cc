// A table of pointers to members, as dispatchers have it.
// expect-reachable: on_get
// expect-reachable: on_put
// expect-unreachable: on_delete
extern "C" void on_get() {}
extern "C" void on_put() {}
extern "C" void on_delete() {}
struct Server {
  void get() { on_get(); }
  void put() { on_put(); }
  void remove() { on_delete(); }
};
struct Route {
  const char* name;
  void (Server::*handler)();
};
static const Route routes[] = {{"get", &Server::get}, {"put", &Server::put}};
int main(int argc, char**) {
  Server s;
  (s.*routes[argc & 1].handler)();
}
