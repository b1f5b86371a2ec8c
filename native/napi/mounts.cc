#include "napi/mounts.h"

#include <cstring>

#include "napi/async.h"
#include "napi/process.h"
#include "tasks/list_mounts.h"

namespace podprobe::napi {

namespace {

/// One ArrayBuffer: four numbers a mount (u32), seven offsets a mount and one more (u32), the block.
Napi::ArrayBuffer pack(Napi::Env env, const core::MountTable& table) {
  const std::size_t numbers = table.numbers.size() * sizeof(std::uint32_t);
  const std::size_t offsets = table.offsets.size() * sizeof(std::uint32_t);
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, numbers + offsets + table.block.size());
  auto* const bytes = static_cast<std::uint8_t*>(buffer.Data());
  if (numbers != 0) std::memcpy(bytes, table.numbers.data(), numbers);
  std::memcpy(bytes + numbers, table.offsets.data(), offsets);
  if (!table.block.empty()) std::memcpy(bytes + numbers + offsets, table.block.data(), table.block.size());
  return buffer;
}

Napi::Value to_value(Napi::Env env, const tasks::MountsResult& result) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("count", Napi::Number::New(env, static_cast<double>(result.table.size())));
  value.Set("malformed", Napi::Number::New(env, static_cast<double>(result.table.malformed)));
  value.Set("truncated", Napi::Boolean::New(env, result.truncated));
  value.Set("byListmount", Napi::Boolean::New(env, result.by_listmount));
  value.Set("packed", pack(env, result.table));
  return value;
}

}  // namespace

Napi::Value list_mounts(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  return run_batch<tasks::MountsResult>(
      info.Env(), id, 1, timeout,
      [target = target_of(info[1])](std::size_t, const tasks::Allowance& allowance) {
        return with_process(target, [&](const tasks::HeldProcess& held) { return tasks::list_mounts(held.process(), allowance); });
      },
      [](Napi::Env env, tasks::MountsResult& result) { return to_value(env, result); });
}

}  // namespace podprobe::napi
