// SPDX-License-Identifier: MIT
#include "app/cli/collected_inputs.h"

namespace phial::cli {

compare::CollectedInputs collectedInputs(RunContext& context,
                                         const compare::CollectOptions& options,
                                         const std::vector<compare::Material>& material) {
    return compare::collectInputs(
        options, material,
        {.onProgress = [&](const Progress& progress) { context.reporter.progress(progress); },
         .onMaterial =
             [&](std::size_t done) {
                 context.reporter.progressOf("reading the files", static_cast<int>(done),
                                             static_cast<int>(material.size()));
             }},
        context.stop);
}

} // namespace phial::cli
