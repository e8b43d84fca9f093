// Calls in every part of every statement.
// expect-edge: main -> in_for_init
// expect-edge: main -> in_for_step
// expect-edge: main -> in_do
// expect-edge: main -> in_switch
// expect-edge: main -> in_case
// expect-edge: main -> in_label
static int in_for_init(void) { return 0; }
static int in_for_step(void) { return 1; }
static int in_do(void) { return 0; }
static int in_switch(void) { return 2; }
static int in_case(void) { return 0; }
static void in_label(void) {}
int main(void) {
  for (int i = in_for_init(); i < 2; i += in_for_step());
  do
    ;
  while (in_do());
  switch (in_switch()) {
    case 2:
      in_case();
  }
end:
  in_label();
  return 0;
}
