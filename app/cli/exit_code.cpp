// SPDX-License-Identifier: MIT
#include "app/cli/exit_code.h"

namespace phial::cli {

ExitCode exitCodeOf(ErrorCode code, Phase phase) {
    switch (code) {
    case ErrorCode::Internal:
        return ExitCode::Failed;
    case ErrorCode::InvalidArgument:
        return ExitCode::Usage;
    case ErrorCode::FileUnreadable:
        return phase == Phase::Loading ? ExitCode::Model : ExitCode::Input;
    case ErrorCode::FileUnwritable:
    case ErrorCode::DiskFull:
    case ErrorCode::BadMedia:
    case ErrorCode::ContextOverflow:
        return ExitCode::Input;
    case ErrorCode::BadCheckpoint:
    case ErrorCode::WrongArchitecture:
    case ErrorCode::BadTokenizer:
        return ExitCode::Model;
    case ErrorCode::NoDevice:
    case ErrorCode::DeviceUnsuitable:
    case ErrorCode::OutOfDeviceMemory:
    case ErrorCode::OutOfHostMemory:
    case ErrorCode::DeviceLost:
        return ExitCode::Device;
    case ErrorCode::Cancelled:
        return ExitCode::Cancelled;
    }
    return ExitCode::Failed;
}

} // namespace phial::cli
