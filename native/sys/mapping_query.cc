#include "sys/mapping_query.h"

#include <sys/ioctl.h>

#include <array>

namespace podprobe::sys {

namespace {

/// struct procmap_query of Linux 6.11; a copy, because the headers of this system may be older.
struct ProcmapQuery {
  std::uint64_t size;
  std::uint64_t query_flags;
  std::uint64_t query_addr;
  std::uint64_t vma_start;
  std::uint64_t vma_end;
  std::uint64_t vma_flags;
  std::uint64_t vma_page_size;
  std::uint64_t vma_offset;
  std::uint64_t inode;
  std::uint32_t dev_major;
  std::uint32_t dev_minor;
  std::uint32_t vma_name_size;
  std::uint32_t build_id_size;
  std::uint64_t vma_name_addr;
  std::uint64_t build_id_addr;
};

constexpr std::uint64_t vma_readable = 1;
constexpr unsigned long procmap_query = _IOWR('f', 17, ProcmapQuery);

}  // namespace

std::optional<QueriedMapping> MappingQuery::find(std::uint64_t address) {
  std::array<char, 4096> name{};
  ProcmapQuery query{};
  query.size = sizeof query;
  query.query_addr = address;
  query.vma_name_size = name.size();
  query.vma_name_addr = reinterpret_cast<std::uint64_t>(name.data());
  if (ioctl(maps_.get(), procmap_query, &query) != 0) {
    supported_ = errno == ENOENT;
    return std::nullopt;
  }
  return QueriedMapping{.start = query.vma_start,
                        .end = query.vma_end,
                        .readable = (query.vma_flags & vma_readable) != 0,
                        .offset = query.vma_offset,
                        .major = query.dev_major,
                        .minor = query.dev_minor,
                        .inode = query.inode,
                        .name = query.vma_name_size == 0 ? std::string() : std::string(name.data(), query.vma_name_size - 1)};
}

}  // namespace podprobe::sys
