// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "inference/bench/bench.h"
#include "inference/bench/estimate.h"
#include "inference/bench/tune.h"

namespace phial::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string milliseconds(double seconds) {
    return fixed(seconds * 1e3, seconds < 1 ? 2 : 0);
}

/// "3.1 (42 %)": a rate in units of 1e9 and its part of what the device can do.
std::string rate(double perSecond, double best) {
    const std::string text = fixed(perSecond / 1e9, perSecond < 1e11 ? 2 : 0);
    return best > 0 ? text + " (" + fixed(100 * perSecond / best, 0) + " %)" : text;
}

double per(double amount, double seconds) {
    return seconds > 0 ? amount / seconds : 0;
}

std::string titleOf(const bench::BenchRow& row) {
    return row.context > 0 ? row.work + " at " + std::to_string(row.context) : row.work;
}

/// Writes what is measured, as text or JSON.
class BenchWriter {
public:
    BenchWriter(RunContext& context, const BenchCommand& command)
        : m_context(context)
        , m_command(command)
        , m_table({"work", "units/s", "unit", "ms", "CPU ms", "dispatches", "barriers",
                   "GB/s (of copy)", "GFLOP/s (of matrix)"}) {}

    void ready(const bench::BenchResult& result) {
        m_limits = result.limits;
        if (m_context.isJson()) {
            m_context.write({{"model", result.model},
                             {"device", result.deviceName},
                             {"driver", result.driver},
                             {"precision", precisionName(result.precision)},
                             {"copy_bytes_per_second", m_limits.copyBytesPerSecond},
                             {"matrix_flops_per_second", m_limits.matrixFlopsPerSecond}});
            return;
        }
        if (result.model.empty()) {
            m_context.reporter.answer("one thread of the processor, no model\n");
            return;
        }
        m_context.reporter.answer(result.model + "\n" + result.deviceName + ", " + result.driver +
                                  ", " + precisionName(result.precision) + "\ncopy " +
                                  fixed(m_limits.copyBytesPerSecond / 1e9, 2) +
                                  " GB/s, matrix product " +
                                  fixed(m_limits.matrixFlopsPerSecond / 1e9, 1) + " GFLOP/s\n");
    }

    void row(const bench::BenchRow& row) {
        if (m_context.isJson()) {
            m_context.write(json(row));
            return;
        }
        const bool counted = row.totals.dispatches > 0;
        m_table.add({titleOf(row), fixed(per(row.units, row.seconds), 2), row.unit,
                     milliseconds(row.seconds), milliseconds(row.cpuSeconds),
                     counted ? std::to_string(row.totals.dispatches) : "",
                     counted ? std::to_string(row.totals.barriers) : "",
                     rate(per(row.totals.work.bytes, row.seconds), m_limits.copyBytesPerSecond),
                     rate(per(row.totals.work.flops, row.seconds), m_limits.matrixFlopsPerSecond)});
        if (m_command.perOp == PerOp::Yes && !row.ops.empty()) {
            ops(row);
        }
        m_notes += row.drafts ? gain(row) : estimate(row);
    }

