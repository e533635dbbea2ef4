// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device_options.h"
#include "inference/preprocess/media.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace phial {

/// Number format of activations, KV cache and unpacked weights.
enum class Precision {
    Auto, ///< Fp16 where the device has 16-bit storage, else Fp32
    Fp32,
    Fp16, ///< Throws Error{DeviceUnsuitable} on a device without 16-bit storage
};

/// How keys and values of a context are kept: tokens per memory against exactness.
enum class KvCacheFormat {
    Plain, ///< as the activations: fp16 or fp32
    K8V4,  ///< keys 8 bits, values 4 bits: 0.38 of fp16
    Tq4,   ///< TurboQuant, 4 bits each: 0.26 of fp16
};

struct EngineOptions {
    std::filesystem::path model; ///< folder of a checkpoint
    gpu::DeviceOptions device;
    Precision precision = Precision::Auto;
    KvCacheFormat kvCache = KvCacheFormat::Plain;
    int contextTokens = 0; ///< KV capacity; 0 = as much as the model and memory allow, at most 8192
    /// Folders of the user's own low-rank adapters in PEFT's layout. All stay in device memory
    /// beside the model, so that switching between them costs nothing; Request::adapter chooses.
    std::vector<std::filesystem::path> adapters;
};

/// Progress of a long step. `done` of `total` in `unit`s; total 0 = unknown.
struct Progress {
    enum class Stage {
        ReadingModel,
        UploadingWeights,
        PreparingKernels,
        EncodingImage,
        EncodingAudio,
        ReadingPrompt,
        Writing
    };
    Stage stage = Stage::ReadingModel;
    double done = 0;
    double total = 0;
};

enum class Role { System, User, Assistant };

/// One turn. Media stand before the text, images before sounds, in the given order (the order the
/// model was trained with). Media are shared because the conversation view, the request and the
/// encoder cache hold them at the same time.
struct Message {
    Role role = Role::User;
    std::string text; ///< UTF-8; never read as control tokens
    std::vector<std::shared_ptr<const Image>> images;
    std::vector<std::shared_ptr<const AudioClip>> clips;
    std::string toolsJson; ///< System only: JSON list of tool descriptions, or empty
};

/// Whether tokens that the text itself suggests (PromptLookup) are run together with the next one
/// and kept where they are what the model says anyway. Changes nothing but the time: greedy and
/// drawn tokens, their log-probabilities and what stays in the cache are the same bit for bit, with
/// the same random number for each token. A device on which that does not hold makes no drafts.
enum class Drafts {
    Off,
    Auto,   ///< where they have been right often enough to pay for what wider steps cost here
    Always, ///< wherever there is a guess; for tests and measurements
};

struct Sampling {
    int maxTokens = 1024;           ///< > 0
    float temperature = 0.0F;       ///< 0 = greedy
    int topK = 0;                   ///< 0 = off
    float topP = 1.0F;              ///< (0, 1]
    float minP = 0.0F;              ///< [0, 1)
    float repetitionPenalty = 1.0F; ///< >= 1; 1 = off
    std::uint64_t seed = 0;         ///< same seed, same request, same device: same answer
    std::vector<std::string> stop;  ///< the answer ends before the first of these
    Drafts drafts = Drafts::Auto;
};

/// Request::adapter: the model as it is, whatever adapters are loaded.
inline constexpr int kNoAdapter = -1;

struct Request {
    std::vector<Message> messages; ///< the last one is the user's
    Sampling sampling;
    /// Which of EngineOptions::adapters answers, on top of the model's own adapter for sound or
    /// pictures; kNoAdapter = none of them. Without loaded adapters it means nothing.
    int adapter = 0;
};

enum class FinishReason {
    EndOfTurn,   ///< the model ended its answer
    StopString,  ///< one of Sampling::stop appeared
    TokenLimit,  ///< Sampling::maxTokens reached
    ContextFull, ///< no room left in the context
    Cancelled,   ///< stop requested, or onText returned false
};

