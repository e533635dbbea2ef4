// SPDX-License-Identifier: MIT
#include "app/composition/action_rule.h"

namespace phial::app {

bool suits(ui::Action action, const DraftContents& draft) {
    switch (action) {
    case ui::Action::Ask:
        return true;
    case ui::Action::Transcribe:
        return !draft.picture && !draft.text;
    case ui::Action::Translate:
        return !draft.picture;
    }
    return false;
}

ui::Action actionFor(const DraftContents& draft, BareSpeech speech,
                     std::optional<ui::Action> chosen) {
    if (chosen && suits(*chosen, draft)) {
        return *chosen;
    }
    const bool dictated = draft.sound && speech == BareSpeech::Dictation;
    return dictated && suits(ui::Action::Transcribe, draft) ? ui::Action::Transcribe
                                                            : ui::Action::Ask;
}

} // namespace phial::app
