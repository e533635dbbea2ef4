// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <functional>
#include <string>
#include <string_view>

namespace phial::meetings {

/// What the model is asked about a meeting: the numbered lines of the transcript and the question
/// after them, with the rule to name the lines. A transcript that `fits` not is reduced to the
/// lines that share the most words with the question, with their neighbours, in order of time.
/// `fits` is asked whether a whole prompt has room beside its answer. Pure.
std::string questionPrompt(const Transcript& transcript, std::string_view question,
                           const std::function<bool(const std::string&)>& fits);

/// The answer as Markdown: behind each sentence the lines it comes from as times, "[1:02](#t=62)",
/// or that no source was found. Numbers of lines that do not exist are left out.
std::string answerMarkdown(std::string_view answer, const Transcript& transcript);

} // namespace phial::meetings