/// "stop", "stop_string", "length", "context_full", "cancelled": used in JSON output.
std::string_view finishReasonName(FinishReason reason);

struct Usage {
    int promptTokens = 0; ///< all of them, media included
    int imageTokens = 0;
    int audioTokens = 0;
    int reusedTokens = 0; ///< prompt tokens whose keys and values were still in the cache
    int completionTokens = 0;
};

/// How the tokens behind the first came about.
struct DraftUse {
    int steps = 0;   ///< runs of the decoder
    int guessed = 0; ///< tokens that were run as guesses
    int kept = 0;    ///< those among them that came true
};

/// Seconds of wall time.
struct Timings {
    double encode = 0;     ///< images and audio
    double prefill = 0;    ///< prompt, up to the first token
    double decode = 0;     ///< all following tokens
    double firstToken = 0; ///< from the call to the first token
};

struct GenerationResult {
    std::string text;                   ///< everything onText received
    std::vector<std::int32_t> tokenIds; ///< generated ids, the end token included
    std::vector<float>
        logProbabilities; ///< natural log-probability of each id under the unmodified distribution
    FinishReason finishReason = FinishReason::EndOfTurn;
    Usage usage;
    DraftUse drafts;
    Timings timings;
};

/// Callbacks run on the calling thread of generate(), between submissions; they must not call the
/// engine.
struct GenerationEvents {
    std::function<void(const Progress&)> onProgress;
    std::function<bool(std::string_view)> onText; ///< complete UTF-8 pieces; false = stop
};

/// What the loaded model and device are, for the status chip and the model page.
struct EngineInfo {
    std::string modelName;    ///< folder name, or the name in its card
    std::string architecture; ///< "phi4mm", "phi3"
    bool hears = false;
    bool sees = false;
    int contextTokens = 0;
    double parameters = 0;
    gpu::DeviceKind deviceKind = gpu::DeviceKind::Other;
    std::string deviceName;
    std::string deviceUuid;
    std::string driver;
    Precision precision = Precision::Fp32; ///< Fp32 or Fp16, as chosen
    std::uint64_t deviceBytes = 0;         ///< device memory in use by weights, cache and scratch
    std::uint64_t devicePeakBytes = 0;     ///< most that was in use since the device was opened
    /// What was predicted before loading: weights, both encoders and the whole context. Cache and
    /// encoders take their part when they are first needed.
    std::uint64_t predictedBytes = 0;
    std::vector<std::string> adapters; ///< names of the loaded user adapters, in order
};

/// The public face of inference: one loaded model on one device. Abstract so that the application
/// can be tested with a fake. Not thread-safe: one call at a time, any thread; construction, calls
/// and destruction must not overlap.
class Engine {
public:
    virtual ~Engine() = default;

    virtual EngineInfo info() const = 0;

    /// Answers `request`. Returns for every expected outcome, cancellation included; the text so
    /// far is kept in the result. Stops within 100 ms or one submission of a stop request. Throws
    /// Error{ContextOverflow} (before any work, saying how many tokens are needed and available),
    /// BadMedia, InvalidArgument (no such ability), OutOfDeviceMemory, DeviceLost.
    virtual GenerationResult generate(const Request& request, const GenerationEvents& events,
                                      std::stop_token stop) = 0;

    /// Tokens that a part of a prompt will take; cheap, no device work. Throws Error{BadMedia} for
    /// impossible media.
    virtual int textTokens(std::string_view text) const = 0;
    virtual int imageTokens(int width, int height) const = 0;
    virtual int audioTokens(double seconds) const = 0;
};

/// Loads a model. Reports progress; honours the stop token (throws Error{Cancelled}). Throws Error
/// with one clear sentence for every bad folder, missing device or lack of memory.
std::unique_ptr<Engine> loadEngine(const EngineOptions& options,
                                   const std::function<void(const Progress&)>& onProgress = {},
                                   std::stop_token stop = {});

} // namespace phial
