// SPDX-License-Identifier: MIT
#include "inference/bench/synthetic_weights.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace phial::bench {
namespace {

using namespace models;

/// Makes the parts of Phi4Weights one after the other.
class Maker {
public:
    Maker(gpu::Device& device, const MatrixFormat& format, std::stop_token stop)
        : m_device(device)
        , m_format(format.format)
        , m_packing(format.packing)
        , m_stop(std::move(stop))
        , m_uploader(device) {}

    /// Uniform in +-sqrt(3 / columns): products keep the size of their input.
    WeightMatrix matrix(std::int64_t rows, std::int64_t columns) {
        throwIfStopped();
        if (m_format == WeightFormat::Packed) {
            return packedMatrix(rows, columns);
        }
        WeightMatrix made(m_device, m_format, rows, columns, "synthetic weights");
        const std::vector<std::byte> pattern = patternOf(columns);
        for (const WeightMatrix::Piece& piece : made.pieces()) {
            m_uploader.upload(
                piece.data, 0, static_cast<std::uint64_t>(piece.data.bytes()),
                [&](std::span<std::byte> out, std::uint64_t at) { repeat(pattern, at, out); },
                m_stop);
        }
        m_bytes += static_cast<std::uint64_t>(made.bytes());
        m_parameters += static_cast<double>(rows) * static_cast<double>(columns);
        return made;
    }

    /// Codes at random around a mean of 0, the same group and row scales everywhere.
    WeightMatrix packedMatrix(std::int64_t rows, std::int64_t columns) {
        WeightMatrix made(m_device, m_packing, rows, columns, "synthetic weights");
        const float reach = std::sqrt(3.0F / static_cast<float>(columns));
        const float half = static_cast<float>((1 << m_packing.bits) - 1) / 2 * 128 / 255;
        const std::uint32_t rowScales =
            floatToHalf(reach / half) | std::uint32_t{floatToHalf(reach)} << 16U;
        for (const WeightMatrix::Piece& piece : made.pieces()) {
            const auto word = [&](std::int64_t index) {
                if (index >= piece.rowsAt) {
                    return rowScales;
                }
                if (index >= piece.groupsAt) { // 8 scales of 128, then 8 offsets of -127
                    return (index - piece.groupsAt) % 4 < 2 ? 0x80808080U : 0x81818181U;
                }
                auto mixed = static_cast<std::uint32_t>(index) * 2654435761U;
                mixed ^= mixed >> 15U;
                return mixed * 2246822519U;
            };
            m_uploader.upload(
                piece.data, 0, static_cast<std::uint64_t>(piece.data.bytes()),
                [&](std::span<std::byte> out, std::uint64_t at) {
                    for (std::size_t i = 0; i + 4 <= out.size(); i += 4) {
                        const std::uint32_t value = word(static_cast<std::int64_t>((at + i) / 4));
                        std::memcpy(&out[i], &value, 4);
                    }
                },
                m_stop);
        }
        m_bytes += static_cast<std::uint64_t>(made.bytes());
        m_parameters += static_cast<double>(rows) * static_cast<double>(columns);
        return made;
    }

    Tensor constant(const phial::Shape& shape, float value) {
        const std::vector<float> values(static_cast<std::size_t>(shape.elements()), value);
        Tensor made = uploadFloats(m_device, values, shape, DType::F32, "synthetic weights");
        m_bytes += static_cast<std::uint64_t>(made.bytes());
        m_parameters += static_cast<double>(shape.elements());
        return made;
    }

    /// A matrix that is never packed.
    WeightMatrix table(std::int64_t rows, std::int64_t columns) {
        const WeightFormat format = m_format;
        m_format = format == WeightFormat::Packed ? WeightFormat::F32 : format;
        WeightMatrix made = matrix(rows, columns);
        m_format = format;
        return made;
    }

    Norm norm(std::int64_t size) {
        return {constant(phial::Shape{size}, 1), constant(phial::Shape{size}, 0)};
    }

