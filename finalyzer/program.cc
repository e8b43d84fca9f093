#include "finalyzer/program.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

// What the kernel looks at to recognise a program (BINPRM_BUF_SIZE), and how
// often an interpreter may be a script itself (fs/exec.c, exec_binprm).
constexpr size_t kHeadSize = 256;
constexpr int kMostInterpreters = 5;

bool IsExecutableFile(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

absl::StatusOr<std::string> FindInPath(const std::string& command,
                                       absl::string_view search_path) {
  if (absl::StrContains(command, '/')) return command;
  for (absl::string_view folder : absl::StrSplit(search_path, ':')) {
    // An empty entry is the current folder.
    std::string path =
        folder.empty() ? command : absl::StrCat(folder, "/", command);
    if (IsExecutableFile(path)) return path;
  }
  return absl::NotFoundError(
      absl::StrCat(command, ": no executable of that name in PATH"));
}

absl::StatusOr<std::string> ReadHead(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be read: ", strerror(errno)));
  }
  std::string head(kHeadSize, '\0');
  const ssize_t count = read(file, head.data(), head.size());
  const int error = errno;
  close(file);
  if (count < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be read: ", strerror(error)));
  }
  head.resize(static_cast<size_t>(count));
  return head;
}

absl::Status CheckFile(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is a directory, not a program"));
  }
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is not a regular file"));
  }
  if (access(path.c_str(), X_OK) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": may not be executed: ", strerror(errno)));
  }
  return absl::OkStatus();
}

absl::Status CheckElf(const std::string& path, absl::string_view head) {
  Elf64_Ehdr header = {};
  if (head.size() < sizeof(header)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": the ELF header is cut off after ", head.size(), " bytes"));
  }
  memcpy(&header, head.data(), sizeof(header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is for another architecture (ELF class ",
        int{header.e_ident[EI_CLASS]}, ", machine ", header.e_machine,
        "); only 64-bit x86-64 programs can be run under a policy"));
  }
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is an ELF file of type ", header.e_type, ", not a program"));
  }
  return absl::OkStatus();
}

// The first word behind `#!` (fs/binfmt_script.c); empty if there is none.
std::string Interpreter(absl::string_view head) {
  head.remove_prefix(2);
  head = head.substr(0, head.find('\n'));
  const size_t first = head.find_first_not_of(" \t");
  if (first == absl::string_view::npos) return "";
  head.remove_prefix(first);
  return std::string(
      head.substr(0, head.find_first_of(absl::string_view(" \t\0", 3))));
}

std::vector<std::string> NamesOf(const std::string& image) {
  std::vector<std::string> names = {std::string(support::BaseName(image))};
  char* resolved = realpath(image.c_str(), nullptr);
  if (resolved != nullptr) {
    if (std::string name(support::BaseName(resolved)); name != names[0]) {
      names.push_back(std::move(name));
    }
    free(resolved);
  }
  return names;
}

}  // namespace

absl::StatusOr<Program> FindProgram(const std::string& command,
                                    absl::string_view search_path) {
  absl::StatusOr<std::string> path = FindInPath(command, search_path);
  if (!path.ok()) return path.status();
  Program program;
  program.path = *path;
  program.image = *path;
  for (int i = 0; i <= kMostInterpreters; ++i) {
    if (absl::Status status = CheckFile(program.image); !status.ok()) {
      return status;
    }
    absl::StatusOr<std::string> head = ReadHead(program.image);
    if (!head.ok()) return head.status();
    if (absl::StartsWith(*head, ELFMAG)) {
      if (absl::Status status = CheckElf(program.image, *head); !status.ok()) {
        return status;
      }
      program.names = NamesOf(program.image);
      return program;
    }
    if (!absl::StartsWith(*head, "#!") || Interpreter(*head).empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          program.image, ": is neither an ELF program nor a script that names ",
          "its interpreter (#!); name the program that runs it"));
    }
    program.image = Interpreter(*head);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(program.path, ": the interpreter is a script itself, more ",
                   "than ", kMostInterpreters, " times"));
}

absl::Status CheckPrivileges(const Program& program) {
  struct stat status = {};
  if (stat(program.image.c_str(), &status) != 0) {
    return absl::NotFoundError(
        absl::StrCat(program.image, ": ", strerror(errno)));
  }
  std::string what;
  if ((status.st_mode & S_ISUID) != 0 && status.st_uid != geteuid()) {
    what = absl::StrCat("set-uid to user ", status.st_uid);
  } else if ((status.st_mode & S_ISGID) != 0 &&
             (status.st_mode & S_IXGRP) != 0 && status.st_gid != getegid()) {
    what = absl::StrCat("set-gid to group ", status.st_gid);
  } else if (geteuid() != 0 &&
             getxattr(program.image.c_str(), "security.capability", nullptr,
                      0) > 0) {
    what = "given capabilities";
  }
  if (what.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      program.image, ": is ", what, ", which a filter's no_new_privs takes ",
      "away; run it as that user, or without Chestnut"));
}

}  // namespace chestnut::finalyzer
