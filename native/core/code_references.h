#pragma once

#include <vector>

#include "core/image.h"

namespace podprobe::core {

/// How often the program's code refers to each of `addresses` (ascending), read from its file, not from its memory.
///
/// Knows x86-64 and i386 (RIP-relative and absolute 32-bit operands) and arm64 (ADRP with a load, store or add); 0 for
/// other machines.
std::vector<std::size_t> count_code_references(Memory& file, const Image& image, std::uint16_t machine,
                                               const std::vector<std::uint64_t>& addresses);

}  // namespace podprobe::core
