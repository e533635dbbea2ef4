// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/prompt.h"
#include "inference/text/tokenizer.h"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace phial::text {

enum class ChatRole { System, User, Assistant };

/// What a turn consists of. Text is never read as control tokens: "<|end|>" and "<|image_1|>" in it
/// stay the characters they are.
struct TextPart {
    std::string text; ///< UTF-8
};

struct ImagePart {};

struct AudioPart {};

using ChatPart = std::variant<TextPart, ImagePart, AudioPart>;

/// One turn of a conversation.
struct ChatMessage {
    ChatRole role = ChatRole::User;
    std::vector<ChatPart> parts; ///< images and recordings in user turns only
    std::string toolsJson;       ///< System only: JSON list of tool descriptions, or empty
};

/// Whether the prompt ends with the beginning of an answer.
enum class Answer {
    Requested,    ///< "<|assistant|>"
    NotRequested, ///< "<|endoftext|>"
};

/// Writes a conversation as the model was trained to read it: for each turn
/// `<|role|>` content `<|end|>` without line breaks. Media stand before the text of their turn,
/// images before recordings, each kind in the given order; the text parts of a turn are joined.
/// A system turn with tools is `<|system|>` text `<|tool|>` JSON `<|/tool|><|end|>`. White space
/// directly behind a token that swallows it is left out, as everywhere.
/// Immutable, thread-safe; the tokenizer must live longer.
/// Source: model card of Phi-4-multimodal-instruct; chat_template of tokenizer_config.json.
class ChatTemplate {
public:
    /// Throws Error{BadTokenizer} when the tokenizer lacks a role token, "<|end|>" or
    /// "<|endoftext|>".
    explicit ChatTemplate(const Tokenizer& tokenizer);

    /// Throws Error{InvalidArgument} when there is no message, media stand outside a user turn,
    /// tools stand outside a system turn or are not a JSON list, or the vocabulary has no token
    /// for a medium or for tools.
    Prompt render(std::span<const ChatMessage> messages, Answer answer = Answer::Requested) const;

private:
    const Tokenizer* m_tokenizer; // borrowed, never null
};

} // namespace phial::text
