#pragma once

#include <napi.h>
#include <uv.h>

#include <functional>
#include <memory>

namespace podprobe::napi {

/// Waits for a descriptor on the environment's own event loop: what is ready is told on the JavaScript thread, with no
/// thread in between.
///
/// JavaScript thread only. The descriptor is its owner's, and must stay open until close() or the end of this object. The end
/// of the environment, at any moment, closes it first.
/// Errors: napi::Error when the descriptor cannot be polled.
/// Source: uv_poll_t; poll(2).
class Poll {
 public:
  /// `events`: UV_READABLE, UV_DISCONNECT, UV_PRIORITIZED or'ed; 0 when the descriptor can be polled no longer. May close the
  /// Poll. Calls JavaScript with Napi::Function::MakeCallback, so that promises settle behind it; what that throws is uncaught.
  using Ready = std::function<void(Napi::Env, int events)>;

  Poll(Napi::Env env, int descriptor, int events, Ready ready);
  ~Poll() { close(); }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  /// Nothing is told any more. Can be called again.
  void close();

  /// Whether the event loop stays alive for it; it does at first.
  void keep_alive(bool keep);

 private:
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace podprobe::napi
