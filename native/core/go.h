#pragma once

#include "core/image.h"
#include "core/location.h"

namespace podprobe::core {

/// Whether the program was built by Go: it carries the build information that `go version` reads.
///
/// Source: debug/buildinfo; `\xff Go buildinf:` on a 16-byte border near the start of a writable segment.
bool is_go(Memory& memory, const Image& image);

/// Finds `syscall.envs` of a Go program without symbols: the slice headers in writable data whose strings are all
/// empty or NAME=value. The one equal to the initial vector is `runtime.envs`; the other, which shares strings with it,
/// is the live one.
Located scan_for_go(Memory& memory, const Image& image, const Entries& initial);

}  // namespace podprobe::core
