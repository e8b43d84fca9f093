// libseccomp as an independent witness: for what it can say (allowed calls with
// rules on arguments, one default answer, death for other architectures), its
// filter and ours must answer alike. Both run in our evaluator's twin below,
// which knows all of classic BPF that libseccomp uses.
#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "policy/bpf.h"
#include "policy/bpf_evaluator.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// Rules with several values on one argument are several libseccomp rules; each
// combination of values of several arguments is one.
void AddRules(scmp_filter_ctx context, const Call& call, size_t rule,
              std::vector<scmp_arg_cmp>& comparisons) {
  if (rule == call.arguments.size()) {
    ASSERT_EQ(
        seccomp_rule_add_exact_array(context, SCMP_ACT_ALLOW, call.number,
                                     static_cast<unsigned>(comparisons.size()),
                                     comparisons.data()),
        0)
        << call.name;
    return;
  }
  const ArgumentRule& argument = call.arguments[rule];
  for (uint64_t value : argument.values) {
    scmp_arg_cmp comparison = {};
    comparison.arg = static_cast<unsigned>(argument.index);
    comparison.op = SCMP_CMP_MASKED_EQ;
    comparison.datum_a = argument.width == 32 ? 0xffffffff : ~uint64_t{0};
    comparison.datum_b = value;
    comparisons.push_back(comparison);
    AddRules(context, call, rule + 1, comparisons);
    comparisons.pop_back();
  }
}

Filter CompileByLibseccomp(const Policy& policy) {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
  EXPECT_EQ(
      seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
      0);
  EXPECT_EQ(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), 0);
  std::vector<scmp_arg_cmp> comparisons;
  for (const Call& call : policy.calls) {
    AddRules(context, call, 0, comparisons);
  }
  const int file = memfd_create("filter", MFD_CLOEXEC);
  EXPECT_EQ(seccomp_export_bpf(context, file), 0);
  seccomp_release(context);
  const off_t size = lseek(file, 0, SEEK_END);
  Filter filter(static_cast<size_t>(size) / sizeof(Instruction));
  EXPECT_EQ(pread(file, filter.data(), static_cast<size_t>(size), 0), size);
  close(file);
  return filter;
}

// Classic BPF as libseccomp writes it; more than our own evaluator takes.
uint32_t Run(const Filter& filter, const SeccompData& data) {
  uint32_t a = 0;
  for (size_t place = 0; place < filter.size(); ++place) {
    const Instruction& i = filter[place];
    bool taken = false;
    switch (i.code) {
      case kLoad:
        a = *reinterpret_cast<const uint32_t*>(
            reinterpret_cast<const char*>(&data) + i.k);
        continue;
      case 0x54:  // and
        a &= i.k;
        continue;
      case kReturn:
        return i.k;
      case kJump:
        place += i.k;
        continue;
      case kJumpEqual:
        taken = a == i.k;
        break;
      case kJumpAtLeast:
        taken = a >= i.k;
        break;
      case 0x25:  // greater
        taken = a > i.k;
        break;
      case 0x45:  // any bit
        taken = (a & i.k) != 0;
        break;
      default:
        ADD_FAILURE() << "code " << i.code;
        return 0;
    }
    place += taken ? i.jump_true : i.jump_false;
  }
  ADD_FAILURE() << "ran over the end";
  return 0;
}

Policy RandomPolicy(std::mt19937& random) {
  Policy policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kKill);
  for (const syscalls::Syscall& known : syscalls::All()) {
    if (known.number > 450 || random() % 8 != 0) continue;
    Call call = {std::string(known.name), known.number, {}, {}};
    // libseccomp before 2.6.1 may get two 64-bit comparisons of one call wrong
    // (GHSA-4q85-33p6-j5g6), so at most one of them has several values.
    for (int i = 0; i < known.argument_count && call.arguments.empty(); ++i) {
      const syscalls::Argument& argument =
          known.arguments[static_cast<size_t>(i)];
      if (argument.pointer || argument.width != 32 || random() % 3 != 0) {
        continue;
      }
      ArgumentRule rule = {i, argument.width, {}};
      for (size_t n = random() % 6 + 1; n > 0; --n) {
        rule.values.push_back(random() % 2 == 0 ? random() % 16 : random());
      }
      call.arguments.push_back(rule);
    }
    policy.calls.push_back(call);
  }
  Normalize(policy);
  return policy;
}

void Compare(const Policy& policy, const Filter& ours, const Filter& theirs,
             std::mt19937& random) {
  for (const syscalls::Syscall& known : syscalls::All()) {
    const Call* call = FindCall(policy.calls, known.number);
    for (int round = 0; round < 40; ++round) {
      SeccompData data;
      data.number = static_cast<uint32_t>(known.number);
      data.architecture = round == 0 ? kArchitectureI386 : kArchitectureX86_64;
      for (uint64_t& argument : data.arguments) {
        argument = uint64_t{random()} << 32 | random();
      }
      if (call != nullptr && round % 4 != 3) {
        for (const ArgumentRule& rule : call->arguments) {
          data.arguments[static_cast<size_t>(rule.index)] =
              uint64_t{random()} << 32 |
              (rule.values[random() % rule.values.size()] +
               (round % 4 == 2 ? 1 : 0));
        }
      }
      const bool we_allow = Evaluate(ours, data).result == kReturnAllow;
      const bool they_allow = Run(theirs, data) == kReturnAllow;
      // uretprobe and uprobe are always allowed; libseccomp does not know them.
      if (known.number == 335 || known.number == 336) continue;
      ASSERT_EQ(we_allow, they_allow) << known.name << " round " << round;
    }
  }
}

TEST(FilterOracleTest, AllowsWhatLibseccompAllows) {
  std::mt19937 random(20211115);
  for (int round = 0; round < 60; ++round) {
    const Policy policy = RandomPolicy(random);
    const Filter theirs = CompileByLibseccomp(policy);
    ASSERT_FALSE(HasFailure());
    absl::StatusOr<Filter> ours = CompileFilter(policy);
    ASSERT_TRUE(ours.ok()) << ours.status();
    Compare(policy, *ours, theirs, random);
    if (HasFatalFailure()) return;
    // Ours says more (ENOSYS, canary, probes) and is smaller nevertheless.
    EXPECT_LT(ours->size(), theirs.size());
  }
}

}  // namespace
}  // namespace chestnut::policy
