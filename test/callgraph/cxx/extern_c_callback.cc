// A C++ function handed to code with C linkage, in its struct of callbacks.
// expect-reachable: in_callback
// expect-unreachable: in_unused
extern "C" void in_callback() {}
extern "C" void in_unused() {}
extern "C" {
struct callbacks {
  void (*on_data)(void*);
  void (*on_error)(void*);
};
void drive(const struct callbacks* c, void* data) { c->on_data(data); }
}
struct Client {
  static void on_data(void* p) { static_cast<Client*>(p)->handle(); }
  static void on_error(void*) { in_unused(); }
  void handle() { in_callback(); }
};
int main() {
  Client client;
  const callbacks c = {&Client::on_data, &Client::on_error};
  drive(&c, &client);
}
