#pragma once

#include <string_view>

#include "core/link_map.h"

namespace podprobe::core {

/// The dynamic symbol table of one loaded object, read from memory by its hash table.
///
/// Source: elf(5) DT_HASH and DT_GNU_HASH. d_ptr values are relocated by glibc and left alone by musl.
class DynamicSymbols {
 public:
  DynamicSymbols(Memory& memory, const LoadedObject& object, unsigned word);

  /// Address of the pointer variable `name`, if this object defines it.
  std::optional<std::uint64_t> find_variable(std::string_view name);
  /// Whether this object defines `name` at all.
  bool defines(std::string_view name) { return lookup(name).has_value(); }

 private:
  std::optional<elf::Symbol> lookup(std::string_view name);
  std::optional<elf::Symbol> lookup_gnu(std::string_view name);
  std::optional<elf::Symbol> lookup_sysv(std::string_view name);
  std::optional<elf::Symbol> match(std::uint32_t index, std::string_view name);

  Memory& memory_;
  unsigned word_;
  std::uint64_t base_;
  std::uint64_t symbols_ = 0;
  std::uint64_t strings_ = 0;
  std::uint64_t hash_ = 0;
  std::uint64_t gnu_hash_ = 0;
};

}  // namespace podprobe::core
