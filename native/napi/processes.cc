#include "napi/processes.h"

#include "napi/async.h"
#include "napi/buffer.h"
#include "napi/process.h"
#include "tasks/list_processes.h"
#include "tasks/read_ancestry.h"
#include "tasks/read_command_line.h"
#include "tasks/read_variable_names.h"

namespace podprobe::napi {

namespace {

/// As many as a batch runs at a time.
constexpr unsigned list_threads = 2;

/// Processes whose names one part of a batch reads, which costs them all their answer if one keeps it waiting.
constexpr std::size_t names_at_a_time = 32;

Napi::Value to_value(Napi::Env env, core::ProcessTable& table) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("count", Napi::Number::New(env, static_cast<double>(table.size())));
  value.Set("words", to_buffer(env, table.words));
  value.Set("names", to_buffer(env, table.names));
  value.Set("cgroupEnds", to_buffer(env, table.cgroup_ends));
  value.Set("cgroups", to_buffer(env, table.cgroups));
  return value;
}

Napi::Value to_value(Napi::Env env, core::VariableNames& table) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("words", to_buffer(env, table.words));
  value.Set("ends", to_buffer(env, table.ends));
  value.Set("names", to_buffer(env, table.names));
  return value;
}

std::vector<int> pids_of(const Napi::Array& array) {
  std::vector<int> pids;
  pids.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) pids.push_back(array.Get(i).As<Napi::Number>().Int32Value());
  return pids;
}

Napi::Value to_value(Napi::Env env, tasks::Ancestry& ancestry) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("pidNamespaces", to_buffer(env, ancestry.pid_namespaces));
  value.Set("userNamespaces", to_buffer(env, ancestry.user_namespaces));
  value.Set("owners", to_buffer(env, ancestry.owners));
  value.Set("opensUnprivileged", Napi::Boolean::New(env, ancestry.opens_unprivileged));
  value.Set("opensUntracing", Napi::Boolean::New(env, ancestry.opens_untracing));
  return value;
}

}  // namespace

Napi::Value list_processes(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  return run_batch<core::ProcessTable>(
      info.Env(), id, list_threads, timeout,
      [with_namespaces = info[1].As<Napi::Boolean>().Value()](std::size_t number, const tasks::Allowance& allowance) {
        return tasks::list_processes({.number = static_cast<unsigned>(number), .of = list_threads}, with_namespaces, allowance);
      },
      [](Napi::Env env, core::ProcessTable& table) { return to_value(env, table); });
}

Napi::Value read_variable_names(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  auto pids = pids_of(info[1].As<Napi::Array>());
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  const std::size_t parts = (pids.size() + names_at_a_time - 1) / names_at_a_time;
  return run_batch<core::VariableNames>(
      info.Env(), id, parts, timeout,
      [pids = std::move(pids)](std::size_t part, const tasks::Allowance& allowance) {
        const auto rest = std::span(pids).subspan(part * names_at_a_time);
        return tasks::read_variable_names(rest.first(std::min(rest.size(), names_at_a_time)), allowance);
      },
      [](Napi::Env env, core::VariableNames& table) { return to_value(env, table); });
}

Napi::Value read_command_line(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  return run_batch<core::SecretBytes>(
      info.Env(), id, 1, timeout,
      [target = target_of(info[1])](std::size_t, const tasks::Allowance&) {
        return with_process(target, [](const tasks::HeldProcess& held) { return tasks::read_command_line(held.process()); });
      },
      [](Napi::Env env, core::SecretBytes& text) { return to_buffer(env, text); });
}

Napi::Value read_ancestry(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  return run_batch<tasks::Ancestry>(
      info.Env(), id, 1, timeout,
      [target = target_of(info[1])](std::size_t, const tasks::Allowance&) {
        return with_process(target, [](const tasks::HeldProcess& held) { return tasks::read_ancestry(held.process()); });
      },
      [](Napi::Env env, tasks::Ancestry& ancestry) { return to_value(env, ancestry); });
}

}  // namespace podprobe::napi
