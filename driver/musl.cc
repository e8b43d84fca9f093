#include "driver/musl.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "driver/cache.h"
#include "driver/options.h"
#include "driver/process.h"
#include "support/digest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;

// Changes whenever the steps below make something else of the same source.
constexpr absl::string_view kRecipe = "musl-3 -O2";
constexpr char kWhatToDo[] =
    "; run tools/install_dependencies, or name a source: chestnut libc musl "
    "--source=FOLDER|TARBALL";

// gcc's way to another libc, inside the folder.
constexpr char kGccSpecs[] = "lib/chestnut-gcc.specs";

struct Build {
  MuslSource source;
  std::string compiler;   // chestnut-cc
  std::string real;       // the real compiler
  std::string resources;  // share/chestnut
  std::string scratch;    // everything temporary
  std::string result;     // the sysroot in the making
};

// A user's flags, and a surrounding make's, are not for the libc.
std::vector<std::string> CleanEnvironment() {
  std::vector<std::string> command = {"env"};
  for (const char* name :
       {"CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "CROSS_COMPILE", "LIBCC", "AR",
        "RANLIB", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CPATH", "C_INCLUDE_PATH",
        "LIBRARY_PATH"}) {
    command.push_back("-u");
    command.push_back(name);
  }
  command.push_back("LC_ALL=C");
  return command;
}

absl::Status RunStep(absl::string_view what,
                     const std::vector<std::string>& arguments,
                     const std::string& folder, absl::string_view advice) {
  std::vector<std::string> command = CleanEnvironment();
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<ProcessResult> result =
      Run(command, Streams::kCapture, folder);
  if (!result.ok()) return result.status();
  if (result->ok()) return absl::OkStatus();
  absl::string_view last = absl::StripSuffix(result->err, "\n");
  last = last.substr(last.rfind('\n') + 1);
  return absl::UnavailableError(absl::StrCat("musl: ", what, " failed (exit ",
                                             result->exit_code, "): ", last,
                                             advice));
}

// The only folder below `parent` whose name begins with "musl".
absl::StatusOr<std::string> SourceBelow(const std::string& parent) {
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(parent, error)) {
    if (entry.is_directory() &&
        fs::exists(entry.path() / "src/internal/syscall.h")) {
      return entry.path().string();
    }
  }
  return absl::NotFoundError(
      absl::StrCat("musl: no source of musl in the package", kWhatToDo));
}

absl::StatusOr<std::string> FetchDebianSource(const Build& build) {
  absl::Status status =
      RunStep("fetching the source package",
              {"apt-get", "-q", "source", "--download-only", "musl"},
              build.scratch, kWhatToDo);
  if (!status.ok()) return status;
  std::string description;
  for (const auto& entry : fs::directory_iterator(build.scratch)) {
    if (entry.path().extension() == ".dsc") description = entry.path().string();
  }
  status = RunStep("unpacking the source package",
                   {"dpkg-source", "--no-check", "-x", description,
                    absl::StrCat(build.scratch, "/musl-source")},
                   build.scratch, kWhatToDo);
  if (!status.ok()) return status;
  return SourceBelow(build.scratch);
}

absl::StatusOr<std::string> FetchSource(const Build& build) {
  const std::string& path = build.source.path;
  if (path.empty()) return FetchDebianSource(build);
  std::error_code error;
  if (fs::is_directory(path, error)) return fs::absolute(path).string();
  absl::Status status =
      RunStep("unpacking the source",
              {"tar", "-xf", fs::absolute(path).string()}, build.scratch, "");
  if (!status.ok()) return status;
  return SourceBelow(build.scratch);
}

