#include "sys/memfd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace podprobe::sys {

namespace {

constexpr unsigned mfd_exec = 0x10;  // MFD_EXEC, younger than this system's headers may be
constexpr std::uint64_t most_program = std::uint64_t{256} << 20;

Fd create(const char* name, unsigned flags) {
  int number = memfd_create(name, flags);
  if (number < 0 && errno == EINVAL) number = memfd_create(name, flags & ~mfd_exec);
  if (number < 0) throw Error(errno, "memfd_create");
  return Fd(number);
}

void write_all(const Fd& file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto count = retry_eintr([&] { return write(file.get(), bytes.data(), bytes.size()); });
    if (count < 0) throw Error(errno, "write", "memfd");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void copy(const Fd& from, const Fd& to, const std::string& shown) {
  std::array<std::uint8_t, 65536> buffer;
  for (std::uint64_t offset = 0;;) {
    const auto count = read_at(from, buffer, offset);
    if (count < 0) throw Error(errno, "read", shown);
    if (count == 0) return;
    offset += static_cast<std::uint64_t>(count);
    if (offset > most_program) throw Error(EFBIG, "read", shown);
    write_all(to, std::span(buffer).first(static_cast<std::size_t>(count)));
  }
}

}  // namespace

Fd memory_file(const char* name, std::span<const std::uint8_t> bytes) {
  Fd file = create(name, MFD_CLOEXEC);
  write_all(file, bytes);
  return file;
}

Fd sealed_program(const std::string& path) {
  // O_NONBLOCK: a FIFO must not keep us waiting
  const Fd source = open_path(path, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (fstat(source.get(), &status) != 0) throw Error(errno, "fstat", path);
  if (!S_ISREG(status.st_mode)) throw Error(EACCES, "open", path, "it is no regular file");
  Fd copied = create("podprobe", MFD_CLOEXEC | MFD_ALLOW_SEALING | mfd_exec);
  copy(source, copied, path);
  if (fcntl(copied.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) throw Error(errno, "fcntl", "memfd");
  return copied;
}

}  // namespace podprobe::sys
