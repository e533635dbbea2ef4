// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/models/kv_cache.h"
#include "inference/models/longrope.h"
#include "inference/models/phi4_weights.h"
#include "inference/models/tap.h"
#include "inference/ops/attention.h"
#include "inference/ops/linear.h"
#include "inference/ops/sample.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <tuple>
#include <vector>

namespace phial::models {

/// Rows that stand in the place of token embeddings: image or audio tokens.
struct MediaRows {
    std::int64_t first = 0; ///< position of the first row
    TensorView rows;        ///< [n, D] F32
};

/// A whole sequence from position 0 on. Ids at media positions are placeholders; media do not
/// overlap and are ordered by position.
struct Sequence {
    std::span<const std::int32_t> ids;
    std::span<const MediaRows> media;
};

/// How a sequence is run; the same for all of its tokens.
struct DecoderMode {
    Adapter adapter = Adapter::None;
    RotarySet rotary = RotarySet::Short;
    int user = -1; ///< index of the user's adapter that is added, -1 = none

    bool operator==(const DecoderMode&) const = default;
};

struct DecoderOptions {
    DType activations = DType::F32; ///< F32 or F16; also the type of the KV cache
    std::int64_t context = 0;       ///< most tokens of a sequence
    std::int64_t chunk = 512;       ///< prompt tokens worked on at once
    ops::KvFormat kvFormat = ops::KvFormat::Plain;
};

/// The likeliest next token, or the one that was drawn, found on the device.
struct BestToken {
    std::int32_t id = -1; ///< -1: no logit was a number
    float logit = 0;
    float logSumExp = 0; ///< ln of the sum of exp of all logits
};

/// The Phi-4 decoder: pre-norm blocks, grouped-query attention, partial LongRoPE, SwiGLU, adapters.
/// Keys and values of positions [0, n) stay in the cache between calls; the caller knows what they
/// belong to. One thread per device.
class Phi4Decoder {
public:
    /// `weights` outlive the object.
    Phi4Decoder(gpu::Device& device, const weights::DecoderConfig& config,
                const DecoderWeights& weights, const DecoderOptions& options);

    std::int64_t context() const { return m_cache.context(); }

    /// Tokens that reserve() has made room for so far.
    std::int64_t reserved() const { return m_cache.capacity(); }

    const LongRope& longRope() const { return m_longRope; }

    /// Makes room for sequences of `tokens` <= context() tokens. Nothing may be in flight. Throws
    /// Error{OutOfDeviceMemory}; the cache then is as before.
    void reserve(std::int64_t tokens);

    /// Reads positions [first, ids.size()) of the sequence, in chunks; [0, first) are in the cache
    /// from before, made in the same mode. Afterwards logits() belong to the last token. Submits
    /// and waits; honours the stream's stop token between layers (throws Error{Cancelled};
    /// positions from `first` on are then lost). `onChunk(done, total)` counts tokens.
    void prefill(gpu::CommandStream& s, const Sequence& sequence, std::int64_t first,
                 DecoderMode mode, const std::function<void(double, double)>& onChunk = {});

    /// How prefill(), step() and runStep() choose the next token: the likeliest one when empty,
    /// else drawn, each column of a step with a draw of its own, which is a new random number.
    /// Vocabularies of at most ops::kMostSampled tokens can be drawn from.
    std::vector<ops::Draw> draws;

    /// Most tokens of one step.
    static constexpr std::int64_t kMostColumns = ops::kFewRows;

    /// The same where the context or the chunk is shorter.
    std::int64_t mostColumns() const { return std::min(kMostColumns, m_options.chunk); }

    /// Records the decode step of an adapter for so many tokens, as long as `draws` is empty or is
    /// not, if that has not been done since the cache last grew.
    void prepareStep(Adapter adapter, int user = -1, std::int64_t columns = 1);