    BiasedLinear biased(std::int64_t rows, std::int64_t columns) {
        return {matrix(rows, columns), constant(phial::Shape{rows}, 0.01F)};
    }

    LoraWeights lora(const std::optional<weights::AdapterConfig>& config, std::int64_t rows,
                     std::int64_t columns) {
        if (!config) {
            return {};
        }
        return {matrix(config->rank, columns), matrix(rows, config->rank),
                static_cast<float>(config->scale())};
    }

    void finish() { m_uploader.finish(); }

    std::uint64_t bytes() const { return m_bytes; }

    double parameters() const { return m_parameters; }

private:
    void throwIfStopped() const {
        if (m_stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "making synthetic weights was stopped");
        }
    }

    /// A prime number of elements, so that rows differ although the pattern repeats.
    std::vector<std::byte> patternOf(std::int64_t columns) const {
        constexpr std::size_t kElements = 65521;
        const auto width = static_cast<std::size_t>(bytesPerElement(elementType(m_format)));
        const float reach = std::sqrt(3.0F / static_cast<float>(columns));
        std::vector<std::byte> pattern(kElements * width);
        std::uint32_t state = 1;
        for (std::size_t i = 0; i < kElements; ++i) {
            state = state * 1664525U + 1013904223U;
            const float value = reach * (static_cast<float>(state >> 8U) * 0x1p-23F - 1.0F);
            if (m_format == WeightFormat::F32) {
                std::memcpy(&pattern[i * width], &value, width);
            } else {
                const std::uint16_t word =
                    m_format == WeightFormat::F16 ? floatToHalf(value) : floatToBf16(value);
                std::memcpy(&pattern[i * width], &word, width);
            }
        }
        return pattern;
    }

    static void repeat(const std::vector<std::byte>& pattern, std::uint64_t at,
                       std::span<std::byte> out) {
        auto from = static_cast<std::size_t>(at % pattern.size());
        while (!out.empty()) {
            const std::size_t count = std::min(out.size(), pattern.size() - from);
            std::memcpy(out.data(), pattern.data() + from, count);
            out = out.subspan(count);
            from = 0;
        }
    }

    gpu::Device& m_device;
    WeightFormat m_format;
    quant::PackedFormat m_packing;
    std::stop_token m_stop;
    Uploader m_uploader;
    std::uint64_t m_bytes = 0;
    double m_parameters = 0;
};

AdaptedLinear adapted(Maker& make, const weights::ModelConfig& config, std::int64_t rows,
                      std::int64_t columns) {
    AdaptedLinear made;
    made.base = make.matrix(rows, columns);
    made.speech = make.lora(config.speechAdapter, rows, columns);
    made.vision = make.lora(config.visionAdapter, rows, columns);
    return made;
}

DecoderWeights decoder(Maker& make, const weights::ModelConfig& config) {
    const weights::DecoderConfig& c = config.decoder;
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    DecoderWeights w;
    w.embedTokens = make.matrix(c.vocabulary, d);
    for (int i = 0; i < c.layers; ++i) {
        DecoderLayerWeights layer;
        layer.inputNorm = make.constant(phial::Shape{d}, 1);
        layer.qkvProj = adapted(make, config, c.qkvRows(), d);
        layer.oProj = adapted(make, config, d, std::int64_t{c.heads} * c.headDim);
        layer.postAttentionNorm = make.constant(phial::Shape{d}, 1);
        layer.gateUpProj = adapted(make, config, 2 * f, d);
        layer.downProj = adapted(make, config, d, f);
        w.layers.push_back(std::move(layer));
    }
    w.norm = make.constant(phial::Shape{d}, 1);
    return w;
}

ProjectorWeights projector(Maker& make, std::int64_t in, std::int64_t hidden) {
    return {make.biased(hidden, in), make.biased(hidden, hidden)};
}

