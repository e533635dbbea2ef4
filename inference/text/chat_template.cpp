// SPDX-License-Identifier: MIT
#include "inference/text/chat_template.h"

#include "inference/base/error.h"
#include "inference/text/character_class.h"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace phial::text {
namespace {

constexpr std::string_view kEnd = "<|end|>";
constexpr std::string_view kEndOfText = "<|endoftext|>";
// Microsoft's name and the one of the transformers port for the same id.
constexpr std::array<std::string_view, 2> kImage = {"<|endoftext10|>", "<|image|>"};
constexpr std::array<std::string_view, 2> kAudio = {"<|endoftext11|>", "<|audio|>"};
constexpr std::string_view kTool = "<|tool|>";
constexpr std::string_view kToolEnd = "<|/tool|>";

std::string_view roleToken(ChatRole role) {
    switch (role) {
    case ChatRole::System:
        return "<|system|>";
    case ChatRole::User:
        return "<|user|>";
    case ChatRole::Assistant:
        return "<|assistant|>";
    }
    throw Error(ErrorCode::Internal, "unknown chat role");
}

/// Collects the pieces of a prompt.
class PromptWriter {
public:
    explicit PromptWriter(const Tokenizer& tokenizer)
        : m_tokenizer(tokenizer) {
        if (const std::optional<TokenId> start = tokenizer.startToken()) {
            run().push_back(*start);
        }
    }

    void special(std::string_view content) {
        const AddedToken& token = require(content);
        run().push_back(token.id);
        m_swallowSpace = token.swallowsSpace;
    }

    void plain(std::string_view text) {
        if (m_swallowSpace) {
            text.remove_prefix(leadingSpaceBytes(text));
        }
        if (text.empty()) {
            return;
        }
        const std::vector<TokenId> ids = m_tokenizer.encodePlain(text);
        run().insert(run().end(), ids.begin(), ids.end());
        m_swallowSpace = false;
    }

    void medium(MediaKind kind) {
        const bool image = kind == MediaKind::Image;
        const auto& names = image ? kImage : kAudio;
        const bool original = m_tokenizer.addedTokens().find(names[0]) != nullptr;
        const AddedToken& token = require(
            original || m_tokenizer.addedTokens().find(names[1]) == nullptr ? names[0] : names[1]);
        int& count = image ? m_images : m_recordings;
        m_prompt.pieces.emplace_back(
            MediaPlaceholder{.kind = kind, .index = count, .id = token.id});
        ++count;
        m_swallowSpace = token.swallowsSpace;
    }

    Prompt take() { return std::move(m_prompt); }

private:
    const AddedToken& require(std::string_view content) const {
        const AddedToken* token = m_tokenizer.addedTokens().find(content);
        if (token == nullptr) {
            throw Error(ErrorCode::InvalidArgument,
                        "this model cannot read such a request: its vocabulary has no \"" +
                            std::string(content) + "\"");
        }
        return *token;
    }

    /// The run of ids at the end of the prompt.
    std::vector<TokenId>& run() {
        if (m_prompt.pieces.empty() ||
            !std::holds_alternative<std::vector<TokenId>>(m_prompt.pieces.back())) {
            m_prompt.pieces.emplace_back(std::vector<TokenId>());
        }
        return std::get<std::vector<TokenId>>(m_prompt.pieces.back());
    }

    const Tokenizer& m_tokenizer;
    Prompt m_prompt;
    int m_images = 0;
    int m_recordings = 0;
    bool m_swallowSpace = false;
};

void requireSensible(const ChatMessage& message) {
    for (const ChatPart& part : message.parts) {
        if (!std::holds_alternative<TextPart>(part) && message.role != ChatRole::User) {
            throw Error(ErrorCode::InvalidArgument,
                        "images and recordings belong to a user turn, found one in a turn of " +
                            std::string(roleToken(message.role)));
        }
    }
    if (message.toolsJson.empty()) {
        return;
    }
    if (message.role != ChatRole::System) {
        throw Error(ErrorCode::InvalidArgument, "tools belong to the system turn, found them in "
                                                "a turn of " +
                                                    std::string(roleToken(message.role)));
    }
    const nlohmann::json tools = nlohmann::json::parse(message.toolsJson, nullptr, false);
    if (!tools.is_array()) {
        throw Error(ErrorCode::InvalidArgument,
                    "the tool descriptions are not a JSON list; expected [{\"name\": ...}, ...]");
    }
}

void writeMessage(const ChatMessage& message, PromptWriter& writer) {
    requireSensible(message);
    writer.special(roleToken(message.role));
    std::size_t images = 0;
    std::size_t recordings = 0;
    std::string text; // joined, because words may reach from one part into the next
    for (const ChatPart& part : message.parts) {
        if (const auto* written = std::get_if<TextPart>(&part)) {
            text += written->text;
        } else if (std::holds_alternative<ImagePart>(part)) {
            ++images;
        } else {
            ++recordings;
        }
    }
    for (std::size_t i = 0; i < images; ++i) {
        writer.medium(MediaKind::Image);
    }
    for (std::size_t i = 0; i < recordings; ++i) {
        writer.medium(MediaKind::Audio);
    }
    writer.plain(text);
    if (!message.toolsJson.empty()) {
        writer.special(kTool);
        writer.plain(message.toolsJson);
        writer.special(kToolEnd);
    }
    writer.special(kEnd);
}

} // namespace

ChatTemplate::ChatTemplate(const Tokenizer& tokenizer)
    : m_tokenizer(&tokenizer) {
    for (const std::string_view content : {roleToken(ChatRole::System), roleToken(ChatRole::User),
                                           roleToken(ChatRole::Assistant), kEnd, kEndOfText}) {
        if (!tokenizer.specialId(content)) {
            throw Error(ErrorCode::BadTokenizer, "the vocabulary has no \"" + std::string(content) +
                                                     "\"; expected the tokenizer of an "
                                                     "instruction-tuned Phi model");
        }
    }
}

Prompt ChatTemplate::render(std::span<const ChatMessage> messages, Answer answer) const {
    if (messages.empty()) {
        throw Error(ErrorCode::InvalidArgument, "a prompt needs at least one message");
    }
    PromptWriter writer(*m_tokenizer);
    for (const ChatMessage& message : messages) {
        writeMessage(message, writer);
    }
    writer.special(answer == Answer::Requested ? roleToken(ChatRole::Assistant) : kEndOfText);
    return writer.take();
}

} // namespace phial::text
