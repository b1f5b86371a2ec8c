#pragma once

#include <span>
#include <utility>

#include "sys/fd.h"

namespace podprobe::sys {

/// A pipe: the end to read from, the end to write to.
std::pair<Fd, Fd> make_pipe();

/// Two ends of a stream that carries both ways.
std::pair<Fd, Fd> make_socket_pair();

/// Two ends that carry messages, and descriptors with them, both ways.
std::pair<Fd, Fd> make_message_pair();

/// Ends a stream for both sides, whatever other descriptors of it there are.
void end_stream(const Fd& stream);

/// Bytes that have come within a few milliseconds, at most as many as there is room for; nothing: none yet.
/// Errors: ECONNRESET the other side has gone.
std::size_t receive_soon(const Fd& stream, std::span<std::uint8_t> out);

/// Gives a pipe to an owner, who can then open it by name; what cannot be given stays.
void give_to(const Fd& pipe, std::uint32_t uid, std::uint32_t gid);

/// Another descriptor for the same thing.
Fd duplicate(const Fd& of);

}  // namespace podprobe::sys
