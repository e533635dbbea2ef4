// SPDX-License-Identifier: MIT
#include "inference/bench/bench.h"

#include "inference/base/error.h"
#include "inference/bench/draft_speed.h"
#include "inference/bench/measure.h"
#include "inference/bench/quantize_speed.h"
#include "inference/bench/synthetic_weights.h"
#include "inference/engine/kernel_check.h"
#include "inference/engine/kernel_tuning.h"
#include "inference/engine/load_engine.h"
#include "inference/engine/media_input.h"
#include "inference/gpu/command_stream.h"
#include "inference/models/phi4_model.h"
#include "inference/preprocess/image_pixels.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>

namespace phial::bench {
namespace {

struct Name {
    Work work;
    std::string_view name;
};

constexpr std::array<Name, 8> kNames = {{{Work::Load, "load"},
                                         {Work::Decode, "decode"},
                                         {Work::Prefill, "prefill"},
                                         {Work::FirstToken, "first-token"},
                                         {Work::Audio, "audio"},
                                         {Work::Image, "image"},
                                         {Work::Drafts, "drafts"},
                                         {Work::Quantize, "quantize"}}};
constexpr int kSecondTurnTokens = 32;
constexpr int kDraftsOfAStep = 8; // so many times `steps` are the tokens of Drafts' answers

void require(bool condition, const std::string& sentence) {
    if (!condition) {
        throw Error(ErrorCode::InvalidArgument, sentence);
    }
}

void checkNumbers(const BenchOptions& options) {
    require(options.promptTokens > 0 && options.steps > 0 && options.rounds > 0,
            "prompt tokens, steps and rounds must be at least 1");
    require(options.audioSeconds >= 0.1 && options.audioSeconds <= 3600,
            "the recording must be 0.1 to 3600 seconds long");
    for (const int context : options.contexts) {
        require(context >= 0 && context <= 131072,
                "a context must be 0 to 131072 tokens, got " + std::to_string(context));
    }
}

/// One run of the program: device and model, and the rows that are made of them.
class Bench {
public:
    Bench(const BenchOptions& options, const BenchEvents& events, std::stop_token stop)
        : m_options(options)
        , m_events(events)
        , m_stop(std::move(stop)) {}

    BenchResult run() {
        checkNumbers(m_options);
        if (!needsModel()) {
            m_events.onReady(m_result);
            quantize();
            return m_result;
        }
        load();
        m_events.onStep("copies and a matrix product, for comparison");
        m_result.limits =
            measureLimits(*m_device, m_model->activations(), m_format, m_options.rounds);
        m_events.onReady(m_result);
        for (const Work work : works()) {
            measure(work);
        }
        const models::Phi4Decoder& decoder = m_model->decoder();
        m_result.weightBytes = m_model->weights().bytes;
        m_result.cacheBytes =
            decoder.reserved() == 0
                ? 0
                : models::Phi4Decoder::cacheBytes(m_model->config().decoder,
                                                  {.activations = m_model->activations(),
                                                   .kvFormat = kvFormat(m_options.kvCache)},
                                                  decoder.reserved());
        m_result.peakBytes = m_device->memoryUse().peakByPhial;
        return m_result;
    }

private:
    bool needsModel() const {
        return m_options.works.empty() ||
               std::any_of(m_options.works.begin(), m_options.works.end(),
                           [](Work work) { return work != Work::Quantize; });
    }

    std::vector<Work> works() const {
        if (!m_options.works.empty()) {
            return m_options.works;
        }
        std::vector<Work> list = {Work::Load, Work::Decode, Work::Prefill, Work::FirstToken};
        if (m_model->config().hears()) {
            list.push_back(Work::Audio);
        }
        if (m_model->config().sees()) {
            list.push_back(Work::Image);
        }
        return list;
    }

    /// Tokens that the longest of all works needs.
    std::int64_t neededContext() const {
        int longest = m_options.promptTokens;
        for (const int context : m_options.contexts) {
            longest = std::max(longest, context);
        }
        const bool drafts = std::find(m_options.works.begin(), m_options.works.end(),
                                      Work::Drafts) != m_options.works.end();
        return longest + (drafts ? kDraftsOfAStep : 1) * m_options.steps + kSecondTurnTokens + 1;
    }

