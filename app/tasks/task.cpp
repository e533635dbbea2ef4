// SPDX-License-Identifier: MIT
#include "app/tasks/task.h"

#include "app/tasks/segmenter.h"
#include "app/tasks/spoken_answer.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace phial::tasks {
namespace {

/// First code point of UTF-8 text that has at least one.
char32_t firstLetter(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t letter = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length && i < text.size(); ++i) {
        letter = letter << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    return letter;
}

char32_t lastLetter(std::string_view text) {
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
        --at;
    }
    return firstLetter(text.substr(at));
}

/// Chinese and Japanese letters and their punctuation: no space between sentences.
bool isUnspaced(char32_t letter) {
    return (letter >= 0x3000 && letter <= 0x9FFF) || (letter >= 0xF900 && letter <= 0xFAFF) ||
           (letter >= 0xFF00 && letter <= 0xFFEF) || (letter >= 0x20000 && letter <= 0x3FFFF);
}

std::string_view separatorBetween(std::string_view before, std::string_view after) {
    if (before.empty() || after.empty()) {
        return "";
    }
    return isUnspaced(lastLetter(before)) && isUnspaced(firstLetter(after)) ? "" : " ";
}

Request requestFor(const SpeechOptions& options, const Clip& clip) {
    switch (options.kind) {
    case SpeechKind::Transcribe:
        return transcribe(clip);
    case SpeechKind::Translate:
        return translateSpeech(clip, options.language);
    case SpeechKind::TranscribeAndTranslate:
        return transcribeAndTranslate(clip, options.language);
    }
    return {};
}

/// One run of a speech task.
class Listener {
public:
    Listener(Engine& engine, const SpeechOptions& options, const GenerationEvents& events,
             std::stop_token stop)
        : m_engine(engine)
        , m_options(options)
        , m_events(events)
        , m_stop(std::move(stop)) {
        m_result.heard = Heard::Nothing;
    }

    TaskResult run(const SoundSource& sound) {
        const std::unique_ptr<Segmenter> segmenter = makeEnergySegmenter(sound.sampleRateHz);
        std::vector<float> block;
        while (!ended() && sound.next(block)) {
            for (const Segment& segment : segmenter->push(mono(block, sound.channels))) {
                listen(segment, sound.seconds);
            }
        }
        for (const Segment& segment : segmenter->finish()) {
            listen(segment, sound.seconds);
        }
        return std::move(m_result);
    }

private:
    static std::vector<float> mono(const std::vector<float>& block, int channels) {
        if (channels == 1) {
            return block;
        }
        const auto width = static_cast<std::size_t>(channels);
        std::vector<float> mixed(block.size() / width);
        for (std::size_t i = 0; i < mixed.size(); ++i) {
            const auto first = block.begin() + static_cast<std::ptrdiff_t>(i * width);
            mixed[i] =
                std::accumulate(first, first + channels, 0.0F) / static_cast<float>(channels);
        }
        return mixed;
    }

    bool ended() {
        if (m_stop.stop_requested()) {
            m_result.generation.finishReason = FinishReason::Cancelled;
        }
        return m_result.generation.finishReason == FinishReason::Cancelled;
    }

    void listen(const Segment& segment, double totalSeconds) {
        if (ended()) {
            return;
        }
        const int rate = segment.clip.sampleRateHz;
        const double seconds = static_cast<double>(segment.clip.samples.size()) / rate;
        tellProgress(segment.startSeconds, totalSeconds);
        if (holdsSound(segment.clip.samples, rate)) {
            m_result.heard = Heard::Speech;
            hear(segment, seconds);
        }
    }

    void tellProgress(double done, double total) {
        if (m_events.onProgress) {
            m_events.onProgress({.stage = Progress::Stage::EncodingAudio,
                                 .done = done,
                                 .total = total > 0 ? std::max(total, done) : 0});
        }
    }

