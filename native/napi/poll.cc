#include "napi/poll.h"

namespace podprobe::napi {

/// Lives until the loop has let go of the handle, whoever asked for that.
struct Poll::State : std::enable_shared_from_this<Poll::State> {
  State(Napi::Env owner, Ready callback) : env(owner), ready(std::move(callback)) {}

  void start(int descriptor, int events);
  void close();
  void tell(int events);

  static void on_ready(uv_poll_t* handle, int status, int events);
  static void on_closed(uv_handle_t* handle);
  static void on_cleanup(napi_async_cleanup_hook_handle hook, void* data);

  Napi::Env env;
  Ready ready;
  uv_poll_t handle{};
  napi_async_cleanup_hook_handle hook = nullptr;
  std::shared_ptr<State> self;  ///< while the loop has the handle
  bool closing = false;
};

void Poll::State::start(int descriptor, int events) {
  uv_loop_t* loop = nullptr;
  NAPI_THROW_IF_FAILED_VOID(env, napi_get_uv_event_loop(env, &loop));
  if (const int error = uv_poll_init(loop, &handle, descriptor); error != 0) throw Napi::Error::New(env, uv_strerror(error));
  handle.data = this;
  self = shared_from_this();
  if (const int error = uv_poll_start(&handle, events, on_ready); error != 0) {
    close();
    throw Napi::Error::New(env, uv_strerror(error));
  }
  NAPI_THROW_IF_FAILED_VOID(env, napi_add_async_cleanup_hook(env, on_cleanup, this, &hook));
}

void Poll::State::close() {
  if (std::exchange(closing, true)) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle), on_closed);
}

void Poll::State::on_cleanup(napi_async_cleanup_hook_handle, void* data) { static_cast<State*>(data)->close(); }

void Poll::State::on_closed(uv_handle_t* handle) {
  State& state = *static_cast<State*>(handle->data);
  // the environment waits for this at its end
  if (state.hook) napi_remove_async_cleanup_hook(state.hook);
  const auto last = std::move(state.self);
}

void Poll::State::on_ready(uv_poll_t* handle, int status, int events) {
  const auto state = static_cast<State*>(handle->data)->shared_from_this();
  if (!state->closing) state->tell(status == 0 ? events : 0);
}

void Poll::State::tell(int events) {
  const Napi::HandleScope scope(env);
  try {
    ready(env, events);
  } catch (const Napi::Error& error) {
    // in an environment that is being torn down nobody is left to be told
    napi_fatal_exception(env, error.Value());
  }
}

Poll::Poll(Napi::Env env, int descriptor, int events, Ready ready)
    : state_(std::make_shared<State>(env, std::move(ready))) {
  state_->start(descriptor, events);
}

void Poll::close() { state_->close(); }

void Poll::keep_alive(bool keep) {
  if (state_->closing) return;
  auto* const handle = reinterpret_cast<uv_handle_t*>(&state_->handle);
  if (keep) uv_ref(handle);
  else uv_unref(handle);
}

}  // namespace podprobe::napi
