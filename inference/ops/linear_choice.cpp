// SPDX-License-Identifier: MIT
#include "inference/ops/linear_choice.h"

#include "inference/base/error.h"
#include "inference/ops/linear.h"
#include "inference/ops/op_support.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace phial::ops {
namespace {

using enum LinearKernel;
using Rows = LinearClass::Rows;
using Weights = LinearClass::Weights;
using Outputs = LinearClass::Outputs;

constexpr std::array kChoices = {
    LinearChoice{"tiled 16x64", Tiled, 16, 64},
    LinearChoice{"tiled 32x64", Tiled, 32, 64},
    LinearChoice{"tiled 64x64", Tiled, 64, 64},
    LinearChoice{"tiled 128x64", Tiled, 128, 64},
    LinearChoice{"half 32x64", Half, 32, 64},
    LinearChoice{"half 64x64", Half, 64, 64},
    LinearChoice{"half 128x64", Half, 128, 64},
    LinearChoice{"dot 16x64", DotTiled, 16, 64},
    LinearChoice{"dot 32x64", DotTiled, 32, 64},
    LinearChoice{"dot 64x64", DotTiled, 64, 64},
    LinearChoice{"dot 128x64", DotTiled, 128, 64},
    LinearChoice{"lanes 8", Lanes, 8, 4},
    LinearChoice{"lanes 16", Lanes, 16, 4},
    LinearChoice{"matrix 32x32", Matrix, 32, 32},
    LinearChoice{"matrix 32x128", Matrix, 32, 128},
    LinearChoice{"matrix 64x64", Matrix, 64, 64},
    LinearChoice{"matrix 64x128", Matrix, 64, 128},
    LinearChoice{"matrix 128x128", Matrix, 128, 128},
    LinearChoice{"vector subgroup, 8", Vector, 0, 8},
    LinearChoice{"vector 32, 1", Vector, 32, 1},
    LinearChoice{"vector 32, 2", Vector, 32, 2},
    LinearChoice{"vector 32, 4", Vector, 32, 4},
    LinearChoice{"vector 64, 1", Vector, 64, 1},
    LinearChoice{"vector 64, 2", Vector, 64, 2},
    LinearChoice{"vector 64, 4", Vector, 64, 4},
    LinearChoice{"vector 64, 8", Vector, 64, 8},
    LinearChoice{"vector 128, 1", Vector, 128, 1},
    LinearChoice{"vector 128, 4", Vector, 128, 4},
    LinearChoice{"vector 256, 2", Vector, 256, 2},
    LinearChoice{"dot 32, 4", Dot, 32, 4},
    LinearChoice{"dot 32, 8", Dot, 32, 8},
    LinearChoice{"dot 64, 4", Dot, 64, 4},
    LinearChoice{"dot 64, 8", Dot, 64, 8},
    LinearChoice{"dot 128, 4", Dot, 128, 4},
    // Its invocations and columns follow from the subgroup and the format.
    LinearChoice{"vector lanes", VectorLanes},
};

constexpr std::size_t kRowKinds = 4;
constexpr std::size_t kWeightKinds = 5;
constexpr std::size_t kClasses = kRowKinds * kWeightKinds * 2 * 2;

constexpr std::array<LinearClass, kClasses> makeClasses() {
    std::array<LinearClass, kClasses> classes{};
    for (std::size_t i = 0; i < kClasses; ++i) {
        classes[i] = {.rows = static_cast<Rows>(i % kRowKinds),
                      .weights = static_cast<Weights>(i / kRowKinds % kWeightKinds),
                      .outputs = static_cast<Outputs>(i / (kRowKinds * kWeightKinds) % 2),
                      .x = i / (kRowKinds * kWeightKinds * 2) == 0 ? DType::F32 : DType::F16};
    }
    return classes;
}

constexpr std::array<LinearClass, kClasses> kAllClasses = makeClasses();

bool isSoftware(const gpu::DeviceInfo& info) {
    return info.kind == gpu::DeviceKind::Software;
}

bool runsDot(const gpu::DeviceInfo& info, const LinearClass& products) {
    return info.features.integerDot &&
           (products.weights == Weights::Nibbles || products.weights == Weights::Codes);
}

bool runsMatrix(const gpu::DeviceInfo& info, const LinearChoice& choice) {
    static const bool built = !gpu::shaderCode(gpu::ShaderId::LinearMatrixF16F16F16).words.empty();
    return built && info.features.cooperativeMatrix &&
           4 * info.matrixSubgroupSize <= info.maxWorkgroupInvocations &&
           // two tiles of fp16 with their padding, and four matrices of sums on their way out
           (choice.rows + choice.columns) * 80 +
                   16 * info.matrixShape.rows * info.matrixShape.columns <=
               info.maxSharedBytes;
}

/// Most rows that one lane keeps sums of. Measured, sq4, GFLOP per processor second: LLVM 15 (Mesa
/// 22.3.6) 3.6 with 8 rows and 0.9 with 16, whose sums it keeps in memory; LLVM 22 (Mesa 26.2.6)
/// 18.8 and 22.9, where loads are shared by more rows. More than 64 sums are a tenth of that.
std::uint32_t mostLanesRows(const gpu::DeviceInfo& info) {
    return keepsManySums(info) ? 16 : 8;
}

std::string_view defaultLanes(const gpu::DeviceInfo& info, std::int64_t rows) {
    return mostLanesRows(info) >= 16 && rows >= 32 ? "lanes 16" : "lanes 8";
}

/// Few rows leave no large tile half empty.
std::string_view defaultDot(const LinearClass& products, std::int64_t rows) {
    if (products.rows != Rows::UpTo32) {
        return "dot 64x64";
    }
    return rows <= 16 ? "dot 16x64" : "dot 32x64";
}

std::string_view defaultTiled(const LinearClass& products, std::int64_t rows) {
    if (products.rows != Rows::UpTo32) {
        return "tiled 64x64";
    }
    return rows <= 16 ? "tiled 16x64" : "tiled 32x64";
}

/// Large tiles read least, but must be many enough to fill the device.
std::string_view defaultMatrix(const LinearClass& products, std::int64_t rows,
                               std::int64_t outputs) {
    constexpr std::int64_t kEnough = 64;
    if (products.rows == Rows::UpTo32) {
        return "matrix 32x32";
    }
    const std::int64_t tiles = ((rows + 127) / 128) * ((outputs + 127) / 128);
    return products.rows == Rows::UpTo64 || tiles < kEnough ? "matrix 64x64" : "matrix 128x128";
}

/// A graphics card wants many invocations with loads in flight; the software device pays for each
/// barrier and each workgroup, which its shaders with lanes avoid.
std::string_view defaultVector(const gpu::DeviceInfo& info, const LinearClass& products) {
    if (isSoftware(info)) {
        return "vector subgroup, 8";
    }
    // Short matrices would not fill the device otherwise.
    return products.outputs == Outputs::Short ? "vector 64, 1" : "vector 64, 4";
}

std::string_view defaultName(const gpu::DeviceInfo& info, const LinearClass& products,
                             std::int64_t rows, std::int64_t outputs) {
    if (products.rows == Rows::Few) {
        // Rounds x; only measuring shows whether that is worth it.
        if (info.preferred.integerDot && canRun(info, *findLinearChoice("dot 64, 4"), products)) {
            return "dot 64, 4";
        }
        return hasSoftwareLanes(info) ? "vector lanes" : defaultVector(info, products);
    }
    const std::string_view matrix = defaultMatrix(products, rows, outputs);
    // Software devices make these of single numbers.
    if ((!isSoftware(info) || info.preferred.cooperativeMatrix) &&
        canRun(info, *findLinearChoice(matrix), products)) {
        return matrix;
    }
    // Rounds x, as above.
    const std::string_view dot = defaultDot(products, rows);
    if (info.preferred.integerDot && canRun(info, *findLinearChoice(dot), products)) {
        return dot;
    }
    // Rounds its sums; only measuring shows whether that is worth it.
    if (info.preferred.arithmetic16 && canRun(info, *findLinearChoice("half 64x64"), products)) {
        return "half 64x64";
    }
    return hasSoftwareLanes(info) ? defaultLanes(info, rows) : defaultTiled(products, rows);
}

Weights weightsOf(const WeightMatrix& weight) {
    switch (weight.format()) {
    case WeightFormat::F32:
        return Weights::Float;
    case WeightFormat::F16:
    case WeightFormat::BF16:
        return Weights::Half;
    case WeightFormat::Packed:
        break;
    }
    if (weight.packing().coding == quant::Coding::Nf4) {
        return Weights::Levels;
    }
    return weight.packing().bits == 4 ? Weights::Nibbles : Weights::Codes;
}

/// What Device::choose() knows a class by.
std::uint32_t numberOf(const LinearClass& products) {
    const auto found = std::find(kAllClasses.begin(), kAllClasses.end(), products);
    check(found != kAllClasses.end(), "a product of no class");
    return static_cast<std::uint32_t>(found - kAllClasses.begin());
}

/// The choice that the device was given; null when there is none.
const LinearChoice* given(const gpu::Device& device, const LinearClass& products) {
    const std::optional<std::uint32_t> number = device.chosen(numberOf(products));
    return number && *number < kChoices.size() ? &kChoices.at(*number) : nullptr;
}

} // namespace

