#include "tasks/guarded_memory.h"

#include <algorithm>

#include "core/hex.h"
#include "core/mountinfo.h"
#include "tasks/file_system.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t most_mappings = 131'072;
constexpr std::size_t largest_maps = 32 << 20;
constexpr unsigned most_loads = 3;
constexpr std::size_t most_groups = 64;

bool is_shared_memory(std::uint32_t major, std::uint32_t minor) {
  static const sys::Device device = sys::shared_memory_device();
  return device.major == major && device.minor == minor;
}

}  // namespace

void MappingTable::load() {
  ++loads_;
  mappings_ = core::parse_maps(process_.read("maps", largest_maps, sys::End::at_empty_read), most_mappings);
}

const std::vector<core::Mapping>& MappingTable::all() {
  if (loads_ == 0) load();
  return mappings_;
}

const core::Mapping* MappingTable::find(std::uint64_t address) {
  if (!query_) query_.emplace(process_);
  if (query_->supported()) {
    auto found = query_->find(address);
    if (found) {
      queried_ = {.start = found->start,
                  .end = found->end,
                  .readable = found->readable,
                  .offset = found->offset,
                  .major = found->major,
                  .minor = found->minor,
                  .inode = found->inode,
                  .path = std::move(found->name)};
      return &queried_;
    }
    if (query_->supported()) return nullptr;
  }
  const core::Mapping* found = core::find_mapping(all(), address);
  if (!found && loads_ < most_loads) {
    load();
    found = core::find_mapping(mappings_, address);
  }
  return found;
}

std::size_t FileMemory::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (offset > 0x7fff'ffff'ffff'ffffULL - out.size()) return 0;
  const auto count = sys::read_at(file_, out, offset);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::optional<sys::Fd> open_without_waiting(const sys::Process& process, const sys::FileHandle& handle, std::string& obstacle) {
  if (!handle.regular) {
    obstacle = "not a regular file";
    return std::nullopt;
  }
  if (!is_shared_memory(handle.major, handle.minor)) {
    const std::string type = file_system_of(process, {.mount_id = handle.mount_id, .major = handle.major, .minor = handle.minor});
    if (!core::answers_locally(type)) {
      obstacle = type.empty() ? "its file system is not known" : "its file system (" + type + ") can keep a reader waiting";
      return std::nullopt;
    }
  }
  return sys::open_held(handle);
}

const GuardedMemory::Group& GuardedMemory::group_of(std::uint64_t page) {
  const std::uint64_t number = page / 64;
  const auto found = std::ranges::find(groups_, number, &Group::number);
  if (found != groups_.end()) return *found;
  if (groups_.size() == most_groups) groups_.erase(groups_.begin());
  std::array<sys::PageState, 64> states{};
  const std::size_t known = remote_.pages(number * 64 * sys::RemoteMemory::page_size(), states);
  Group group{.number = number, .readable = 0, .known = known};
  for (std::size_t i = 0; i < known; ++i) {
    if (states[i].present || states[i].swapped) group.readable |= 1ULL << i;
  }
  groups_.push_back(group);
  return groups_.back();
}

std::size_t GuardedMemory::read(std::uint64_t address, std::span<std::uint8_t> out) {
  const std::uint64_t page = sys::RemoteMemory::page_size();
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t here = address + done;
    if (here < address || here / page % 64 >= group_of(here / page).known) return done;
    const std::uint64_t last = (here + (out.size() - done) - 1) / page;
    const bool present = readable(here / page);
    std::uint64_t end = here / page + 1;
    while (end <= last && end % 64 < group_of(end).known && readable(end) == present) ++end;
    const std::size_t size = std::min<std::uint64_t>(end * page - here, out.size() - done);
    const auto part = out.subspan(done, size);
    const std::size_t count = present ? remote_.read(here, part) : read_absent(here, part);
    done += count;
    if (count == 0 || (present && count < size)) return done;
  }
  return done;
}

bool GuardedMemory::gather(std::span<const core::Piece> pieces) {
  const std::uint64_t page = sys::RemoteMemory::page_size();
  std::vector<iovec> local;
  std::vector<iovec> remote;
  for (const core::Piece& piece : pieces) {
    if (piece.out.empty()) continue;
    for (std::uint64_t at = piece.address / page; at <= (piece.address + piece.out.size() - 1) / page; ++at) {
      if (!readable(at)) return Memory::gather(pieces);
    }
    local.push_back({piece.out.data(), piece.out.size()});
    remote.push_back({reinterpret_cast<void*>(piece.address), piece.out.size()});
  }
  return remote_.gather(local, remote);
}

std::size_t GuardedMemory::read_absent(std::uint64_t address, std::span<std::uint8_t> out) {
  const core::Mapping* const mapping = mappings_.find(address);
  if (!mapping) {
    obstacle_ = core::hex(address) + " is not mapped";
    return 0;
  }
  if (!mapping->readable) {
    obstacle_ = core::hex(address) + " is mapped without read permission";
    return 0;
  }
  const std::size_t size = std::min<std::uint64_t>(out.size(), mapping->end - address);
  const auto part = out.first(size);
  if (mapping->file_backed()) return read_from_file(*mapping, address, part);
  obstacle_ = core::hex(address) + " has never been touched, or userfaultfd(2) fills it";
  return 0;
}

std::size_t GuardedMemory::read_from_file(const core::Mapping& mapping, std::uint64_t address, std::span<std::uint8_t> out) {
  if (open_mapping_ != mapping.start) {
    open_file_.reset();
    open_mapping_ = mapping.start;
    std::string why;
    try {
      open_file_ = open_without_waiting(process_, sys::hold_mapped(process_, mapping.start, mapping.end), why);
    } catch (const sys::Error& error) {
      try {
        const sys::FileHandle handle = sys::hold_in_root(process_, mapping.path);
        const bool same = handle.inode == mapping.inode && handle.major == mapping.major && handle.minor == mapping.minor;
        if (same) open_file_ = open_without_waiting(process_, handle, why);
      } catch (const sys::Error&) {
      }
      if (why.empty()) why = "its file cannot be opened";
    }
    if (!open_file_) obstacle_ = core::hex(address) + " (" + mapping.path + ") is not in memory, and " + why;
  }
  if (!open_file_) return 0;
  const std::uint64_t offset = mapping.offset + (address - mapping.start);
  const auto count = sys::read_at(*open_file_, out, offset);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::vector<core::Range> GuardedMemory::present(core::Range range) {
  const std::uint64_t page = sys::RemoteMemory::page_size();
  std::vector<core::Range> ranges;
  std::array<sys::PageState, 512> states;
  for (std::uint64_t at = range.start; at < range.end;) {
    const std::uint64_t left = (range.end + page - 1) / page - at / page;
    const std::size_t known = remote_.pages(at, std::span(states).first(std::min<std::uint64_t>(left, states.size())));
    if (known == 0) break;
    for (std::size_t i = 0; i < known; ++i) {
      const std::uint64_t end = std::min((at / page + 1) * page, range.end);
      if (states[i].present) {
        if (!ranges.empty() && ranges.back().end == at) {
          ranges.back().end = end;
        } else {
          ranges.push_back({at, end});
        }
      }
      at = end;
    }
  }
  return ranges;
}

}  // namespace podprobe::tasks
