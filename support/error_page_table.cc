// The pages themselves: support/error_pages.h.
#include "absl/types/span.h"
#include "support/error_pages.h"

namespace chestnut::support {
namespace {

constexpr ErrorPage kPages[] = {
    {"E-fault", "A fault in Chestnut itself",
     "A check of Chestnut's own failed: a filter that does not say what its "
     "policy says, a linker that left the sandbox out. Nothing was written "
     "that could be wrong.",
     "Please report it, with the command and the program. Another version of "
     "the compiler or linker may get around it.",
     "this is a fault in Chestnut\n"
     "filter instruction\n"
     "the filter has \n"
     "the linker left the sandbox out\n"
     "which no policy accounts for\n"
     "the launcher has no room\n"
     "not parsed\n"
     "not read\n"
     "no patch\n"
     "it is no launcher\n"
     "the frontend crashed\n"
     "lies among what is loaded\n"
     "is no object that a section can join\n"},
    {"E-filter-too-large", "The filter does not fit into the kernel",
     "The kernel takes filters of 4096 instructions. Rules on arguments with "
     "very many values make larger ones.",
     "Allow the call with any argument: chestnut refine P --allow "
     "CALL=REASON.",
     "use fewer argument values\n"},
    {"E-unknown-call", "No system call of that name",
     "The name is misspelt, is of another architecture, or is newer than this "
     "Chestnut's table.",
     "See chestnut show --format names for those of a program. A number works "
     "where a name does.",
     "is no system call of x86-64\n"
     "there is no system call '\n"
     "unknown call \"\n"},
    {"E-incomplete", "The analysis does not know all that can happen",
     "A place that can run makes a system call whose number nobody knows, or "
     "loads a library whose name nobody knows. A policy without it could kill "
     "the program at any moment, one with everything would allow too much; so "
     "the policy is written and marked, and nothing enforces it.",
     "Decide each place in an overlay file (docs/analyze.md), or name the "
     "library with --module. To see what is missing while the program works, "
     "link with --chestnut-mode=log or use chestnut run --learn.",
     "incomplete: \n"
     "the policy is incomplete\n"
     "is not linked, as \n"},
    {"E-no-policy", "The program carries no policy",
     "The command wants a policy, and this program has none in it: it was not "
     "linked by chestnut cc and not patched.",
     "Make one: chestnut analyze PROGRAM -o P, and give P instead. chestnut "
     "explain --all and --not, diff and run take such programs as they are.",
     "carries no policy\n"
     "there is no policy note\n"
     "it is not patched\n"
     "is not a program that chestnut patch has made\n"},
    {"E-own-filter", "The program puts its filter on by itself",
     "It was linked by chestnut cc, or patched. A second filter around it "
     "would have to allow what the first one does before it is on.",
     "Run it as it is. To watch it, build it with --chestnut-mode=notify; to "
     "change its policy, link it again.",
     "has a filter by itself\n"
     "carries its own policy and puts\n"
     "which nothing loosens from outside\n"
     "its own filter asks only\n"
     "carries its own filter, so\n"},
    {"E-exec-policy", "The choice for executed programs cannot be kept",
     "A filter stays on over execve and only ever gets narrower, so a program "
     "that is executed runs under that of its parent. --exec-policy says what "
     "that filter holds: nothing of others (block), what they need too "
     "(shared), "
     "or what a supervisor decides by the program (FILE,..., supervised).",
     "Name the programs that are needed as policy files, --exec-policy "
     "FILE,...; docs/finalyzer.md has an example of each choice.",
     "exclude each other; choose one\n"
     " takes no programs, and '\n"
     "programs of this system would be taken\n"
     " programs would share a filter\n"
     "not installed, so nothing is allowed for it\n"
     "nobody knows what these execute\n"
     "too many programs have been executed\n"
     "the file that runs is not the one at its path\n"
     " executes was named when the policy was made\n"},
    {"E-other-program", "The policy is of another program",
     "A policy of another program, or of another build of it, would mostly "
     "kill, without a reason that one could see. Names count: the program's "
     "file name as called, and with all links resolved.",
     "Make a policy of this program with chestnut analyze. chestnut run "
     "--force and patch --force use the other one all the same.",
     "the policy is for '\n"
     "the policy of '\n"
     "the policy is for another build\n"
     "the policy is for \n"},
    {"E-install-point", "The policy is for another moment",
     "A policy says when its filter goes on: main, entry, exec or manual. What "
     "is needed after one is not what is needed after another.",
     "Make one for the right moment: chestnut analyze --at entry (chestnut run "
     "and patch), --at exec (containers, launchers); programs linked by "
     "chestnut cc use main.",
     "install point\n"
     "puts its filter on by hand\n"
     "main is not known\n"
     "be one for install point exec\n"},
    {"E-mode", "The mode cannot be had here",
     "Mode trap needs a handler inside the program, mode notify a supervisor "
     "outside; some forms have no such answer at all.",
     "Use a policy of mode kill, errno or log (--mode of chestnut analyze and "
     "policy).",
     "needs a handler inside the program\n"
     "needs a supervisor\n"
     " has no mode '\n"},
    {"E-not-enforced", "The program runs, and nothing confines it",
     "In mode log calls outside the policy are written to the kernel's log and "
     "happen all the same; --chestnut-unsandboxed leaves the filter out.",
     "That is for trying a policy out. Use mode kill, errno or trap to be "
     "protected.",
     "this program is not confined\n"
     "is linked without a sandbox\n"},
    {"E-no-terminal", "Nobody can be asked",
     "chestnut run --ask asks on the terminal, and there is none.",
     "Use --learn and --observed FILE, and chestnut refine afterwards.",
     "there is no terminal to ask on\n"},
    {"E-undefined-symbol", "Nobody defines a symbol that live code refers to",
     "Source facts were linked, and a function that can run calls one that no "
     "facts define. What that function does is not known.",
     "Compile the object that defines it with chestnut cc; or let the real "
     "linker say what belongs to the program (chestnut link, or chestnut "
     "policy --link-map).",
     "no facts define\n"
     "no facts of module\n"
     "a linker script or --defsym\n"
     "nowhere to start\n"},
    {"E-symbol-twice", "A symbol is defined twice",
     "Two units define the same function or object, which no linker would "
     "take; or two modules have one name.",
     "Give the facts of one program only.",
     "a program may define it once\n"
     "two modules are named\n"},
    {"E-no-facts", "There are no facts",
     "The file or object was not compiled by chestnut cc, and no facts were "
     "made of the compilation database that it is in.",
     "Compile with chestnut cc, or run chestnut facts -p BUILD. Without source "
     "facts chestnut analyze reads the machine code.",
     "no facts in it\n"
     "no facts of the source of\n"
     "no facts of '\n"
     "has no facts; a line\n"
     "of these have facts\n"
     ": object '\n"},
    {"E-does-not-compile", "Chestnut's reader cannot compile the source",
     "Facts are read with clang. What only gcc accepts, or a compile command "
     "that is not complete, stops it. Facts of a unit with errors are never "
     "used: they would lack calls.",
     "Compile the unit with clang to see all its messages. Where only gcc will "
     "do, leave its facts out: the object's machine code is read instead.",
     "does not compile with clang\n"
     "a unit with errors\n"
     "as clang cannot read\n"
     "of the compile command is not there\n"
     "in compile command; give one\n"
     "empty compile command\n"
     "lacks its value\n"
     "where clang's libraries are\n"
     "own headers are not beside\n"
     "cannot keep the source on standard input\n"},
    {"E-annotation", "An annotation says something impossible",
     "The macros of chestnut.h describe assembly functions and modules; what "
     "stands there cannot be meant.",
     "See the comments in chestnut.h.", "see the macros of chestnut.h\n"},
    {"E-database", "The compilation database is missing or broken",
     "chestnut facts -p DIR reads DIR/compile_commands.json.",
     "Configure with CMAKE_EXPORT_COMPILE_COMMANDS=ON (docs/"
     "compilation_database.md has other build systems).",
     "CMAKE_EXPORT_COMPILE_COMMANDS\n"
     "; is it built?\n"},
    {"E-overlay", "An overlay is wrong",
     "Overlays decide what no analysis can know, so they are read strictly: "
     "each decision has a place, what happens there, and a reason.",
     "docs/analyze.md has an example of every decision.",
     "not an overlay\n"
     "is decided twice\n"
     "a decision is no object\n"
     "a decision without a place\n"
     "no reason is given for\n"
     ": unknown system call \n"
     "the decision is neither\n"
     "unknown decision\n"
     "an entry that is no text\n"},
    {"E-version", "Written by another version of Chestnut",
     "Formats have a version; another major one means other things by the same "
     "fields, so it is refused and not guessed at.",
     "Use one version for all steps: build the objects again, or make the "
     "policy again.",
     "facts of schema version\n"
     "use the Chestnut that made it\n"
     "schema_version\n"},
    {"E-damaged", "The file is damaged, or is something else",
     "What was read is cut off, or is no file of the kind that is wanted "
     "there. Nothing of it was used.",
     "Make it again; check the path. For files that other tools made, the line "
     "says what was wanted.",
     "cut off\n"
     "corrupt\n"
     "truncated\n"
     "broken\n"
     "damaged\n"
     "not a Chestnut facts unit\n"
     "not Chestnut facts\n"
     "not an archive\n"
     "not the loader's cache\n"
     "in the unwind table at\n"
     "not a file that can be loaded\n"
     "the policy note: \n"
     "more than one policy note\n"
     "wanted is the seccomp object\n"
     "has no SystemCallFilter=\n"
     "no map of a program's link\n"
     "which the linker took\n"
     "is no file that can be analysed\n"
     "is an ELF file, but not an object\n"
     "holds no denied call\n"
     "no core file of\n"
     "because of a filter\n"
     "this is not JSON\n"
     "not an ELF file\n"
     "beyond the end\n"
     "behind the end\n"
     "of unknown size\n"
     "has no valid name\n"
     "outside of the segments\n"
     "which there is not\n"
     "overlap\n"
     "without symbols\n"
     "program headers\n"
     "cannot be loaded: address\n"
     "in its dynamic section\n"},
    {"E-policy-field", "A policy says something impossible",
     "The file is JSON, but a field is missing, unknown, out of range, or "
     "contradicts another one. A policy is never half understood.",
     "The line says which field. docs/policy.schema.json names all; chestnut "
     "analyze, policy and refine write files that are right.",
     "the call has \n"
     "cannot be restricted by its value\n"
     "the kernel reads \n"
     "no value is given\n"
     "is wider than \n"
     "not in ascending order\n"
     "has number \n"
     "is beyond max_known\n"
     "rules are not in the order\n"
     "calls are sorted by number\n"
     "only x86_64 is supported\n"
     "max_known is \n"
     "errno is \n"
     "calls lacks \n"
     "\" is missing\n"
     "unknown field \n"
     "this is not a\n"
     "\" is none of \n"
     "only mode errno has one\n"
     "given twice\n"
     "a value is written as\n"},
    {"E-architecture", "Not for 64-bit x86-64",
     "Policies, filters and analyses are of 64-bit x86-64 Linux programs.",
     "Name the right program. 32-bit programs cannot be confined.",
     "is for another architecture\n"
     "is not supported; Chestnut analyses\n"
     "32-bit\n"
     "64-bit\n"},
    {"E-not-a-program", "Not a program",
     "What runs must be an ELF executable. Behind a script its interpreter "
     "runs, so the policy has to be the interpreter's.",
     "Name the program itself: the line says which one a script runs.",
     "is a script\n"
     "ELF file of type\n"
     "it is no program and\n"
     "lies in no code\n"
     "is a shared library or a loader\n"
     "a script, which\n"
     "is a directory, not\n"
     "is not a regular file\n"
     "not a program\n"
     "is neither an ELF program\n"
     "the interpreter is a script\n"
     "name the file itself\n"},
    {"E-not-executable", "The program cannot be started",
     "It may not be executed, its interpreter is missing, or it is not there.",
     "Look at its permissions, and at the file system's (noexec).",
     "may not be executed\n"
     "it could not be executed\n"
     "cannot start '\n"},
    {"E-missing-library", "A library is nowhere",
     "The program needs a library that the loader would not find, so it could "
     "not even start.",
     "Install it; or give the folder of the right system with --root.",
     "which is nowhere where the loader looks\n"
     "it loads more than\n"},
    {"E-privileges", "The program has privileges of its own",
     "A filter needs no_new_privs, which takes set-uid, set-gid and file "
     "capabilities away: the program would run without them.",
     "Run it as the user whose privileges it wants. patch --allow-setuid "
     "patches it all the same.",
     "no_new_privs\n"},
    {"E-cannot-patch", "The program cannot be patched",
     "It is packed, changes its own code, is too large, or data follows its "
     "contents; a filter would not be where it belongs.",
     "Unpack it first (upx -d), or use chestnut wrap.",
     "is packed\n"
     "it is packed or changes itself\n"
     "bytes follow its ELF\n"
     "2 GiB away\n"
     "was changed after it was patched\n"},
    {"E-launcher", "The launcher cannot stand there",
     "chestnut wrap makes a program that executes the original one, so both "
     "have to be somewhere.",
     "Write it elsewhere with -o, or put it in the program's place with "
     "--install.",
     "is the program itself, which the launcher\n"
     "is not a launcher that\n"
     "dpkg-divert: \n"
     "allows execve\n"},
    {"E-observations", "The observations cannot be used",
     "They are of another policy, of missing calls only, or were cut off: "
     "calls may be missing, and a policy made of them would kill.",
     "Run the program again under this policy with chestnut run --learn (or "
     "--trace-all) --observed FILE.",
     "holds observations of\n"
     "is still being written\n"
     "the supervisor that wrote it was killed\n"
     "these observations are of missing calls only\n"
     "this holds no observations\n"},
    {"E-supervisor", "Programs cannot be watched here",
     "The kernel gives a supervisor no calls: it is too old (before 5.7), "
     "another supervisor is there already, or a filter forbids it.",
     "chestnut doctor says what this system can do.",
     "the supervisor could not be started\n"
     "gives no more calls\n"},
    {"E-cannot-take-away", "A call that every program needs",
     "Without it the program could not even end.", "Leave it in the policy.",
     "cannot be taken away\n"},
    {"E-export", "The policy cannot be put into that form",
     "The other program's form cannot say what the policy says, or the policy "
     "does not say what the form needs.",
     "See docs/export.md. A policy made by chestnut analyze can be exported.",
     "says nothing of what happens before its install point\n"
     "which says what systemd's groups are\n"},
    {"E-link", "The link is none that can be confined",
     "The filter goes on before main, by a wrapper that the link puts around "
     "it; a link without a main of its own, or one that is not static where "
     "that is needed, has no place for it.",
     "Link with the libc's start files; libraries are compiled by chestnut cc "
     "and linked by the real linker. --chestnut-unsandboxed links a program "
     "without a filter.",
     "-nostartfiles\n"
     "--wrap=main\n"
     "entry point '\n"
     "-shared: programs\n"
     "is a shared library; programs with\n"
     "does not link a program\n"
     "the link failed when repeated\n"
     "analyse this program's own link\n"
     "seems to be linked with --wrap\n"
     "is of another link than\n"
     "has no symbol table; give\n"
     "no section .text\n"
     "is a stage of chestnut cc\n"
     "cannot compile \n"},
    {"E-installation", "Something of Chestnut's own is missing",
     "A companion program, the runtime's source or the musl that it builds is "
     "not where it belongs, or the compiler given is Chestnut itself.",
     "Install Chestnut again (docs/install.md); tools/install_dependencies "
     "brings what a build needs.",
     "build or install Chestnut again\n"
     "is Chestnut itself\n"
     "musl: \n"
     "no cache folder\n"},
    {"E-not-in-path", "A program is not in PATH",
     "A program was named without a folder, and no folder of PATH has it.",
     "Install it, or name it with its folder; --program says which program a "
     "policy is of.",
     "is not in PATH\n"
     "no executable of that name in PATH\n"
     "which one is meant with --program\n"},
    {"E-cannot-write", "Something cannot be written",
     "The folder is not there or not writable, the disk is full, or what is "
     "there is no regular file. Files are written whole or not at all.",
     "Look at the folder, its permissions and the free space.",
     "cannot write\n"
     "cannot be written\n"
     "cannot make link\n"
     "cannot rename\n"},
    {"E-cannot-read", "Something cannot be read",
     "The file is not there, may not be read, or is larger than any file of "
     "its kind.",
     "Check the path and its permissions.",
     "cannot be read\n"
     "cannot read\n"
     "cannot open\n"
     "no such file\n"
     "No such file\n"
     "Permission denied\n"
     "Is a directory\n"},
    {"E-system", "The system refuses",
     "A call that Chestnut itself makes failed: no memory, no processes, no "
     "temporary folder.",
     "The line has the system's reason. chestnut doctor says more.",
     "no memory\n"
     "it holds more than\n"
     "cannot make a pipe\n"
     "cannot start a process\n"
     "cannot make\n"
     "cannot remove\n"
     "cannot \n"},
    {"E-kept-policy", "A list of kept policies is wrong",
     "chestnut update reads lines of a target, the policy that the repository "
     "keeps, and today's, with tabs between. Paths stay within the workspace.",
     "Build systems write these lists: run the update target of chestnut_rules "
     "or of Chestnut.cmake.",
     "is not TARGET, KEPT POLICY\n"
     "is not a path within the workspace\n"},
    {"E-usage", "The command is not used so",
     "An option or argument is missing, unknown, or does not go with another.",
     "chestnut COMMAND --help shows them all, with examples; man "
     "chestnut-COMMAND says the same.",
     " COMMAND --help\n"
     "see --chestnut-help\n"
     "is no command\n"
     "is no shell\n"
     "which call? give\n"
     "no program is given\n"
     "run: \n"
     "refine: \n"
     "wrap: \n"
     "is not CALL=REASON\n"
     "--launcher\n"
     "--link-map wants\n"
     "--policy-only\n"
     "--policy-out\n"
     "--before and --other\n"
     "no link command\n"
     "--chestnut-\n"
     "compare with other facts only\n"
     "' is not \n"},
};

}  // namespace

absl::Span<const ErrorPage> ErrorPages() { return kPages; }

}  // namespace chestnut::support
