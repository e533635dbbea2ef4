// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/run_context.h"
#include "inference/compare/collect_inputs.h"

#include <vector>

namespace phial::cli {

/// compare::collectInputs() with its progress shown and the context's stop obeyed.
compare::CollectedInputs collectedInputs(RunContext& context,
                                         const compare::CollectOptions& options,
                                         const std::vector<compare::Material>& material);

} // namespace phial::cli