    void load() {
        m_events.onStep("the device");
        if (!m_options.model.empty()) {
            m_events.onStep("weights of " + m_options.model.string());
            m_load = medianOf(1, [&] {
                Phi4Parts parts = loadParts({.model = m_options.model,
                                             .device = m_options.device,
                                             .precision = m_options.precision,
                                             .kvCache = m_options.kvCache,
                                             .contextTokens = static_cast<int>(neededContext())},
                                            {}, m_stop);
                m_device = std::move(parts.device);
                m_model = std::move(parts.model);
                m_result.model = parts.modelName;
            });
            m_format = {m_model->weights().decoder.embedTokens.format(),
                        m_model->weights().decoder.embedTokens.packing()};
        } else {
            m_device = gpu::Device::open(optionsFor(m_options.device, m_options.precision));
            applyTuning(*m_device, m_options.device.pipelineCacheDirectory);
            const DType activations = activationType(m_options.precision, m_device->info());
            m_format = m_options.format.value_or(MatrixFormat{
                activations == DType::F16 ? WeightFormat::F16 : WeightFormat::BF16, {}});
            const weights::ModelConfig config = configOf(m_options.shape, m_options.cuts);
            m_events.onStep("random weights");
            m_load = medianOf(1, [&] {
                m_model = std::make_unique<models::Phi4Model>(
                    *m_device, config, syntheticWeights(*m_device, config, m_format, m_stop),
                    models::Phi4Model::Options{.activations = activations,
                                               .context = neededContext(),
                                               .kvFormat = kvFormat(m_options.kvCache)});
            });
            m_result.model = config.modelType + ", random weights, " +
                             std::to_string(config.decoder.layers) + " layers, vocabulary " +
                             std::to_string(config.decoder.vocabulary);
        }
        m_result.deviceName = m_device->info().name;
        m_result.driver = m_device->info().driver;
        m_result.precision =
            m_model->activations() == DType::F16 ? Precision::Fp16 : Precision::Fp32;
    }

    void measure(Work work) {
        switch (work) {
        case Work::Load:
            m_events.onRow({.work = "load",
                            .units = static_cast<double>(m_model->weights().bytes),
                            .unit = "byte",
                            .seconds = m_load.wall,
                            .cpuSeconds = m_load.cpu});
            break;
        case Work::Decode:
            for (const int context : m_options.contexts) {
                decode(context);
            }
            break;
        case Work::Prefill:
            prefill("prefill", 0, 0, m_options.promptTokens);
            break;
        case Work::FirstToken:
            for (const int context : m_options.contexts) {
                if (context > 0) {
                    prefill("first-token", context, 0, context);
                    prefill("second-turn", context, context, kSecondTurnTokens);
                }
            }
            break;
        case Work::Audio:
            audio();
            break;
        case Work::Image:
            image();
            break;
        case Work::Drafts:
            drafts();
            break;
        case Work::Quantize:
            quantize();
            break;
        }
    }

    gpu::CommandStream stream() const {
        return gpu::CommandStream(*m_device, gpu::CommandStream::Mode::Immediate, m_stop);
    }

    models::DecoderMode mode(std::int64_t tokens) const {
        return {m_options.adapter, m_model->decoder().longRope().setFor(tokens)};
    }

    /// Runs `work` once to compile its pipelines, then `rounds` times, then once with timestamps.
    void row(BenchRow row, const std::function<void(gpu::CommandStream&)>& work) {
        m_events.onStep(row.work + (row.context > 0 ? " at " + std::to_string(row.context) : ""));
        {
            gpu::CommandStream s = stream();
            work(s);
        }
        const Seconds taken = medianOf(m_options.rounds, [&] {
            gpu::CommandStream s = stream();
            work(s);
        });
        row.seconds = taken.wall;
        row.cpuSeconds = taken.cpu;
        row.totals = profile(row, work);
        m_events.onRow(row);
    }

