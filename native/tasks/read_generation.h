#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/generation.h"
#include "core/keyed_hash.h"
#include "core/secret_bytes.h"
#include "sys/fd.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// All keys of a secret volume under one name of `..data`.
struct Generation {
  std::string name;
  std::vector<core::KeyDigest> keys;  ///< in the order of their names
  std::vector<std::uint64_t> places;  ///< of each key's value in `values`
  core::SecretBytes values;
  bool truncated = false;  ///< a limit cut a value or the list, or something there is neither a file nor a directory
};

struct GenerationLimits {
  std::size_t keys = 4096;
  std::size_t entries = 8192;  ///< of all directories, those that are no keys included
  std::size_t value = 1 << 20;
  std::size_t values = 4 << 20;
  unsigned attempts = 16;
  bool whole = false;  ///< gives up where a limit would cut
};

enum class ReadState : std::uint8_t {
  read,
  same,      ///< `..data` still leads to the generation that is known
  absent,    ///< there is no `..data`, or it leads elsewhere than to a directory beside it
  unstable,  ///< every attempt was overtaken by the next generation
  too_large, ///< with `whole`: a limit would cut
};

struct GenerationRead {
  ReadState state = ReadState::absent;
  Generation generation;
};

/// Reads the current generation of a volume, unless it is `known`: `..data` before and after says that every key is of one.
///
/// Opens nothing but regular files and directories of the volume's own file system, and follows no link but `..data`.
/// `volume` may be held with O_PATH; `shown` is the path that errors name.
/// Errors: EACCES; whatever its file system answers.
GenerationRead read_generation(const sys::Fd& volume, const std::string& known, const core::KeyedHash& hash,
                               const GenerationLimits& limits, const std::string& shown);

}  // namespace podprobe::tasks
