// qsort's shape: a comparison passed along with data, called in recursion.
// expect-edge: sort -> by_value
// expect-no-edge: sort -> decoy
typedef int (*compare)(const void *, const void *);
static int by_value(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}
static int decoy(const void *a, const void *b) { return 0; }
static compare keep = decoy;
static void sort(void *base, unsigned long n, compare c) {
  if (n < 2) return;
  if (c(base, (char *)base + 4) > 0) sort(base, n / 2, c);
}
int main(void) {
  int v[] = {3, 1, 2};
  sort(v, 3, by_value);
  return keep(v, v);
}
