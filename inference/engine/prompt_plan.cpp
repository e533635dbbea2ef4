// SPDX-License-Identifier: MIT
#include "inference/engine/prompt_plan.h"

#include "inference/base/error.h"
#include "inference/preprocess/log_mel.h"

#include <string>
#include <utility>

namespace phial {
namespace {

text::ChatRole chatRole(Role role) {
    switch (role) {
    case Role::System:
        return text::ChatRole::System;
    case Role::User:
        return text::ChatRole::User;
    case Role::Assistant:
        return text::ChatRole::Assistant;
    }
    throw Error(ErrorCode::Internal, "unknown role");
}

text::ChatMessage chatMessage(const Message& message) {
    text::ChatMessage result;
    result.role = chatRole(message.role);
    for (std::size_t i = 0; i < message.images.size(); ++i) {
        result.parts.emplace_back(text::ImagePart{});
    }
    for (std::size_t i = 0; i < message.clips.size(); ++i) {
        result.parts.emplace_back(text::AudioPart{});
    }
    result.parts.emplace_back(text::TextPart{message.text});
    result.toolsJson = message.toolsJson;
    return result;
}

void checkRequest(const Request& request, const PromptRules& rules) {
    if (request.messages.empty() || request.messages.back().role != Role::User) {
        throw Error(ErrorCode::InvalidArgument, "the last message of a request must be the user's");
    }
    for (const Message& message : request.messages) {
        if (!message.images.empty() && !rules.sees) {
            throw Error(ErrorCode::InvalidArgument,
                        "this model cannot see: the request has an image");
        }
        if (!message.clips.empty() && !rules.hears) {
            throw Error(ErrorCode::InvalidArgument,
                        "this model cannot hear: the request has a recording");
        }
        for (const auto& image : message.images) {
            check(image != nullptr, "a request with an empty image");
        }
        for (const auto& clip : message.clips) {
            check(clip != nullptr, "a request with an empty recording");
        }
    }
}

} // namespace

int audioClipTokens(const AudioClip& clip) {
    const auto channels = static_cast<std::size_t>(clip.channels);
    if (clip.channels <= 0 || clip.samples.empty() || clip.samples.size() % channels != 0) {
        throw Error(ErrorCode::BadMedia,
                    "a recording needs at least one channel and whole frames, got " +
                        std::to_string(clip.samples.size()) + " samples in " +
                        std::to_string(clip.channels) + " channels");
    }
    return preprocess::audioTokensOfClip(static_cast<std::int64_t>(clip.samples.size() / channels),
                                         clip.sampleRateHz);
}

PromptPlan planPrompt(const Request& request, const text::ChatTemplate& chatTemplate,
                      const PromptRules& rules) {
    checkRequest(request, rules);
    std::vector<text::ChatMessage> messages;
    std::vector<PromptMedium> images;
    std::vector<PromptMedium> clips;
    for (const Message& message : request.messages) {
        messages.push_back(chatMessage(message));
        for (const auto& image : message.images) {
            const int tokens =
                preprocess::planCrops(image->width, image->height, rules.crops).tokens;
            images.push_back({image, nullptr, 0, tokens});
        }
        for (const auto& clip : message.clips) {
            clips.push_back({nullptr, clip, 0, audioClipTokens(*clip)});
        }
    }
    PromptPlan plan;
    plan.adapter = !images.empty()  ? models::Adapter::Vision
                   : !clips.empty() ? models::Adapter::Speech
                                    : models::Adapter::None;
    const text::Prompt prompt = chatTemplate.render(messages);
    for (const text::PromptPiece& piece : prompt.pieces) {
        if (const auto* run = std::get_if<std::vector<text::TokenId>>(&piece)) {
            plan.ids.insert(plan.ids.end(), run->begin(), run->end());
            continue;
        }
        const auto& place = std::get<text::MediaPlaceholder>(piece);
        const bool isImage = place.kind == text::MediaKind::Image;
        PromptMedium medium = (isImage ? images : clips).at(static_cast<std::size_t>(place.index));
        medium.first = static_cast<std::int64_t>(plan.ids.size());
        plan.ids.insert(plan.ids.end(), static_cast<std::size_t>(medium.tokens), place.id);
        (isImage ? plan.imageTokens : plan.audioTokens) += static_cast<int>(medium.tokens);
        plan.media.push_back(std::move(medium));
    }
    return plan;
}

} // namespace phial
