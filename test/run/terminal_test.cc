// `chestnut run` as a parent and a terminal see it: one process, which can be
// stopped, resumed and interrupted.
#include <fcntl.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/run/fixture.h"

namespace chestnut::run_test {
namespace {

using ::testing::HasSubstr;

class TerminalTest : public RunTest {
 protected:
  // Executes the command in a child's place; `standard_output` may be -1.
  static void Become(const std::vector<std::string>& command) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    execvp(words[0], words.data());
    _exit(254);
  }

  static int WaitFor(pid_t child, int options = 0) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, options), child);
    return status;
  }

  // Reads until the text has come.
  static std::string ReadUntil(int descriptor, const std::string& text) {
    std::string all;
    char byte;
    while (all.find(text) == std::string::npos &&
           read(descriptor, &byte, 1) == 1) {
      all.push_back(byte);
    }
    return all;
  }
};

TEST_F(TerminalTest, ThePidIsTheOneThatTheParentKnows) {
  const std::vector<std::string> command =
      Command(AllBut({"reboot"}), {"/bin/sh", "-c", "echo $$ $PPID"});
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    Become(command);
  }
  close(ends[1]);
  EXPECT_EQ(ReadUntil(ends[0], "\n"),
            std::to_string(child) + " " + std::to_string(getpid()) + "\n");
  EXPECT_EQ(WaitFor(child), 0);
  // Nobody else keeps the pipe open.
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

TEST_F(TerminalTest, AStopBeforeTheEntryPointLastsUntilItIsContinued) {
  const std::vector<std::string> command =
      Command(AllBut({"getpid"}), {CompileWithLibrary(), "39"});
  const pid_t child = fork();
  if (child == 0) {
    setenv("BEFORE", "stop", 1);
    const int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, STDOUT_FILENO) != STDOUT_FILENO) _exit(200);
    Become(command);
  }
  int status = WaitFor(child, WUNTRACED);
  ASSERT_TRUE(WIFSTOPPED(status)) << status;
  EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
  ASSERT_EQ(kill(child, SIGCONT), 0);
  status = WaitFor(child, WCONTINUED);
  // It may have gone on to its end already: then that is what is seen.
  if (WIFCONTINUED(status)) status = WaitFor(child);
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

TEST_F(TerminalTest, TheTerminalsKeysReachTheProgram) {
  const std::vector<std::string> command =
      Command(AllBut({"reboot"}), {Compile("terminal")});
  int terminal = -1;
  const pid_t leader = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (leader == 0) {
    // Like a shell with job control: the program gets a group of its own and
    // the terminal; what becomes of it is said in words.
    signal(SIGTTOU, SIG_IGN);
    const pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      tcsetpgrp(STDIN_FILENO, getpid());
      signal(SIGTTOU, SIG_DFL);
      Become(command);
    }
    const int stopped = WaitFor(child, WUNTRACED);
    // The terminal is the program's all the time: what is typed is for it.
    kill(-child, SIGCONT);
    dprintf(STDOUT_FILENO, "stopped %d\n",
            WIFSTOPPED(stopped) ? WSTOPSIG(stopped) : -1);
    const int ended = WaitFor(child);
    tcsetpgrp(STDIN_FILENO, getpgrp());
    dprintf(STDOUT_FILENO, "ended %d\n",
            WIFSIGNALED(ended) ? WTERMSIG(ended) : -1);
    _exit(0);
  }
  EXPECT_THAT(ReadUntil(terminal, "\n"), HasSubstr("foreground 1"));
  ASSERT_EQ(write(terminal, "\x1a", 1), 1);  // ^Z
  EXPECT_THAT(ReadUntil(terminal, "stopped"), HasSubstr("stopped"));
  EXPECT_THAT(ReadUntil(terminal, "\n"),
              HasSubstr(" " + std::to_string(SIGTSTP)));
  ASSERT_EQ(write(terminal, "\x03", 1), 1);  // ^C
  EXPECT_THAT(ReadUntil(terminal, "ended"), HasSubstr("ended"));
  EXPECT_THAT(ReadUntil(terminal, "\n"),
              HasSubstr(" " + std::to_string(SIGINT)));
  EXPECT_EQ(WaitFor(leader), 0);
  close(terminal);
}

TEST_F(TerminalTest, TheHelperIsNobodysZombie) {
  // We adopt what the program leaves: the helper, which has ended by itself.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const Execution run = Run(AllBut({"reboot"}), {"/bin/sh", "-c", "exit 5"});
  ExpectStatus(run, 5);
  int status = -1;
  EXPECT_GT(waitpid(-1, &status, __WALL), 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(waitpid(-1, &status, __WALL), -1);
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

}  // namespace
}  // namespace chestnut::run_test