LinearClass linearClass(std::int64_t rows, const WeightMatrix& weight, std::int64_t outputs,
                        DType x) {
    return {.rows = rows <= kFewRows ? Rows::Few
                    : rows <= 32     ? Rows::UpTo32
                    : rows <= 64     ? Rows::UpTo64
                                     : Rows::Many,
            .weights = weightsOf(weight),
            .outputs = outputs <= kShortOutputs ? Outputs::Short : Outputs::Long,
            .x = x};
}

std::span<const LinearClass> linearClasses() {
    return kAllClasses;
}

std::string nameOf(const LinearClass& products) {
    constexpr std::array<const char*, kRowKinds> kRows = {"few rows", "up to 32 rows",
                                                          "up to 64 rows", "many rows"};
    constexpr std::array<const char*, kWeightKinds> kWeights = {"fp32", "16 bits", "nibbles",
                                                                "codes", "levels"};
    return std::string(kRows.at(static_cast<std::size_t>(products.rows))) + ", " +
           kWeights.at(static_cast<std::size_t>(products.weights)) +
           (products.outputs == Outputs::Short ? ", few outputs, " : ", many outputs, ") +
           std::string(dtypeName(products.x));
}

std::span<const LinearChoice> linearChoices() {
    return kChoices;
}

const LinearChoice* findLinearChoice(std::string_view name) {
    const auto found = std::find_if(kChoices.begin(), kChoices.end(),
                                    [&](const LinearChoice& c) { return c.name == name; });
    return found == kChoices.end() ? nullptr : &*found;
}

