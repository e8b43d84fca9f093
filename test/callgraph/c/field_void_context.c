// A struct that travels as void* comes back with its function pointers.
// expect-edge: worker -> task
// expect-no-edge: worker -> decoy
struct job {
  void (*run)(int);
  int n;
};
static void task(int n) {}
static void decoy(int n) {}
static void (*other)(int) = decoy;
static void worker(void *context) {
  struct job *j = context;
  j->run(j->n);
}
static void submit(void (*f)(void *), void *context) { f(context); }
int main(void) {
  struct job j = {task, 3};
  submit(worker, &j);
  other(1);
  return 0;
}
