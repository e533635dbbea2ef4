// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/synthetic_weights.h"
#include "inference/engine/engine.h"
#include "inference/engine/kernel_tuning.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::bench {

struct TuneOptions {
    gpu::DeviceOptions device;
    Precision precision = Precision::Auto;
    std::vector<MatrixFormat> formats; ///< of the weights; empty = sq4, sq8 and 16-bit numbers
    std::vector<ops::LinearClass::Rows> rows; ///< numbers of rows; empty = all
    int rounds = 5;
};

/// One kernel measured on one kind of products.
struct TuneRow {
    ops::LinearClass products;
    const ops::LinearChoice* choice = nullptr;
    double seconds = 0; ///< of one product, the median
    double flops = 0;   ///< of one product
    std::string fault;  ///< what it computes wrongly; then it was not measured
    enum class Place : std::uint8_t { Other, Default, Winner };
    Place place = Place::Other; ///< Winner: what is kept, the default itself or one that is quicker
};

struct TuneResult {
    std::string deviceName;
    std::string driver;
    Precision precision = Precision::Fp32; ///< as chosen
    std::filesystem::path file;            ///< what was written; empty where nothing is kept
};

/// Called on the thread that measures. None may be empty.
struct TuneEvents {
    std::function<void(const std::string&)> onStep;
    std::function<void(const std::vector<TuneRow>&)> onProducts; ///< one kind of them is done
};

/// The row to keep of one kind of products: the quickest, if it is clearly quicker than the
/// default, computes rightly and is exact enough; else the default. Null when there is neither.
TuneRow* winnerOf(std::vector<TuneRow>& rows);

/// Measures every kernel that the device can run for each kind of products, keeps the quickest in
/// the folder of compiled pipelines, and checks each against the CPU before. One that is not at
/// least 3 % quicker than the default does not replace it. A stop request keeps what is done.
/// Throws Error for a device that cannot be used, Error{Cancelled} after a stop request.
TuneResult runTune(const TuneOptions& options, const TuneEvents& events, std::stop_token stop);

} // namespace phial::bench
