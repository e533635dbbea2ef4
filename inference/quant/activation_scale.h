// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/sinkhorn.h"

#include <functional>
#include <span>
#include <vector>

namespace phial::quant {

/// Mean of |x| and of x^2 in each column of a sample of a layer's inputs.
struct InputStatistics {
    std::vector<float> meanAbsolute;
    std::vector<float> meanSquare;
};

InputStatistics inputStatistics(const MatrixView& inputs);

/// What is left of some rows of a weight after it was quantized with the column scales t / c:
/// [rows, columns] floats in the layer's own units.
using Restore = std::function<std::vector<float>(std::span<const float> c)>;

/// The calibrated column scale of A-SINQ with the grid c = (mean|x| t)^a, a = 0, 1/steps, ...:
/// large where inputs are large, so that those columns are rounded more finely. Picks the exponent
/// whose quantized rows make the smallest mean square output error on `inputs` [samples, columns];
/// a = 0, no scale at all, is among them, so that the result is never worse than without
/// calibration on these inputs. (The published grid divides by the weight's own scale, which the
/// Sinkhorn step has taken out before: on synthetic layers it loses to plain SINQ.) c has a
/// geometric mean of 1 over its extremes. Thread-safe. Source: arXiv 2509.22944, A-SINQ; the grid
/// is ours.
std::vector<float> chooseActivationScale(const MatrixView& rows, std::span<const float> t,
                                         const MatrixView& inputs, const Restore& restore,
                                         int steps = 20);

/// ||x (restored - rows)^T||^2 over all samples and rows.
double outputError(const MatrixView& rows, std::span<const float> restored,
                   const MatrixView& inputs);

} // namespace phial::quant
