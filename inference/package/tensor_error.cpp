// SPDX-License-Identifier: MIT
#include "inference/package/tensor_error.h"

#include "inference/base/error.h"
#include "inference/package/decoded_matrix.h"
#include "inference/package/parallel_for.h"
#include "inference/quant/activation_scale.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace phial::package {
namespace {

constexpr std::int64_t kBlockRows = 64;

/// Sums of one block of rows; added up in the order of the blocks, so that the result does not
/// depend on the threads.
struct Sums {
    double weightError = 0;
    double weight = 0;
    double outputError = 0;
    double output = 0;
};

Sums operator+(const Sums& a, const Sums& b) {
    return {a.weightError + b.weightError, a.weight + b.weight, a.outputError + b.outputError,
            a.output + b.output};
}

double ratio(double error, double whole) {
    return whole > 0 ? error / whole : 0;
}

Sums sumsOf(const std::vector<float>& original, const std::vector<float>& restored,
            std::int64_t columns, const InputSample* inputs) {
    Sums sums;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const double w = original[i];
        const double e = restored[i] - original[i];
        sums.weight += w * w;
        sums.weightError += e * e;
    }
    if (inputs != nullptr) {
        const quant::MatrixView w{original.data(), std::ssize(original) / columns, columns,
                                  columns};
        const quant::MatrixView x{inputs->values.data(), inputs->rows(), columns, columns};
        sums.outputError = quant::outputError(w, restored, x);
        sums.output = quant::outputError(w, std::vector<float>(original.size()), x);
    }
    return sums;
}

} // namespace

std::string storedAs(const weights::TensorEntry& entry) {
    if (entry.packed == nullptr) {
        return std::string(weights::storedTypeName(entry.type()));
    }
    const quant::PackedFormat& format = entry.packed->format;
    const std::string bits = std::to_string(format.bits);
    if (format.coding == quant::Coding::Sq) {
        return "sq" + bits;
    }
    const bool scaled = entry.packed->columnScale != nullptr;
    const std::string name = format.coding == quant::Coding::Nf4 ? "nf" : scaled ? "sinq" : "rtn";
    return name + bits + "g" + std::to_string(format.group);
}

TensorError tensorError(const weights::Checkpoint& reference, const weights::Checkpoint& candidate,
                        const std::string& name, const InputSample* inputs, int threads,
                        const std::stop_token& stop) {
    const weights::TensorEntry* own = reference.find(name);
    check(own != nullptr, "a tensor of the reference");
    const weights::TensorEntry& other = candidate.require(name, own->shape());
    const DecodedMatrix original(*own, inputScale(reference, name));
    const DecodedMatrix restored(other, inputScale(candidate, name));
    const std::int64_t columns = original.columns();
    check(inputs == nullptr || (inputs->columns == columns && inputs->rows() > 0),
          "inputs have the width of the matrix");
    const std::int64_t blocks = (original.rows() + kBlockRows - 1) / kBlockRows;
    std::vector<Sums> parts(static_cast<std::size_t>(blocks));
    parallelFor(blocks, threads, [&](std::int64_t block) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "the comparison was stopped");
        }
        const std::int64_t first = block * kBlockRows;
        const std::int64_t rows = std::min(kBlockRows, original.rows() - first);
        parts[static_cast<std::size_t>(block)] =
            sumsOf(original.read(first, rows), restored.read(first, rows), columns, inputs);
    });
    const Sums all = std::accumulate(parts.begin(), parts.end(), Sums{});
    TensorError error;
    error.tensor = name;
    error.scheme = storedAs(other);
    error.rows = original.rows();
    error.columns = columns;
    error.bitsPerWeight = 8 * static_cast<double>(other.bytes()) /
                          (static_cast<double>(error.rows) * static_cast<double>(columns));
    error.weights = ratio(all.weightError, all.weight);
    if (inputs != nullptr) {
        error.output = ratio(all.outputError, all.output);
        error.samples = inputs->rows();
    }
    return error;
}

InputSample outputsOf(const weights::Checkpoint& checkpoint, const std::string& name,
                      const InputSample& inputs) {
    const weights::TensorEntry* entry = checkpoint.find(name);
    check(entry != nullptr, "a tensor of the checkpoint");
    const DecodedMatrix matrix(*entry, inputScale(checkpoint, name));
    const std::vector<float> weights = matrix.read(0, matrix.rows());
    InputSample out;
    out.columns = matrix.rows();
    out.values.reserve(static_cast<std::size_t>(inputs.rows() * matrix.rows()));
    for (std::int64_t k = 0; k < inputs.rows(); ++k) {
        const float* x = inputs.values.data() + k * inputs.columns;
        for (std::int64_t i = 0; i < matrix.rows(); ++i) {
            out.values.push_back(std::inner_product(x, x + inputs.columns,
                                                    weights.data() + i * inputs.columns, 0.0F));
        }
    }
    return out;
}

} // namespace phial::package
