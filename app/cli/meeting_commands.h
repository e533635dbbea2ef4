// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/run_context.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace phial::cli {

/// Whether a recording is to go through the meeting pipeline: it is longer than the model takes at
/// once, or of unknown length, or its result is wanted in a form that needs times.
bool needsPipeline(RunContext& context, const std::string& file, const ResultOptions& result);

ExitCode transcribeLong(RunContext& context, const std::string& file,
                        const TranscribeCommand& command);
ExitCode translateLong(RunContext& context, const std::string& file,
                       const TranslateCommand& command);

/// Writes a result to standard output, a file, or a file named after `title` in a folder.
void deliver(RunContext& context, const std::string& title, const std::string& bytes,
             std::string_view extension, const std::filesystem::path& output);

/// Makes the folder that several results go to.
void prepareOutput(const ResultOptions& result, std::size_t files);

} // namespace phial::cli
