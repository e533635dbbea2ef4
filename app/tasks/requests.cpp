// SPDX-License-Identifier: MIT
#include "app/tasks/requests.h"

#include "inference/base/trimmed.h"

#include <algorithm>
#include <cmath>

namespace phial::tasks {
namespace {

constexpr std::string_view kSeparator = "<sep>";
constexpr int kAnswerTokens = 1024;

/// Fast speech has about 4 tokens a second, Chinese and Japanese about 7. Room beyond that would
/// only be filled by a model that repeats itself.
int tokensForSpeech(const AudioClip& clip) {
    constexpr double kTokensPerSecond = 16;
    constexpr int kAtLeast = 64;
    const double frames = static_cast<double>(clip.samples.size()) / std::max(clip.channels, 1);
    return kAtLeast +
           static_cast<int>(std::ceil(kTokensPerSecond * frames / std::max(clip.sampleRateHz, 1)));
}

Request single(Message message, int maxTokens) {
    Request request;
    request.messages.push_back(std::move(message));
    request.sampling.maxTokens = maxTokens;
    return request;
}

Request about(const Clip& clip, std::string text, int maxTokens) {
    return single({.role = Role::User, .text = std::move(text), .clips = {clip}}, maxTokens);
}

} // namespace

Request transcribe(const Clip& clip) {
    return about(clip, "Transcribe the audio clip into text.", tokensForSpeech(*clip));
}

Request translateSpeech(const Clip& clip, std::string_view language) {
    return about(clip, "Translate the audio to " + std::string(language) + ".",
                 tokensForSpeech(*clip));
}

Request transcribeAndTranslate(const Clip& clip, std::string_view language) {
    return about(
        clip,
        "Transcribe the audio to text, and then translate the audio to " + std::string(language) +
            ". Use <sep> as a separator between the original transcript and the translation.",
        2 * tokensForSpeech(*clip));
}

Request translateText(std::string_view text, std::string_view language) {
    return single({.role = Role::User,
                   .text = "Translate the following text to " + std::string(language) + ":\n\n" +
                           std::string(text)},
                  kAnswerTokens + static_cast<int>(std::min<std::size_t>(text.size(), 8192)));
}

Request describeImages(std::vector<Picture> pictures, std::string_view question) {
    return single(
        {.role = Role::User,
         .text = question.empty() ? "What is shown in this image?" : std::string(question),
         .images = std::move(pictures)},
        kAnswerTokens);
}

Request summarizeSpeech(const Clip& clip) {
    return about(clip, "Summarize in bullet points the key decisions.", kAnswerTokens);
}

Request summarizeText(std::string_view text) {
    // The instruction stands after the text: at the end of a long prompt it is not forgotten.
    return single({.role = Role::User,
                   .text = std::string(text) + "\n\nSummarize the text above in bullet points."},
                  kAnswerTokens);
}

Request chat(std::vector<Message> messages, std::string_view system, const Sampling& sampling) {
    Request request;
    request.sampling = sampling;
    if (!system.empty()) {
        request.messages.push_back({.role = Role::System, .text = std::string(system)});
    }
    std::move(messages.begin(), messages.end(), std::back_inserter(request.messages));
    return request;
}

TranscriptAndTranslation splitAtSeparator(std::string_view answer) {
    const std::size_t at = answer.find(kSeparator);
    if (at == std::string_view::npos) {
        return {.transcript = std::string(trimmed(answer)), .translation = {}};
    }
    return {.transcript = std::string(trimmed(answer.substr(0, at))),
            .translation = std::string(trimmed(answer.substr(at + kSeparator.size())))};
}

} // namespace phial::tasks
