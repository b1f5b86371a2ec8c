#pragma once

#include <map>
#include <string>

#include "core/elf.h"

namespace podprobe::core {

/// Units: the value is the virtual address in the file, without load bias; `size` in bytes.
struct NamedSymbol {
  std::uint64_t value = 0;
  std::uint64_t size = 0;
};

using NamedSymbols = std::map<std::string, NamedSymbol, std::less<>>;

/// Values of the defined variables in `.symtab` of a file, by name.
///
/// `file` is the program's file by offset. `names` are looked up in one pass, in bounded memory whatever the sizes of
/// the tables; a name that is not there is missing from the answer.
NamedSymbols find_in_symtab(Memory& file, std::span<const std::string_view> names);

}  // namespace podprobe::core
