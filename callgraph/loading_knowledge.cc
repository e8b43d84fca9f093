#include "callgraph/loading_knowledge.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"

namespace chestnut::callgraph {
namespace {

const std::vector<LibcLoad>& Libraries() {
  static const auto* const kLoads = new std::vector<LibcLoad>{
      {"libgcc_s.so.1",
       {},
       {"_Unwind_Backtrace", "_Unwind_ForcedUnwind", "_Unwind_GetCFA",
        "_Unwind_GetIP", "_Unwind_Resume", "__gcc_personality_v0"},
       "misc/unwind-link.c: cancellation, pthread_exit and backtrace unwind "
       "with it; cheap enough to ask for no condition",
       "glibc 2.36"},
      {"libidn2.so.0",
       {"getaddrinfo", "getnameinfo"},
       {"idn2_lookup_ul", "idn2_to_ascii_8z", "idn2_to_unicode_8z8z",
        "idn2_to_unicode_lzlz", "idn2_free"},
       "inet/idna.c: names that are not ASCII (AI_IDN)",
       "glibc 2.36"},
  };
  return *kLoads;
}

const std::vector<NameLookup>& Lookups() {
  static const auto* const kLookups = new std::vector<NameLookup>{
      {"getpwnam", "passwd", {"getpwnam_r"}},
      {"getpwnam_r", "passwd", {"getpwnam_r"}},
      {"getpwuid", "passwd", {"getpwuid_r"}},
      {"getpwuid_r", "passwd", {"getpwuid_r"}},
      {"getpwent", "passwd", {"setpwent", "getpwent_r", "endpwent"}},
      {"getpwent_r", "passwd", {"setpwent", "getpwent_r", "endpwent"}},
      {"setpwent", "passwd", {"setpwent", "endpwent"}},
      {"endpwent", "passwd", {"endpwent"}},
      {"getgrnam", "group", {"getgrnam_r"}},
      {"getgrnam_r", "group", {"getgrnam_r"}},
      {"getgrgid", "group", {"getgrgid_r"}},
      {"getgrgid_r", "group", {"getgrgid_r"}},
      {"getgrent", "group", {"setgrent", "getgrent_r", "endgrent"}},
      {"getgrent_r", "group", {"setgrent", "getgrent_r", "endgrent"}},
      {"setgrent", "group", {"setgrent", "endgrent"}},
      {"endgrent", "group", {"endgrent"}},
      {"initgroups",
       "group",
       {"initgroups_dyn", "setgrent", "getgrent_r", "endgrent"}},
      {"getgrouplist",
       "group",
       {"initgroups_dyn", "setgrent", "getgrent_r", "endgrent"}},
      {"initgroups",
       "initgroups",
       {"initgroups_dyn", "setgrent", "getgrent_r", "endgrent"}},
      {"getgrouplist",
       "initgroups",
       {"initgroups_dyn", "setgrent", "getgrent_r", "endgrent"}},
      {"getspnam", "shadow", {"getspnam_r"}},
      {"getspnam_r", "shadow", {"getspnam_r"}},
      {"getspent", "shadow", {"setspent", "getspent_r", "endspent"}},
      {"getspent_r", "shadow", {"setspent", "getspent_r", "endspent"}},
      {"setspent", "shadow", {"setspent", "endspent"}},
      {"endspent", "shadow", {"endspent"}},
      {"getsgnam", "gshadow", {"getsgnam_r"}},
      {"getsgnam_r", "gshadow", {"getsgnam_r"}},
      {"getsgent", "gshadow", {"setsgent", "getsgent_r", "endsgent"}},
      {"getsgent_r", "gshadow", {"setsgent", "getsgent_r", "endsgent"}},
      {"getaddrinfo",
       "hosts",
       {"gethostbyname4_r", "gethostbyname3_r", "gethostbyname2_r",
        "gethostbyname_r", "getcanonname_r", "gethostbyaddr2_r",
        "gethostbyaddr_r"}},
      {"getaddrinfo", "services", {"getservbyname_r"}},
      {"getaddrinfo", "networks", {"getnetbyname_r"}},
      {"getnameinfo", "hosts", {"gethostbyaddr2_r", "gethostbyaddr_r"}},
      {"getnameinfo", "services", {"getservbyport_r"}},
      {"gethostbyname",
       "hosts",
       {"gethostbyname_r", "gethostbyname2_r", "gethostbyname3_r"}},
      {"gethostbyname_r",
       "hosts",
       {"gethostbyname_r", "gethostbyname2_r", "gethostbyname3_r"}},
      {"gethostbyname2",
       "hosts",
       {"gethostbyname_r", "gethostbyname2_r", "gethostbyname3_r"}},
      {"gethostbyname2_r",
       "hosts",
       {"gethostbyname_r", "gethostbyname2_r", "gethostbyname3_r"}},
      {"gethostbyaddr", "hosts", {"gethostbyaddr_r", "gethostbyaddr2_r"}},
      {"gethostbyaddr_r", "hosts", {"gethostbyaddr_r", "gethostbyaddr2_r"}},
      {"gethostent", "hosts", {"sethostent", "gethostent_r", "endhostent"}},
      {"gethostent_r", "hosts", {"sethostent", "gethostent_r", "endhostent"}},
      {"sethostent", "hosts", {"sethostent", "endhostent"}},
      {"endhostent", "hosts", {"endhostent"}},
      {"getnetbyname", "networks", {"getnetbyname_r"}},
      {"getnetbyname_r", "networks", {"getnetbyname_r"}},
      {"getnetbyaddr", "networks", {"getnetbyaddr_r"}},
      {"getnetbyaddr_r", "networks", {"getnetbyaddr_r"}},
      {"getnetent", "networks", {"setnetent", "getnetent_r", "endnetent"}},
      {"getnetent_r", "networks", {"setnetent", "getnetent_r", "endnetent"}},
      {"getservbyname", "services", {"getservbyname_r"}},
      {"getservbyname_r", "services", {"getservbyname_r"}},
      {"getservbyport", "services", {"getservbyport_r"}},
      {"getservbyport_r", "services", {"getservbyport_r"}},
      {"getservent", "services", {"setservent", "getservent_r", "endservent"}},
      {"getservent_r",
       "services",
       {"setservent", "getservent_r", "endservent"}},
      {"getprotobyname", "protocols", {"getprotobyname_r"}},
      {"getprotobyname_r", "protocols", {"getprotobyname_r"}},
      {"getprotobynumber", "protocols", {"getprotobynumber_r"}},
      {"getprotobynumber_r", "protocols", {"getprotobynumber_r"}},
      {"getprotoent",
       "protocols",
       {"setprotoent", "getprotoent_r", "endprotoent"}},
      {"getprotoent_r",
       "protocols",
       {"setprotoent", "getprotoent_r", "endprotoent"}},
      {"getrpcbyname", "rpc", {"getrpcbyname_r"}},
      {"getrpcbyname_r", "rpc", {"getrpcbyname_r"}},
      {"getrpcbynumber", "rpc", {"getrpcbynumber_r"}},
      {"getrpcbynumber_r", "rpc", {"getrpcbynumber_r"}},
      {"getrpcent", "rpc", {"setrpcent", "getrpcent_r", "endrpcent"}},
      {"getrpcent_r", "rpc", {"setrpcent", "getrpcent_r", "endrpcent"}},
      {"ether_hostton", "ethers", {"gethostton_r"}},
      {"ether_ntohost", "ethers", {"getntohost_r"}},
      {"innetgr", "netgroup", {"setnetgrent", "getnetgrent_r", "endnetgrent"}},
      {"setnetgrent", "netgroup", {"setnetgrent", "endnetgrent"}},
      {"getnetgrent",
       "netgroup",
       {"setnetgrent", "getnetgrent_r", "endnetgrent"}},
      {"getnetgrent_r",
       "netgroup",
       {"setnetgrent", "getnetgrent_r", "endnetgrent"}},
      {"endnetgrent", "netgroup", {"endnetgrent"}},
      {"getaliasbyname", "aliases", {"getaliasbyname_r"}},
      {"getaliasbyname_r", "aliases", {"getaliasbyname_r"}},
      {"getaliasent",
       "aliases",
       {"setaliasent", "getaliasent_r", "endaliasent"}},
      {"getaliasent_r",
       "aliases",
       {"setaliasent", "getaliasent_r", "endaliasent"}},
      {"getpublickey", "publickey", {"getpublickey"}},
      {"getsecretkey", "publickey", {"getsecretkey"}},
      {"netname2user", "publickey", {"netname2user"}},
  };
  return *kLookups;
}

constexpr absl::string_view kServicesInLibc[] = {"dns", "files"};

constexpr absl::string_view kSysconf =
    "sysdeps/unix/sysv/linux/sysconf.c, sysdeps/posix/sysconf.c: each name has "
    "a case of its own";

const std::vector<ConditionalCall>& Calls() {
  static const auto* const kCalls = new std::vector<ConditionalCall>{
      {"svc_unregister",
       "pmap_unset",
       {"svc_register"},
       "sunrpc/svc.c: every thread that ends unregisters its services "
       "(__rpc_thread_destroy); svc_unregister returns at once unless "
       "svc_register put the service into the thread's list, which nobody else "
       "writes to",
       "glibc 2.36"},
      {"sysconf",
       "getrlimit",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_ARG_MAX, _SC_CHILD_MAX, _SC_OPEN_MAX, _SC_SIGQUEUE_MAX}},
      {"sysconf",
       "__get_child_max",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_CHILD_MAX}},
      {"sysconf",
       "getdtablesize",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_OPEN_MAX}},
      {"sysconf",
       "get_nprocs_conf",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_NPROCESSORS_CONF}},
      {"sysconf",
       "get_nprocs",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_NPROCESSORS_ONLN}},
      {"sysconf",
       "get_phys_pages",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_PHYS_PAGES}},
      {"sysconf",
       "get_avphys_pages",
       {},
       kSysconf,
       "glibc 2.36",
       /*parameter=*/0,
       {_SC_AVPHYS_PAGES}},
  };
  return *kCalls;
}

