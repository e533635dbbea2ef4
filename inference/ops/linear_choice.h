// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/tensor/dtype.h"
#include "inference/tensor/weight_matrix.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which kernel makes a matrix product, and how it cuts its work. All kernels give the same result
// within rounding; which is the quickest is the device's secret. What a device does by default is
// decided in linear_choice.cpp; `phial bench --tune` measures the others.
namespace phial::ops {

enum class LinearKernel : std::uint8_t {
    Tiled,       ///< many rows, fp32
    Lanes,       ///< many rows, software devices
    Half,        ///< many rows, sums of 16 products in fp16, fp16 x only
    Matrix,      ///< many rows, cooperative matrices, fp16 x only
    Vector,      ///< few rows
    VectorLanes, ///< few rows, software devices
    Dot,         ///< few rows, x rounded to eight bits, packed weights only
    DotTiled,    ///< many rows, likewise
};

/// A kernel with its cut. For many rows: rows and columns of the tile that a workgroup makes. For
/// few: its invocations (0 = a subgroup's lanes) and the weight rows it reads for one row of x.
struct LinearChoice {
    std::string_view name; ///< "matrix 64x64"; in the file that keeps a device's choices
    LinearKernel kernel;
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
};

/// Products that share a choice. Few rows share it whatever their number, so that a row is summed
/// in the same order alone and among others.
struct LinearClass {
    enum class Rows : std::uint8_t { Few, UpTo32, UpTo64, Many };
    /// Nibbles: packed codes of four bits that are the numbers themselves; Codes: such of other
    /// bits; Levels: those that stand for something else.
    enum class Weights : std::uint8_t { Float, Half, Nibbles, Codes, Levels };
    enum class Outputs : std::uint8_t { Short, Long };

    Rows rows = Rows::Few;
    Weights weights = Weights::Half;
    Outputs outputs = Outputs::Long; ///< Short: at most kShortOutputs
    DType x = DType::F32;

    bool operator==(const LinearClass&) const = default;
};

inline constexpr std::int64_t kShortOutputs = 1024;

/// Most sums that an invocation for few rows keeps.
inline constexpr std::uint32_t kMostSums = 16;

/// Whether the kernel rounds x to eight bits.
constexpr bool roundsInput(LinearKernel kernel) {
    return kernel == LinearKernel::Dot || kernel == LinearKernel::DotTiled;
}

LinearClass linearClass(std::int64_t rows, const WeightMatrix& weight, std::int64_t outputs,
                        DType x);

std::span<const LinearClass> linearClasses();

/// "few rows, nibbles, many outputs, f16"; in the file that keeps a device's choices.
std::string nameOf(const LinearClass& products);

/// Every kernel and cut there is.
std::span<const LinearChoice> linearChoices();

/// The choice of that name; null when there is none.
const LinearChoice* findLinearChoice(std::string_view name);

/// Whether the device can run it for these products, in this build.
bool canRun(const gpu::DeviceInfo& info, const LinearChoice& choice, const LinearClass& products);

/// What a device does that was given no choice. `rows` and `outputs` of the product at hand.
const LinearChoice& defaultLinear(const gpu::DeviceInfo& info, const LinearClass& products,
                                  std::int64_t rows, std::int64_t outputs);

/// Gives the device a choice, one of linearChoices(), or takes it away again: null.
void chooseLinear(gpu::Device& device, const LinearClass& products, const LinearChoice* choice);

/// What the device does: the choice it was given where it can run that, else the default.
const LinearChoice& chosenLinear(const gpu::Device& device, const LinearClass& products,
                                 std::int64_t rows, std::int64_t outputs);

/// All that the device does for these products, whatever their size: at least one.
std::vector<const LinearChoice*> choicesInUse(const gpu::Device& device,
                                              const LinearClass& products);

/// While it lives, the device makes products of a class with `choice`, which it can run.
class ForcedLinear {
public:
    ForcedLinear(gpu::Device& device, const LinearClass& products, const LinearChoice& choice);
    ~ForcedLinear();
    ForcedLinear(const ForcedLinear&) = delete;
    ForcedLinear& operator=(const ForcedLinear&) = delete;

private:
    gpu::Device& m_device;
    LinearClass m_products;
    const LinearChoice* m_before;
};

} // namespace phial::ops
