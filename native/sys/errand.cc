#include "sys/errand.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstring>
#include <vector>

#include "sys/openat2.h"
#include "sys/pipes.h"

namespace podprobe::sys {

namespace {

/// Room for one descriptor beside a message.
union Passed {
  std::array<char, CMSG_SPACE(sizeof(int))> space{};
  cmsghdr header;
};

/// How long closing a file takes where its server answers, and the end of an errand.
constexpr std::chrono::milliseconds usual_end{20};

/// What this thread has for the next file; it ends with the thread.
thread_local std::unique_ptr<Errand> kept;

std::mutex program_mutex;

std::string& program_path() {
  static auto& path = *new std::string();
  return path;
}

Fd open_program() {
  const std::lock_guard lock(program_mutex);
  return open_path(program_path(), O_RDONLY);
}

void put(Passed& passed, msghdr& head, const Fd& descriptor) {
  passed.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  const int number = descriptor.get();
  std::memcpy(CMSG_DATA(&passed.header), &number, sizeof number);
  head.msg_control = passed.space.data();
  head.msg_controllen = passed.space.size();
}

Fd take(const msghdr& head) {
  const cmsghdr* const header = CMSG_FIRSTHDR(&head);
  if (!header || header->cmsg_type != SCM_RIGHTS) return {};
  int number = -1;
  std::memcpy(&number, CMSG_DATA(header), sizeof number);
  return Fd(number);
}

/// Errands that were let go and have not ended: closing a file, too, can take for ever.
class Stragglers {
 public:
  void add(Child process) {
    if (process.reap(usual_end)) return;
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(process));
  }

  bool too_many() {
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [](Child& process) { return process.reap(std::chrono::milliseconds(0)); });
    return all_.size() >= most;
  }

 private:
  static constexpr std::size_t most = 64;

  std::mutex mutex_;
  std::vector<Child> all_;
};

Stragglers& stragglers() {
  // never destroyed: threads that are kept waiting outlive exit(3)
  static auto& all = *new Stragglers();
  return all;
}

Error gone() { return {ECHILD, "recvmsg", {}, "the process that was to wait for the file system has ended"}; }

}  // namespace

Errand::Errand() {
  auto [ours, theirs] = make_message_pair();
  const std::array<int, ERRAND_FDS> descriptors = {-1, -1, -1, theirs.get()};
  process_ = spawn(open_program(), descriptors);
  socket_ = std::move(ours);
}

Errand::~Errand() {
  socket_ = Fd();
  stragglers().add(std::move(process_));
}

void Errand::use_program(const std::string& path) {
  const std::lock_guard lock(program_mutex);
  program_path() = path;
}

std::unique_ptr<Errand> Errand::borrow() {
  const bool too_many = stragglers().too_many();
  if (kept) return std::move(kept);
  if (too_many) throw Error(EAGAIN, "read", {}, "too many earlier reads are stuck");
  try {
    return std::make_unique<Errand>();
  } catch (const Error&) {
    return nullptr;
  }
}

void Errand::give_back(std::unique_ptr<Errand> errand) {
  if (!kept && errand->close_soon()) kept = std::move(errand);
}

int Errand::walk(const Fd& from, const std::string& path, int flags, std::uint64_t resolve) {
  const errand_request request{.call = ERRAND_WALK, .flags = static_cast<std::uint32_t>(flags), .place = resolve, .size = 0};
  for (bool again = kept != nullptr;; again = false) {
    std::unique_ptr<Errand> errand = borrow();
    if (!errand) return try_openat2(from, path, flags, resolve);
    try {
      Fd given;
      errand->send(request, path.c_str(), &from);
      const long result = errand->receive({}, given);
      kept = std::move(errand);
      errno = result < 0 ? static_cast<int>(-result) : EMFILE;  // a descriptor that came without room for it is lost
      return given.release();
    } catch (const Error&) {
      // it was killed while nobody needed it
      if (!again) throw;
    }
  }
}

long Errand::ask(const errand_request& request, const char* name, std::span<std::uint8_t> out, const Fd* held) {
  const std::lock_guard lock(mutex_);
  Fd none;
  send(request, name, held);
  return receive(out, none);
}

void Errand::send(const errand_request& request, const char* name, const Fd* held) {
  Passed passed;
  errand_request head = request;
  std::array<iovec, 2> parts = {iovec{&head, sizeof head}, iovec{const_cast<char*>(name), std::strlen(name)}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  if (held) put(passed, message, *held);
  if (retry_eintr([&] { return sendmsg(socket_.get(), &message, MSG_NOSIGNAL); }) < 0) throw gone();
}

long Errand::receive(std::span<std::uint8_t> out, Fd& given) {
  Passed passed;
  errand_answer answer{};
  std::array<iovec, 2> parts = {iovec{&answer, sizeof answer}, iovec{out.data(), out.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  message.msg_control = passed.space.data();
  message.msg_controllen = passed.space.size();
  const auto size = retry_eintr([&] { return recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC); });
  if (size < static_cast<ssize_t>(sizeof answer)) throw gone();
  given = take(message);
  return answer.result;
}

bool Errand::close_soon() {
  try {
    Fd none;
    send({.call = ERRAND_CLOSE, .flags = 0, .place = 0, .size = 0}, "", nullptr);
    pollfd closed{socket_.get(), POLLIN, 0};
    if (retry_eintr([&] { return poll(&closed, 1, static_cast<int>(usual_end.count())); }) != 1) return false;
    return receive({}, none) == 0;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace podprobe::sys
