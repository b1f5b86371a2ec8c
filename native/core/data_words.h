#pragma once

#include <functional>

#include "core/image.h"

namespace podprobe::core {

/// Calls `visit(address, value)` for every aligned word in the writable segments that is in memory, at most 64 MiB.
/// False when part of the segments was left out.
bool for_each_data_word(Memory& memory, const Image& image,
                        const std::function<void(std::uint64_t address, std::uint64_t value)>& visit);

}  // namespace podprobe::core
