// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace phial::test {

/// Damages one file of the tiny golden model in a way chosen by `seed`, loads it and asks for a few
/// tokens. Gives "" when that ended in an answer or in an Error with a sentence, else what went
/// wrong; a crash ends the program.
std::string loadMutated(std::uint32_t seed);

} // namespace phial::test
