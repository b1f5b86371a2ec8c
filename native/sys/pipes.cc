#include "sys/pipes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace podprobe::sys {

namespace {

constexpr int soon = 5;  // milliseconds

std::pair<Fd, Fd> make_sockets(int type) {
  int ends[2];
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) throw Error(errno, "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace

std::pair<Fd, Fd> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Error(errno, "pipe2");
  return {Fd(ends[0]), Fd(ends[1])};
}

std::pair<Fd, Fd> make_socket_pair() { return make_sockets(SOCK_STREAM); }

std::pair<Fd, Fd> make_message_pair() { return make_sockets(SOCK_SEQPACKET); }

void end_stream(const Fd& stream) {
  if (stream) shutdown(stream.get(), SHUT_RDWR);
}

std::size_t receive_soon(const Fd& stream, std::span<std::uint8_t> out) {
  pollfd waiting{stream.get(), POLLIN, 0};
  const int ready = retry_eintr([&] { return poll(&waiting, 1, soon); });
  if (ready < 0) throw Error(errno, "poll");
  if (ready == 0) return 0;
  const auto count = retry_eintr([&] { return recv(stream.get(), out.data(), out.size(), 0); });
  if (count < 0) throw Error(errno, "recv");
  if (count == 0) throw Error(ECONNRESET, "recv");
  return static_cast<std::size_t>(count);
}

void give_to(const Fd& pipe, std::uint32_t uid, std::uint32_t gid) {
  if (fchown(pipe.get(), uid, gid) != 0) return;
}

Fd duplicate(const Fd& of) {
  const int number = fcntl(of.get(), F_DUPFD_CLOEXEC, 3);
  if (number < 0) throw Error(errno, "fcntl");
  return Fd(number);
}

}  // namespace podprobe::sys
