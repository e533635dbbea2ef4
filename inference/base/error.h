// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace phial {

/// Why something could not be done. The application chooses the user's wording from the code; the
/// message of an Error already is one clear sentence that names the file or object, what was
/// expected and what was found.
enum class ErrorCode {
    Internal,          ///< A bug in Phial: a broken invariant. The message carries file:line.
    InvalidArgument,   ///< A request that cannot be served as asked (usage).
    FileUnreadable,    ///< A file is missing, unreadable or vanished while being read.
    BadCheckpoint,     ///< A model folder is incomplete, truncated, overlapping, mis-shaped or
                       ///< mis-typed.
    WrongArchitecture, ///< A model folder of another model family.
    BadTokenizer,      ///< tokenizer.json / tokenizer.model cannot be used.
    BadMedia,          ///< An image or recording cannot be decoded or has an impossible form.
    ContextOverflow,   ///< The request does not fit the context.
    NoDevice,          ///< No Vulkan loader, no device, or the chosen device is absent.
    DeviceUnsuitable,  ///< The device lacks a needed feature, or is a software device that was not
                       ///< asked for.
    OutOfDeviceMemory, ///< The device has too little memory.
    OutOfHostMemory,   ///< The computer has too little memory.
    DeviceLost,        ///< The driver gave up or was reset.
    FileUnwritable,    ///< A file or folder cannot be written.
    DiskFull,          ///< The disk has too little room.
    Cancelled,         ///< A stop was requested; only used to unwind, never shown as a failure.
};

/// Stable lower-case name of a code, e.g. "bad_checkpoint" (for JSON output and tests).
std::string_view errorCodeName(ErrorCode code);

/// The only exception type that leaves a module of Phial. Thread-safe to copy.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message);

    ErrorCode code() const noexcept { return m_code; }

    /// The same error with "context: " in front of its sentence; for `catch (Error& e) { throw
    /// e.with("loading layer 12"); }`.
    Error with(std::string_view context) const;

private:
    ErrorCode m_code;
};

/// Throws Error{Internal} with the call's file and line when `condition` is false. Always on: a
/// broken invariant ends the job, never the user's work. For what users can cause, throw a specific
/// Error instead. `file` and `line` are the caller's by default (std::source_location would need a
/// newer clang than Debian 12's for the linter).
void check(bool condition, std::string_view message, const char* file = __builtin_FILE(),
           int line = __builtin_LINE());

} // namespace phial
