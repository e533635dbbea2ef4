// SPDX-License-Identifier: MIT
// Prints the table of docs/quantization.md: the output error that each scheme leaves on the golden
// matrices. Not a test; build the target scheme_errors and run it.
#include "inference/quant/activation_scale.h"
#include "inference/quant/sinq.h"
#include "inference/quant/sq.h"
#include "tests/quant/golden_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace phial::quant {
namespace {

using Quantize = std::function<std::vector<float>(const MatrixView&)>;

struct Scheme {
    std::string name;
    double bits = 0;
    Quantize restored;
};

Scheme sinq(const std::string& name, double bits, const SinqOptions& options) {
    return {name, bits,
            [options](const MatrixView& w) { return dequantize(quantizeSinq(w, options)); }};
}

Scheme sq(int bits) {
    return {"SQ" + std::to_string(bits), bits + 0.5, [bits](const MatrixView& w) {
                return dequantize(quantizeSq(w, columnScales(w), bits));
            }};
}

/// 32 weights share one scale: the largest weight becomes -8 of -8..7.
std::vector<float> q4Zero(const MatrixView& w) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < w.rows; ++i) {
        for (std::int64_t first = 0; first < w.columns; first += 32) {
            float largest = 0;
            for (std::int64_t j = first; j < first + 32; ++j) {
                largest = std::abs(w.row(i)[j]) > std::abs(largest) ? w.row(i)[j] : largest;
            }
            const float scale = largest == 0 ? 1 : largest / -8;
            for (std::int64_t j = first; j < first + 32; ++j) {
                const float q = std::floor(w.row(i)[j] / scale + 8.5F);
                out.push_back((std::min(q, 15.0F) - 8) * scale);
            }
        }
    }
    return out;
}

int run() {
    const std::array<Scheme, 17> schemes = {
        {sq(4),
         sinq("SINQ (published)", 4.5, {}),
         sinq("SINQ NF4", 4.5, {.rounding = Rounding::Nf4}),
         sinq("SINQ + HQQ", 4.5, {.rounding = Rounding::Hqq}),
         sinq("RTN g64", 4.5, {.normalise = Normalise::No}),
         {"Q4_0-like", 4.5, q4Zero},
         sq(3),
         sinq("SINQ 3", 3.5, {.bits = 3}),
         sinq("RTN 3", 3.5, {.bits = 3, .normalise = Normalise::No}),
         sq(2),
         sinq("SINQ 2", 2.5, {.bits = 2}),
         sq(5),
         sq(6),
         sq(8),
         sinq("SINQ 5", 5.5, {.bits = 5}),
         sinq("SINQ 6", 6.5, {.bits = 6}),
         sinq("SINQ 8", 8.5, {.bits = 8})}};
    const std::array<const char*, 7> names = {
        "sinq_gauss_4b_g64",  "sinq_llm_4b_g64",   "sinq_llm_512_4b_g64", "sinq_outcol_4b_g64",
        "sinq_outrc_4b_g128", "sinq_heavy_4b_g64", "asinq_llm_4b_g64"};
    std::printf("| scheme | bits |");
    for (const char* name : names) {
        std::printf(" %s |", name);
    }
    std::printf("\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (const Scheme& scheme : schemes) {
        std::printf("| %s | %.1f |", scheme.name.c_str(), scheme.bits);
        for (const char* name : names) {
            const GoldenFile file = readGolden(name);
            const GoldenTensor& weight = file.tensors.at("weight");
            const GoldenTensor& inputs = file.tensors.at("x");
            const MatrixView w{weight.values.data(), weight.shape[0], weight.shape[1],
                               weight.shape[1]};
            const MatrixView x{inputs.values.data(), inputs.shape[0], inputs.shape[1],
                               inputs.shape[1]};
            const std::vector<float> nothing(weight.values.size(), 0.0F);
            std::printf(" %.2e |",
                        outputError(w, scheme.restored(w), x) / outputError(w, nothing, x));
        }
        std::printf("\n");
    }
    return 0;
}

} // namespace
} // namespace phial::quant

int main() {
    return phial::quant::run();
}
