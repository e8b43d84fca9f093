#ifndef CHESTNUT_POLICY_EXPORTS_H_
#define CHESTNUT_POLICY_EXPORTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/model.h"

// Policies in the forms that other programs take, which put their filter on
// before they execute the program.
namespace chestnut::policy {

// The policy of the whole process, from execve on: start-up and everything
// after it, and execve itself, which the other program calls under the filter.
// Install point `exec`, in normal form. Errors: kFailedPrecondition for an
// incomplete policy, or for one that says nothing of start-up.
absl::StatusOr<Policy> WholeProcess(const Policy& policy);

struct Exported {
  std::string text;
  // What the form cannot say, for people: each is looser or answers otherwise
  // than the policy, never a call that is needed and missing.
  std::vector<std::string> notes;
};

enum class OciFlavor {
  kRuntime,  // runtime-spec, config-linux.md "Seccomp": runc, crun, Podman
  kMoby      // Docker's superset: archMap, comments
};

struct OciOptions {
  OciFlavor flavor = OciFlavor::kRuntime;
  // The calls that the container runtime makes between putting the filter on
  // and execve, by name; they are added.
  std::vector<std::string> launcher_calls;
};

// Those of runc where the container has noNewPrivileges.
const std::vector<std::string>& RuncCalls();

// A seccomp object for an OCI runtime, as JSON. Three answers as in our own
// filters: what is known and not allowed is listed with the mode's action, the
// default is ENOSYS. `whole` is what WholeProcess gave, here and below. Errors:
// kInvalidArgument for a launcher's call that there is not; kUnimplemented for
// mode notify.
absl::StatusOr<Exported> ExportOci(const Policy& whole,
                                   const OciOptions& options);

// A drop-in for a unit, as NAME.service.d/50-chestnut.conf (systemd.exec(5),
// "SystemCallFilter="). kUnimplemented for modes that systemd has not.
absl::StatusOr<Exported> ExportSystemd(const Policy& whole);

// A policy file for minijail0 -S (minijail0(5)), and a profile for firejail
// --profile (firejail-profile(5)). kUnimplemented for other modes than kill.
absl::StatusOr<Exported> ExportMinijail(const Policy& whole);
absl::StatusOr<Exported> ExportFirejail(const Policy& whole);

// The proved filter as the kernel takes it: an array of struct sock_filter in
// this machine's byte order, for bwrap --seccomp and the like. Errors:
// CompileFilter's.
absl::StatusOr<Exported> ExportBpf(const Policy& whole);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_EXPORTS_H_
