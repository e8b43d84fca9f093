"""A generated monorepo: many small libraries and programs that share them.

A library has UNITS units; GROUP libraries are a group, a tree whose inner
libraries call their two children. Programs link whole groups. Every unit has what
real ones have of what analyses stumble over: calls within and without, functions
called through a record of its own, and through one that all units share.
"""

import pathlib

UNITS = 5
GROUP = 20

COMMON = """\
#ifndef COMMON_H_
#define COMMON_H_
struct Handler { const char* name; int (*run)(int); };
void Register(const struct Handler* handler);
int RunAll(int value);
#endif
"""

REGISTRY = """\
#include "common/common.h"
static const struct Handler* handlers[4096];
static int count;
void Register(const struct Handler* handler) {
  if (count < 4096) handlers[count++] = handler;
}
int RunAll(int value) {
  for (int i = 0; i < count; ++i) value += handlers[i]->run(value);
  return value;
}
"""

UNIT = """\
#include <unistd.h>
#include "common/common.h"
{declarations}
static int Step(int value) {{ return value + {n}; }}
static int Handle(int value) {{ return value ^ {n}; }}
struct Steps{own} {{ int (*step)(int); int (*other)(int); }};
static const struct Steps{own} steps = {{Step, Handle}};
static const struct Handler handler = {{"unit{n}", Handle}};

static int Apply(int (*function)(int), int value) {{ return function(value); }}

int Unit{n}(int value) {{
  const struct Steps{own}* table = &steps;
  if (value == {n}) Register(&handler);
  value = table->step(Apply(value & 1 ? Step : Handle, value));
{calls}  return value{kernel};
}}
"""

MAIN = """\
#include <stdio.h>
#include "common/common.h"
{declarations}
int main(int argc, char** argv) {{
  int value = argc;
  (void)argv;
{calls}  return printf("%d\\n", RunAll(value)) < 0;
}}
"""

KERNEL = [" + (int)getppid()", " + (int)getuid()", " + (int)getpid()"] + [""] * 17


def children(library):
    """The libraries that a library calls, within its group."""
    base, place = library // GROUP * GROUP, library % GROUP
    return [base + child for child in (2 * place + 1, 2 * place + 2) if child < GROUP]


def declare(units):
    return "".join(f"int Unit{unit}(int value);\n" for unit in units)


def call(units):
    return "".join(f"  value += Unit{unit}(value);\n" for unit in units)


def unit_text(n):
    """A unit calls the next of its library; the last one calls the libraries below."""
    library, place = divmod(n, UNITS)
    called = [n + 1] if place + 1 < UNITS else [child * UNITS for child in children(library)]
    return UNIT.format(n=n, own=n % 50, declarations=declare(called), calls=call(called),
                       kernel=KERNEL[n % len(KERNEL)])


def main_text(groups):
    roots = [group * GROUP * UNITS for group in groups]
    return MAIN.format(declarations=declare(roots), calls=call(roots))


def names(sizes):
    """{size: names of its units without extension}; sizes are rounded up to groups."""
    programs = {}
    for size in sizes:
        units = -(-size // (GROUP * UNITS)) * GROUP * UNITS
        programs[size] = [f"main{size}", "registry"] + [f"unit{n}" for n in range(units)]
    return programs


def write_units(folder, sizes):
    """Writes units for the largest of the sizes and a main for each; returns names(sizes)."""
    folder = pathlib.Path(folder)
    (folder / "common").mkdir(parents=True)
    (folder / "common/common.h").write_text(COMMON)
    (folder / "registry.c").write_text(REGISTRY)
    programs = names(sizes)
    for size, units in programs.items():
        (folder / f"main{size}.c").write_text(main_text(range((len(units) - 2) // (GROUP * UNITS))))
    for n in range(max(len(units) for units in programs.values()) - 2):
        (folder / f"unit{n}.c").write_text(unit_text(n))
    return programs


def write_workspace(folder, libraries, programs):
    """Writes the packages of a Bazel workspace: //libN, //common and //programs,
    `programs` of them that share one group and have another each."""
    folder = pathlib.Path(folder)

    def package(name, files):
        (folder / name).mkdir(parents=True)
        for file, text in files.items():
            (folder / name / file).write_text(text)
    visible = 'package(default_visibility = ["//visibility:public"])\n'
    package("common", {
        "common.h": COMMON, "registry.c": REGISTRY,
        "BUILD": visible + 'cc_library(name = "common", srcs = ["registry.c"], hdrs = ["common.h"])\n'})
    for library in range(libraries):
        units = range(library * UNITS, (library + 1) * UNITS)
        sources = ", ".join(f'"unit{n}.c"' for n in units)
        below = "".join(f', "//lib{child}"' for child in children(library))
        package(f"lib{library}", {
            **{f"unit{n}.c": unit_text(n) for n in units},
            "BUILD": visible + f'cc_library(name = "lib{library}", srcs = [{sources}], deps = ["//common"{below}])\n'})
    build = 'load("@chestnut//chestnut_rules:defs.bzl", "chestnut_cc_binary")\n'
    files = {}
    groups = libraries // GROUP
    for number in range(programs):
        linked = sorted({0, number % groups})
        below = ", ".join(f'"//lib{group * GROUP}"' for group in linked)
        files[f"main{number}.c"] = main_text(linked)
        build += (f'chestnut_cc_binary(name = "program{number}", srcs = ["main{number}.c"], '
                  f'deps = ["//common", {below}])\n')
    package("programs", {**files, "BUILD": build})
