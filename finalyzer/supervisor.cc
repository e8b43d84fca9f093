#include "finalyzer/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "finalyzer/describe.h"
#include "finalyzer/listener.h"
#include "finalyzer/observation.h"
#include "finalyzer/question.h"
#include "finalyzer/target.h"
#include "finalyzer/watch.h"
#include "policy/bpf.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "support/file.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {

// A call of one place of one program, as it comes again and again.
struct Supervisor::Known {
  CallSite site;  // all but the answer
  std::vector<Place> stack;
  const Rules* rules = nullptr;
  bool is_new = true;
};

// What decides the calls of one program.
struct Supervisor::Rules {
  policy::Policy policy;
  std::vector<policy::Call> enforced;
  bool own = true;      // not those of the program that executes it
  std::string failure;  // why there is no policy: nothing is allowed

  // The errno that a refused call gets, where it does not end the program.
  int Errno() const {
    return policy.mode == policy::Mode::kErrno ? policy.errno_value : EPERM;
  }
};

namespace {

constexpr int kClose = 3;
constexpr absl::Duration kFlushEvery = absl::Milliseconds(250);
constexpr int kFlushMilliseconds = 250;
constexpr int kQuestionMilliseconds = 100;
// The cache forgets all then; what is observed stays.
constexpr size_t kMostKnown = 100000;
constexpr size_t kMostPrograms = 1000;

void Say(const std::string& text) {
  const std::string line = absl::StrCat("chestnut: ", text, "\n");
  // What cannot be written is lost: there is nobody else to tell.
  [[maybe_unused]] const ssize_t count =
      write(STDERR_FILENO, line.data(), line.size());
}

// What decides a call whose policy could have rules: its ruled arguments.
std::string SubjectOf(const CallSite& site, const policy::SeccompData& data) {
  std::string subject =
      absl::StrCat(site.program, " ", ToString(site.abi), " ", site.number);
  if (site.abi != Abi::kX86_64) return subject;
  const syscalls::Syscall* call = syscalls::FindByNumber(site.number);
  if (call == nullptr) return subject;
  for (int i = 0; i < call->argument_count; ++i) {
    if (!syscalls::IsRuled(call->number, i)) continue;
    uint64_t value = data.arguments[static_cast<size_t>(i)];
    if (call->arguments[static_cast<size_t>(i)].width == 32) {
      value &= 0xffffffff;
    }
    absl::StrAppend(&subject, " ", value);
  }
  return subject;
}

// Whether a SIGSYS from outside ends the process as its filter's would: the
// thread neither blocks, ignores nor catches it.
bool DiesOfSigsys(pid_t thread) {
  absl::StatusOr<std::string> text =
      support::ReadFile(absl::StrCat("/proc/", thread, "/status"));
  if (!text.ok()) return false;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    uint64_t signals = 0;
    if ((absl::ConsumePrefix(&line, "SigBlk:\t") ||
         absl::ConsumePrefix(&line, "SigIgn:\t") ||
         absl::ConsumePrefix(&line, "SigCgt:\t")) &&
        absl::SimpleHexAtoi(line, &signals) &&
        (signals >> (SIGSYS - 1) & 1) != 0) {
      return false;
    }
  }
  return true;
}

pid_t ProcessOf(pid_t thread) {
  absl::StatusOr<std::string> text =
      support::ReadFile(absl::StrCat("/proc/", thread, "/status"));
  pid_t process = thread;
  if (!text.ok()) return process;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (absl::ConsumePrefix(&line, "Tgid:\t")) {
      if (!absl::SimpleAtoi(line, &process)) return thread;
    }
  }
  return process;
}

}  // namespace

Supervisor::Supervisor(const Supervision& supervision, pid_t program)
    : supervision_(supervision),
      program_(program),
      observations_(ObservationsOf(supervision.policy,
                                   supervision.watch == Watch::kTraceAll
                                       ? Recorded::kAll
                                       : Recorded::kMissing)),
      file_(supervision.observed) {}

Supervisor::~Supervisor() = default;

absl::Status Supervisor::Prepare() {
  if (supervision_.watch == Watch::kAsk) {
    questions_ = std::make_unique<Questions>();
    if (!questions_->HasTerminal()) {
      if (!supervision_.policy.incomplete.empty()) {
        return absl::FailedPreconditionError(
            "--ask: there is no terminal to ask on, and the policy is "
            "incomplete; decide it by an overlay, or use --learn");
      }
      Say("--ask: there is no terminal to ask on; what the policy lacks is "
          "refused");
    }
  }
  process_ = static_cast<int>(syscall(SYS_pidfd_open, program_, 0));
  return file_.Begin(observations_);
}

