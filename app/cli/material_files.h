// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"
#include "app/cli/run_context.h"
#include "inference/compare/material.h"

#include <string>
#include <vector>

namespace phial::cli {

/// Reads files as what models are measured on: texts as they are, recordings to be written down,
/// pictures to be described. The right answer for talk.wav may stand in talk.wav.txt or talk.txt.
/// Throws Error{FileUnreadable} naming the file, and what Inputs throws.
std::vector<compare::Material> materialOf(RunContext& context, const MaterialFiles& files);

/// Files of any kind, told apart by their names: what is neither sound nor picture is text.
MaterialFiles sortedByKind(const std::vector<std::string>& files);

/// All files, texts first.
std::vector<std::string> allOf(const MaterialFiles& files);

/// Small numbers with three digits: 0, 0.00123, 1.2e-05.
std::string threeDigits(double value);

} // namespace phial::cli
