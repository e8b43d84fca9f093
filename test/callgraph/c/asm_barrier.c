// An empty asm statement is a barrier for the optimiser only: the pointer that
// goes through it stays what it was.
typedef void callback(void);
static void chosen(void) {}
static void other(void) {}
callback *volatile table[] = {other};

int main(void) {
  callback *function = chosen;
  __asm__("" : "+r"(function) : : "memory");
  function();
  (void)table[0];
}
// expect-edge: main -> chosen
// expect-no-edge: main -> other
