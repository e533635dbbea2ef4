// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/models/lora.h"
#include "inference/preprocess/crop_plan.h"
#include "inference/text/chat_template.h"

#include <memory>
#include <optional>
#include <vector>

namespace phial {

/// What a model can take, as far as counting tokens needs to know.
struct PromptRules {
    bool hears = false;
    bool sees = false;
    preprocess::CropRules crops;
};

/// One image or recording of a request and the positions of its tokens.
struct PromptMedium {
    std::shared_ptr<const Image> image; ///< one of the two is set
    std::shared_ptr<const AudioClip> clip;
    std::int64_t first = 0;
    std::int64_t tokens = 0;
};

/// A request as the decoder reads it, before any device work.
struct PromptPlan {
    std::vector<std::int32_t> ids;   ///< placeholders repeated once per media token
    std::vector<PromptMedium> media; ///< in order of their positions
    models::Adapter adapter = models::Adapter::None;
    int imageTokens = 0;
    int audioTokens = 0;
};

/// Turns a request into ids: chat template, token counts of images and recordings, adapter
/// (specification: section 8: an image asks for Vision, otherwise sound for Speech). Cheap; any
/// thread. Throws Error{InvalidArgument} for a request without a last user message or with media
/// that the model cannot take, BadMedia for impossible media.
PromptPlan planPrompt(const Request& request, const text::ChatTemplate& chatTemplate,
                      const PromptRules& rules);

/// Tokens of one recording. Throws Error{BadMedia}.
int audioClipTokens(const AudioClip& clip);

} // namespace phial
