#include "napi/handed.h"

#include <uv.h>

#include <set>

namespace podprobe::napi {

namespace {

/// Those that a handle of the event loop has, and will close.
std::set<int> descriptors_of_loop(napi_env env) {
  std::set<int> numbers;
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return numbers;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* data) {
        uv_os_fd_t number = -1;
        if (uv_fileno(handle, &number) == 0) static_cast<std::set<int>*>(data)->insert(number);
      },
      &numbers);
  return numbers;
}

/// Whether the number still stands for this file.
bool is_file(const sys::Fd& descriptor, const sys::FileStatus& file) {
  try {
    return sys::status_of(descriptor, sys::Freshness::cached, {}).same_file(file);
  } catch (const sys::Error&) {
    return false;
  }
}

}  // namespace

int HandedDescriptors::hand(sys::Fd descriptor) {
  if (!descriptor) return -1;
  handed_.push_back({descriptor.get(), sys::status_of(descriptor, sys::Freshness::cached, {})});
  return descriptor.release();
}

HandedDescriptors::~HandedDescriptors() {
  if (handed_.empty()) return;
  const std::set<int> taken = descriptors_of_loop(env_);
  for (const auto& [number, file] : handed_) {
    if (taken.count(number) != 0) continue;
    sys::Fd descriptor(number);
    if (!is_file(descriptor, file)) descriptor.release();
  }
}

}  // namespace podprobe::napi
