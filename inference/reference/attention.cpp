// SPDX-License-Identifier: MIT
#include "inference/reference/attention.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace phial::reference {

Matrix attention(const AttentionInputs& in) {
    check(in.heads % in.kvHeads == 0 && in.q.columns % in.heads == 0 &&
              in.k.columns == in.q.columns / in.heads * in.kvHeads &&
              in.v.columns == in.k.columns && in.v.rows == in.k.rows,
          "attention reference: shapes do not match");
    const std::int64_t headDim = in.q.columns / in.heads;
    Matrix out(in.q.rows, in.q.columns);
    for (std::int64_t h = 0; h < in.heads; ++h) {
        const std::int64_t kvHead = h / (in.heads / in.kvHeads);
        for (std::int64_t t = 0; t < in.q.rows; ++t) {
            std::vector<double> scores;
            std::vector<std::int64_t> keys;
            for (std::int64_t s = 0; s < in.k.rows; ++s) {
                if (in.visible && !in.visible(t, s)) {
                    continue;
                }
                double score = 0;
                for (std::int64_t d = 0; d < headDim; ++d) {
                    score += static_cast<double>(in.q.at(t, h * headDim + d)) *
                             static_cast<double>(in.k.at(s, kvHead * headDim + d));
                }
                keys.push_back(s);
                scores.push_back(in.scale * score + (in.bias ? in.bias(t, s, h) : 0));
            }
            if (keys.empty()) {
                continue;
            }
            const double largest = *std::max_element(scores.begin(), scores.end());
            double total = 0;
            for (double& score : scores) {
                score = std::exp(score - largest);
                total += score;
            }
            for (std::int64_t d = 0; d < headDim; ++d) {
                double sum = 0;
                for (std::size_t i = 0; i < keys.size(); ++i) {
                    sum += scores[i] * static_cast<double>(in.v.at(keys[i], kvHead * headDim + d));
                }
                const std::int64_t column = h * headDim + d;
                const double columnScale =
                    in.columnScale.empty() ? 1 : in.columnScale[static_cast<std::size_t>(column)];
                out.at(t, column) = static_cast<float>(columnScale * sum / total);
            }
        }
    }
    return out;
}

} // namespace phial::reference
