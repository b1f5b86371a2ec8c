#include "sys/remote_memory.h"

#include <unistd.h>

#include <array>

namespace podprobe::sys {

namespace {

ssize_t read_remote(int task, std::uint64_t address, std::span<std::uint8_t> out) {
  const iovec local{out.data(), out.size()};
  const iovec remote{reinterpret_cast<void*>(address), out.size()};
  return process_vm_readv(task, &local, 1, &remote, 1, 0);
}

}  // namespace

RemoteMemory::RemoteMemory(const Process& process) : task_(process.task()), pagemap_(process.open("pagemap", 0)) {
  // address 1 is never mapped: the answer to a permitted read is EFAULT
  std::array<std::uint8_t, 1> byte{};
  if (read_remote(task_, 1, byte) < 0 && errno != EFAULT) throw Error(errno, "process_vm_readv");
}

std::size_t RemoteMemory::read(std::uint64_t address, std::span<std::uint8_t> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto count = read_remote(task_, address + done, out.subspan(done));
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool RemoteMemory::gather(std::span<const iovec> local, std::span<const iovec> remote) const {
  constexpr std::size_t most = 512;  // UIO_MAXIOV is 1,024
  for (std::size_t at = 0; at < remote.size(); at += most) {
    const std::size_t count = std::min(most, remote.size() - at);
    std::size_t wanted = 0;
    for (const iovec& run : remote.subspan(at, count)) wanted += run.iov_len;
    const auto got = process_vm_readv(task_, &local[at], count, &remote[at], count, 0);
    if (got < 0 || static_cast<std::size_t>(got) != wanted) return false;
  }
  return true;
}

std::size_t RemoteMemory::pages(std::uint64_t address, std::span<PageState> states) const {
  std::array<std::uint64_t, 512> entries;
  const std::size_t wanted = std::min(states.size(), entries.size());
  const auto bytes = std::span(reinterpret_cast<std::uint8_t*>(entries.data()), wanted * sizeof(std::uint64_t));
  const auto count = read_at(pagemap_, bytes, address / page_size() * sizeof(std::uint64_t));
  if (count < 0) return 0;
  const std::size_t known = static_cast<std::size_t>(count) / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < known; ++i) {
    states[i] = {.present = (entries[i] >> 63 & 1) != 0, .swapped = (entries[i] >> 62 & 1) != 0};
  }
  return known;
}

bool RemoteMemory::alive() const {
  std::array<PageState, 1> state;
  return pages(page_size(), state) == 1;
}

std::uint64_t RemoteMemory::page_size() {
  static const auto size = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace podprobe::sys
