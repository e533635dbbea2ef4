// SPDX-License-Identifier: MIT
#include "inference/engine/kernel_check.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/engine/kernel_tuning.h"
#include "inference/engine/load_engine.h"
#include "inference/ops/linear.h"
#include "inference/ops/linear_choice.h"
#include "inference/reference/gated.h"
#include "inference/reference/linear.h"
#include "inference/reference/packed_weights.h"
#include "inference/reference/rms_norm.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <span>
#include <utility>

namespace phial {
namespace {

using reference::Matrix;
using Rows = ops::LinearClass::Rows;

// No multiple of any tile, run or workgroup.
constexpr std::int64_t kColumns = 200;
constexpr std::int64_t kOutputs = 70;
constexpr std::int64_t kManyRows = 40;
constexpr std::int64_t kMoreRows = 150; // for tiles of more than 64
constexpr float kEpsilon = 1e-5F;
// A right kernel is off by a thousandth of the largest result at most, in fp16; a wrong one by far
// more.
constexpr double kAllowed = 0.01;
// One that rounds x to eight bits, a hundredth.
constexpr double kAllowedRounded = 0.03;

Matrix randomMatrix(std::int64_t rows, std::int64_t columns, std::mt19937& random) {
    Matrix matrix(rows, columns);
    for (float& value : matrix.values) {
        value = static_cast<float>(random() >> 8U) / 8388608.0F - 1.0F; // [-1, 1)
    }
    return matrix;
}

/// A weight on the device, and the numbers it stands for.
struct Weight {
    WeightMatrix device;
    Matrix values;
};

Weight packedWeight(gpu::Device& device, const quant::PackedFormat& format, std::mt19937& random) {
    const std::int64_t padded = (kColumns + format.group - 1) / format.group * format.group;
    const quant::PackedRow row = quant::packedRow(format, padded);
    const auto words = [&](std::int64_t perRow) {
        std::vector<std::uint32_t> list(static_cast<std::size_t>(kOutputs * perRow));
        std::generate(list.begin(), list.end(),
                      [&] { return static_cast<std::uint32_t>(random()); });
        return list;
    };
    const auto pairs = [&](std::int64_t perRow, float scale, float offset) {
        std::vector<std::uint32_t> list(static_cast<std::size_t>(kOutputs * perRow));
        std::generate(list.begin(), list.end(), [&] {
            const float unit = static_cast<float>(random() >> 8U) / 16777216.0F;
            return static_cast<std::uint32_t>(floatToHalf(scale * (1 + unit))) |
                   static_cast<std::uint32_t>(floatToHalf(offset * unit)) << 16U;
        });
        return list;
    };
    const auto top = static_cast<float>((1 << format.bits) - 1);
    const bool sq = format.coding == quant::Coding::Sq;
    const std::vector<std::uint32_t> codes = words(row.codeWords);
    const std::vector<std::uint32_t> groups =
        sq ? words(row.groupWords)
           : pairs(row.groupWords, 1 / top, format.coding == quant::Coding::Nf4 ? 0.5F : top / 2);
    const std::vector<std::uint32_t> scales = pairs(row.rowWords, 0.5F / top, 0.5F);
    return {uploadPacked(device, format, kOutputs, kColumns, {codes, groups, scales},
                         "the check of its kernels"),
            reference::decodeWeights(format, kOutputs, kColumns, {codes, groups, scales})};
}

Weight plainWeight(gpu::Device& device, WeightFormat format, std::mt19937& random) {
    // Multiples of 1/64 up to 1 are exact in every format.
    Matrix values = randomMatrix(kOutputs, kColumns, random);
    for (float& value : values.values) {
        value = std::round(value * 64) / 64;
    }
    WeightMatrix weight = uploadWeights(device, values.values, kOutputs, kColumns, format,
                                        "the check of its kernels");
    return {std::move(weight), std::move(values)};
}

std::string nameOf(const MatrixKind& kind) {
    if (kind.format != WeightFormat::Packed) {
        return std::string(dtypeName(elementType(kind.format)));
    }
    return std::to_string(kind.packing.bits) + "-bit codes";
}

/// The first value that is wrong, in words; empty when there is none. `allowed` is a part of the
/// largest.
std::string compare(const std::string& what, const Matrix& expected,
                    const std::vector<float>& found, double allowed) {
    double largest = 0;
    for (const float value : expected.values) {
        largest = std::max(largest, std::abs(static_cast<double>(value)));
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double error = std::abs(static_cast<double>(found[i]) - expected.values[i]);
        if (!(error <= allowed * largest)) { // not a number is wrong too
            return what + ": " + std::to_string(found[i]) + " in place of " +
                   std::to_string(expected.values[i]);
        }
    }
    return {};
}

/// The products of one kind of weight.
class KindCheck {
public:
    KindCheck(gpu::Device& device, const MatrixKind& kind, DType activations,
              const std::stop_token& stop)
        : m_device(device)
        , m_stop(stop)
        , m_name(nameOf(kind))
        , m_activations(activations)
        , m_weight(kind.format == WeightFormat::Packed
                       ? packedWeight(device, kind.packing, m_random)
                       : plainWeight(device, kind.format, m_random)) {}

