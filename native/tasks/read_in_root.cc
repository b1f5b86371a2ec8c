#include "tasks/read_in_root.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "sys/directory.h"
#include "sys/openat2.h"
#include "tasks/file_system.h"
#include "tasks/thread_pool.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t smallest_part = 4096;
constexpr std::size_t first_part = 1 << 20;
constexpr std::size_t largest_part = 8 << 20;
constexpr std::size_t most_link_bytes = 64 << 20;

sys::Fd hold(const sys::Process& process, const RootRequest& request) {
  sys::Fd held = sys::open_in_root(process.open_root(), request.path, request.follow ? 0 : O_NOFOLLOW);
  if (!process.exists()) throw sys::Error(ESRCH, "pidfd_send_signal");
  return held;
}

/// Whatever is asked of the file from now on is asked where it may take for ever.
std::unique_ptr<sys::HeldFile> use(const sys::Process& process, sys::Fd held, const sys::FileStatus& found) {
  return answers_locally(process, held, found) ? sys::use_here(std::move(held)) : sys::use_apart(std::move(held));
}

std::unique_ptr<sys::HeldFile> hold_for_use(const sys::Process& process, const RootRequest& request) {
  sys::Fd held = hold(process, request);
  const sys::FileStatus found = sys::status_of(held, sys::Freshness::cached, request.path);
  return use(process, std::move(held), found);
}

const char* obstacle(std::uint32_t type) {
  switch (type) {
    case S_IFIFO: return "it is a FIFO: who reads it can wait for ever, and takes from others what they were to read";
    case S_IFSOCK: return "it is a socket";
    case S_IFCHR: return "it is a character device: reading one can do anything";
    case S_IFBLK: return "it is a block device: reading one can do anything";
    default: return "it is neither a file nor a directory";
  }
}

/// A file or directory that is safe to open: nothing else is.
struct Opened {
  std::unique_ptr<sys::HeldFile> file;
  sys::FileStatus status;
};

Opened open_for_reading(const sys::Process& process, const RootRequest& request, std::uint32_t wanted) {
  const std::string& path = request.path;
  sys::Fd held = hold(process, request);
  const sys::FileStatus found = sys::status_of(held, sys::Freshness::cached, path);
  if (found.type() != wanted) {
    if (wanted == S_IFDIR) throw sys::Error(ENOTDIR, "read", path);
    if (found.type() == S_IFDIR) throw sys::Error(EISDIR, "read", path);
    throw sys::Error(ENXIO, "read", path, obstacle(found.type()));
  }
  std::unique_ptr<sys::HeldFile> file = use(process, std::move(held), found);
  file->open(O_RDONLY | O_NONBLOCK | O_NOCTTY, path);
  const sys::FileStatus status = file->status(path);
  if (!status.same_file(found)) throw sys::Error(ESTALE, "open", path, "its file system gave another file than it had named");
  return {std::move(file), status};
}

void close_without_waiting(OpenFile* file) {
  if (ThreadPool::on_own_thread()) delete file;
  else std::thread([file] { delete file; }).detach();
}

sys::Error too_large(const RootRequest& request, const std::string& size) {
  return {EFBIG, "read", request.path, "it has " + size + " bytes, and maxBytes allows " + std::to_string(request.most)};
}

std::size_t read_part(sys::HeldFile& file, std::span<std::uint8_t> out, std::uint64_t offset, const std::string& path) {
  const auto count = file.read_at(out, offset);
  if (count < 0) throw sys::Error(errno, "read", path);
  return static_cast<std::size_t>(count);
}

void add_details(sys::HeldFile& directory, const char* name, Listing& listing) {
  std::optional<sys::FileStatus> status;
  std::string link;
  try {
    status = directory.status_at(name, name);
    if (status->type() == S_IFLNK) link = directory.read_link(name, name);
  } catch (const sys::Error&) {
    // it has gone, or its file system does not tell: the entry stands without
  }
  listing.statuses.push_back(status);
  listing.links.push(link);
}

}  // namespace

core::SecretBytes read_file_in_root(const sys::Process& process, const RootRequest& request) {
  const Opened opened = open_for_reading(process, request, S_IFREG);
  if (opened.status.size > request.most) throw too_large(request, std::to_string(opened.status.size));
  core::SecretBytes bytes;
  std::size_t size = 0;
  // the size is what the file system says: files of /proc have none, and memory is taken for what was really read
  std::size_t room = std::clamp<std::size_t>(opened.status.size + 1, smallest_part, first_part);
  for (;;) {
    bytes.resize(std::min<std::size_t>(request.most + 1, size + room));
    const std::size_t count = read_part(*opened.file, std::span(bytes.data(), bytes.size()).subspan(size), size, request.path);
    size += count;
    if (size > request.most) throw too_large(request, "at least " + std::to_string(size));
    if (count == 0) break;
    if (!request.allowance.left()) throw request.allowance.timed_out();
    room = bytes.size() > size ? bytes.size() - size : std::clamp(size, smallest_part, largest_part);
  }
  bytes.resize(size);
  return bytes;
}

std::shared_ptr<OpenFile> open_file_in_root(const sys::Process& process, const RootRequest& request) {
  Opened opened = open_for_reading(process, request, S_IFREG);
  opened.file->settle();
  return {new OpenFile{std::move(opened.file), request.path}, close_without_waiting};
}

core::SecretBytes read_open_file(const OpenFile& file, std::uint64_t offset, std::size_t most) {
  core::SecretBytes bytes(most);
  bytes.resize(read_part(*file.file, std::span(bytes.data(), bytes.size()), offset, file.path));
  return bytes;
}

Listing list_in_root(const sys::Process& process, const RootRequest& request) {
  const Opened opened = open_for_reading(process, request, S_IFDIR);
  Listing listing;
  const auto next = [&](std::span<std::uint8_t> out) { return opened.file->read_entries(out); };
  sys::for_each_entry(next, request.path, [&](const char* name, unsigned char type) {
    if (!request.allowance.left()) throw request.allowance.timed_out();
    listing.truncated = listing.types.size() == request.most || listing.links.block.size() > most_link_bytes;
    if (listing.truncated) return false;
    listing.names.push(name);
    listing.types.push_back(type);
    if (request.details) add_details(*opened.file, name, listing);
    return true;
  });
  return listing;
}

sys::FileStatus stat_in_root(const sys::Process& process, const RootRequest& request) {
  return hold_for_use(process, request)->status(request.path);
}

std::string read_link_in_root(const sys::Process& process, const RootRequest& request) {
  RootRequest unfollowed = request;
  unfollowed.follow = false;
  return hold_for_use(process, unfollowed)->read_link("", request.path);
}

}  // namespace podprobe::tasks
