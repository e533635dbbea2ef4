// SPDX-License-Identifier: MIT
#pragma once

namespace phial::ui {

/// Lets screen readers see a TranscriptView as a list of lines, which a press plays. May be called
/// more than once.
void installTranscriptAccessibility();

} // namespace phial::ui
