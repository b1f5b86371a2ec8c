#include "napi/exec.h"

#include "napi/argument.h"
#include "napi/async.h"
#include "napi/handed.h"
#include "napi/process.h"
#include "sys/pipes.h"
#include "tasks/exec.h"

namespace podprobe::napi {

namespace {

/// A command, until it is over, and what JavaScript was given of it.
struct Running {
  Running(Napi::Env env, tasks::RunningCommand started)
      : command(std::make_unique<tasks::RunningCommand>(std::move(started))), handed(env) {}

  std::unique_ptr<tasks::RunningCommand> command;
  HandedDescriptors handed;
};

constexpr napi_type_tag command_tag = {0x5b0f6a3e91d84c27, 0x9c1d7e40b2a85f63};

std::string text_of(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

std::vector<std::string> texts_of(const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> texts;
  texts.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) texts.push_back(text_of(array.Get(i)));
  return texts;
}

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
  auto owned = std::make_unique<Running>(env, std::move(command));
  auto handle = Napi::External<Running>::New(env, owned.get(), [](Napi::Env, Running* running) { delete running; });
  auto& [running, handed] = *owned.release();
  handle.TypeTag(&command_tag);
  Napi::Array value = Napi::Array::New(env, 6);
  value.Set(0U, handle);
  value.Set(1U, running->pid);
  value.Set(2U, handed.hand(sys::duplicate(running->control())));
  for (std::uint32_t i = 0; i < running->streams.size(); ++i) value.Set(3 + i, handed.hand(std::move(running->streams[i])));
  return value;
}

Running& running_of(const Napi::Value& value) {
  const auto handle = value.As<Napi::External<Running>>();
  if (!value.IsExternal() || !handle.CheckTypeTag(&command_tag)) throw Napi::TypeError::New(value.Env(), "not a command");
  return *handle.Data();
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

Napi::Value keep_streams(const Napi::CallbackInfo& info) {
  running_of(info[0]).handed.keep();
  return info.Env().Undefined();
}

Napi::Value end_command(const Napi::CallbackInfo& info) {
  running_of(info[0]).command.reset();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
