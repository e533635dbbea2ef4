// SPDX-License-Identifier: MIT
#include "inference/package/quantize_tensor.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/package/parallel_for.h"
#include "inference/quant/activation_scale.h"
#include "inference/quant/packing.h"
#include "inference/quant/sq.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace phial::package {

namespace {

constexpr std::int64_t kBlockRows = 64;
constexpr std::int64_t kCalibrationRows = 128; ///< of the weight, on which exponents are tried

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "quantization was stopped");
    }
}

/// Reads a block with padding columns as zeros, the column factor applied and every value checked.
class Reader {
public:
    Reader(const MatrixSource& source, const QuantizeTensorOptions& options)
        : m_source(source)
        , m_factor(options.columnFactor)
        , m_padded(paddedColumns(source.columns, options.scheme)) {}

    std::int64_t paddedWidth() const { return m_padded; }

    std::vector<float> block(std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn,
                             std::int64_t columns) const {
        std::vector<float> out(at(rows * columns), 0.0F);
        const std::int64_t real =
            std::clamp<std::int64_t>(m_source.columns - firstColumn, 0, columns);
        if (real > 0) {
            m_source.read(firstRow, rows, firstColumn, real, out.data(), columns);
        }
        for (std::int64_t i = 0; i < rows; ++i) {
            for (std::int64_t j = 0; j < real; ++j) {
                float& value = out[at(i * columns + j)];
                if (!std::isfinite(value)) {
                    throw Error(ErrorCode::BadCheckpoint,
                                "the tensor " + m_source.name + " holds " +
                                    (std::isnan(value) ? "NaN" : "an infinity") + " at row " +
                                    std::to_string(firstRow + i) + ", column " +
                                    std::to_string(firstColumn + j) + "; the file is damaged");
                }
                if (!m_factor.empty()) {
                    value *= m_factor[at(firstColumn + j)];
                }
            }
        }
        return out;
    }

private:
    const MatrixSource& m_source;
    std::span<const float> m_factor;
    std::int64_t m_padded;
};

std::vector<std::uint16_t> toHalf(std::span<const float> values) {
    std::vector<std::uint16_t> out(values.size());
    std::transform(values.begin(), values.end(), out.begin(),
                   [](float v) { return floatToHalf(v); });
    return out;
}

/// Sinkhorn column scales of a whole matrix, several tiles at a time within the memory bound.
std::vector<float> columnScalesOf(const Reader& reader, const MatrixSource& source,
                                  const QuantizeTensorOptions& options,
                                  const std::stop_token& stop) {
    const std::int64_t width = reader.paddedWidth();
    std::vector<float> t(at(width), 1.0F);
    const std::int64_t tiles = (width + quant::kSqTile - 1) / quant::kSqTile;
    // Each thread holds a tile and Sinkhorn's copy of it.
    const auto tileBytes =
        static_cast<std::uint64_t>(source.rows) * quant::kSqTile * sizeof(float) * 2;
    const int threads = static_cast<int>(
        std::clamp<std::uint64_t>(options.memoryBytes / std::max<std::uint64_t>(tileBytes, 1), 1,
                                  static_cast<std::uint64_t>(options.threads)));
    parallelFor(tiles, threads, [&](std::int64_t tile) {
        throwIfStopped(stop);
        const std::int64_t first = tile * quant::kSqTile;
        // Padding columns are all zero and take no part: their scale stays 1.
        const std::int64_t columns = std::min<std::int64_t>(quant::kSqTile, source.columns - first);
        if (columns < 2) {
            return;
        }
        const std::vector<float> values = reader.block(0, source.rows, first, columns);
        const std::vector<float> scales =
            quant::columnScales({values.data(), source.rows, columns, columns});
        std::copy(scales.begin(), scales.end(), t.begin() + first);
    });
    return t;
}

bool calibrates(const Reader& reader, const MatrixSource& source,
                const QuantizeTensorOptions& options) {
    return options.inputs.rows > 0 && options.scheme.columnScale == ColumnScale::Sinkhorn &&
           reader.paddedWidth() == source.columns;
}

/// Rows spread evenly over the matrix: enough to tell which exponent is best.
std::vector<float> someRows(const Reader& reader, const MatrixSource& source) {
    const std::int64_t count = std::min(kCalibrationRows, source.rows);
    std::vector<float> out;
    out.reserve(at(count * source.columns));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::vector<float> row = reader.block(i * source.rows / count, 1, 0, source.columns);
        out.insert(out.end(), row.begin(), row.end());
    }
    return out;
}

/// t / c with median 1 in every tile, as columnScales() gives t.
std::vector<float> dividedScales(std::span<const float> t, std::span<const float> c) {
    std::vector<float> out(t.size());
    for (std::size_t first = 0; first < t.size(); first += quant::kSqTile) {
        const std::size_t width = std::min<std::size_t>(quant::kSqTile, t.size() - first);
        std::vector<float> tile(width);
        for (std::size_t j = 0; j < width; ++j) {
            tile[j] = t[first + j] / c[first + j];
        }
        std::vector<float> sorted = tile;
        std::sort(sorted.begin(), sorted.end());
        const float median = (sorted[(width - 1) / 2] + sorted[width / 2]) / 2.0F;
        for (std::size_t j = 0; j < width; ++j) {
            out[first + j] = halfToFloat(floatToHalf(tile[j] / median));
        }
    }
    return out;
}

