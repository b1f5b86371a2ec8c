#pragma once

#include <optional>

#include "tasks/container.h"
#include "tasks/exec.h"

namespace podprobe::tasks {

/// The plan as the helper reads it. `facts`: be as the container; nothing: stay as we are.
core::SecretBytes write_plan(const ExecRequest& request, const std::optional<ContainerFacts>& facts);

}  // namespace podprobe::tasks
