#include "napi/exec.h"

#include "napi/async.h"
#include "napi/process.h"
#include "sys/pipes.h"
#include "tasks/exec.h"

namespace podprobe::napi {

namespace {

using Running = std::unique_ptr<tasks::RunningCommand>;

constexpr napi_type_tag tag = {0x5b0f6a3e91d84c27, 0x9c1d7e40b2a85f63};

std::string text_of(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

std::vector<std::string> texts_of(const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> texts;
  texts.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) texts.push_back(text_of(array.Get(i)));
  return texts;
}

std::uint32_t number_of(const Napi::Value& value) { return value.As<Napi::Number>().Uint32Value(); }

tasks::ExecRequest request_of(const Napi::Object& options) {
  tasks::ExecRequest request;
  request.arguments = texts_of(options.Get("arguments"));
  request.variables = texts_of(options.Get("variables"));
  if (options.Get("cwd").IsString()) request.cwd = text_of(options.Get("cwd"));
  request.as_container = options.Get("asContainer").As<Napi::Boolean>();
  request.namespaces = number_of(options.Get("namespaces"));
  if (options.Get("terminal").IsArray()) {
    const auto size = options.Get("terminal").As<Napi::Array>();
    request.terminal = {static_cast<std::uint16_t>(number_of(size.Get(0U))), static_cast<std::uint16_t>(number_of(size.Get(1U)))};
  }
  const auto piped = options.Get("piped").As<Napi::Array>();
  for (std::uint32_t i = 0; i < request.piped.size(); ++i) request.piped[i] = piped.Get(i).As<Napi::Boolean>();
  request.binary = text_of(options.Get("hostBinary"));
  return request;
}

Napi::Value to_value(Napi::Env env, tasks::RunningCommand& command) {
  auto owned = std::make_unique<Running>(std::make_unique<tasks::RunningCommand>(std::move(command)));
  auto handle = Napi::External<Running>::New(env, owned.get(), [](Napi::Env, Running* running) { delete running; });
  Running& running = *owned.release();
  handle.TypeTag(&tag);
  Napi::Array value = Napi::Array::New(env, 6);
  value.Set(0U, handle);
  value.Set(1U, running->pid);
  value.Set(2U, sys::duplicate(running->control()).release());
  for (std::uint32_t i = 0; i < running->streams.size(); ++i) value.Set(3 + i, running->streams[i].release());
  return value;
}

std::shared_ptr<tasks::Helper> helper_of(Napi::Env env, const Napi::Value& path) {
  Instance& instance = *env.GetInstanceData<Instance>();
  if (!instance.helper) instance.helper = std::make_shared<tasks::Helper>(text_of(path));
  return instance.helper;
}

}  // namespace

Napi::Value start_command(const Napi::CallbackInfo& info) {
  const auto options = info[3].As<Napi::Object>();
  const std::chrono::milliseconds timeout(options.Get("startTimeout").As<Napi::Number>().Int64Value());
  return run_batch<tasks::RunningCommand>(
      info.Env(), number_of(info[0]), 1, timeout,
      [target = target_of(info[1]), helper = helper_of(info.Env(), info[2]), request = request_of(options)](
          std::size_t, const tasks::Allowance& allowance) {
        return with_process(target, [&](tasks::HeldProcess& held) {
          return tasks::start_command(held.process(), *helper, request, allowance);
        });
      },
      [](Napi::Env env, tasks::RunningCommand& command) { return to_value(env, command); });
}

Napi::Value end_command(const Napi::CallbackInfo& info) {
  const auto handle = info[0].As<Napi::External<Running>>();
  if (!info[0].IsExternal() || !handle.CheckTypeTag(&tag)) throw Napi::TypeError::New(info.Env(), "not a command");
  handle.Data()->reset();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