VisionWeights vision(Maker& make, const weights::VisionConfig& c, std::int64_t hidden) {
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    const std::int64_t side = c.patchesPerSide();
    VisionWeights w;
    w.patchEmbedding = make.biased(d, std::int64_t{3} * c.patchSize * c.patchSize);
    w.positionEmbedding = make.table(side * side, d);
    for (int i = 0; i < c.usedLayers; ++i) {
        SiglipLayerWeights layer;
        layer.layerNorm1 = make.norm(d);
        layer.qkv = make.biased(3 * d, d);
        layer.outProj = make.biased(d, d);
        layer.layerNorm2 = make.norm(d);
        layer.fc1 = make.biased(f, d);
        layer.fc2 = make.biased(d, f);
        w.layers.push_back(std::move(layer));
    }
    w.subSeparator = make.constant(phial::Shape{1, d}, 0.1F);
    w.globalSeparator = make.constant(phial::Shape{1, d}, 0.2F);
    w.projector = projector(make, d, hidden);
    return w;
}

ConformerFeedForwardWeights feedForward(Maker& make, const weights::AudioConfig& c) {
    return {make.norm(c.hiddenSize), make.biased(2 * c.intermediateSize, c.hiddenSize),
            make.biased(c.hiddenSize, c.intermediateSize)};
}

ConformerBlockWeights conformerBlock(Maker& make, const weights::AudioConfig& c) {
    const std::int64_t d = c.hiddenSize;
    ConformerBlockWeights w;
    w.feedForwardIn = feedForward(make, c);
    w.attentionNorm = make.norm(d);
    w.qkv = make.biased(3 * d, d);
    w.out = make.biased(d, d);
    w.convNorm = make.norm(d);
    w.glu = make.biased(2 * d, d);
    w.gluValueBias = make.constant(phial::Shape{d}, 0);
    w.gluGateBias = make.constant(phial::Shape{d}, 0);
    w.depthwise = make.constant(phial::Shape{d, c.kernelSize}, 0.3F);
    w.depthwiseBias = make.constant(phial::Shape{d}, 0);
    w.pointwise = make.biased(d, d);
    w.convOut = make.biased(d, d);
    w.feedForwardOut = feedForward(make, c);
    w.norm = make.norm(d);
    return w;
}

AudioWeights audio(Maker& make, const weights::AudioConfig& c, std::int64_t hidden) {
    const std::int64_t channels = c.convChannels;
    const auto conv = [&] {
        return Conv3x3{make.constant(phial::Shape{channels, 9}, 0.1F),
                       make.constant(phial::Shape{channels}, 0)};
    };
    AudioWeights w;
    w.mean = make.constant(phial::Shape{c.melChannels}, 0);
    w.inverseStd = make.constant(phial::Shape{c.melChannels}, 1);
    w.conv0 = conv();
    w.conv2 = conv();
    w.conv3 = make.biased(channels, channels);
    w.conv5 = conv();
    w.conv6 = make.biased(channels, channels);
    w.out = make.biased(c.hiddenSize, channels * c.subsampledBins);
    w.relativeBias = make.constant(phial::Shape{2 * c.maxDistance, c.heads}, 0);
    for (int i = 0; i < c.layers; ++i) {
        w.blocks.push_back(conformerBlock(make, c));
    }
    w.speechProjector = projector(make, c.hiddenSize, hidden);
    w.visionProjector = projector(make, c.hiddenSize, hidden);
    return w;
}

} // namespace

Phi4Weights syntheticWeights(gpu::Device& device, const weights::ModelConfig& config,
                             const MatrixFormat& format, const std::stop_token& stop) {
    Maker make(device, format, stop);
    Phi4Weights w;
    w.decoder = decoder(make, config);
    if (config.sees()) {
        w.vision = vision(make, *config.vision, config.decoder.hiddenSize);
    }
    if (config.hears()) {
        w.audio = audio(make, *config.audio, config.decoder.hiddenSize);
    }
    make.finish();
    w.parameters = make.parameters();
    w.bytes = make.bytes();
    return w;
}

WeightMatrix syntheticMatrix(gpu::Device& device, const MatrixFormat& format, std::int64_t rows,
                             std::int64_t columns) {
    Maker make(device, format, {});
    WeightMatrix made = make.matrix(rows, columns);
    make.finish();
    return made;
}

} // namespace phial::bench
