#include "tasks/exec.h"

#include <fcntl.h>

#include "nsexec/protocol.h"
#include "sys/memfd.h"
#include "sys/pipes.h"
#include "tasks/exec_plan.h"
#include "tasks/exec_step.h"

namespace podprobe::tasks {

namespace {

/// Both sides of the command's 0, 1 and 2.
struct Streams {
  std::array<sys::Fd, 3> ours;
  std::array<sys::Fd, 3> theirs;
};

Streams make_streams(const ExecRequest& request, const std::optional<ContainerFacts>& facts) {
  Streams streams;
  for (std::size_t i = 0; i < streams.ours.size(); ++i) {
    if (!request.piped[i]) {
      streams.theirs[i] = sys::open_path("/dev/null", O_RDWR);
      continue;
    }
    auto [reading, writing] = sys::make_pipe();
    streams.ours[i] = std::move(i == 0 ? writing : reading);
    streams.theirs[i] = std::move(i == 0 ? reading : writing);
    // so that the command can open /dev/stdout and the like
    if (facts && !request.terminal) sys::give_to(streams.theirs[i], facts->outer_uid, facts->outer_gid);
  }
  return streams;
}

nsexec_report await_report(const sys::Fd& control, const Allowance& allowance) {
  nsexec_report report{};
  const auto bytes = std::span(reinterpret_cast<std::uint8_t*>(&report), sizeof report);
  for (std::size_t size = 0; size < bytes.size();) {
    if (!allowance.left()) throw sys::Error(ETIMEDOUT, "exec", {}, "the command could not be started within " + std::to_string(allowance.timeout.count()) + " ms");
    size += sys::receive_soon(control, bytes.subspan(size));
  }
  return report;
}

std::string subject_of(const nsexec_report& report, const ExecRequest& request, const std::optional<ContainerFacts>& facts) {
  if (report.value == NSEXEC_STEP_EXEC) return request.binary.empty() ? request.arguments.front() : request.binary;
  if (report.value == NSEXEC_STEP_CHDIR) return request.cwd.value_or("");
  if (report.value == NSEXEC_STEP_CGROUP && facts && report.detail < facts->cgroups.size()) return facts->cgroups[report.detail];
  return {};
}

}  // namespace

RunningCommand::~RunningCommand() { sys::end_stream(control_); }

const sys::Fd& Helper::program() {
  const std::lock_guard lock(mutex_);
  if (!program_) program_ = sys::sealed_program(path_);
  return program_;
}

RunningCommand start_command(const sys::Process& process, Helper& helper, const ExecRequest& request, const Allowance& allowance) {
  const sys::Fd& program = helper.program();
  const sys::Fd binary = request.binary.empty() ? sys::Fd() : sys::sealed_program(request.binary);
  std::optional<ContainerFacts> facts;
  if (request.as_container) facts = read_container(process);
  const sys::Fd plan = sys::memory_file("podprobe-plan", write_plan(request, facts));
  Streams streams = make_streams(request, facts);
  auto [control, theirs] = sys::make_socket_pair();
  const std::array<int, NSEXEC_FDS> descriptors = {streams.theirs[0].get(),   streams.theirs[1].get(), streams.theirs[2].get(),
                                                   theirs.get(),              plan.get(),              process.directory().get(),
                                                   binary ? binary.get() : -1};
  RunningCommand command(sys::spawn(program, descriptors), std::move(control));
  theirs = sys::Fd();
  streams.theirs = {};
  const nsexec_report report = await_report(command.control(), allowance);
  if (report.kind != NSEXEC_STARTED) throw step_error(report, subject_of(report, request, facts));
  command.pid = report.value;
  command.streams = std::move(streams.ours);
  return command;
}

}  // namespace podprobe::tasks
