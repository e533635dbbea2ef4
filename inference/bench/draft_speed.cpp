// SPDX-License-Identifier: MIT
#include "inference/bench/draft_speed.h"

#include "inference/base/error.h"
#include "inference/engine/drafter.h"
#include "inference/engine/step_clock.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace phial::bench {
namespace {

using Ids = std::vector<std::int32_t>;

/// Id number i of a text in which no two tokens stand side by side twice.
std::int32_t idOf(std::size_t i, std::size_t step, std::int32_t vocabulary) {
    return static_cast<std::int32_t>((11 + i * step) % static_cast<std::size_t>(vocabulary));
}

class DraftBench {
public:
    DraftBench(models::Phi4Decoder& decoder, std::int32_t vocabulary, models::DecoderMode mode,
               const DraftOptions& options, std::stop_token stop)
        : m_decoder(decoder)
        , m_vocabulary(vocabulary)
        , m_mode(mode)
        , m_options(options)
        , m_stop(std::move(stop)) {
        for (int i = 0; i < options.promptTokens; ++i) {
            m_prompt.push_back(idOf(static_cast<std::size_t>(i), 37, vocabulary));
        }
    }

    void steps(const DraftEvents& events) {
        const Ids tokens(kStepWidths.back(), 1);
        const Seconds once = timed(tokens, 1, 1); // what drivers delay to the first run
        for (const std::size_t width : kStepWidths) {
            if (static_cast<std::int64_t>(width) > m_decoder.mostColumns()) {
                break;
            }
            const bool software = m_options.device == gpu::DeviceKind::Software;
            m_costs.add(width, once.wall); // the first does not count
            timed(tokens, width, 1);
            const Seconds taken = timed(tokens, width, m_options.rounds);
            m_costs.add(width, software ? taken.cpu : taken.wall);
            events.onStep({.width = static_cast<int>(width), .taken = taken});
        }
    }

    DraftSpeed measure(const std::string& name, const Ids& answer) {
        DraftSpeed speed{.answer = name, .tokens = static_cast<int>(answer.size()) - 1};
        std::vector<Seconds> without;
        std::vector<Seconds> with;
        for (int round = 0; round < m_options.rounds; ++round) {
            without.push_back(medianOf(1, [&] { write(answer, Drafts::Off, speed); }));
            with.push_back(medianOf(1, [&] { write(answer, Drafts::Auto, speed); }));
        }
        speed.without = medianOf(without);
        speed.with = medianOf(with);
        return speed;
    }

    Ids copy() const {
        Ids ids;
        for (int i = 0; i < m_options.answerTokens; ++i) {
            const auto at = static_cast<std::size_t>(i) + m_prompt.size() / 4;
            ids.push_back(m_prompt[at % m_prompt.size()]);
        }
        return ids;
    }

    Ids edited() const {
        Ids ids = copy();
        for (std::size_t i = 5; i < ids.size(); i += 6) {
            ids[i] = idOf(i, 41, m_vocabulary);
        }
        return ids;
    }

    Ids fresh() const {
        Ids ids;
        for (int i = 0; i < m_options.answerTokens; ++i) {
            ids.push_back(idOf(static_cast<std::size_t>(i), 41, m_vocabulary));
        }
        return ids;
    }

    /// The same two tokens again and again, and something else behind them each time.
    Ids deceiving() const {
        Ids ids = fresh();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i % 3 < 2) {
                ids[i] = static_cast<std::int32_t>(i % 3);
            }
        }
        return ids;
    }

private:
    Seconds timed(const Ids& tokens, std::size_t width, int rounds) {
        const auto position = static_cast<std::int64_t>(m_prompt.size());
        return medianOf(rounds, [&] { run(std::span(tokens).first(width), position); });
    }

    void run(std::span<const std::int32_t> tokens, std::int64_t position) {
        if (m_stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "the benchmark was stopped");
        }
        m_decoder.prepareStep(m_mode.adapter, m_mode.user, std::ssize(tokens));
        m_decoder.step(tokens, position, m_mode);
    }

    /// As the engine writes an answer that is known to be this one.
    void write(const Ids& answer, Drafts drafts, DraftSpeed& speed) {
        Drafter drafter(m_prompt, drafts, m_costs);
        speed.steps = speed.guessed = speed.kept = 0;
        drafter.push(answer[0]); // the prompt's own run gave it
        std::size_t at = 0;
        while (at + 1 < answer.size()) {
            const std::size_t room = std::min(answer.size() - at - 1,
                                              static_cast<std::size_t>(m_decoder.mostColumns())) -
                                     1;
            Ids tokens = {answer[at]};
            const std::span<const std::int32_t> draft = drafter.draft(room);
            tokens.insert(tokens.end(), draft.begin(), draft.end());
            const double begin = stepClock(m_options.device);
            run(tokens, static_cast<std::int64_t>(m_prompt.size() + at));
            m_costs.add(tokens.size(), stepClock(m_options.device) - begin);
            ++speed.steps;
            speed.guessed += static_cast<int>(tokens.size()) - 1;
            drafter.push(answer[++at]);
            for (std::size_t column = 1; column < tokens.size() && tokens[column] == answer[at];
                 ++column) {
                ++speed.kept;
                drafter.push(answer[++at]);
            }
        }
    }

    models::Phi4Decoder& m_decoder;
    std::int32_t m_vocabulary;
    models::DecoderMode m_mode;
    DraftOptions m_options;
    std::stop_token m_stop;
    Ids m_prompt;
    StepCosts m_costs;
};

} // namespace

void measureDrafts(models::Phi4Decoder& decoder, std::int32_t vocabulary, models::DecoderMode mode,
                   const DraftOptions& options, const DraftEvents& events,
                   const std::stop_token& stop) {
    check(options.promptTokens > 0 && options.answerTokens > 1, "a text without tokens");
    DraftBench bench(decoder, vocabulary, mode, options, stop);
    bench.steps(events);
    events.onAnswer(bench.measure("copy", bench.copy()));
    events.onAnswer(bench.measure("edited", bench.edited()));
    events.onAnswer(bench.measure("new", bench.fresh()));
    events.onAnswer(bench.measure("deceiving", bench.deceiving()));
}

} // namespace phial::bench
