// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"

#include <optional>

namespace phial::app {

/// What a message being made holds; a recording that is running counts as sound.
struct DraftContents {
    bool sound = false;
    bool picture = false;
    bool text = false;

    bool operator==(const DraftContents&) const = default;
};

/// What a recording without any words beside it means: the mini model was trained to write down
/// speech, not to answer it.
enum class BareSpeech { Question, Dictation };

/// Whether the action uses everything the draft holds: only Ask looks at pictures, and Transcribe
/// reads no text.
bool suits(ui::Action action, const DraftContents& draft);

/// The action to offer for a draft: the user's own choice where it suits, else what is likely
/// meant. A function of its arguments alone, so that no order of attaching things matters.
ui::Action actionFor(const DraftContents& draft, BareSpeech speech,
                     std::optional<ui::Action> chosen);

} // namespace phial::app
