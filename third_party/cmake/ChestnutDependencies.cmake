# Finds everything Chestnut builds on; all of it comes from Debian packages
# (tools/install_dependencies lists them). third_party/BUILD is the Bazel twin.

option(CHESTNUT_FUZZ "Build the libFuzzer targets (preset fuzz)" OFF)

find_package(absl REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(zydis REQUIRED)
find_package(ZLIB REQUIRED)

find_program(FLATC flatc REQUIRED)

# LLVM's own package file asks for static libraries that Debian splits off, so
# the two shared libraries are named here.
set(LLVM_PREFIX /usr/lib/llvm-19 CACHE PATH "Where LLVM and Clang 19 are installed")
add_library(third_party_llvm INTERFACE)
target_include_directories(third_party_llvm SYSTEM INTERFACE ${LLVM_PREFIX}/include)
target_compile_options(third_party_llvm INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
target_link_libraries(third_party_llvm INTERFACE ${LLVM_PREFIX}/lib/libLLVM.so.19.1)

add_library(third_party_clang INTERFACE)
target_link_libraries(third_party_clang INTERFACE
  ${LLVM_PREFIX}/lib/libclang-cpp.so.19.1 third_party_llvm)