bool canRun(const gpu::DeviceInfo& info, const LinearChoice& choice, const LinearClass& products) {
    const bool few = products.rows == Rows::Few;
    switch (choice.kernel) {
    case Tiled:
        return !few;
    case Half:
        return !few && products.x == DType::F16 && products.weights != Weights::Float &&
               info.features.arithmetic16;
    case Lanes:
        return !few && hasSoftwareLanes(info) && choice.rows <= mostLanesRows(info);
    case Matrix:
        return !few && products.x == DType::F16 && products.weights != Weights::Float &&
               runsMatrix(info, choice);
    case DotTiled:
        return !few && runsDot(info, products);
    case Dot:
        if (!runsDot(info, products)) {
            return false;
        }
        [[fallthrough]];
    case Vector:
        // sums of kFewRows rows and their squares, one of each for each invocation
        return few && choice.rows <= info.maxWorkgroupInvocations &&
               choice.rows * 4 * (kMostSums + static_cast<std::uint32_t>(kFewRows)) <=
                   info.maxSharedBytes;
    case VectorLanes:
        return few && hasSoftwareLanes(info);
    }
    return false;
}

const LinearChoice& defaultLinear(const gpu::DeviceInfo& info, const LinearClass& products,
                                  std::int64_t rows, std::int64_t outputs) {
    return *findLinearChoice(defaultName(info, products, rows, outputs));
}

void chooseLinear(gpu::Device& device, const LinearClass& products, const LinearChoice* choice) {
    device.choose(numberOf(products), choice == nullptr
                                          ? std::nullopt
                                          : std::optional(static_cast<std::uint32_t>(
                                                findLinearChoice(choice->name) - kChoices.data())));
}

const LinearChoice& chosenLinear(const gpu::Device& device, const LinearClass& products,
                                 std::int64_t rows, std::int64_t outputs) {
    const LinearChoice* choice = given(device, products);
    return choice != nullptr && canRun(device.info(), *choice, products)
               ? *choice
               : defaultLinear(device.info(), products, rows, outputs);
}

std::vector<const LinearChoice*> choicesInUse(const gpu::Device& device,
                                              const LinearClass& products) {
    // Sizes on both sides of where defaults change.
    std::vector<const LinearChoice*> used;
    for (const std::int64_t rows : {1, 12, 20, 32, 40, 70, 8192}) {
        for (const std::int64_t outputs : {64, 200000}) {
            const LinearChoice* choice = &chosenLinear(device, products, rows, outputs);
            if (std::find(used.begin(), used.end(), choice) == used.end()) {
                used.push_back(choice);
            }
        }
    }
    return used;
}

ForcedLinear::ForcedLinear(gpu::Device& device, const LinearClass& products,
                           const LinearChoice& choice)
    : m_device(device)
    , m_products(products)
    , m_before(given(device, products)) {
    chooseLinear(device, products, &choice);
}

ForcedLinear::~ForcedLinear() {
    chooseLinear(m_device, m_products, m_before);
}

} // namespace phial::ops
