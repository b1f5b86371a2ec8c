#include "napi/mount_watch.h"

#include <uv.h>

#include <optional>

#include "napi/async.h"
#include "napi/handle.h"
#include "napi/poll.h"
#include "napi/process.h"
#include "tasks/list_mounts.h"

namespace podprobe::napi {

namespace {

constexpr napi_type_tag mount_watch_tag = {0x31c5ad9e7f024b68, 0xb7d60e1fa98c4352};

/// A mount table and the end of its process, both waited for on the event loop.
class MountWatch {
 public:
  MountWatch(const sys::Process& process, Napi::Function tell)
      : table_(tasks::open_mountinfo(process)), exit_(process.duplicate_pidfd()), tell_(Napi::Persistent(tell)) {}

  void start(Napi::Env env) {
    changes_.emplace(env, table_.get(), UV_PRIORITIZED, [this](Napi::Env, int events) { tell(events == 0); });
    end_.emplace(env, exit_.get(), UV_READABLE, [this](Napi::Env, int) { tell(true); });
  }

 private:
  /// The table is let go with its process: it would keep all the mounts.
  void tell(bool gone) {
    const Napi::Function function = tell_.Value();
    const Napi::Env env = function.Env();
    if (gone) close();
    // may end this object
    function.MakeCallback(env.Global(), {Napi::Boolean::New(env, gone)});
  }

  void close() {
    changes_->close();
    end_->close();
    table_ = sys::Fd();
    exit_ = sys::Fd();
  }

  sys::Fd table_;
  sys::Fd exit_;
  Napi::FunctionReference tell_;
  std::optional<Poll> changes_;  ///< behind the descriptors, so that they are polled no longer when these are closed
  std::optional<Poll> end_;
};

}  // namespace

Napi::Value watch_mounts(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  try {
    const auto watch = with_process(target_of(info[0]), [&](const tasks::HeldProcess& held) {
      return std::make_shared<MountWatch>(held.process(), info[1].As<Napi::Function>());
    });
    watch->start(env);
    result.Set("value", to_handle(env, watch, mount_watch_tag));
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Napi::Value close_mount_watch(const Napi::CallbackInfo& info) {
  from_handle<MountWatch>(info[0], mount_watch_tag)->reset();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
