// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summarizer.h"

#include "app/meetings/pipeline/answer_check.h"
#include "app/meetings/unicode_text.h"
#include "app/tasks/requests.h"
#include "app/tasks/spoken_answer.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace phial::meetings {
namespace {

constexpr double kShareOfContext = 0.6;
constexpr double kPartSeconds = 600;
constexpr double kOverlapSeconds = 15;
constexpr int kNotesTokens = 700;
constexpr int kFinalTokens = 1024;
/// Marks of turns and the like that the engine adds to a prompt.
constexpr int kTemplateTokens = 32;
constexpr int kTries = 2;

/// FNV-1a: only has to tell texts of one meeting apart.
std::string hashOf(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    std::array<char, 17> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(hash));
    return hex.data();
}

std::string clock(double seconds) {
    const auto all = static_cast<long long>(seconds);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%lld:%02lld", all / 60, all % 60);
    return text.data();
}

} // namespace

std::string notesCacheJson(const NotesCache& cache) {
    return nlohmann::json(cache).dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
}

NotesCache notesCacheFromJson(const std::string& json) {
    NotesCache cache;
    const nlohmann::json root = nlohmann::json::parse(json, nullptr, false);
    if (root.is_object()) {
        for (const auto& [key, value] : root.items()) {
            if (value.is_string()) {
                cache[key] = value.get<std::string>();
            }
        }
    }
    return cache;
}

SummaryJob::SummaryJob(Transcript transcript, SummaryRequest request, NotesCache& cache,
                       std::optional<tasks::SoundSource> sound)
    : m_transcript(std::move(transcript))
    , m_request(std::move(request))
    , m_cache(cache) {
    if (sound) {
        m_heard.emplace(*std::move(sound));
    }
    for (const TranscriptSegment& segment : m_transcript.segments) {
        if (segment.kind == SegmentKind::Speech && !segment.text.empty()) {
            m_spoken.push_back(&segment);
        }
    }
}

std::string SummaryJob::textOf(const Part& part) const {
    const auto begin = m_spoken.begin();
    return numberedText({begin + static_cast<std::ptrdiff_t>(part.first),
                         begin + static_cast<std::ptrdiff_t>(part.last)});
}

bool SummaryJob::fits(const Engine& engine, const std::string& prompt, int answer) const {
    const int context = engine.info().contextTokens;
    const int tokens = engine.textTokens(prompt) + kTemplateTokens;
    return tokens + answer <= context && tokens <= static_cast<int>(kShareOfContext * context);
}

/// Room for an answer that leaves enough for a text in a small context.
int SummaryJob::answerTokens(const Engine& engine) const {
    const bool notes = m_stage == Stage::Notes || m_stage == Stage::Merging;
    const int wanted = notes ? kNotesTokens : kFinalTokens;
    return std::min(wanted, engine.info().contextTokens / 4);
}

std::string SummaryJob::instructions(Citing citing) const {
    return m_request.part.empty()
               ? instructionsFor(m_request.kind, m_request.custom, m_request.language, citing)
               : partInstructions(m_request.part, m_request.kind, m_request.custom,
                                  m_request.language, citing);
}

std::string SummaryJob::finalPrompt(const std::string& text) const {
    std::string source = text;
    if (!m_request.userNotes.empty()) {
        source += "Notes by the user:\n" + m_request.userNotes + '\n';
    }
    return promptOf(instructions(Citing::Lines), source);
}

std::string SummaryJob::ask(Engine& engine, const std::string& prompt, int maxTokens,
                            const std::stop_token& stop, const tasks::Clip& clip) {
    Message message{.role = Role::User, .text = prompt};
    if (clip != nullptr) {
        message.clips.push_back(clip);
    }
    Sampling sampling;
    sampling.maxTokens = maxTokens;
    for (int i = 0; i < kTries; ++i) {
        const auto [answer, circled] =
            tasks::answerSpoken(engine, tasks::chat({message}, {}, sampling), {}, stop);
        if (answer.finishReason == FinishReason::Cancelled) {
            m_stopped = true;
            return {};
        }
        if (answer.text.find_first_not_of(" \n\t") != std::string::npos && !circled &&
            !repeatsItself(answer.text)) {
            return plainText(answer.text);
        }
        sampling.temperature = 0.4F;
        sampling.seed = 1;
    }
    return {};
}

double SummaryJob::beginOf(const Part& part) const {
    return m_transcript.seconds(m_spoken[part.first]->startSample);
}

double SummaryJob::endOf(const Part& part) const {
    return m_transcript.seconds(m_spoken[part.last - 1]->endSample);
}

void SummaryJob::nameMissing(double fromSeconds, double toSeconds, const std::string& why) {
    m_summary.problems.push_back("From " + clock(fromSeconds) + " to " + clock(toSeconds) + ": " +
                                 why);
}