const std::vector<PluginImports>& Plugins() {
  static const auto* const kPlugins = new std::vector<PluginImports>{
      {{"__gconv_open", "iconv_open"},
       {"__gconv_transliterate", "malloc", "free", "abort", "__assert_fail"},
       "converters of character sets (gconv modules) work on memory: nothing "
       "else with a system call is among what any of them imports",
       "all 253 modules of Debian's glibc 2.36"},
  };
  return *kPlugins;
}

const std::vector<ReviewedLoad>& Loads() {
  static const auto* const kLoads = new std::vector<ReviewedLoad>{
      {"libc.a(",
       "__libc_dlopen_mode",
       {"libc.so.6"},
       "elf/dl-libc.c: a static program opens what the shared libc would open "
       "(gconv modules, the name service, the unwinder), and with it the "
       "shared libc",
       "glibc 2.36",
       {},
       /*only_known_calls=*/true},
      {"libc.a(",
       "__libc_dlsym",
       {},
       "what the shared libc would look up there: in gconv modules, in those "
       "of "
       "the name service, in the unwinder",
       "glibc 2.36"},
      {"libcrypto.so.3",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/ossl-modules/*.so",
        "/usr/lib/x86_64-linux-gnu/engines-3/*.so",
        "/usr/lib64/ossl-modules/*.so", "/usr/lib64/engines-3/*.so"},
       "crypto/dso/dso_dlfcn.c: providers and engines, from their folders",
       "OpenSSL 3.0"},
      {"libcrypto.so.3",
       "dlsym",
       {"getentropy", "OSSL_provider_init", "bind_engine", "v_check"},
       "crypto/dso: entry points of providers and engines; "
       "providers/implementations/rands/seeding/rand_unix.c: getentropy",
       "OpenSSL 3.0"},
      {"libkrb5support.so.0",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/krb5/plugins/*/*.so",
        "/usr/lib64/krb5/plugins/*/*.so"},
       "util/support/plugins.c: plugins of libkrb5, from their folders",
       "krb5 1.20"},
      {"libkrb5support.so.0",
       "dlsym",
       {},
       "util/support/plugins.c: entry points of those plugins",
       "krb5 1.20"},
      {"libp11-kit.so.0",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/pkcs11/*.so", "/usr/lib64/pkcs11/*.so"},
       "p11-kit/modules.c: the PKCS #11 modules of the system",
       "p11-kit 0.24"},
      {"libsasl2.so.2",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/sasl2/*.so", "/usr/lib64/sasl2/*.so"},
       "lib/dlopen.c: mechanisms, from their folder",
       "cyrus-sasl 2.1.28"},
      {"libsasl2.so.2",
       "dlsym",
       {},
       "lib/dlopen.c: entry points of those mechanisms",
       "cyrus-sasl 2.1.28"},
      {"libpam.so.0",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/security/*.so", "/usr/lib64/security/*.so"},
       "libpam/pam_handlers.c: modules, from their folder",
       "Linux-PAM 1.5.2"},
      {"libpam.so.0",
       "dlsym",
       {},
       "libpam/pam_handlers.c: entry points of those modules",
       "Linux-PAM 1.5.2"},
      {"libbfd-",
       "dlopen",
       {"/usr/lib/bfd-plugins/*.so",
        "/usr/lib/x86_64-linux-gnu/bfd-plugins/*.so",
        "/usr/lib64/bfd-plugins/*.so"},
       "bfd/plugin.c: plugins for link-time optimisation, from their folder",
       "binutils 2.40"},
      {"libX11.so.6",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/libXcursor.so*",
        "/usr/lib/X11/locale/common/*.so*",
        "/usr/lib/x86_64-linux-gnu/X11/locale/common/*.so*",
        "/usr/lib64/libXcursor.so*", "/usr/lib64/X11/locale/common/*.so*"},
       "src/CrGlue.c: cursors; src/xlibi18n/XlcDL.c: locale objects, from "
       "their folder",
       "libX11 1.8"},
      {"libX11.so.6",
       "dlsym",
       {},
       "src/CrGlue.c, src/xlibi18n/XlcDL.c: functions of those libraries",
       "libX11 1.8"},
      {"libheif.so.1",
       "dlopen",
       {"/usr/lib/x86_64-linux-gnu/libheif/*.so",
        "/usr/lib/x86_64-linux-gnu/libheif/plugins/*.so",
        "/usr/lib64/libheif/*.so"},
       "libheif/plugins_unix.cc: codecs, from their folder",
       "libheif 1.15"},
      {"libsqlite3.so.0",
       "dlopen",
       {},
       "src/loadext.c: extensions are loaded once a program allows it",
       "SQLite 3.40",
       {"sqlite3_enable_load_extension", "sqlite3_load_extension",
        "sqlite3_db_config"}},
      {"libsqlite3.so.0",
       "dlsym",
       {},
       "src/loadext.c: entry points of those extensions",
       "SQLite 3.40",
       {"sqlite3_enable_load_extension", "sqlite3_load_extension",
        "sqlite3_db_config"}},
  };
  return *kLoads;
}

const std::vector<ReviewedSites>& Sites() {
  static const auto* const kSites = new std::vector<ReviewedSites>{
      {"libc.so.6",
       2,
       {},
       "nptl/nptl_setxid.c: every thread repeats the call of setuid or a "
       "relative, which makes it itself as well (INLINE_SETXID_SYSCALL)",
       "glibc 2.36"},
      {"",
       2,
       {},
       "nptl/nptl_setxid.c: the same in a static program",
       "glibc 2.36",
       {"__nptl_setxid", "__nptl_setxid_sighandler"}},
      {"libcap.so.2",
       2,
       {{"capset"},
        {"prctl"},
        {"setuid", {"cap_setuid", "cap_launch"}},
        {"setgid", {"cap_setgroups", "cap_launch"}},
        {"setgroups", {"cap_setgroups", "cap_launch"}},
        {"chroot", {"cap_launch"}}},
       "libcap/cap_proc.c: _cap_syscall3 and _cap_syscall6 make what the "
       "library's own functions ask for",
       "libcap 2.66"},
      {"libseccomp.so.2",
       10,
       {{"seccomp"}},
       "src/system.c: the number of seccomp(2), looked up in the library's own "
       "table",
       "libseccomp 2.5.4"},
  };
  return *kSites;
}

bool IsModule(absl::string_view entry, absl::string_view module) {
  return absl::StartsWith(module, entry);
}

}  // namespace

absl::Span<const LibcLoad> LibcLoads() { return Libraries(); }
absl::Span<const NameLookup> NameLookups() { return Lookups(); }
absl::Span<const absl::string_view> ServicesInLibc() { return kServicesInLibc; }
absl::Span<const ConditionalCall> ConditionalCalls() { return Calls(); }
absl::Span<const PluginImports> KnownPlugins() { return Plugins(); }
absl::Span<const ReviewedLoad> ReviewedLoads() { return Loads(); }

absl::string_view DefaultServices(absl::string_view database) {
  return database == "hosts" || database == "networks" ? "dns files" : "files";
}

const ReviewedLoad* FindReviewedLoad(absl::string_view module,
                                     absl::string_view function) {
  for (const ReviewedLoad& entry : Loads()) {
    if (entry.function == function && IsModule(entry.module, module)) {
      return &entry;
    }
  }
  return nullptr;
}

const ReviewedSites* FindReviewedSites(absl::string_view module,
                                       absl::string_view function) {
  for (const ReviewedSites& entry : Sites()) {
    const auto& known = entry.functions;
    if (IsModule(entry.module, module) &&
        (known.empty() ||
         std::find(known.begin(), known.end(), function) != known.end())) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace chestnut::callgraph