    void finish(const bench::BenchResult& result) {
        if (m_context.isJson()) {
            m_context.write({{"weight_bytes", result.weightBytes},
                             {"cache_bytes", result.cacheBytes},
                             {"peak_bytes", result.peakBytes}});
            return;
        }
        m_context.reporter.answer("\n" + m_table.text());
        if (!m_notes.empty()) {
            m_context.reporter.answer("\n" + m_notes);
        }
        if (result.model.empty()) {
            return;
        }
        const auto megabytes = [](std::uint64_t bytes) {
            return fixed(static_cast<double>(bytes) / 1e6, 0) + " MB";
        };
        const std::uint64_t known = result.weightBytes + result.cacheBytes;
        m_context.reporter.answer(
            "\nweights " + megabytes(result.weightBytes) + ", keys and values " +
            megabytes(result.cacheBytes) + ", most of all " + megabytes(result.peakBytes) + " (" +
            megabytes(result.peakBytes > known ? result.peakBytes - known : 0) + " beyond)\n");
    }

private:
    /// How near the work comes to what the rates of the device allow, and whether its operations
    /// explain it.
    std::string estimate(const bench::BenchRow& row) const {
        const double ideal = bench::idealSeconds(row, m_limits);
        if (ideal <= 0) {
            return {};
        }
        std::string text = titleOf(row) + ": " + fixed(per(row.units, ideal), 2) + " " + row.unit +
                           "/s at the rates of copy and matrix product, measured " +
                           fixed(per(row.units, row.seconds), 2) + " (" +
                           fixed(100 * per(ideal, row.seconds), 0) + " %)\n";
        if (!bench::opsExplainRun(row)) {
            text += "  its operations sum to " + fixed(100 * bench::opsShare(row), 0) +
                    " % of the run, so their times do not explain it\n";
        }
        return text;
    }

    static std::string gain(const bench::BenchRow& row) {
        return row.work + ": " + fixed(row.drafts->tokensPerStep, 2) + " tokens a step, " +
               std::to_string(row.drafts->kept) + " of " + std::to_string(row.drafts->guessed) +
               " guesses right, " + fixed(row.drafts->timesAsFast, 2) + " times as fast (" +
               fixed(row.drafts->timesAsFastByCpu, 2) + " by processor time)\n";
    }

    void ops(const bench::BenchRow& row) const {
        TextTable table({"  " + titleOf(row), "calls", "ms", "% of all", "GB/s (of copy)",
                         "GFLOP/s (of matrix)"});
        for (const gpu::Profiler::Row& op : row.ops) {
            table.add({"  " + op.label, std::to_string(op.calls), milliseconds(op.seconds),
                       fixed(100 * per(op.seconds, row.opSeconds), 1),
                       rate(per(op.bytes, op.seconds), m_limits.copyBytesPerSecond),
                       rate(per(op.flops, op.seconds), m_limits.matrixFlopsPerSecond)});
        }
        m_context.reporter.answer("\n" + table.text() + "  sum " + milliseconds(row.opSeconds) +
                                  " ms of " + milliseconds(row.spanSeconds) +
                                  " ms on the device (" +
                                  fixed(100 * per(row.opSeconds, row.spanSeconds), 1) + " %)\n");
    }

    Json json(const bench::BenchRow& row) const {
        Json list = Json::array();
        for (const gpu::Profiler::Row& op : row.ops) {
            list.push_back({{"op", op.label},
                            {"calls", op.calls},
                            {"seconds", op.seconds},
                            {"bytes", op.bytes},
                            {"flops", op.flops}});
        }
        Json result = {{"work", row.work},
                       {"context", row.context},
                       {"units", row.units},
                       {"unit", row.unit},
                       {"seconds", row.seconds},
                       {"cpu_seconds", row.cpuSeconds},
                       {"units_per_second", per(row.units, row.seconds)},
                       {"dispatches", row.totals.dispatches},
                       {"barriers", row.totals.barriers},
                       {"bytes", row.totals.work.bytes},
                       {"flops", row.totals.work.flops},
                       {"op_seconds", row.opSeconds},
                       {"device_seconds", row.spanSeconds},
                       {"ideal_seconds", bench::idealSeconds(row, m_limits)},
                       {"ops_share", bench::opsShare(row)},
                       {"ops_explain_run", bench::opsExplainRun(row)},
                       {"ops", list}};
        if (row.drafts) {
            result["drafts"] = {{"tokens_per_step", row.drafts->tokensPerStep},
                                {"guessed_tokens", row.drafts->guessed},
                                {"kept_tokens", row.drafts->kept},
                                {"times_as_fast", row.drafts->timesAsFast},
                                {"times_as_fast_by_cpu", row.drafts->timesAsFastByCpu}};
        }
        return result;
    }