std::string SummaryJob::heardPrompt() const {
    if (m_spoken.empty()) {
        std::string task = instructions(Citing::Nothing);
        return m_request.userNotes.empty()
                   ? task
                   : promptOf(task, "Notes by the user:\n" + m_request.userNotes + '\n');
    }
    return finalPrompt(textOf({.first = 0, .last = m_spoken.size()}));
}

/// Whether what was gathered so far fits the context together with everything else of the call.
bool SummaryJob::canHear(const Engine& engine) const {
    const double seconds = m_heard->speechSeconds();
    const int audio = seconds > 0 ? engine.audioTokens(seconds) : 0;
    const int text = engine.textTokens(heardPrompt()) + kTemplateTokens;
    return engine.info().hears && m_heard->recordingSeconds() <= kLongestHeardSeconds &&
           seconds <= kLongestHeardSeconds &&
           audio + text + answerTokens(engine) <= engine.info().contextTokens;
}

void SummaryJob::readInstead() {
    m_heard.reset();
    m_stage = Stage::Planning;
    if (m_spoken.empty()) {
        m_summary.problems.emplace_back(
            "This recording cannot be summarized as it is heard: more than 30 minutes, more than "
            "the context of the model holds, or a model without hearing. Transcribe it first.");
    }
}

/// Gathers speech for as long as it fits; the transcript is read when it does not.
void SummaryJob::listen(const Engine& engine, const std::stop_token& stop) {
    if (!m_heard) {
        m_stage = Stage::Planning;
        return;
    }
    if (!canHear(engine)) {
        readInstead();
        return;
    }
    if (m_heard->listen(stop)) {
        return;
    }
    m_stage = Stage::Hearing;
    if (m_heard->speechSeconds() == 0) {
        m_heard.reset(); // nobody speaks: the model would make something up
        m_stage = Stage::Planning;
    } else if (!canHear(engine)) {
        readInstead();
    }
}

void SummaryJob::hear(Engine& engine, const std::stop_token& stop) {
    m_partsInAll = 1;
    std::string answer;
    try {
        answer = ask(engine, heardPrompt(), answerTokens(engine), stop, m_heard->clip());
    } catch (const Error& error) {
        // The sound takes more memory than its place in the context; the transcript does not.
        const bool tooMuch = error.code() == ErrorCode::OutOfDeviceMemory ||
                             error.code() == ErrorCode::ContextOverflow;
        if (!tooMuch || m_spoken.empty()) {
            throw;
        }
    }
    if (m_stopped) {
        return;
    }
    m_heard.reset();
    if (answer.empty() && !m_spoken.empty()) {
        m_stage = Stage::Planning;
        return;
    }
    if (m_spoken.empty()) {
        m_summary.note = "Made from the sound alone. Transcribe the meeting and summarize it again "
                         "to have its lines linked to what was said.";
    }
    conclude(answer);
}

void SummaryJob::plan(const Engine& engine) {
    const Part all{.first = 0, .last = m_spoken.size()};
    m_stage = Stage::Final;
    if (fits(engine, finalPrompt(textOf(all)), answerTokens(engine))) {
        m_source = textOf(all);
        m_partsInAll = 1;
        return;
    }
    m_stage = Stage::Notes;
    // Borders at the longest pause within a minute of every tenth minute.
    const auto startOf = [&](std::size_t i) {
        return m_transcript.seconds(m_spoken[i]->startSample);
    };
    std::size_t first = 0;
    while (first < m_spoken.size()) {
        const double mark = startOf(first) + kPartSeconds;
        std::size_t border = m_spoken.size();
        double longest = -1;
        for (std::size_t i = first + 1; i < m_spoken.size(); ++i) {
            const double pause = startOf(i) - m_transcript.seconds(m_spoken[i - 1]->endSample);
            if (startOf(i) > mark + 60 && border != m_spoken.size()) {
                break;
            }
            if (startOf(i) >= mark - 60 && pause > longest) {
                longest = pause;
                border = i;
            }
        }
        std::size_t begin = first;
        while (begin > 0 && startOf(first) - startOf(begin - 1) <= kOverlapSeconds) {
            --begin;
        }
        m_parts.push_back({.first = begin, .last = border});
        first = border;
    }
    m_partsInAll = m_parts.size();
}

