#include "sys/held_file.h"

#include <dirent.h>
#include <fcntl.h>

#include <array>

#include "sys/directory.h"
#include "sys/errand.h"

namespace podprobe::sys {

namespace {

class LocalFile final : public HeldFile {
 public:
  explicit LocalFile(Fd held) : file_(std::move(held)) {}

  void open(int flags, const std::string& shown) override { file_ = reopen(file_, flags, shown); }
  FileStatus status(const std::string& shown) override { return status_of(file_, Freshness::current, shown); }
  FileStatus status_at(const char* name, const std::string& shown) override { return sys::status_at(file_, name, shown); }
  std::string read_link(const char* name, const std::string& shown) override { return sys::read_link(file_, name, shown); }
  std::ptrdiff_t read_at(std::span<std::uint8_t> out, std::uint64_t offset) override { return sys::read_at(file_, out, offset); }
  std::ptrdiff_t read_entries(std::span<std::uint8_t> out) override { return getdents64(file_.get(), out.data(), out.size()); }

 private:
  Fd file_;
};

std::ptrdiff_t as_of_libc(long result) {
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}

class DistantFile final : public HeldFile {
 public:
  DistantFile(Fd held, std::unique_ptr<Errand> errand) : held_(std::move(held)), errand_(std::move(errand)) {}
  ~DistantFile() override {
    // what is settled can be let go of by any thread
    if (!settled_) Errand::give_back(std::move(errand_));
  }

  void open(int flags, const std::string& shown) override {
    check(ask({.call = ERRAND_OPEN, .flags = static_cast<std::uint32_t>(flags), .place = 0, .size = 0}), "open", shown);
  }

  FileStatus status(const std::string& shown) override { return status_at("", shown); }

  FileStatus status_at(const char* name, const std::string& shown) override {
    struct statx status {};
    const auto out = std::span(reinterpret_cast<std::uint8_t*>(&status), sizeof status);
    const auto flags = static_cast<std::uint32_t>(status_flags(Freshness::current));
    check(ask({.call = ERRAND_STATUS, .flags = flags, .place = status_mask, .size = 0}, name, out), "statx", shown);
    return status_from(status);
  }

  std::string read_link(const char* name, const std::string& shown) override {
    std::array<std::uint8_t, 4096> target;
    const long size = ask({.call = ERRAND_LINK, .flags = 0, .place = 0, .size = target.size()}, name, target);
    check(size == -ENOENT && *name == 0 ? -EINVAL : size, "readlink", shown);
    return {reinterpret_cast<const char*>(target.data()), static_cast<std::size_t>(size)};
  }

  std::ptrdiff_t read_at(std::span<std::uint8_t> out, std::uint64_t offset) override {
    return as_of_libc(ask({.call = ERRAND_READ, .flags = 0, .place = offset, .size = out.size()}, "", out));
  }

  std::ptrdiff_t read_entries(std::span<std::uint8_t> out) override {
    return as_of_libc(ask({.call = ERRAND_ENTRIES, .flags = 0, .place = 0, .size = out.size()}, "", out));
  }

  void settle() override { settled_ = ask({.call = ERRAND_SETTLE, .flags = 0, .place = 0, .size = 0}) == 0; }

 private:
  static void check(long result, const char* call, const std::string& shown) {
    if (result < 0) throw Error(static_cast<int>(-result), call, shown);
  }

  /// The first request takes the file along.
  long ask(const errand_request& request, const char* name = "", std::span<std::uint8_t> out = {}) {
    const Fd held = std::move(held_);
    return errand_->ask(request, name, out, held ? &held : nullptr);
  }

  Fd held_;
  std::unique_ptr<Errand> errand_;
  bool settled_ = false;
};

}  // namespace

std::unique_ptr<HeldFile> use_here(Fd held) { return std::make_unique<LocalFile>(std::move(held)); }

std::unique_ptr<HeldFile> use_apart(Fd held) {
  auto errand = Errand::borrow();
  if (!errand) return use_here(std::move(held));
  return std::make_unique<DistantFile>(std::move(held), std::move(errand));
}

}  // namespace podprobe::sys
