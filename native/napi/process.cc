#include "napi/process.h"

#include "napi/async.h"
#include "napi/handle.h"

namespace podprobe::napi {

namespace {

using Held = std::shared_ptr<tasks::HeldProcess>;

constexpr napi_type_tag process_tag = {0x8d3f1b0c54a2476e, 0xa1c09e7b6f35d284};

/// The process behind a handle, or nullptr when it is closed.
Held process_of(Napi::Value value) { return *from_handle<tasks::HeldProcess>(value, process_tag); }

}  // namespace

Napi::Value open_process(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  try {
    result.Set("value", to_handle(env, std::make_shared<tasks::HeldProcess>(info[0].As<Napi::Number>().Int32Value()), process_tag));
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Target target_of(Napi::Value value) {
  if (value.IsNumber()) return value.As<Napi::Number>().Int32Value();
  return process_of(value);
}

Napi::Value close_process(const Napi::CallbackInfo& info) {
  from_handle<tasks::HeldProcess>(info[0], process_tag)->reset();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
