// SPDX-License-Identifier: MIT
#pragma once

#include "app/samples/samples.h"
#include "ui/contracts/intents.h"

namespace phial::app {

// A shipped sample in the words of the window. No state.

/// Its card on the home page.
ui::SampleView sampleView(const samples::Sample& sample, const QString& id);

/// What one click sends, without its files. Not for a meeting, which is no message.
ui::Submission sampleSubmission(const samples::Sample& sample);

} // namespace phial::app
