// SPDX-License-Identifier: MIT
#pragma once

#include "app/tasks/requests.h"
#include "inference/engine/engine.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::tasks {

/// The words of one stretch of a recording.
struct SpeechPart {
    double startSeconds = 0;
    double seconds = 0;
    std::string text;        ///< transcript; the translation when only that was asked for
    std::string translation; ///< only of SpeechKind::TranscribeAndTranslate
};

enum class Heard {
    NotAsked, ///< the task does not listen
    Speech,
    Nothing, ///< only silence: the model was not asked
};

struct TaskResult {
    /// Text, ids, counts and times of all model calls together. The finish reason is the last that
    /// is not EndOfTurn.
    GenerationResult generation;
    Heard heard = Heard::NotAsked;
    std::vector<SpeechPart> parts; ///< of speech tasks
    bool circled = false; ///< somewhere the model said the same over and over and was stopped
};

/// Adds up what two answers took; everything but the text.
void addTo(GenerationResult& total, const GenerationResult& part);

/// A piece of work for the model: what a window or a terminal program asks for. Runs on the thread
/// that owns the engine; events and errors as of Engine::generate().
using Task = std::function<TaskResult(Engine&, const GenerationEvents&, std::stop_token)>;

/// One request, one answer.
Task requestTask(Request request);

/// Several pieces of work one after the other, as one answer with a blank line between them. Stops
/// after the piece that was cancelled.
Task inOrder(std::vector<Task> parts);

enum class SpeechKind { Transcribe, Translate, TranscribeAndTranslate };

/// Where the sound of a speech task comes from, block by block.
struct SoundSource {
    int sampleRateHz = 0;
    int channels = 1;
    double seconds = 0; ///< expected length, for the progress; 0 = not known
    /// Replaces the block by the next frames (interleaved); false at the end.
    std::function<bool(std::vector<float>& block)> next;
    /// After the end: one sentence about what is missing or damaged, or empty. May be unset.
    std::function<std::string()> note;
};

/// All of a clip as one block.
SoundSource soundOf(Clip clip);

struct SpeechOptions {
    SpeechKind kind = SpeechKind::Transcribe;
    std::string language; ///< English name of the target of a translation
};

/// Listens to a recording of any length: cuts it at quiet places, leaves silence out, and joins the
/// answers. A recording that fits the model in one piece is given to it unchanged. Progress tells
/// EncodingAudio in seconds of sound listened to.
Task speechTask(SoundSource sound, SpeechOptions options);

} // namespace phial::tasks
