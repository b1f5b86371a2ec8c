#include "tasks/exec_plan.h"

#include <algorithm>
#include <string_view>

#include "core/text.h"
#include "nsexec/protocol.h"

namespace podprobe::tasks {

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

class Writer {
 public:
  Writer(const ExecRequest& request, const std::optional<ContainerFacts>& facts) : request_(request), facts_(facts) {}

  core::SecretBytes run() {
    out_.resize(sizeof head_);
    if (facts_) add_identity();
    add(request_.cwd.value_or(""));
    head_.arguments = static_cast<std::uint32_t>(request_.arguments.size());
    for (const std::string& argument : request_.arguments) add(argument);
    add_environment();
    if (facts_) {
      head_.cgroups = static_cast<std::uint32_t>(facts_->cgroups.size());
      for (const std::string& path : facts_->cgroups) add(path);
    }
    add_options();
    head_.size = out_.size();
    std::memcpy(out_.data(), &head_, sizeof head_);
    return std::move(out_);
  }

 private:
  void add(std::string_view text) {
    out_.append(bytes_of(text));
    out_.push_back(0);
  }

  void add_identity() {
    const core::Credentials& own = facts_->credentials;
    head_.flags |= NSEXEC_IDENTITY;
    if (facts_->setgroups_denied) head_.flags |= NSEXEC_NO_SETGROUPS;
    if (own.no_new_privs) head_.flags |= NSEXEC_NO_NEW_PRIVS;
    head_.bounding = own.bounding;
    head_.permitted = own.permitted;
    head_.effective = own.effective;
    head_.inheritable = own.inheritable;
    head_.ambient = own.ambient;
    for (std::size_t i = 0; i < facts_->limits.size(); ++i) head_.limits[i] = {facts_->limits[i].soft, facts_->limits[i].hard};
    std::copy(own.uids.begin(), own.uids.end(), head_.uids);
    std::copy(own.gids.begin(), own.gids.end(), head_.gids);
    head_.oom_score_adj = facts_->oom_score_adj;
    head_.umask = own.umask;
    head_.groups = static_cast<std::uint32_t>(own.groups.size());
    out_.append({reinterpret_cast<const std::uint8_t*>(own.groups.data()), own.groups.size() * sizeof(std::uint32_t)});
  }

  bool replaced(std::string_view name) const {
    return std::any_of(request_.variables.begin(), request_.variables.end(),
                       [&](const std::string& variable) { return name_of(variable) == name; });
  }

  void add_variable(std::string_view variable) {
    add(variable);
    ++head_.variables;
    has_term_ = has_term_ || name_of(variable) == "TERM";
  }

  void add_environment() {
    if (facts_) {
      std::string_view rest(reinterpret_cast<const char*>(facts_->environment.data()), facts_->environment.size());
      while (!rest.empty()) {
        const std::string_view variable = core::take_until(rest, '\0');
        const std::size_t sign = variable.find('=');
        if (sign == std::string_view::npos || sign == 0 || replaced(variable.substr(0, sign))) continue;
        add_variable(variable);
      }
    }
    for (const std::string& variable : request_.variables) add_variable(variable);
    if (request_.terminal && !has_term_) add_variable("TERM=xterm");
  }

  void add_options() {
    head_.namespaces = request_.namespaces;
    if (facts_ || (request_.namespaces & NSEXEC_MNT) != 0) head_.flags |= NSEXEC_CHROOT;
    if (facts_) head_.flags |= NSEXEC_TARGET_CWD;
    if (!request_.binary.empty()) head_.flags |= NSEXEC_BINARY;
    if (!request_.terminal) return;
    head_.flags |= NSEXEC_TTY;
    head_.columns = request_.terminal->columns;
    head_.rows = request_.terminal->rows;
  }

  const ExecRequest& request_;
  const std::optional<ContainerFacts>& facts_;
  nsexec_plan head_{};
  core::SecretBytes out_;
  bool has_term_ = false;
};

}  // namespace

core::SecretBytes write_plan(const ExecRequest& request, const std::optional<ContainerFacts>& facts) {
  return Writer(request, facts).run();
}

}  // namespace podprobe::tasks
