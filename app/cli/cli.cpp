// SPDX-License-Identifier: MIT
#include "app/cli/cli.h"

#include "app/cli/command_line.h"
#include "app/cli/json_output.h"
#include "app/cli/run_context.h"
#include "inference/base/error.h"

#include <exception>
#include <new>
#include <ostream>
#include <type_traits>

namespace phial::cli {
namespace {

ExitCode dispatch(RunContext& context, const CommandLine& line) {
    return std::visit(
        [&](const auto& command) {
            using Chosen = std::decay_t<decltype(command)>;
            if constexpr (std::is_same_v<Chosen, ProbeCommand> ||
                          std::is_same_v<Chosen, BenchCommand>) {
                return run(context, command, line.common);
            } else {
                return run(context, command);
            }
        },
        line.command);
}

ExitCode report(RunContext& context, const Error& error, const CommonOptions& options) {
    if (error.code() == ErrorCode::Cancelled) {
        context.reporter.note("cancelled.");
        return ExitCode::Cancelled;
    }
    context.reporter.error(error.what());
    if (error.code() == ErrorCode::DeviceUnsuitable &&
        options.engine.device.software == gpu::SoftwareDevices::Refuse) {
        context.reporter.error(
            "to allow a software device, which is slow, add --software or set PHIAL_SOFTWARE=1.");
    }
    if (context.isJson()) {
        context.write(toJson(error));
    }
    return exitCodeOf(error.code(), context.phase());
}

} // namespace

int runCli(const std::vector<std::string>& args, const Streams& streams, const Services& services,
           const std::stop_token& stop) {
    const std::variant<CommandLine, ShowAndExit> parsed = parseCommandLine(args);
    if (const auto* const show = std::get_if<ShowAndExit>(&parsed)) {
        (show->status == 0 ? streams.out : streams.err) << show->text << std::flush;
        return show->status;
    }
    const auto& line = std::get<CommandLine>(parsed);
    RunContext context(streams, services, line.common, stop);
    ExitCode code = ExitCode::Failed;
    try {
        code = dispatch(context, line);
    } catch (const Error& error) {
        code = report(context, error, line.common);
    } catch (const std::bad_alloc&) {
        code = report(context,
                      Error(ErrorCode::OutOfHostMemory,
                            "The computer ran out of memory; close other programs."),
                      line.common);
    } catch (const std::exception& error) {
        code = report(context,
                      Error(ErrorCode::Internal, std::string("unexpected error: ") + error.what()),
                      line.common);
    }
    return static_cast<int>(code);
}

} // namespace phial::cli