void Supervisor::Run(int listener, int own_number) {
  if (listener < 0) {
    file_.Undo();
    return;
  }
  listener_ = std::make_unique<Listener>(listener);
  own_number_ = own_number;
  ++observations_.runs;
  Loop();
  Flush(true);
}

void Supervisor::Loop() {
  for (;;) {
    const bool asks = questions_ != nullptr && !questions_->empty();
    pollfd polled[3] = {{listener_->descriptor(), POLLIN, 0},
                        {process_, POLLIN, 0},
                        {asks ? questions_->descriptor() : -1, POLLIN, 0}};
    const int timeout = asks     ? kQuestionMilliseconds
                        : dirty_ ? kFlushMilliseconds
                                 : -1;
    if (poll(polled, 3, timeout) < 0 && errno != EINTR) return;
    if ((polled[0].revents & POLLIN) != 0) {
      absl::StatusOr<std::optional<Notification>> call = listener_->Receive();
      if (!call.ok()) return Say(std::string(call.status().message()));
      if (*call) Handle(**call);
    } else if ((polled[0].revents & (POLLHUP | POLLERR)) != 0) {
      return;  // nobody has this filter any more
    }
    if (polled[1].revents != 0) NoteProgramsEnd();
    if (asks) AnswerQuestions();
    if (dirty_ && absl::Now() - flushed_ >= kFlushEvery) Flush(false);
  }
}

bool Supervisor::IsOwnClose(const Notification& call) {
  if (own_number_ < 0 || AbiOf(call.data) != Abi::kX86_64 ||
      call.data.number != kClose ||
      call.data.arguments[0] != static_cast<uint64_t>(own_number_) ||
      ProcessOf(call.thread) != program_) {
    return false;
  }
  own_number_ = -1;
  return true;
}

void Supervisor::Handle(const Notification& call) {
  if (own_number_ >= 0 && IsOwnClose(call)) {
    listener_->Continue(call.id);
    return;
  }
  const std::string executable = ExecutableOf(call.thread);
  const Rules& rules = RulesOf(call.thread, executable);
  const uint32_t verdict = Verdict(rules.policy, rules.enforced, call.data);
  const bool allowed = verdict == policy::kReturnAllow;
  if (supervision_.per_program && supervision_.watch != Watch::kTraceAll &&
      (allowed || verdict == UnknownVerdict(rules.policy))) {
    // The answer fails if another process has got the thread's id meanwhile.
    allowed ? listener_->Continue(call.id) : listener_->Fail(call.id, ENOSYS);
    return;
  }
  Known* known = Recognise(call, executable, allowed);
  if (known == nullptr) return;
  known->rules = &rules;
  const bool asks = !allowed && supervision_.watch == Watch::kAsk;
  const bool refuses = !allowed && supervision_.watch == Watch::kEnforce &&
                       verdict != policy::kReturnLog;
  if (asks || refuses) {
    if (!listener_->IsWaiting(call.id)) return;
    return asks ? Decide(call, *known) : Refuse(call, *known);
  }
  if (known->is_new && !allowed && supervision_.watch == Watch::kLog) {
    Report(call, *known, "let through");
  }
  if (!listener_->Continue(call.id)) return;
  Note(call, *known, allowed ? Answer::kAllowed : Answer::kContinued);
}

absl::StatusOr<policy::Policy> Supervisor::PolicyOf(
    const std::string& executable,
    const std::optional<FileIdentity>& running) const {
  // The policy is of the file at the path; another may run.
  if (!running || IdentityOfFile(executable) != running) {
    return absl::FailedPreconditionError(
        "the file that runs is not the one at its path (replaced since, or the "
        "process has mounts of its own): no policy is of it");
  }
  auto found = supervision_.programs.find(executable);
  if (found != supervision_.programs.end()) return found->second;
  absl::StatusOr<policy::Policy> made = supervision_.analyze(executable);
  if (made.ok() && !made->incomplete.empty()) {
    const policy::Incomplete& first = made->incomplete.front();
    return absl::FailedPreconditionError(absl::StrCat(
        "its analysis is incomplete: ", first.place, ": ", first.reason,
        " (decide it in an overlay, or give a ", "policy by --exec-policy)"));
  }
  return made;
}

