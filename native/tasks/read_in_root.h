#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/secret_bytes.h"
#include "sys/held_file.h"
#include "sys/process.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// What is asked of a path as a process sees it: resolved below the root of the process, and nowhere else.
struct RootRequest {
  std::string path;
  bool follow = true;     ///< the last link, too
  bool details = false;   ///< of each entry of a directory
  std::uint64_t most = 0; ///< bytes of a file, entries of a directory
  Allowance allowance;
};

/// A file that stays open between reads. Its last owner closes it, but on a thread of ours: close(2) can wait for a server.
struct OpenFile {
  std::unique_ptr<sys::HeldFile> file;
  std::string path;
};

/// Byte strings one behind the other.
struct Strings {
  std::vector<std::uint32_t> offsets{0};
  std::string block;

  void push(const std::string& string) {
    block += string;
    offsets.push_back(static_cast<std::uint32_t>(block.size()));
  }
};

struct Listing {
  Strings names;
  std::vector<std::uint8_t> types;  ///< DT_*
  bool truncated = false;
  std::vector<std::optional<sys::FileStatus>> statuses;  ///< with `details`: nothing where the file has gone or may not be looked at
  Strings links;                                         ///< with `details`: empty where there is no link
};

/// The whole content of a regular file.
///
/// Errors: those of sys::Process and sys::open_in_root(); ENXIO a FIFO, socket or device; EISDIR; EFBIG more than `most` bytes;
/// ETIMEDOUT; whatever its file system answers.
/// Race: what is written meanwhile may be in it in part.
core::SecretBytes read_file_in_root(const sys::Process& process, const RootRequest& request);

/// Opens a regular file, which nothing of the thread that did so belongs to. Errors: as read_file_in_root().
std::shared_ptr<OpenFile> open_file_in_root(const sys::Process& process, const RootRequest& request);

/// What is at `offset`, at most `most` bytes; fewer at the end, none behind it.
core::SecretBytes read_open_file(const OpenFile& file, std::uint64_t offset, std::size_t most);

/// Entries of a directory but `.` and `..`, in the order of the file system. Errors: ENOTDIR.
Listing list_in_root(const sys::Process& process, const RootRequest& request);

sys::FileStatus stat_in_root(const sys::Process& process, const RootRequest& request);

/// Text of a symbolic link. Errors: EINVAL not a link.
std::string read_link_in_root(const sys::Process& process, const RootRequest& request);

}  // namespace podprobe::tasks
