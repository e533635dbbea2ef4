// SPDX-License-Identifier: MIT
// The decode step of Phi4Decoder: recorded once for each number of tokens, replayed with what
// changes in buffers.
#include "inference/base/error.h"
#include "inference/models/host_write.h"
#include "inference/models/phi4_decoder.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>

namespace phial::models {
namespace {

// What cannot be stopped takes no longer than this.
constexpr std::chrono::milliseconds kLongestReplay{100};

/// The first elements of a vector, as a vector.
TensorView first(const Tensor& vector, std::int64_t count) {
    return vector.view().columnSlice(0, count);
}

} // namespace

void Phi4Decoder::prepareStep(Adapter adapter, int user, std::int64_t columns) {
    check(columns > 0 && columns <= mostColumns(), "a step of too many tokens");
    gpu::Recording& recording = m_steps[{adapter, user, !draws.empty(), columns}];
    if (recording.valid()) {
        return;
    }
    gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Recorded);
    recordStep(s, stepOf(adapter, user, columns), m_config.layers);
    recording = s.finish();
}

Phi4Decoder::Step Phi4Decoder::stepOf(Adapter adapter, int user, std::int64_t columns) const {
    Step step{.adapter = adapter,
              .user = user,
              .positions = first(m_buf.stepPosition, columns),
              .rotaryRows = first(m_buf.stepRotaryRow, columns),
              .rotaryTable = m_buf.rotary.view(),
              .kvLength = m_buf.stepKvLength.view(),
              .attention = ops::QueryWork::Apart};
    if (m_buf.attnParts.valid()) {
        const std::int64_t width = columns * m_config.heads * (m_config.headDim + 2);
        step.attnParts =
            first(m_buf.attnParts, kAttentionParts * width).reshaped(Shape{kAttentionParts, width});
    }
    return step;
}

void Phi4Decoder::recordStep(gpu::CommandStream& s, const Step& step, std::int64_t layers) {
    const std::int64_t columns = step.positions.columns();
    const TensorView x = m_buf.x.firstRows(columns);
    embed(s, first(m_buf.stepToken, columns), x);
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        block(s, layer, x, step);
    }
    head(s, x);
}

void Phi4Decoder::writeStep(std::span<const std::int32_t> tokens, std::int64_t position,
                            DecoderMode mode) {
    const auto columns = static_cast<std::int64_t>(tokens.size());
    check(columns > 0 && columns <= mostColumns(), "a step of too many tokens");
    check(position >= 0 && position + columns <= m_cache.capacity(),
          "a step outside the reserved cache");
    const bool shortSet = mode.rotary == RotarySet::Short;
    check(!shortSet || position + columns <= m_shortRows,
          "short rotary factors for a long sequence");
    std::array<std::int32_t, kMostColumns> positions{};
    std::array<std::int32_t, kMostColumns> rotaryRows{};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        check(tokens[i] >= 0 && tokens[i] < m_config.vocabulary,
              "a token id outside the vocabulary");
        positions[i] = static_cast<std::int32_t>(position) + static_cast<std::int32_t>(i);
        rotaryRows[i] = positions[i] + static_cast<std::int32_t>(shortSet ? 0 : m_shortRows);
    }
    const auto length = static_cast<std::int32_t>(position + columns);
    writeHost<std::int32_t>(m_buf.stepToken, tokens);
    writeHost<std::int32_t>(m_buf.stepPosition, std::span(positions).first(tokens.size()));
    writeHost<std::int32_t>(m_buf.stepRotaryRow, std::span(rotaryRows).first(tokens.size()));
    writeHost<std::int32_t>(m_buf.stepKvLength, std::span(&length, 1));
    writeDraws(columns);
}

/// Before a run with so many columns.
void Phi4Decoder::writeDraws(std::int64_t columns) {
    check(draws.empty() || static_cast<std::int64_t>(draws.size()) >= columns,
          "fewer draws than tokens");
    for (std::size_t i = 0; !draws.empty() && i < static_cast<std::size_t>(columns); ++i) {
        const auto words = draws[i].words();
        writeHost<std::int32_t>(m_buf.draw, words, static_cast<std::int64_t>(i * words.size()));
    }
    m_logitsFetched = false;
    m_columns = columns;
}