const Supervisor::Rules& Supervisor::RulesOf(pid_t thread,
                                             const std::string& executable) {
  const bool own = supervision_.per_program &&
                   (supervision_.analyze != nullptr ||
                    supervision_.programs.count(executable) != 0);
  std::optional<FileIdentity> running;
  std::string key;
  if (own) {
    running = IdentityOfExecutable(thread);
    key = executable;
    if (running) {
      absl::StrAppend(&key, "\n", running->device, " ", running->inode);
    }
  }
  // Whoever makes programs to execute them all.
  const bool too_many = rules_.size() > kMostPrograms && rules_.count(key) == 0;
  if (too_many) key = "\n";
  std::unique_ptr<Rules>& rules = rules_[key];
  if (rules != nullptr) return *rules;
  rules = std::make_unique<Rules>();
  rules->own = own;
  absl::StatusOr<policy::Policy> policy = supervision_.policy;
  if (own) policy = PolicyOf(executable, running);
  if (too_many) {
    policy =
        absl::ResourceExhaustedError("too many programs have been executed");
  }
  if (policy.ok()) {
    rules->policy = *std::move(policy);
  } else {
    rules->failure = std::string(policy.status().message());
    rules->policy =
        policy::EmptyPolicy(FileName(executable), policy::InstallPoint::kExec,
                            supervision_.policy.mode);
    Say(absl::StrCat(Printable(executable), ": ", rules->failure));
  }
  rules->enforced = EnforcedCalls(rules->policy);
  return *rules;
}

Supervisor::Known* Supervisor::Recognise(const Notification& call,
                                         const std::string& executable,
                                         bool allowed) {
  const std::string key = absl::StrCat(
      executable, "\n", call.data.architecture, " ", call.data.number, " ",
      call.data.instruction_pointer, allowed ? " +" : " -");
  if (known_.size() > kMostKnown &&
      (questions_ == nullptr || questions_->empty())) {
    known_.clear();
  }
  if (auto found = known_.find(key); found != known_.end()) {
    return found->second.get();
  }
  auto known = std::make_unique<Known>();
  const std::vector<Mapping> mappings = MappingsOf(call.thread);
  const uint64_t address = call.data.instruction_pointer;
  known->site.program = executable == supervision_.executable
                            ? supervision_.policy.program
                            : FileName(executable);
  known->site.abi = AbiOf(call.data);
  known->site.number = static_cast<int>(call.data.number & ~syscalls::kX32Bit);
  known->site.place = PlaceOf(mappings, address);
  for (uint64_t caller : FindCallers(call.thread, mappings)) {
    known->stack.push_back(PlaceOf(mappings, caller));
  }
  // Else that may be of another process, which has got the thread's id.
  if (!listener_->IsWaiting(call.id)) return nullptr;
  return known_.emplace(key, std::move(known)).first->second.get();
}

void Supervisor::Note(const Notification& call, Known& known, Answer answer) {
  known.site.answer = answer;
  Seen& seen = observations_.calls[known.site];
  if (seen.count == 0) seen.stack = known.stack;
  ++seen.count;
  NoteArguments(call.data, seen);
  known.is_new = false;
  dirty_ = true;
}

std::string Supervisor::PlaceText(const Notification& call,
                                  const Place& place) const {
  std::string text = ToString(place);
  if (!supervision_.symbol) return text;
  for (const Mapping& mapping : MappingsOf(call.thread)) {
    if (mapping.path.empty() || FileName(mapping.path) != place.module) {
      continue;
    }
    const std::string symbol = supervision_.symbol(mapping.path, place.offset);
    return symbol.empty() ? text : absl::StrCat(text, " (", symbol, ")");
  }
  return text;
}

void Supervisor::Report(const Notification& call, const Known& known,
                        absl::string_view what) const {
  const std::string& program = supervision_.policy.program;
  std::string whose = "the policy";
  std::string why;
  if (known.site.program != program && known.rules->own) {
    whose = absl::StrCat("the policy of ", Printable(known.site.program));
  } else if (known.site.program != program) {
    whose = absl::StrCat("the policy of ", Printable(program));
    why = absl::StrCat(", which executes ", Printable(known.site.program),
                       ": a filter stays on over execve (--exec-policy)");
  }
  Say(absl::StrCat(Printable(known.site.program), "[", call.thread,
                   "]: ", DescribeCall(call), " at ",
                   PlaceText(call, known.site.place), " is not in ", whose, why,
                   "; ", what));
}