absl::Status Compile(const Build& build, const std::string& source) {
  const std::string objects = absl::StrCat(build.scratch, "/objects");
  absl::Status status = MakeFolders(objects);
  if (!status.ok()) return status;
  const std::string jobs =
      absl::StrCat("-j", std::max(1u, std::thread::hardware_concurrency()));
  status = RunStep(
      "configure",
      {absl::StrCat(source, "/configure"),
       absl::StrCat("--prefix=", build.result), "--disable-shared",
       "--disable-wrapper", absl::StrCat("CC=", build.compiler), "CFLAGS=-O2"},
      objects, "");
  if (!status.ok()) return status;
  status = RunStep("make", {"make", jobs}, objects, "");
  if (!status.ok()) return status;
  return RunStep("make install", {"make", "install"}, objects, "");
}

// What compilers expect beside libc.a.
absl::Status AddCompanions(const Build& build) {
  const std::string library = absl::StrCat(build.result, "/lib/");
  const std::string musl = absl::StrCat(build.resources, "/musl/");
  const std::pair<const char*, std::vector<const char*>> units[] = {
      {"crtbegin.c", {"crtbegin.o", "crtbeginS.o", "crtbeginT.o"}},
      {"crtend.c", {"crtend.o", "crtendS.o"}}};
  for (const auto& [unit, objects] : units) {
    for (const char* object : objects) {
      absl::Status status = RunStep(
          unit, {build.compiler, "-O2", "-c", unit, "-o", library + object},
          musl, "");
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status Link(const std::string& target, const std::string& path) {
  std::error_code error;
  fs::create_symlink(target, path, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make link '", path, "': ", error.message()));
  }
  return absl::OkStatus();
}

// The compiler's support library, and the kernel's headers, which musl leaves
// to the system.
absl::Status AddSystemParts(const Build& build) {
  absl::StatusOr<ProcessResult> result =
      Run({build.real, "-print-libgcc-file-name"}, Streams::kCapture);
  if (!result.ok()) return result.status();
  const std::string libgcc(absl::StripSuffix(result->out, "\n"));
  const std::string folder = fs::path(libgcc).parent_path().string();
  for (const char* name : {"libgcc.a", "libgcc_eh.a"}) {
    const std::string target = absl::StrCat(folder, "/", name);
    if (!fs::exists(target)) {
      return absl::NotFoundError(absl::StrCat(
          "musl: '", target, "' is missing; run tools/install_dependencies"));
    }
    absl::Status status =
        Link(target, absl::StrCat(build.result, "/lib/", name));
    if (!status.ok()) return status;
  }
  const std::pair<const char*, const char*> headers[] = {
      {"/usr/include/linux", "linux"},
      {"/usr/include/asm-generic", "asm-generic"},
      {"/usr/include/x86_64-linux-gnu/asm", "asm"}};
  for (const auto& [target, name] : headers) {
    if (!fs::exists(target)) continue;
    absl::Status status =
        Link(target, absl::StrCat(build.result, "/include/", name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// What gcc has instead of --sysroot: it must not look at the system's libc at
// all. `folder` is where the sysroot will be.
absl::Status AddGccSpecs(const Build& build, const std::string& folder) {
  const std::string include = absl::StrCat("-nostdinc -isystem ", folder,
                                           "/include -isystem include%s");
  const std::string specs = absl::StrCat(
      "%rename cpp_options old_cpp_options\n\n*cpp_options:\n", include,
      " %(old_cpp_options)\n\n*cc1:\n%(cc1_cpu) ", include,
      "\n\n*cc1plus:\n%(cc1_cpu) ", include, "\n\n*link_libgcc:\n-L", folder,
      "/lib\n\n*libgcc:\n-lgcc -lgcc_eh",
      "\n\n*startfile:\n%{static-pie:", folder, "/lib/rcrt1.o;:", folder,
      "/lib/crt1.o} ", folder, "/lib/crti.o ", folder,
      "/lib/crtbegin.o\n\n*endfile:\n", folder, "/lib/crtend.o ", folder,
      "/lib/crtn.o\n\n*link:\n%{static-pie:-static -pie --no-dynamic-linker "
      "-z text;shared:-shared;:-static} %{rdynamic:-export-dynamic}\n\n"
      "*esp_link:\n\n\n*esp_options:\n\n\n*esp_cpp_options:\n\n\n");
  return support::WriteFileAtomically(
      absl::StrCat(build.result, "/", kGccSpecs), specs);
}

absl::Status BuildInto(const MuslSource& source, const std::string& cache,
                       const std::string& folder) {
  absl::StatusOr<TemporaryFolder> scratch = TemporaryFolder::Create(cache);
  if (!scratch.ok()) return scratch.status();
  absl::StatusOr<std::string> compiler =
      FindCompanion("the drop-in compiler", {"chestnut-cc"});
  if (!compiler.ok()) return compiler.status();
  absl::StatusOr<RealCompiler> real = FindRealCompiler({}, Language::kC);
  if (!real.ok()) return real.status();
  absl::StatusOr<std::string> resources = FindResources();
  if (!resources.ok()) return resources.status();
  const Build build = {source,     *compiler,       real->path,
                       *resources, scratch->path(), scratch->File("sysroot")};
  absl::StatusOr<std::string> unpacked = FetchSource(build);
  if (!unpacked.ok()) return unpacked.status();
  absl::Status status = Compile(build, *unpacked);
  if (status.ok()) status = AddCompanions(build);
  if (status.ok()) status = AddSystemParts(build);
  if (status.ok()) status = AddGccSpecs(build, folder);
  if (!status.ok()) return status;
  if (rename(build.result.c_str(), folder.c_str()) != 0) {
    return absl::UnavailableError(
        absl::StrCat("musl: cannot rename into '", folder, "'"));
  }
  return absl::OkStatus();
}

// The folder's name says what it was made from; a compiler or plugin that
// changes makes another one.
absl::StatusOr<std::string> FolderName() {
  absl::StatusOr<std::string> plugin = FindPlugin();
  if (!plugin.ok()) return plugin.status();
  absl::StatusOr<RealCompiler> real = FindRealCompiler({}, Language::kC);
  if (!real.ok()) return real.status();
  absl::StatusOr<std::string> resources = FindResources();
  if (!resources.ok()) return resources.status();
  const std::string identity = absl::StrJoin(
      {std::string(kRecipe), FileIdentity(*plugin), FileIdentity(real->path),
       FileIdentity(*resources + "/musl/crtbegin.c"),
       FileIdentity(*resources + "/musl/crtend.c")},
      "\n");
  return absl::StrCat("musl-", support::Sha256Hex(identity).substr(0, 16));
}

}  // namespace

absl::StatusOr<std::string> EnsureMusl(const MuslSource& source) {
  absl::StatusOr<std::string> cache = CacheFolder();
  if (!cache.ok()) return cache.status();
  absl::StatusOr<std::string> name = FolderName();
  if (!name.ok()) return name.status();
  std::string folder = absl::StrCat(*cache, "/", *name);
  if (access(folder.c_str(), R_OK) == 0) return folder;
  absl::Status status = MakeFolders(*cache);
  if (!status.ok()) return status;
  absl::StatusOr<FileLock> lock = FileLock::Acquire(folder + ".lock");
  if (!lock.ok()) return lock.status();
  // Another process may have built it while we waited.
  if (access(folder.c_str(), R_OK) == 0) return folder;
  PrintNote("building musl and its facts, once; this takes a minute or two");
  status = BuildInto(source, *cache, folder);
  if (!status.ok()) return status;
  return folder;
}

std::vector<std::string> MuslFlags(absl::string_view folder,
                                   CompilerFamily family) {
  if (family == CompilerFamily::kGcc) {
    return {absl::StrCat("-specs=", folder, "/", kGccSpecs)};
  }
  return {"--target=x86_64-linux-musl", absl::StrCat("--sysroot=", folder)};
}

}  // namespace chestnut::driver