/// What calibration decides for an SQ tensor.
struct Calibrated {
    std::vector<float> t;
    std::vector<float> importance; ///< weight of each column in the fit; empty = all alike
};

/// Mean square of what reaches each normalised column. A column that was never used still counts a
/// little, so that a group of such columns has a fit.
std::vector<float> importanceOf(const quant::MatrixView& inputs, std::span<const float> t) {
    std::vector<float> importance = quant::inputStatistics(inputs).meanSquare;
    double mean = 0;
    for (std::size_t j = 0; j < importance.size(); ++j) {
        importance[j] *= t[j] * t[j];
        mean += static_cast<double>(importance[j]) / static_cast<double>(importance.size());
    }
    const auto least = static_cast<float>(1e-3 * mean);
    for (float& value : importance) {
        value = mean > 0 ? std::max(value, least) : 1.0F;
    }
    return importance;
}

/// The column scales of an SQ tensor, and how its groups are fitted.
Calibrated calibratedScales(const Reader& reader, const MatrixSource& source,
                            const QuantizeTensorOptions& options, const std::vector<float>& t,
                            const std::stop_token& stop) {
    const std::vector<float> values = someRows(reader, source);
    const quant::MatrixView rows{values.data(), std::ssize(values) / source.columns, source.columns,
                                 source.columns};
    const std::vector<float> c =
        quant::chooseActivationScale(rows, t, options.inputs, [&](std::span<const float> trial) {
            throwIfStopped(stop);
            return quant::dequantize(
                quant::quantizeSq(rows, dividedScales(t, trial), options.scheme.bits));
        });
    Calibrated result{.t = dividedScales(t, c), .importance = {}};
    const auto error = [&](std::span<const float> importance) {
        return quant::outputError(
            rows,
            quant::dequantize(quant::quantizeSq(rows, result.t, options.scheme.bits, importance)),
            options.inputs);
    };
    std::vector<float> importance = importanceOf(options.inputs, result.t);
    if (error(importance) < error({})) {
        result.importance = std::move(importance);
    }
    return result;
}

/// A-SINQ's scale of a SINQ tensor.
std::vector<float> calibratedActivations(const Reader& reader, const MatrixSource& source,
                                         const QuantizeTensorOptions& options,
                                         const quant::SinqOptions& sinq,
                                         const std::stop_token& stop) {
    const std::vector<float> values = someRows(reader, source);
    const quant::MatrixView rows{values.data(), std::ssize(values) / source.columns, source.columns,
                                 source.columns};
    return quant::chooseActivationScale(rows, quant::columnScales(rows, sinq.group), options.inputs,
                                        [&](std::span<const float> trial) {
                                            throwIfStopped(stop);
                                            quant::SinqOptions tried = sinq;
                                            tried.activationScale = trial;
                                            return quant::dequantize(
                                                quant::quantizeSinq(rows, tried));
                                        });
}

void emit(const PlaneSink& sink, std::size_t plane, std::uint64_t offset, const auto& values) {
    sink(plane, offset, std::as_bytes(std::span(values)));
}

void quantizeSqTensor(const Reader& reader, const MatrixSource& source,
                      const QuantizeTensorOptions& options, std::span<const float> t,
                      std::span<const float> importance, const PlaneSink& sink,
                      const std::function<void(std::int64_t)>& onWeights,
                      const std::stop_token& stop) {
    const std::int64_t width = reader.paddedWidth();
    const std::int64_t groups = width / quant::kSqGroup;
    const std::int64_t groupBytes = (groups + 7) / 8 * 16;
    const std::int64_t rowWords = quant::planeLayout(width, options.scheme.bits).rowWords();
    const std::vector<float> ones(at(width), 1.0F);
    const std::span<const float> scales = t.empty() ? std::span<const float>(ones) : t;
    parallelFor(
        (source.rows + kBlockRows - 1) / kBlockRows, options.threads, [&](std::int64_t block) {
            throwIfStopped(stop);
            const std::int64_t first = block * kBlockRows;
            const std::int64_t rows = std::min(kBlockRows, source.rows - first);
            const std::vector<float> values = reader.block(first, rows, 0, width);
            const quant::SqMatrix m = quant::quantizeSq({values.data(), rows, width, width}, scales,
                                                        options.scheme.bits, importance);
            emit(sink, 0, static_cast<std::uint64_t>(first * rowWords * 4),
                 quant::packRows(m.codes, rows, width, options.scheme.bits));
            std::vector<std::uint8_t> groupPlane(at(rows * groupBytes), 0);
            std::vector<float> rowPlane(at(rows * 2));
            for (std::int64_t i = 0; i < rows; ++i) {
                for (std::int64_t g = 0; g < groups; ++g) {
                    const std::int64_t place = i * groupBytes + g / 8 * 16 + g % 8;
                    groupPlane[at(place)] = m.scales[at(i * groups + g)];
                    groupPlane[at(place + 8)] =
                        static_cast<std::uint8_t>(m.offsets[at(i * groups + g)]);
                }
                rowPlane[at(i * 2)] = m.rowScale[at(i)];
                rowPlane[at(i * 2 + 1)] = m.rowOffset[at(i)];
            }
            emit(sink, 1, static_cast<std::uint64_t>(first * groupBytes), groupPlane);
            emit(sink, 2, static_cast<std::uint64_t>(first * 4), toHalf(rowPlane));
            onWeights(rows * source.columns);
        });
}

