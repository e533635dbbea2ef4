// SPDX-License-Identifier: MIT
#include "inference/text/prompt.h"

#include "inference/base/error.h"

#include <cstddef>
#include <string>

namespace phial::text {
namespace {

void appendMedium(const MediaPlaceholder& medium, std::span<const int> counts,
                  std::vector<TokenId>& ids) {
    const auto index = static_cast<std::size_t>(medium.index);
    if (medium.index < 0 || index >= counts.size() || counts[index] <= 0) {
        throw Error(ErrorCode::InvalidArgument,
                    std::string("the prompt needs the token count of ") +
                        (medium.kind == MediaKind::Image ? "image " : "recording ") +
                        std::to_string(medium.index + 1) + ", which was not given");
    }
    ids.insert(ids.end(), static_cast<std::size_t>(counts[index]), medium.id);
}

} // namespace

std::vector<TokenId> expandPrompt(const Prompt& prompt, std::span<const int> imageTokens,
                                  std::span<const int> audioTokens) {
    std::vector<TokenId> ids;
    std::size_t used = 0;
    for (const PromptPiece& piece : prompt.pieces) {
        if (const auto* run = std::get_if<std::vector<TokenId>>(&piece)) {
            ids.insert(ids.end(), run->begin(), run->end());
        } else {
            const auto& medium = std::get<MediaPlaceholder>(piece);
            appendMedium(medium, medium.kind == MediaKind::Image ? imageTokens : audioTokens, ids);
            ++used;
        }
    }
    if (used != imageTokens.size() + audioTokens.size()) {
        throw Error(ErrorCode::InvalidArgument,
                    "the prompt has " + std::to_string(used) +
                        " images and recordings, but token counts were given for " +
                        std::to_string(imageTokens.size() + audioTokens.size()));
    }
    return ids;
}

} // namespace phial::text
