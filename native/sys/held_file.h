#pragma once

#include <memory>
#include <span>

#include "sys/fd.h"
#include "sys/file_status.h"

namespace podprobe::sys {

/// A file that was held with O_PATH, and all that its file system can be asked about it. `shown` names it in errors.
class HeldFile {
 public:
  virtual ~HeldFile() = default;

  /// Opens that very file, for what follows.
  virtual void open(int flags, const std::string& shown) = 0;
  /// Errors: as statx(2).
  virtual FileStatus status(const std::string& shown) = 0;
  /// Of one name of a directory; a link is not followed.
  virtual FileStatus status_at(const char* name, const std::string& shown) = 0;
  /// Target of a link in a directory, or of the file itself when `name` is empty. Errors: EINVAL not a link.
  virtual std::string read_link(const char* name, const std::string& shown) = 0;
  /// As pread(2): -1 with errno on failure.
  virtual std::ptrdiff_t read_at(std::span<std::uint8_t> out, std::uint64_t offset) = 0;
  /// As getdents64(2): -1 with errno on failure.
  virtual std::ptrdiff_t read_entries(std::span<std::uint8_t> out) = 0;
  /// To be kept for longer than the thread that opened it lives.
  virtual void settle() {}
};

/// For a file system that answers by itself.
std::unique_ptr<HeldFile> use_here(Fd held);

/// For one that may never answer: an errand of its own does all of it (sys/errand), closing included; this thread only waits for
/// that. The thread does it where no process can be started.
std::unique_ptr<HeldFile> use_apart(Fd held);

}  // namespace podprobe::sys