void Phi4Decoder::step(std::span<const std::int32_t> tokens, std::int64_t position,
                       DecoderMode mode, const std::stop_token& stop) {
    const auto columns = static_cast<std::int64_t>(tokens.size());
    const auto recording = m_steps.find({mode.adapter, mode.user, !draws.empty(), columns});
    check(recording != m_steps.end() && recording->second.valid(),
          "a decode step before prepareStep()");
    writeStep(tokens, position, mode);
    auto& last = m_lastStep.at(tokens.size());
    const auto begin = std::chrono::steady_clock::now();
    if (stop.stop_possible() && (!last || *last > kLongestReplay)) {
        gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Immediate, stop);
        recordStep(s, stepOf(mode.adapter, mode.user, columns), m_config.layers);
        s.submitAndWait();
    } else {
        recording->second.run();
    }
    last = std::chrono::steady_clock::now() - begin;
}

bool Phi4Decoder::columnsAgree(std::span<const std::int32_t> tokens, std::int64_t position,
                               DecoderMode mode, const std::stop_token& stop) {
    const auto bitsOf = [&](std::span<const std::int32_t> some, std::int64_t from) {
        const auto columns = static_cast<std::int64_t>(some.size());
        writeStep(some, from, mode);
        gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Immediate, stop);
        recordStep(s, stepOf(mode.adapter, mode.user, columns), 1);
        s.submitAndWait();
        std::vector<std::uint32_t> bits;
        for (std::int64_t i = 0; i < columns; ++i) {
            for (const float logit : logits(i)) {
                bits.push_back(std::bit_cast<std::uint32_t>(logit));
            }
        }
        return bits;
    };
    const std::vector<std::uint32_t> together = bitsOf(tokens, position);
    auto expected = together.begin();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::vector<std::uint32_t> alone =
            bitsOf(tokens.subspan(i, 1), position + static_cast<std::int64_t>(i));
        if (!std::equal(alone.begin(), alone.end(), expected)) {
            return false;
        }
        expected += std::ssize(alone);
    }
    return true;
}

void Phi4Decoder::runStep(gpu::CommandStream& s, std::int32_t token, std::int64_t position,
                          DecoderMode mode) {
    writeStep(std::span(&token, 1), position, mode);
    Step step = stepOf(mode.adapter, mode.user, 1);
    step.kvLength.reset();
    step.keys = position + 1;
    recordStep(s, step, m_config.layers);
    s.submitAndWait();
}

BestToken Phi4Decoder::best(std::int64_t column) const {
    check(column >= 0 && column < m_columns, "a column that was not run");
    std::array<std::int32_t, 3> words{};
    const std::span<std::byte> memory = m_buf.pickedHost.buffer().mapped();
    std::memcpy(words.data(), memory.data() + static_cast<std::size_t>(column) * sizeof(words),
                sizeof(words));
    return {words[0], std::bit_cast<float>(words[1]), std::bit_cast<float>(words[2])};
}

std::span<const float> Phi4Decoder::logits(std::int64_t column) {
    check(column >= 0 && column < m_columns, "a column that was not run");
    if (!m_logitsFetched) {
        gpu::CommandStream s(m_device);
        const auto bytes = static_cast<std::uint64_t>(m_columns * m_config.vocabulary *
                                                      bytesPerElement(DType::F32));
        s.copy({&m_buf.logits.buffer(), 0, bytes}, {&m_buf.logitsHost.buffer(), 0, bytes});
        s.submitAndWait();
        m_logitsFetched = true;
    }
    const std::span<std::byte> bytes = m_buf.logitsHost.buffer().mapped();
    return {reinterpret_cast<const float*>(bytes.data()) + column * m_config.vocabulary,
            static_cast<std::size_t>(m_config.vocabulary)};
}

} // namespace phial::models
