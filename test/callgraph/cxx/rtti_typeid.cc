// typeid of a polymorphic value evaluates its operand, others do not.
// expect-reachable: evaluated
// expect-unreachable: not_evaluated
namespace std {
class type_info {
 public:
  virtual ~type_info();
  const char* name() const { return name_; }

 private:
  const char* name_;
};
}  // namespace std
struct Base {
  virtual void run() {}
};
extern "C" void evaluated() {}
extern "C" int not_evaluated() { return 1; }
static Base base;
static Base& polymorphic() { return evaluated(), base; }
int main() {
  return typeid(polymorphic()).name() == typeid(not_evaluated()).name();
}