    /// Runs one token at `position` (reserved, all before it in the cache, same mode) and waits.
    /// Replays the recording: no allocation, no pipelines, no descriptor writes. A replay cannot be
    /// stopped; where the last step took longer than a stop may, and at the first step, a call that
    /// may be stopped does the same work in short submissions instead (throws Error{Cancelled};
    /// `position` is then lost).
    void step(std::int32_t token, std::int64_t position, DecoderMode mode,
              const std::stop_token& stop = {}) {
        step(std::span(&token, 1), position, mode, stop);
    }

    /// The same for 1 to mostColumns() tokens at `position` and behind it, which is what checks
    /// guessed tokens: column i of best() and logits() belongs to the token at position + i, given
    /// all before it. Every kernel gives a column the bits that it gives one token alone (see
    /// columnsAgree()). A guess that turns out wrong leaves rows in the cache that the step at its
    /// position overwrites.
    void step(std::span<const std::int32_t> tokens, std::int64_t position, DecoderMode mode,
              const std::stop_token& stop = {});

    /// Whether this device gives each of the columns the bits of a step of one token: all kernels
    /// of a step in the first layer and the head, run both ways. A step at `position` must follow
    /// before its rows of the cache are used. Throws Error{Cancelled}.
    bool columnsAgree(std::span<const std::int32_t> tokens, std::int64_t position, DecoderMode mode,
                      const std::stop_token& stop = {});

    /// The same work as step() on a stream, for measurements; submits and waits. prepareStep() is
    /// not needed.
    void runStep(gpu::CommandStream& s, std::int32_t token, std::int64_t position,
                 DecoderMode mode);

    /// What one replay of a prepared step does.
    gpu::Totals stepTotals(Adapter adapter, int user = -1, std::int64_t columns = 1) const {
        return m_steps.at({adapter, user, !draws.empty(), columns}).totals();
    }

    /// Sets the whole reserved cache to zero: a context without meaning, for measurements.
    void clearCache();

    /// The token chosen behind the last one run, or behind a column of the last step.
    BestToken best(std::int64_t column = 0) const;

    /// Logits [V] of the last token run, or of a column of the last step, fetched from the device
    /// when they are first asked for; valid until the next run.
    std::span<const float> logits(std::int64_t column = 0);

    /// The rotary tables on the device: rows [0, shortRows()) the short set, the rest the long one.
    TensorView rotaryTable() const { return m_buf.rotary.view(); }

    std::int64_t shortRows() const { return m_shortRows; }

    /// Device memory of keys and values for `tokens` tokens.
    static std::uint64_t cacheBytes(const weights::DecoderConfig& config,
                                    const DecoderOptions& options, std::int64_t tokens);

    /// Taps of prefill(), per chunk: embeddings; of every layer: layer.input, layer.input_norm,
    /// layer.qkv, layer.attn, layer.after_attn, layer.post_norm, layer.gate_up, layer.inner, layer
    /// (index = layer); final_norm; logits: of the last rows of each chunk, at most kTapLogitRows.
    /// What a linear reads (input_norm, attn, post_norm, inner, final_norm) carries the column
    /// scale of a quantized one.
    Tap tap;
    static constexpr std::int64_t kTapLogitRows = 4;

private:
    // Workgroups per key/value head that share the keys of a decode step. With 8 heads 16 fill the
    // largest consumer cards; a software device has a few cores, which the heads fill already.
    static constexpr std::int64_t kAttentionParts = 16;

