// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/device_limits.h"
#include "inference/bench/shapes.h"
#include "inference/engine/engine.h"
#include "inference/gpu/profiler.h"
#include "inference/models/lora.h"
#include "inference/tensor/weight_matrix.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace phial::bench {

enum class Work : std::uint8_t {
    Load,       ///< weights onto the device
    Decode,     ///< one token behind a context
    Prefill,    ///< a prompt, from an empty context
    FirstToken, ///< a context's worth of prompt up to its first token, then a second turn of 32
                ///< tokens
    Audio,      ///< a recording through the audio encoder
    Image,      ///< a picture through the image encoder
    Drafts,     ///< answers that copy their prompt or do not, with and without guessed tokens
    Quantize,   ///< a matrix into each format of packages, on one thread; needs no model or device
};

inline constexpr std::array kAllWorks = {Work::Load,  Work::Decode, Work::Prefill, Work::FirstToken,
                                         Work::Audio, Work::Image,  Work::Drafts,  Work::Quantize};

/// "load", "decode", ...
std::string_view workName(Work work);

struct BenchOptions {
    gpu::DeviceOptions device;
    Precision precision = Precision::Auto;
    KvCacheFormat kvCache = KvCacheFormat::Plain;
    std::filesystem::path model; ///< a checkpoint; empty = random weights of `shape`
    Shape shape = Shape::Phi4Multimodal;
    ShapeCuts cuts;                     ///< with `shape`
    std::optional<MatrixFormat> format; ///< with `shape`; empty = as that precision keeps bf16
    models::Adapter adapter = models::Adapter::None; ///< for the decoder
    std::vector<Work> works;               ///< in this order; empty = all that the model can,
                                           ///< which is not Drafts or Quantize
    std::vector<int> contexts = {0, 2048}; ///< tokens, for Decode and FirstToken
    int promptTokens = 512;
    int steps = 8;  ///< tokens per round of Decode; Drafts writes eight times as many
    int rounds = 3; ///< medians are of so many
    double audioSeconds = 30;
    int imageWidth = 1344;
    int imageHeight = 1344;
};

/// What guessed tokens brought, beside the same answer without them in the same run.
struct DraftGain {
    double tokensPerStep = 0;
    int guessed = 0;        ///< tokens run as guesses
    int kept = 0;           ///< those that came true
    double timesAsFast = 0; ///< by the clock
    double timesAsFastByCpu = 0;
};

/// Medians of one work.
struct BenchRow {
    std::string work;
    int context = 0;
    double units = 0; ///< what one run makes: tokens, seconds of sound, crops, bytes
    std::string unit;
    double seconds = 0;                             ///< wall time of one run
    double cpuSeconds = 0;                          ///< processor time of one run
    std::optional<DraftGain> drafts = std::nullopt; ///< of Drafts' rows with guesses
    gpu::Totals totals;                             ///< of one run, each dispatch in one piece
    /// One more run with a timestamp around each operation, so that none overlap.
    std::vector<gpu::Profiler::Row> ops;
    double opSeconds = 0;   ///< sum over `ops`
    double spanSeconds = 0; ///< first to last timestamp of that run; 0 = the device has none
};

struct BenchResult {
    std::string model; ///< empty, like the device, where only Quantize is measured
    std::string deviceName;
    std::string driver;
    Precision precision = Precision::Fp32; ///< as chosen
    DeviceLimits limits;
    std::uint64_t weightBytes = 0;
    std::uint64_t cacheBytes = 0; ///< of keys and values
    std::uint64_t peakBytes = 0;  ///< of device memory, everything together
};

/// Called on the thread that measures. None may be empty.
struct BenchEvents {
    std::function<void(const std::string&)> onStep;  ///< says what comes next
    std::function<void(const BenchResult&)> onReady; ///< all but the memory figures is known
    std::function<void(const BenchRow&)> onRow;      ///< each work when it is done
};

/// Measures each work. Throws Error for a device or model that cannot be used,
/// Error{InvalidArgument} for a work that the model cannot do or numbers without sense,
/// Error{Cancelled} after a stop request.
BenchResult runBench(const BenchOptions& options, const BenchEvents& events, std::stop_token stop);

} // namespace phial::bench
