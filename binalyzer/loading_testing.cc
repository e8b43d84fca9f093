#include "binalyzer/loading_testing.h"

#include <cstring>

namespace chestnut::binalyzer {

std::string LoadableElf(const LoadableSpec& spec) {
  std::string strings(1, '\0');
  auto add = [&strings](const std::string& text) {
    const size_t at = strings.size();
    strings += text + '\0';
    return at;
  };
  std::vector<Elf64_Dyn> dynamic;
  auto entry = [&dynamic](int64_t tag, uint64_t value) {
    Elf64_Dyn dyn = {};
    dyn.d_tag = tag;
    dyn.d_un.d_val = value;
    dynamic.push_back(dyn);
  };
  for (const std::string& name : spec.needed) entry(DT_NEEDED, add(name));
  if (!spec.soname.empty()) entry(DT_SONAME, add(spec.soname));
  if (!spec.rpath.empty()) entry(DT_RPATH, add(spec.rpath));
  if (!spec.runpath.empty()) entry(DT_RUNPATH, add(spec.runpath));
  const size_t interpreter = add(spec.interpreter);

  constexpr size_t kHeaders = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
  const size_t dynamic_at = kHeaders;
  const size_t strings_at =
      dynamic_at + (dynamic.size() + 2) * sizeof(Elf64_Dyn);
  entry(DT_STRTAB, strings_at);
  entry(DT_NULL, 0);

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = spec.machine;
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 3;
  Elf64_Phdr load = {};
  load.p_type = PT_LOAD;
  load.p_filesz = load.p_memsz = strings_at + strings.size();
  Elf64_Phdr dyn = load;
  dyn.p_type = PT_DYNAMIC;
  dyn.p_offset = dyn.p_vaddr = dynamic_at;
  dyn.p_filesz = dyn.p_memsz = dynamic.size() * sizeof(Elf64_Dyn);
  Elf64_Phdr interp = load;
  interp.p_type = spec.interpreter.empty() ? PT_NULL : PT_INTERP;
  interp.p_offset = strings_at + interpreter;
  interp.p_filesz = spec.interpreter.size() + 1;

  std::string bytes;
  auto append = [&bytes](const void* data, size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  append(&header, sizeof header);
  append(&load, sizeof load);
  append(&dyn, sizeof dyn);
  append(&interp, sizeof interp);
  append(dynamic.data(), dynamic.size() * sizeof(Elf64_Dyn));
  return bytes + strings;
}

std::string LoaderCacheBytes(const std::vector<CacheEntry>& entries) {
  std::string header = "glibc-ld.so.cache1.1";
  std::string table, strings;
  auto word = [](std::string& to, auto value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto base = static_cast<uint32_t>(48 + entries.size() * 24);
  for (const CacheEntry& entry : entries) {
    const auto key = base + static_cast<uint32_t>(strings.size());
    strings += entry.name + '\0';
    const auto path = base + static_cast<uint32_t>(strings.size());
    strings += entry.path + '\0';
    word(table, entry.flags);
    word(table, key);
    word(table, path);
    word(table, uint32_t{0});
    word(table, entry.hwcap);
  }
  word(header, static_cast<uint32_t>(entries.size()));
  word(header, static_cast<uint32_t>(strings.size()));
  header.resize(48, '\0');
  return header + table + strings;
}

}  // namespace chestnut::binalyzer
