// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace phial::tasks {

using Clip = std::shared_ptr<const AudioClip>;
using Picture = std::shared_ptr<const Image>;

// What the model is asked, in the exact words it was trained and measured with (model card of
// Phi-4-multimodal-instruct). Other wording makes it answer the speech instead of writing it down.
// Languages are English names ("German"). All answers are greedy.

/// The words of a recording in the language they were spoken in.
Request transcribe(const Clip& clip);

/// The words of a recording in another language.
Request translateSpeech(const Clip& clip, std::string_view language);

/// Both, divided by "<sep>": better translations by one or two BLEU. Take the answer apart with
/// splitAtSeparator().
Request transcribeAndTranslate(const Clip& clip, std::string_view language);

/// A written text in another language.
Request translateText(std::string_view text, std::string_view language);

/// A question about pictures; an empty one asks what is shown.
Request describeImages(std::vector<Picture> pictures, std::string_view question);

/// Key points of a recording, at most 30 minutes.
Request summarizeSpeech(const Clip& clip);

/// Key points of a written text.
Request summarizeText(std::string_view text);

/// A conversation. `system` empty: no system turn, in the window as in the terminal, so that both
/// give the same answer; the built-in mini model never saw one in training.
Request chat(std::vector<Message> messages, std::string_view system, const Sampling& sampling);

struct TranscriptAndTranslation {
    std::string transcript;
    std::string translation; ///< empty when the model gave no separator
};

TranscriptAndTranslation splitAtSeparator(std::string_view answer);

} // namespace phial::tasks
