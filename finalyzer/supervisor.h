#ifndef CHESTNUT_FINALYZER_SUPERVISOR_H_
#define CHESTNUT_FINALYZER_SUPERVISOR_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "finalyzer/listener.h"
#include "finalyzer/observation.h"
#include "finalyzer/observation_file.h"
#include "finalyzer/question.h"
#include "finalyzer/target.h"
#include "finalyzer/watch.h"
#include "policy/model.h"

namespace chestnut::finalyzer {

struct Supervision {
  Watch watch = Watch::kNone;
  policy::Policy policy;
  // The ELF file that `policy` is for, links resolved: once the program runs,
  // it may have executed another before anybody looks.
  std::string executable = {};
  std::string observed;  // where observations go; may be empty
  // Whether the programs that are executed have policies of their own; without,
  // `policy` is for all.
  bool per_program = false;
  // Those, for install point exec (policy/executed.h), by the path of the ELF
  // file that runs.
  std::map<std::string, policy::Policy> programs = {};
  // The policy of one that is not there; null: `policy`.
  std::function<absl::StatusOr<policy::Policy>(const std::string& path)>
      analyze = nullptr;
  // The symbol at an address of a file ("read_config+0x12"), or empty.
  std::function<std::string(const std::string& path, uint64_t offset)> symbol;
};

// Answers the calls of one program and of all that it starts, from its install
// point until the last of them ends. It lives in a process of its own, which
// nothing that happens to the program stops.
class Supervisor {
 public:
  // `program` is the process's id.
  Supervisor(const Supervision& supervision, pid_t program);
  ~Supervisor();

  // Makes ready; what is wrong is wrong before the program runs.
  absl::Status Prepare();

  // The rest of its life. `listener` is -1 if the program never came to its
  // install point; `own_number` is what it has in the program.
  void Run(int listener, int own_number);

 private:
  struct Known;
  struct Rules;

  void Loop();
  void Handle(const Notification& call);
  bool IsOwnClose(const Notification& call);
  const Rules& RulesOf(pid_t thread, const std::string& executable);
  absl::StatusOr<policy::Policy> PolicyOf(
      const std::string& executable,
      const std::optional<FileIdentity>& running) const;
  // Null if the call waits no more.
  Known* Recognise(const Notification& call, const std::string& executable,
                   bool allowed);
  void Note(const Notification& call, Known& known, Answer answer);
  std::string PlaceText(const Notification& call, const Place& place) const;
  std::string QuestionText(const Notification& call, const Known& known) const;
  void Report(const Notification& call, const Known& known,
              absl::string_view what) const;
  void Decide(const Notification& call, Known& known);
  void Carry(const Notification& call, Known& known, Choice choice);
  void Refuse(const Notification& call, Known& known);
  void Kill(const Notification& call, int signal);
  void AnswerQuestions();
  void NoteProgramsEnd();
  void Flush(bool complete);

  const Supervision& supervision_;
  const pid_t program_;
  std::unordered_map<std::string, std::unique_ptr<Rules>> rules_;
  Observations observations_;
  ObservationFile file_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Questions> questions_;
  int process_ = -1;  // the program's pidfd, until it has ended
  int own_number_ = -1;
  bool dirty_ = false;
  absl::Time flushed_ = absl::InfinitePast();
  std::unordered_map<std::string, std::unique_ptr<Known>> known_;
  std::map<std::string, bool> decisions_;  // always or never, by subject
};

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_SUPERVISOR_H_