    /// C = chunk, D hidden, F inner, r the largest adapter rank, V vocabulary, P context.
    struct Buffers {
        Tensor ids;        ///< [P] I32, written by the host
        Tensor positions;  ///< [P] I32: 0, 1, 2, ...
        Tensor rotary;     ///< [short rows + long rows, rotaryDim] F32
        Tensor x;          ///< [C, D] F32: the residual stream
        Tensor h;          ///< [C, D] activations
        Tensor qkv;        ///< [C, (Hq + 2 Hkv) Dh]
        Tensor attn;       ///< [C, Hq Dh]
        Tensor gateUp;     ///< [C, 2 F]
        Tensor inner;      ///< [C, F]
        Tensor low;        ///< [C, r]
        Tensor logits;     ///< [kMostColumns, V] F32
        Tensor logitsHost; ///< [kMostColumns, V] F32, read by the host
        Tensor pickParts;  ///< scratch of pick()
        Tensor picked;     ///< [kMostColumns, 3] I32
        Tensor pickedHost; ///< [kMostColumns, 3] I32, read by the host
        Tensor attnParts;  ///< scratch of the decode step's attention; empty where it is not split
        // Values of a decode step, written by the host before each replay.
        Tensor stepToken;     ///< [kMostColumns] I32
        Tensor stepPosition;  ///< [kMostColumns] I32: rows of the cache
        Tensor stepRotaryRow; ///< [kMostColumns] I32: rows of the rotary tables
        Tensor stepKvLength;  ///< [1] I32
        Tensor draw;          ///< [kMostColumns, 5] I32: words of ops::Draw, written by the host
    };

    /// Where the tokens of a pass stand. Values that change from replay to replay are in buffers.
    struct Step {
        Adapter adapter = Adapter::None;
        int user = -1;
        TensorView positions;               ///< [T] I32
        TensorView rotaryRows;              ///< [T] I32, rows of rotaryTable
        TensorView rotaryTable;             ///< [rows, rotaryDim]
        std::optional<TensorView> kvLength; ///< [1] I32; without it keys [0, keys)
        std::int64_t keys = 0;
        std::optional<TensorView> attnParts = std::nullopt;
        ops::QueryWork attention = ops::QueryWork::Shared;
    };

    /// The values of a step on their way to the device.
    void writeStep(std::span<const std::int32_t> tokens, std::int64_t position, DecoderMode mode);
    void writeDraws(std::int64_t columns);
    void recordStep(gpu::CommandStream& s, const Step& step, std::int64_t layers);
    Step stepOf(Adapter adapter, int user, std::int64_t columns) const;

    /// Rows that are normed before they are multiplied, and how the normed ones are tapped.
    struct NormedInput {
        TensorView x;
        TensorView gain;
        const char* tapName;
        std::int64_t layer;
    };

    bool fuses(const TensorView& x) const { return x.rows() <= ops::kFewRows && !tap.on(); }

    void project(gpu::CommandStream& s, const TensorView& x, const AdaptedLinear& w,
                 const Step& step, const TensorView& y, ops::Accumulate accumulate,
                 const std::optional<ops::InputNorm>& norm = std::nullopt);
    void normProject(gpu::CommandStream& s, const NormedInput& input, const AdaptedLinear& w,
                     const Step& step, const TensorView& y);
    void gateUp(gpu::CommandStream& s, const NormedInput& input, const DecoderLayerWeights& w,
                const Step& step, const TensorView& inner);
    void block(gpu::CommandStream& s, std::int64_t layer, const TensorView& x, const Step& step);
    void head(gpu::CommandStream& s, const TensorView& rows);
    void embed(gpu::CommandStream& s, const TensorView& ids, const TensorView& x);
    void embedMedia(gpu::CommandStream& s, const Sequence& sequence, std::int64_t first,
                    const TensorView& x);
    void tapHead(gpu::CommandStream& s, const TensorView& x);

    gpu::Device& m_device;
    weights::DecoderConfig m_config;
    const DecoderWeights& m_weights;
    DecoderOptions m_options;
    LongRope m_longRope;
    std::int64_t m_shortRows = 0;
    KvCache m_cache;
    Buffers m_buf;
    bool m_logitsFetched = false; ///< logitsHost belongs to the last run
    std::int64_t m_columns = 1;   ///< of the last run
    /// How long the last step of so many columns took; nothing where none was measured.
    std::array<std::optional<std::chrono::duration<double>>, kMostColumns + 1> m_lastStep;
    /// By adapter of the model and of the user, whether tokens are drawn, and columns; declared
    /// last: they bind what is above.
    std::map<std::tuple<Adapter, int, bool, std::int64_t>, gpu::Recording> m_steps;
};

} // namespace phial::models