    /// What the run with timestamps did; only there each dispatch is in one piece on every device.
    gpu::Totals profile(BenchRow& row, const std::function<void(gpu::CommandStream&)>& work) const {
        gpu::Profiler profiler;
        gpu::CommandStream s = stream();
        s.setProfiler(&profiler);
        work(s);
        s.setProfiler(nullptr);
        row.ops = profiler.rows();
        row.opSeconds = std::accumulate(
            row.ops.begin(), row.ops.end(), 0.0,
            [](double sum, const gpu::Profiler::Row& op) { return sum + op.seconds; });
        row.spanSeconds = profiler.spanSeconds();
        return s.totals();
    }

    void decode(int context) {
        models::Phi4Decoder& decoder = m_model->decoder();
        const int steps = m_options.steps;
        require(context + steps < decoder.context(), "a context of " + std::to_string(context) +
                                                         " tokens does not fit this model or "
                                                         "device, which takes " +
                                                         std::to_string(decoder.context()));
        BenchRow row{.work = "decode", .context = context, .units = 1, .unit = "token"};
        m_events.onStep("decode at " + std::to_string(context));
        decoder.reserve(context + steps + 1);
        decoder.clearCache();
        const models::DecoderMode how = mode(context + steps);
        decoder.prepareStep(how.adapter);
        decoder.step(1, context, how); // what drivers delay to the first run
        const Seconds taken = medianOf(m_options.rounds, [&] {
            for (int i = 0; i < steps; ++i) {
                if (m_stop.stop_requested()) {
                    throw Error(ErrorCode::Cancelled, "the benchmark was stopped");
                }
                decoder.step(1, context + i, how);
            }
        });
        row.seconds = taken.wall / steps;
        row.cpuSeconds = taken.cpu / steps;
        const auto step = [&](gpu::CommandStream& s) { decoder.runStep(s, 1, context, how); };
        {
            gpu::CommandStream s = stream();
            step(s); // compiles what differs from the recording
            row.totals = decoder.stepTotals(how.adapter);
            row.totals.work = s.totals().work; // the recording does not know the length
        }
        profile(row, step);
        m_events.onRow(row);
    }

    /// Reads `count` tokens behind `cached` ones, up to the likeliest next token.
    void prefill(const std::string& name, int context, int cached, int count) {
        models::Phi4Decoder& decoder = m_model->decoder();
        require(cached + count < decoder.context(),
                std::to_string(cached + count) +
                    " tokens do not fit this model or device, which "
                    "takes " +
                    std::to_string(decoder.context()));
        decoder.reserve(cached + count + 1);
        decoder.clearCache();
        std::vector<std::int32_t> ids(static_cast<std::size_t>(cached + count));
        const std::int32_t vocabulary = m_model->config().decoder.vocabulary;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            ids[i] = static_cast<std::int32_t>(i * 37 % static_cast<std::size_t>(vocabulary));
        }
        row({.work = name,
             .context = context,
             .units = static_cast<double>(count),
             .unit = "token"},
            [&](gpu::CommandStream& s) {
                decoder.prefill(s, {ids, {}}, cached, mode(cached + count));
            });
    }

    void audio() {
        require(m_model->config().audio.has_value(), "this model has no audio encoder");
        const auto frames = static_cast<std::size_t>(m_options.audioSeconds * 100) - 2;
        const auto mel = static_cast<std::size_t>(m_model->config().audio->melChannels);
        std::vector<float> logMel(frames * mel);
        for (std::size_t i = 0; i < logMel.size(); ++i) {
            logMel[i] = static_cast<float>(i * 7919 % 997) * 0.01F;
        }
        row({.work = "audio", .units = m_options.audioSeconds, .unit = "second"},
            [&](gpu::CommandStream& s) {
                m_model->audioEncoder().encode(s, logMel, models::AudioProjection::Speech);
            });
    }