    std::string fault() {
        for (const Rows rows : {Rows::Few, Rows::Many}) {
            for (const ops::LinearChoice* choice : choices(rows)) {
                std::string wrong = faultOf(rows, *choice);
                if (!wrong.empty()) {
                    return wrong;
                }
            }
        }
        return {};
    }

    std::string faultOf(Rows rows, const ops::LinearChoice& choice) {
        m_allowed = ops::roundsInput(choice.kernel) ? kAllowedRounded : kAllowed;
        if (rows != Rows::Few) {
            return manyRows(choice);
        }
        const ops::ForcedLinear forced(m_device, classOf(1, m_activations), choice);
        const ops::ForcedLinear residual(m_device, classOf(1, DType::F32), choice);
        std::string wrong = normedAndGated();
        return wrong.empty() ? added() : wrong;
    }

    bool usesMatrices() {
        const auto used = choices(Rows::Many);
        return std::any_of(used.begin(), used.end(), [](const ops::LinearChoice* choice) {
            return choice->kernel == ops::LinearKernel::Matrix;
        });
    }

private:
    Tensor upload(const Matrix& values, DType type) {
        return uploadFloats(m_device, values.values, {values.rows, values.columns}, type, kPurpose);
    }

    std::vector<float> result(const Tensor& y, const std::function<void(gpu::CommandStream&)>& op) {
        // Compiling is what takes long here.
        gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Immediate, m_stop);
        op(s);
        s.submitAndWait();
        return downloadFloats(m_device, y.view());
    }

    /// As the decoder's gate and up projections.
    std::string normedAndGated() {
        const Matrix x = randomMatrix(1, kColumns, m_random);
        const Matrix gain = randomMatrix(1, kColumns, m_random);
        const Tensor px = upload(x, DType::F32);
        const Tensor pg = uploadFloats(m_device, gain.values, {kColumns}, DType::F32, kPurpose);
        const Tensor y(m_device, m_activations, {1, kOutputs / 2}, kPurpose);
        return compare(
            "a normed and gated row by " + m_name,
            reference::gated(
                reference::linear(reference::rmsNorm(x, gain.values, kEpsilon), m_weight.values),
                reference::GateHalf::First),
            result(y,
                   [&](gpu::CommandStream& s) {
                       ops::linearGated(s, px.view(), m_weight.device, y.view(),
                                        {.norm = ops::InputNorm{pg.view(), kEpsilon}});
                   }),
            m_allowed);
    }

    /// As what follows attention and the gated unit.
    std::string added() {
        const Matrix x = randomMatrix(1, kColumns, m_random);
        const Matrix before = randomMatrix(1, kOutputs, m_random);
        const Tensor px = upload(x, m_activations);
        const Tensor y = upload(before, DType::F32);
        return compare("a row by " + m_name,
                       reference::linear(x, m_weight.values, {.addTo = &before}),
                       result(y,
                              [&](gpu::CommandStream& s) {
                                  ops::linear(s, px.view(), m_weight.device, y.view(),
                                              {.accumulate = ops::Accumulate::Yes});
                              }),
                       m_allowed);
    }

    ops::LinearClass classOf(std::int64_t rows, DType x) {
        return ops::linearClass(rows, m_weight.device, kOutputs, x);
    }

    /// Kernels that the device uses for few rows, or for prompts of any length, by such a weight.
    std::vector<const ops::LinearChoice*> choices(Rows rows) {
        std::vector<const ops::LinearChoice*> used;
        for (const ops::LinearClass& products : ops::linearClasses()) {
            const bool few = products.rows == Rows::Few;
            if (products.weights != classOf(1, m_activations).weights ||
                few != (rows == Rows::Few) ||
                (products.x != m_activations && !(few && products.x == DType::F32))) {
                continue;
            }
            for (const ops::LinearChoice* choice : ops::choicesInUse(m_device, products)) {
                if (std::find(used.begin(), used.end(), choice) == used.end()) {
                    used.push_back(choice);
                }
            }
        }
        return used;
    }

