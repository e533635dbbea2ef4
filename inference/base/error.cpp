// SPDX-License-Identifier: MIT
#include "inference/base/error.h"

namespace phial {

std::string_view errorCodeName(ErrorCode code) {
    switch (code) {
    case ErrorCode::Internal:
        return "internal";
    case ErrorCode::InvalidArgument:
        return "invalid_argument";
    case ErrorCode::FileUnreadable:
        return "file_unreadable";
    case ErrorCode::BadCheckpoint:
        return "bad_checkpoint";
    case ErrorCode::WrongArchitecture:
        return "wrong_architecture";
    case ErrorCode::BadTokenizer:
        return "bad_tokenizer";
    case ErrorCode::BadMedia:
        return "bad_media";
    case ErrorCode::ContextOverflow:
        return "context_overflow";
    case ErrorCode::NoDevice:
        return "no_device";
    case ErrorCode::DeviceUnsuitable:
        return "device_unsuitable";
    case ErrorCode::OutOfDeviceMemory:
        return "out_of_device_memory";
    case ErrorCode::OutOfHostMemory:
        return "out_of_host_memory";
    case ErrorCode::DeviceLost:
        return "device_lost";
    case ErrorCode::FileUnwritable:
        return "file_unwritable";
    case ErrorCode::DiskFull:
        return "disk_full";
    case ErrorCode::Cancelled:
        return "cancelled";
    }
    return "unknown";
}

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(message)
    , m_code(code) {}

Error Error::with(std::string_view context) const {
    return Error(m_code, std::string(context) + ": " + what());
}

void check(bool condition, std::string_view message, const char* file, int line) {
    if (!condition) {
        throw Error(ErrorCode::Internal,
                    std::string(file) + ":" + std::to_string(line) + ": " + std::string(message));
    }
}

} // namespace phial