    void image() {
        require(m_model->config().vision.has_value(), "this model has no image encoder");
        const weights::VisionConfig& vision = *m_model->config().vision;
        Image picture;
        picture.width = m_options.imageWidth;
        picture.height = m_options.imageHeight;
        picture.rgb.resize(static_cast<std::size_t>(picture.width) *
                           static_cast<std::size_t>(std::max(0, picture.height)) * 3);
        for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
            picture.rgb[i] = static_cast<std::uint8_t>(i * 31 % 251);
        }
        const auto crops = std::make_shared<const preprocess::ImageCrops>(
            picture, preprocess::CropRules{.cropSize = vision.cropSize,
                                           .patchSize = vision.patchSize,
                                           .maxCrops = vision.maxCrops});
        const models::ImageInput input = imageInput(crops);
        row({.work = "image", .units = static_cast<double>(input.count), .unit = "crop"},
            [&](gpu::CommandStream& s) { m_model->imageEncoder().encode(s, input); });
    }

    void drafts() {
        models::Phi4Decoder& decoder = m_model->decoder();
        const int tokens = kDraftsOfAStep * m_options.steps;
        require(m_options.promptTokens + tokens < decoder.context(),
                "a prompt and an answer of " + std::to_string(m_options.promptTokens + tokens) +
                    " tokens do not fit this model or device, which takes " +
                    std::to_string(decoder.context()));
        decoder.reserve(m_options.promptTokens + tokens);
        decoder.clearCache();
        const models::DecoderMode how = mode(m_options.promptTokens + tokens);
        m_events.onStep("drafts");
        const auto step = [&](const WideStep& wide) {
            m_events.onRow({.work = "step of " + std::to_string(wide.width),
                            .units = 1,
                            .unit = "step",
                            .seconds = wide.taken.wall,
                            .cpuSeconds = wide.taken.cpu,
                            .totals = decoder.stepTotals(how.adapter, how.user, wide.width)});
        };
        const auto answer = [&](const DraftSpeed& speed) {
            const double perToken = 1.0 / speed.tokens;
            BenchRow row{.work = speed.answer + ", no drafts",
                         .units = 1,
                         .unit = "token",
                         .seconds = speed.without.wall * perToken,
                         .cpuSeconds = speed.without.cpu * perToken};
            m_events.onRow(row);
            row.work = speed.answer + ", drafts";
            row.seconds = speed.with.wall * perToken;
            row.cpuSeconds = speed.with.cpu * perToken;
            row.drafts = DraftGain{.tokensPerStep = static_cast<double>(speed.tokens) / speed.steps,
                                   .guessed = speed.guessed,
                                   .kept = speed.kept,
                                   .timesAsFast = speed.without.wall / speed.with.wall,
                                   .timesAsFastByCpu = speed.without.cpu / speed.with.cpu};
            m_events.onRow(row);
        };
        measureDrafts(decoder, m_model->config().decoder.vocabulary, how,
                      {.promptTokens = m_options.promptTokens,
                       .answerTokens = tokens,
                       .rounds = m_options.rounds,
                       .device = m_device->info().kind},
                      {.onStep = step, .onAnswer = answer}, m_stop);
    }

    void quantize() {
        m_events.onStep("quantizing a matrix");
        measureQuantizing(
            {}, m_options.rounds,
            [&](const QuantizeSpeed& speed) {
                BenchRow row{.work = "quantize " + speed.scheme,
                             .units = static_cast<double>(speed.sourceBytes),
                             .unit = "byte",
                             .seconds = speed.taken.wall,
                             .cpuSeconds = speed.taken.cpu};
                row.totals.work.bytes = row.units;
                m_events.onRow(row);
            },
            m_stop);
    }

    const BenchOptions& m_options;
    const BenchEvents& m_events;
    std::stop_token m_stop;
    std::unique_ptr<gpu::Device> m_device;
    std::unique_ptr<models::Phi4Model> m_model; // behind the device it lives on
    MatrixFormat m_format;
    Seconds m_load;
    BenchResult m_result;
};

} // namespace

std::string_view workName(Work work) {
    return kNames.at(static_cast<std::size_t>(work)).name;
}

BenchResult runBench(const BenchOptions& options, const BenchEvents& events, std::stop_token stop) {
    return Bench(options, events, std::move(stop)).run();
}

} // namespace phial::bench
