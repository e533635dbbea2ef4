// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/token.h"

#include <span>
#include <variant>
#include <vector>

namespace phial::text {

enum class MediaKind { Image, Audio };

/// The place of one image or recording in a prompt. The model sees `id` repeated once for each of
/// its embedding rows.
struct MediaPlaceholder {
    MediaKind kind = MediaKind::Image;
    int index = 0;  ///< 0 for the first of its kind in the conversation, and so on
    TokenId id = 0; ///< "<|endoftext10|>" or "<|endoftext11|>"

    bool operator==(const MediaPlaceholder&) const = default;
};

/// A run of ids, or a medium. Two runs never stand side by side.
using PromptPiece = std::variant<std::vector<TokenId>, MediaPlaceholder>;

struct Prompt {
    std::vector<PromptPiece> pieces;

    bool operator==(const Prompt&) const = default;
};

/// The ids that the model reads: placeholder k of a kind is repeated counts[k] times. Throws
/// Error{InvalidArgument} when a count is missing, left over or not positive.
std::vector<TokenId> expandPrompt(const Prompt& prompt, std::span<const int> imageTokens,
                                  std::span<const int> audioTokens);

} // namespace phial::text
