// Records of one name in two units, with other layouts, do not mix.
// expect-edge: main -> hash_string
// expect-no-edge: main -> hash_number
// unit: main.c
struct dict {
  int (*hash)(int);
};
static int hash_string(int n) { return n; }
static struct dict strings = {hash_string};
int other(void);
int main(void) { return strings.hash(1) + other(); }
// unit: other.c
struct dict {
  long size;
  int (*hash)(int);
};
static int hash_number(int n) { return n; }
static struct dict numbers = {1, hash_number};
int other(void) { return numbers.hash(2); }