std::vector<float> quantizeAffineTensor(const Reader& reader, const MatrixSource& source,
                                        const QuantizeTensorOptions& options, const PlaneSink& sink,
                                        const std::function<void(std::int64_t)>& onWeights,
                                        const std::stop_token& stop) {
    const std::int64_t width = reader.paddedWidth();
    const int group = options.scheme.group;
    const std::int64_t groups = width / group;
    std::vector<std::uint8_t> codes(at(source.rows * width));
    std::vector<std::uint16_t> pairs(at(source.rows * groups * 2));
    std::vector<float> t(at(width), 1.0F);
    quant::SinqOptions sinq;
    sinq.bits = options.scheme.bits;
    sinq.group = group;
    sinq.rounding = options.scheme.rounding;
    sinq.normalise = options.scheme.columnScale == ColumnScale::No ? quant::Normalise::No
                                                                   : quant::Normalise::Sinkhorn;
    std::vector<float> activation;
    if (calibrates(reader, source, options) && sinq.rounding == quant::Rounding::Uniform) {
        activation = calibratedActivations(reader, source, options, sinq, stop);
    }
    // One group of columns is one Sinkhorn tile and independent of all others.
    parallelFor(groups, options.threads, [&](std::int64_t g) {
        throwIfStopped(stop);
        const std::vector<float> values = reader.block(0, source.rows, g * group, group);
        quant::SinqOptions own = sinq;
        if (!activation.empty()) {
            own.activationScale = std::span(activation).subspan(at(g * group), at(group));
        }
        quant::SinqMatrix m = quant::quantizeSinq({values.data(), source.rows, group, group}, own);
        quant::fixGauge(m);
        for (std::int64_t i = 0; i < source.rows; ++i) {
            std::copy_n(m.codes.begin() + i * group, group, codes.begin() + i * width + g * group);
            pairs[at((i * groups + g) * 2)] = floatToHalf(m.s1[at(i)]);
            pairs[at((i * groups + g) * 2 + 1)] = floatToHalf(m.z[at(i)]);
        }
        std::transform(m.t.begin(), m.t.end(), t.begin() + g * group,
                       [](float v) { return halfToFloat(floatToHalf(v)); });
        onWeights(source.rows * std::clamp<std::int64_t>(source.columns - g * group, 0, group));
    });
    const std::int64_t rowWords = quant::planeLayout(width, options.scheme.bits).rowWords();
    for (std::int64_t first = 0; first < source.rows; first += kBlockRows) {
        const std::int64_t rows = std::min(kBlockRows, source.rows - first);
        emit(sink, 0, static_cast<std::uint64_t>(first * rowWords * 4),
             quant::packRows({codes.data() + first * width, at(rows * width)}, rows, width,
                             options.scheme.bits));
    }
    emit(sink, 1, 0, pairs);
    return t;
}

} // namespace

std::vector<float> quantizeTensor(const MatrixSource& source, const QuantizeTensorOptions& options,
                                  const PlaneSink& sink,
                                  const std::function<void(std::int64_t)>& onWeights,
                                  std::stop_token stop) {
    check(options.scheme.quantized(), "a kept tensor is copied, not quantized");
    check(options.columnFactor.empty() ||
              static_cast<std::int64_t>(options.columnFactor.size()) >= source.columns,
          "one factor per column");
    check(options.inputs.rows == 0 || options.inputs.columns == source.columns,
          "calibration inputs have the width of the matrix");
    const Reader reader(source, options);
    const bool scaled = options.scheme.columnScale == ColumnScale::Sinkhorn;
    std::vector<float> t;
    std::vector<float> importance;
    if (options.scheme.kind == SchemeKind::Sq) {
        if (scaled) {
            t = columnScalesOf(reader, source, options, stop);
            if (calibrates(reader, source, options)) {
                Calibrated calibrated = calibratedScales(reader, source, options, t, stop);
                t = std::move(calibrated.t);
                importance = std::move(calibrated.importance);
            }
        }
        quantizeSqTensor(reader, source, options, t, importance, sink, onWeights, stop);
    } else {
        t = quantizeAffineTensor(reader, source, options, sink, onWeights, stop);
        if (!scaled) {
            t.clear();
        }
    }
    if (scaled) {
        emit(sink, planesOf(source.rows, source.columns, options.scheme).size() - 1, 0, toHalf(t));
    }
    return t;
}

} // namespace phial::package
