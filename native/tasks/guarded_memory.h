#pragma once

#include <string>

#include "core/maps.h"
#include "core/memory.h"
#include "sys/mapped_file.h"
#include "sys/mapping_query.h"
#include "sys/remote_memory.h"

namespace podprobe::tasks {

/// /proc/PID/maps: asked for single mappings where the kernel can be, else read whole at the first question, and again (a
/// few times at most) when an address is not in it.
class MappingTable {
 public:
  explicit MappingTable(const sys::Process& process) : process_(process) {}

  const std::vector<core::Mapping>& all();
  /// Valid until the next question.
  const core::Mapping* find(std::uint64_t address);

 private:
  void load();

  const sys::Process& process_;
  std::optional<sys::MappingQuery> query_;
  core::Mapping queried_;
  std::vector<core::Mapping> mappings_;
  unsigned loads_ = 0;
};

/// A file read by offset.
class FileMemory final : public core::Memory {
 public:
  explicit FileMemory(sys::Fd file) : file_(std::move(file)) {}
  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  sys::Fd file_;
};

/// Opens a held file, but only a regular one on a file system that answers without waiting for anybody.
/// Errors: ENODATA for all others, with the reason in `obstacle`.
std::optional<sys::Fd> open_without_waiting(const sys::Process& process, const sys::FileHandle& handle, std::string& obstacle);

/// The memory of a target, read so that no page fault of ours can wait for somebody else, and none makes the target grow:
/// pages that are present or in swap from memory; absent pages of files from the files, where their file system is
/// local; everything else counts as unreadable.
///
/// Race: the target can replace a page between the question and the read. Such a read can wait; the caller's timeout
/// and thread are for that.
class GuardedMemory final : public core::Memory {
 public:
  GuardedMemory(const sys::Process& process, const sys::RemoteMemory& remote) : process_(process), remote_(remote), mappings_(process) {}

  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) override;
  bool gather(std::span<const core::Piece> pieces) override;
  std::vector<core::Range> present(core::Range range) override;

  /// Asks the kernel anew which pages are present, from the next read on.
  void forget_pages() { groups_.clear(); }

  MappingTable& mappings() { return mappings_; }
  /// Why the last unreadable page was not read; empty when there was none.
  const std::string& obstacle() const { return obstacle_; }

 private:
  std::size_t read_absent(std::uint64_t address, std::span<std::uint8_t> out);
  std::size_t read_from_file(const core::Mapping& mapping, std::uint64_t address, std::span<std::uint8_t> out);

  /// The states of 64 neighbouring pages, asked for together: one bit for each page that can be read from memory.
  struct Group {
    std::uint64_t number = 0;
    std::uint64_t readable = 0;
    std::size_t known = 0;  ///< the first so many pages: behind them the address space of the process ends
  };

  const Group& group_of(std::uint64_t page);
  bool readable(std::uint64_t page) { return (group_of(page).readable >> (page % 64) & 1) != 0; }

  const sys::Process& process_;
  const sys::RemoteMemory& remote_;
  MappingTable mappings_;
  std::vector<Group> groups_;
  std::string obstacle_;
  std::uint64_t open_mapping_ = 0;
  std::optional<sys::Fd> open_file_;
};

}  // namespace podprobe::tasks