void SummaryJob::takeNotes(Engine& engine, const std::stop_token& stop) {
    const Part part = m_parts.front();
    const std::string prompt = promptOf(notesInstructions(), textOf(part));
    const int room = answerTokens(engine);
    if (!fits(engine, prompt, room)) {
        m_parts.pop_front();
        if (part.last - part.first < 2) {
            nameMissing(beginOf(part), endOf(part), "it is too long for the context of the model.");
            return;
        }
        const std::size_t middle = (part.first + part.last) / 2;
        m_parts.push_front({.first = middle, .last = part.last});
        m_parts.push_front({.first = part.first, .last = middle});
        ++m_partsInAll;
        return;
    }
    const std::string key = hashOf(engine.info().modelName + '\n' + prompt);
    std::string& notes = m_cache[key];
    if (notes.empty()) {
        notes = ask(engine, prompt, room, stop);
    }
    if (notes.empty()) {
        m_cache.erase(key);
        if (!m_stopped) {
            nameMissing(beginOf(part), endOf(part), "the model gave no usable notes.");
            m_parts.pop_front();
        }
        return;
    }
    m_notes.push_back(
        {.text = notes + '\n', .fromSeconds = beginOf(part), .toSeconds = endOf(part)});
    m_parts.pop_front();
}

/// One joining of two neighbours. A round ends when all are joined or moved on; rounds go on until
/// the rest fits the final prompt together.
void SummaryJob::merge(Engine& engine, const std::stop_token& stop) {
    if (m_merged.empty()) {
        std::string together;
        for (const Notes& notes : m_notes) {
            together += notes.text;
        }
        m_stage = Stage::Final;
        const int room = answerTokens(engine);
        if (m_notes.size() <= 1 || fits(engine, finalPrompt(together), room)) {
            m_source = together;
            return;
        }
        m_stage = Stage::Merging;
    }
    if (m_notes.size() >= 2) {
        const Notes& first = m_notes[0];
        const Notes& second = m_notes[1];
        const std::string prompt = promptOf(mergeInstructions(), first.text + second.text);
        std::string joined;
        if (fits(engine, prompt, answerTokens(engine))) {
            joined = ask(engine, prompt, answerTokens(engine), stop);
            if (m_stopped) {
                return;
            }
        }
        if (joined.empty()) {
            // Better a shortened list than a lost half: keep the first lines of both.
            for (const std::string& notes : {first.text, second.text}) {
                joined += notes.substr(0, notes.find('\n', notes.size() / 2));
                joined += '\n';
            }
            nameMissing(first.fromSeconds, second.toSeconds,
                        "the notes of its parts could not be joined and were shortened.");
        }
        m_merged.push_back({.text = joined + '\n',
                            .fromSeconds = first.fromSeconds,
                            .toSeconds = second.toSeconds});
        m_notes.erase(m_notes.begin(), m_notes.begin() + 2);
    }
    if (m_notes.size() < 2) {
        m_merged.insert(m_merged.end(), m_notes.begin(), m_notes.end());
        m_notes = std::exchange(m_merged, {});
    }
}

void SummaryJob::finish(Engine& engine, const std::stop_token& stop) {
    if (m_source.find_first_not_of(" \n") == std::string::npos) {
        m_stage = Stage::Done; // nothing was said, or every part failed and is named
        return;
    }
    const std::string prompt = finalPrompt(m_source);
    if (engine.textTokens(prompt) + kTemplateTokens + answerTokens(engine) >
        engine.info().contextTokens) {
        throw Error(ErrorCode::ContextOverflow,
                    "The summary does not fit the context of the model; load it with a larger one, "
                    "or shorten your notes.");
    }
    const std::string answer = ask(engine, prompt, answerTokens(engine), stop);
    if (!m_stopped) {
        conclude(answer);
    }
}

void SummaryJob::conclude(const std::string& answer) {
    if (answer.empty()) {
        m_summary.problems.emplace_back("The model gave no usable summary; try again.");
    }
    Summary parsed = parseSummary(answer, m_transcript, m_request.same);
    m_summary.lines = std::move(parsed.lines);
    m_stage = Stage::Done;
}

StepResult SummaryJob::step(Engine& engine, std::stop_token stop) {
    m_stopped = stop.stop_requested();
    if (!m_stopped) {
        switch (m_stage) {
        case Stage::Listening:
            listen(engine, stop);
            break;
        case Stage::Hearing:
            hear(engine, stop);
            break;
        case Stage::Planning:
            plan(engine);
            break;
        case Stage::Notes:
            if (m_parts.empty()) {
                m_stage = Stage::Merging;
            } else {
                takeNotes(engine, stop);
            }
            break;
        case Stage::Merging:
            merge(engine, stop);
            break;
        case Stage::Final:
            finish(engine, stop);
            break;
        case Stage::Done:
            break;
        }
    }
    return m_stopped                ? StepResult::Stopped
           : m_stage == Stage::Done ? StepResult::Done
                                    : StepResult::More;
}

JobProgress SummaryJob::progress() const {
    const std::size_t done = m_partsInAll - std::min(m_parts.size(), m_partsInAll);
    JobProgress progress{.done = static_cast<double>(done),
                         .total = static_cast<double>(m_partsInAll)};
    if (m_stage == Stage::Notes && !m_parts.empty()) {
        progress.detail =
            "part " + std::to_string(done + 1) + " of " + std::to_string(m_partsInAll);
    }
    return progress;
}

} // namespace phial::meetings