    RunContext& m_context;
    const BenchCommand& m_command;
    bench::DeviceLimits m_limits;
    TextTable m_table;
    std::string m_notes; ///< lines below the table
};

std::string_view placeName(bench::TuneRow::Place place) {
    switch (place) {
    case bench::TuneRow::Place::Winner:
        return "kept";
    case bench::TuneRow::Place::Default:
        return "default";
    case bench::TuneRow::Place::Other:
        break;
    }
    return "";
}

void showTuned(RunContext& context, const std::vector<bench::TuneRow>& rows) {
    if (context.isJson()) {
        for (const bench::TuneRow& row : rows) {
            context.write({{"products", ops::nameOf(row.products)},
                           {"kernel", row.choice->name},
                           {"seconds", row.seconds},
                           {"flops", row.flops},
                           {"fault", row.fault},
                           {"place", placeName(row.place)}});
        }
        return;
    }
    TextTable table({ops::nameOf(rows.front().products), "us", "GFLOP/s", ""});
    for (const bench::TuneRow& row : rows) {
        const bool right = row.fault.empty();
        table.add({"  " + std::string(row.choice->name), right ? fixed(row.seconds * 1e6, 1) : "",
                   right ? fixed(per(row.flops, row.seconds) / 1e9, 1) : "",
                   right ? std::string(placeName(row.place)) : "wrong: " + row.fault});
    }
    context.reporter.answer(table.text() + "\n");
}

ExitCode runTuning(RunContext& context, const BenchCommand& command, const CommonOptions& common) {
    bench::TuneOptions options{.device = common.engine.device,
                               .precision = common.engine.precision,
                               .formats = {},
                               .rows = {},
                               .rounds = command.options.rounds};
    if (command.options.format) {
        options.formats = {*command.options.format};
    }
    if (!context.services.cacheDirectory.empty()) {
        options.device.pipelineCacheDirectory = context.services.cacheDirectory / "pipelines";
    }
    const bench::TuneResult result = context.services.runTune(
        options,
        {.onStep = [&](const std::string& step) { context.reporter.note("measuring: " + step); },
         .onProducts = [&](const std::vector<bench::TuneRow>& rows) { showTuned(context, rows); }},
        context.stop);
    if (context.isJson()) {
        context.write({{"device", result.deviceName},
                       {"driver", result.driver},
                       {"precision", precisionName(result.precision)},
                       {"file", result.file.string()}});
    } else {
        context.reporter.answer(result.deviceName + ", " + result.driver + ", " +
                                std::string(precisionName(result.precision)) + "\n" +
                                (result.file.empty() ? "nothing is kept: there is no cache folder"
                                                     : "kept in " + result.file.string()) +
                                "\n");
    }
    return ExitCode::Ok;
}

} // namespace

ExitCode run(RunContext& context, const BenchCommand& command, const CommonOptions& common) {
    if (command.tune == Tune::Yes) {
        return runTuning(context, command, common);
    }
    bench::BenchOptions options = command.options;
    EngineOptions engine = common.engine;
    if (!command.syntheticModel) {
        engine = context.loadOptions();
        options.model = engine.model;
    } else if (!context.services.cacheDirectory.empty()) {
        engine.device.pipelineCacheDirectory = context.services.cacheDirectory / "pipelines";
    }
    options.device = engine.device;
    options.precision = engine.precision;
    options.kvCache = engine.kvCache;
    BenchWriter writer(context, command);
    const bench::BenchResult result = context.services.runBench(
        options,
        {.onStep = [&](const std::string& step) { context.reporter.note("measuring: " + step); },
         .onReady = [&](const bench::BenchResult& ready) { writer.ready(ready); },
         .onRow = [&](const bench::BenchRow& row) { writer.row(row); }},
        context.stop);
    writer.finish(result);
    return ExitCode::Ok;
}

} // namespace phial::cli