    /// As a prompt.
    std::string manyRows(const ops::LinearChoice& choice) {
        const std::int64_t rows = choice.rows > 64 ? kMoreRows : kManyRows;
        const ops::ForcedLinear forced(m_device, classOf(rows, m_activations), choice);
        const Matrix x = randomMatrix(rows, kColumns, m_random);
        const Tensor px = upload(x, m_activations);
        const Tensor y(m_device, m_activations, {rows, kOutputs}, kPurpose);
        return compare(std::to_string(rows) + " rows by " + m_name,
                       reference::linear(x, m_weight.values),
                       result(y,
                              [&](gpu::CommandStream& s) {
                                  ops::linear(s, px.view(), m_weight.device, y.view());
                              }),
                       m_allowed);
    }

    static constexpr const char* kPurpose = "the check of its kernels";

    gpu::Device& m_device;
    std::stop_token m_stop;
    std::mt19937 m_random{7};
    std::string m_name;
    DType m_activations;
    Weight m_weight;
    double m_allowed = kAllowed;
};

void leaveOff(gpu::DeviceOptions& options, const char* feature) {
    options.disable += (options.disable.empty() ? "" : ",") + std::string(feature);
}

} // namespace

gpu::DeviceOptions optionsFor(gpu::DeviceOptions options, Precision precision) {
    if (precision == Precision::Fp32) {
        leaveOff(options, "dot");
    }
    return options;
}

std::vector<MatrixKind> matrixFormats(const weights::Checkpoint& checkpoint, DType activations) {
    std::vector<MatrixKind> kinds;
    const auto add = [&](const MatrixKind& kind) {
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
            kinds.push_back(kind);
        }
    };
    for (const auto& [name, entry] : checkpoint.tensors()) {
        if (entry.packed != nullptr) {
            add({WeightFormat::Packed, entry.packed->format});
        } else if (entry.shape().rank() >= 2) {
            add({activations == DType::F16                   ? WeightFormat::F16
                 : entry.type() == weights::StoredType::BF16 ? WeightFormat::BF16
                 : entry.type() == weights::StoredType::F16  ? WeightFormat::F16
                                                             : WeightFormat::F32,
                 {}});
        }
    }
    return kinds;
}

std::string kernelFault(gpu::Device& device, const std::vector<MatrixKind>& kinds,
                        DType activations, const std::stop_token& stop) {
    for (const MatrixKind& kind : kinds) {
        std::string wrong = KindCheck(device, kind, activations, stop).fault();
        if (!wrong.empty()) {
            return wrong;
        }
    }
    return {};
}

std::string choiceFault(gpu::Device& device, const MatrixKind& kind, DType activations,
                        ops::LinearClass::Rows rows, const ops::LinearChoice& choice,
                        const std::stop_token& stop) {
    return KindCheck(device, kind, activations, stop).faultOf(rows, choice);
}

namespace {

bool usesMatrices(gpu::Device& device, const std::vector<MatrixKind>& kinds, DType activations) {
    return std::any_of(kinds.begin(), kinds.end(), [&](const MatrixKind& kind) {
        return KindCheck(device, kind, activations, {}).usesMatrices();
    });
}

} // namespace

CheckedDevice openCheckedDevice(const gpu::DeviceOptions& options, Precision precision,
                                const MatrixKindsFor& kinds, const std::stop_token& stop,
                                const OpenDevice& open) {
    gpu::DeviceOptions tried = optionsFor(options, precision);
    CheckedDevice checked;
    std::string left; // what has been left off
    const auto noteLeft = [&](const std::string& what) {
        left += (left.empty() ? "" : " and ") + what;
    };
    bool tuning = true;
    for (;;) {
        checked.device = open(tried);
        const bool tuned = tuning && applyTuning(*checked.device, tried.pipelineCacheDirectory) > 0;
        const gpu::DeviceInfo info = checked.device->info();
        const DType activations = activationType(precision, info);
        const std::vector<MatrixKind> checkedKinds = kinds(*checked.device, activations);
        const std::string wrong = kernelFault(*checked.device, checkedKinds, activations, stop);
        if (wrong.empty()) {
            if (!left.empty()) {
                checked.notice = "it computes wrongly with " + left + ", which " +
                                 (left.find(" and ") == std::string::npos ? "is" : "are") +
                                 " left off";
            }
            return checked;
        }
        const bool matrices = usesMatrices(*checked.device, checkedKinds, activations);
        checked.device.reset();
        if (tuned) {
            tuning = false;
            noteLeft("what was measured to be quick");
        } else if (matrices) {
            leaveOff(tried, "matrix");
            noteLeft("cooperative matrices");
        } else if (info.features.subgroupArithmetic) {
            leaveOff(tried, "subgroup");
            noteLeft("subgroup operations");
        } else if (activations == DType::F16 && precision == Precision::Auto) {
            leaveOff(tried, "fp16");
            noteLeft("fp16");
        } else {
            throw Error(ErrorCode::DeviceUnsuitable,
                        info.name + " computes wrongly with this driver (" + info.driver + "), " +
                            wrong + ". Update the driver or choose another device.");
        }
    }
}

} // namespace phial
