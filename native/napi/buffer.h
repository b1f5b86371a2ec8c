#pragma once

#include <napi.h>

#include <cstring>
#include <utility>

namespace podprobe::napi {

/// The bytes of a container, which is emptied: copied when that is cheaper than to have the collector tell when it is done
/// with them.
template <class Container>
Napi::ArrayBuffer to_buffer(Napi::Env env, Container& container) {
  constexpr std::size_t largest_copy = 64 << 10;
  const std::size_t size = container.size() * sizeof *container.data();
  if (size > largest_copy) {
    auto* const owned = new Container(std::move(container));
    return Napi::ArrayBuffer::New(env, owned->data(), size, [owned](Napi::Env, void*) { delete owned; });
  }
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, size);
  if (size != 0) std::memcpy(buffer.Data(), container.data(), size);
  return buffer;
}

}  // namespace podprobe::napi