std::string Supervisor::QuestionText(const Notification& call,
                                     const Known& known) const {
  std::string text =
      absl::StrCat("\nchestnut: ", Printable(known.site.program), " (thread ",
                   call.thread, ") wants ", DescribeCall(call), "\n  at ",
                   PlaceText(call, known.site.place), "\n");
  for (const Place& frame : known.stack) {
    absl::StrAppend(&text, "  called from ", PlaceText(call, frame), "\n");
  }
  absl::StrAppend(&text, "  why it is asked: ",
                  Why(known.rules->policy, known.site.program,
                      known.site.place.module, call.data),
                  "\n");
  return text;
}

void Supervisor::Decide(const Notification& call, Known& known) {
  const std::string subject = SubjectOf(known.site, call.data);
  auto decided = decisions_.find(subject);
  if (decided != decisions_.end()) {
    Carry(call, known, decided->second ? Choice::kOnce : Choice::kNever);
  } else if (!questions_->HasTerminal()) {
    Refuse(call, known);
  } else {
    questions_->Ask({call, subject, QuestionText(call, known), &known});
  }
}

void Supervisor::Carry(const Notification& call, Known& known, Choice choice) {
  switch (choice) {
    case Choice::kOnce:
    case Choice::kAlways:
      Note(call, known, Answer::kContinued);
      listener_->Continue(call.id);
      return;
    case Choice::kNever:
      Note(call, known, Answer::kDenied);
      listener_->Fail(call.id, known.rules->Errno());
      return;
    case Choice::kEnd:
      Note(call, known, Answer::kDenied);
      Kill(call, SIGKILL);
      return;
  }
}

void Supervisor::Kill(const Notification& call, int signal) {
  const pid_t process = ProcessOf(call.thread);
  // The id is the caller's as long as the call waits; a call that is never
  // answered waits until its process dies.
  if (listener_->IsWaiting(call.id)) kill(process, signal);
}

// As the policy itself would have it.
void Supervisor::Refuse(const Notification& call, Known& known) {
  if (known.is_new) Report(call, known, "refused");
  Note(call, known, Answer::kDenied);
  if (known.rules->policy.mode == policy::Mode::kErrno) {
    listener_->Fail(call.id, known.rules->Errno());
    return;
  }
  if (!DiesOfSigsys(call.thread)) return Kill(call, SIGKILL);
  // A signal that dumps core does not end the waiting, but it is the first
  // thing that the thread gets to see when its call returns.
  const pid_t process = ProcessOf(call.thread);
  if (!listener_->IsWaiting(call.id)) return;
  syscall(SYS_tgkill, process, call.thread, SIGSYS);
  listener_->Fail(call.id, EPERM);
}

void Supervisor::AnswerQuestions() {
  const std::optional<Choice> choice = questions_->Read();
  if (!questions_->empty() && choice) {
    const Question question = questions_->Take();
    Known& known = *static_cast<Known*>(question.context);
    if (*choice == Choice::kAlways) decisions_[question.subject] = true;
    if (*choice == Choice::kNever) decisions_[question.subject] = false;
    Carry(question.call, known, *choice);
  }
  // Those that wait behind the question may be answered by it.
  while (!questions_->empty()) {
    const Question& next = questions_->first();
    const bool waits = listener_->IsWaiting(next.call.id);
    if (waits && questions_->HasTerminal() &&
        decisions_.count(next.subject) == 0) {
      return;
    }
    const Question question = questions_->Take(
        waits ? "" : "chestnut: nobody waits for the answer any more");
    if (waits) Decide(question.call, *static_cast<Known*>(question.context));
  }
}

// Who started the program sees its end now; nothing of it may be missing, and
// whoever waits for the end of a pipe shall not wait for us.
void Supervisor::NoteProgramsEnd() {
  close(process_);
  process_ = -1;
  Flush(false);
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) dup2(null, STDERR_FILENO);
  if (null > STDERR_FILENO) close(null);
}

void Supervisor::Flush(bool complete) {
  observations_.complete = complete;
  // Before the program there was an error to return; now the next try may do.
  if (absl::Status status = file_.Write(observations_); !status.ok()) {
    Say(std::string(status.message()));
  }
  dirty_ = false;
  flushed_ = absl::Now();
}

}  // namespace chestnut::finalyzer
