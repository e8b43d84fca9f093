#ifndef CHESTNUT_FINALYZER_QUESTION_H_
#define CHESTNUT_FINALYZER_QUESTION_H_

#include <termios.h>

#include <deque>
#include <optional>
#include <string>

#include "finalyzer/listener.h"

namespace chestnut::finalyzer {

// A call that somebody has to decide about.
struct Question {
  Notification call;
  std::string subject;      // what "always" and "never" are about
  std::string text;         // shown above the choices, lines with their ends
  void* context = nullptr;  // the asker's
};

enum class Choice {
  kOnce,
  kAlways,
  kNever,
  kEnd,  // the program
};

// Asks on the terminal, one question at a time, without ever waiting for the
// answer. The process must be in the program's process group, so that the
// terminal is its own when it is the program's, and block SIGTTIN and SIGTTOU.
class Questions {
 public:
  Questions();  // opens the controlling terminal
  ~Questions();
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  // There is a terminal, and it has not been closed.
  bool HasTerminal() const { return terminal_ >= 0; }
  // To be polled for reading, -1 if there is nothing to be asked or heard.
  int descriptor() const;

  void Ask(Question question);
  bool empty() const { return waiting_.empty(); }
  const Question& first() const { return waiting_.front(); }

  // Reads what was typed; an answer to the first question, if that is one.
  // Notices when the terminal is gone or back.
  std::optional<Choice> Read();

  // Takes the first question away: it was answered, or nobody waits any more
  // (`note` says so on the terminal).
  Question Take(const std::string& note = "");

 private:
  void Show();
  void Hide();
  void Close();
  void Write(const std::string& text) const;
  bool IsForeground();

  int terminal_ = -1;
  bool shown_ = false;
  std::optional<termios> settings_;  // the program's, while a question stands
  std::string line_;
  std::deque<Question> waiting_;
};

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_QUESTION_H_