    void hear(const Segment& segment, double seconds) {
        std::string& all = m_result.generation.text;
        bool begun = false;
        GenerationEvents events;
        events.onText = [&](std::string_view piece) {
            std::string text(piece);
            if (!begun && !text.empty()) {
                begun = true;
                text.insert(0, separatorBetween(all, text));
            }
            all += text;
            return !m_events.onText || m_events.onText(text);
        };
        const SpokenAnswer spoken = answerSpoken(
            m_engine, requestFor(m_options, std::make_shared<const AudioClip>(segment.clip)),
            events, m_stop);
        const GenerationResult& answer = spoken.generation;
        m_result.circled = m_result.circled || spoken.circled;
        addTo(m_result.generation, answer);
        SpeechPart part{.startSeconds = segment.startSeconds,
                        .seconds = seconds,
                        .text = answer.text,
                        .translation = {}};
        if (m_options.kind == SpeechKind::TranscribeAndTranslate) {
            TranscriptAndTranslation both = splitAtSeparator(answer.text);
            part.text = std::move(both.transcript);
            part.translation = std::move(both.translation);
        }
        m_result.parts.push_back(std::move(part));
    }

    Engine& m_engine;
    const SpeechOptions& m_options;
    const GenerationEvents& m_events;
    std::stop_token m_stop;
    TaskResult m_result;
};

} // namespace

void addTo(GenerationResult& total, const GenerationResult& part) {
    total.tokenIds.insert(total.tokenIds.end(), part.tokenIds.begin(), part.tokenIds.end());
    total.logProbabilities.insert(total.logProbabilities.end(), part.logProbabilities.begin(),
                                  part.logProbabilities.end());
    if (part.finishReason != FinishReason::EndOfTurn) {
        total.finishReason = part.finishReason;
    }
    total.usage.promptTokens += part.usage.promptTokens;
    total.usage.imageTokens += part.usage.imageTokens;
    total.usage.audioTokens += part.usage.audioTokens;
    total.usage.reusedTokens += part.usage.reusedTokens;
    total.usage.completionTokens += part.usage.completionTokens;
    total.drafts.steps += part.drafts.steps;
    total.drafts.guessed += part.drafts.guessed;
    total.drafts.kept += part.drafts.kept;
    if (total.timings.firstToken == 0) {
        total.timings.firstToken = part.timings.firstToken;
    }
    total.timings.encode += part.timings.encode;
    total.timings.prefill += part.timings.prefill;
    total.timings.decode += part.timings.decode;
}

Task requestTask(Request request) {
    return [request = std::move(request)](Engine& engine, const GenerationEvents& events,
                                          std::stop_token stop) {
        return TaskResult{.generation = engine.generate(request, events, std::move(stop))};
    };
}

Task inOrder(std::vector<Task> parts) {
    if (parts.size() == 1) {
        return std::move(parts.front());
    }
    return [parts = std::move(parts)](Engine& engine, const GenerationEvents& events,
                                      const std::stop_token& stop) {
        TaskResult total;
        std::string& text = total.generation.text;
        for (const Task& part : parts) {
            GenerationEvents joined = events;
            joined.onText = [&, begun = false](std::string_view piece) mutable {
                std::string more(piece);
                if (!std::exchange(begun, true) && !text.empty()) {
                    more.insert(0, "\n\n");
                }
                text += more;
                return !events.onText || events.onText(more);
            };
            TaskResult result = part(engine, joined, stop);
            addTo(total.generation, result.generation);
            std::move(result.parts.begin(), result.parts.end(), std::back_inserter(total.parts));
            total.circled = total.circled || result.circled;
            if (total.heard != Heard::Speech && result.heard != Heard::NotAsked) {
                total.heard = result.heard;
            }
            if (result.generation.finishReason == FinishReason::Cancelled) {
                break;
            }
        }
        return total;
    };
}

SoundSource soundOf(Clip clip) {
    SoundSource sound;
    sound.sampleRateHz = clip->sampleRateHz;
    sound.channels = clip->channels;
    sound.seconds = static_cast<double>(clip->samples.size()) /
                    (static_cast<double>(clip->sampleRateHz) * clip->channels);
    sound.next = [clip = std::move(clip), given = false](std::vector<float>& block) mutable {
        block = given ? std::vector<float>() : clip->samples;
        return !std::exchange(given, true);
    };
    return sound;
}

Task speechTask(SoundSource sound, SpeechOptions options) {
    return [sound = std::move(sound), options = std::move(options)](
               Engine& engine, const GenerationEvents& events, std::stop_token stop) {
        return Listener(engine, options, events, std::move(stop)).run(sound);
    };
}

} // namespace phial::tasks
