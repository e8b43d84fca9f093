#include "finalyzer/question.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace chestnut::finalyzer {
namespace {

constexpr char kChoices[] =
    "  o once   a always   n never (it fails)   e end the program\n"
    "chestnut: allow it? [o/a/n/e] ";

std::optional<Choice> ChoiceOf(const std::string& line) {
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return std::nullopt;
  switch (line[begin]) {
    case 'o':
    case 'O':
      return Choice::kOnce;
    case 'a':
    case 'A':
      return Choice::kAlways;
    case 'n':
    case 'N':
      return Choice::kNever;
    case 'e':
    case 'E':
      return Choice::kEnd;
    default:
      return std::nullopt;
  }
}

}  // namespace

Questions::Questions()
    : terminal_(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}

Questions::~Questions() { Close(); }

int Questions::descriptor() const {
  return waiting_.empty() || !shown_ ? -1 : terminal_;
}

void Questions::Ask(Question question) {
  waiting_.push_back(std::move(question));
  Show();
}

bool Questions::IsForeground() {
  const pid_t group = tcgetpgrp(terminal_);
  if (group < 0) {  // hung up
    Close();
    return false;
  }
  return group == getpgrp();
}

void Questions::Show() {
  if (terminal_ < 0 || waiting_.empty() || shown_ || !IsForeground()) return;
  termios now = {};
  if (tcgetattr(terminal_, &now) != 0) return Close();
  settings_ = now;
  // The program may have it raw. And what was typed before the question stood
  // there was no answer to it.
  now.c_lflag |= ICANON | ECHO | ISIG;
  now.c_iflag |= ICRNL;
  now.c_oflag |= OPOST | ONLCR;
  tcsetattr(terminal_, TCSAFLUSH, &now);
  line_.clear();
  shown_ = true;
  Write(waiting_.front().text + kChoices);
}

void Questions::Hide() {
  if (shown_ && settings_ && terminal_ >= 0) {
    tcsetattr(terminal_, TCSADRAIN, &*settings_);
  }
  settings_.reset();
  shown_ = false;
}

void Questions::Close() {
  if (terminal_ < 0) return;
  Hide();
  close(terminal_);
  terminal_ = -1;
}

void Questions::Write(const std::string& text) const {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count =
        write(terminal_, text.data() + done, text.size() - done);
    if (count > 0) {
      done += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      // Stopped output (^S) lasts as long as the person wants.
      pollfd wait = {terminal_, POLLOUT, 0};
      poll(&wait, 1, 100);
      if ((wait.revents & (POLLHUP | POLLERR)) != 0) return;
    } else {
      return;
    }
  }
}

std::optional<Choice> Questions::Read() {
  if (terminal_ < 0) return std::nullopt;
  if (!IsForeground()) {
    // Somebody else's terminal now; asked again when it is ours.
    shown_ = false;
    settings_.reset();
    return std::nullopt;
  }
  if (!shown_) {
    Show();
    return std::nullopt;
  }
  char bytes[256];
  const ssize_t count = read(terminal_, bytes, sizeof(bytes));
  if (count == 0) return Choice::kEnd;  // ^D
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) Close();
    return std::nullopt;
  }
  line_.append(bytes, static_cast<size_t>(count));
  const size_t end = line_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  const std::optional<Choice> choice = ChoiceOf(line_.substr(0, end));
  line_.clear();
  if (!choice) Write(kChoices);
  return choice;
}

Question Questions::Take(const std::string& note) {
  Question question = std::move(waiting_.front());
  waiting_.pop_front();
  if (terminal_ >= 0 && shown_ && !note.empty()) Write("\n" + note + "\n");
  Hide();
  Show();
  return question;
}

}  // namespace chestnut::finalyzer
