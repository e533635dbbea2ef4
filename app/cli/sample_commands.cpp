// SPDX-License-Identifier: MIT
#include "app/cli/meeting_run.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "app/samples/samples.h"

#include <utility>

namespace phial::cli {
namespace {

using samples::Sample;

/// The name of a line and the room up to its text.
std::string label(const std::string& name) {
    return column("  " + name + ":", 13);
}

/// One sample after the other, until one is stopped.
class SampleRun {
public:
    explicit SampleRun(RunContext& context)
        : m_context(context) {}

    ExitCode run(const Sample& sample) {
        m_context.engine(); // its notes come before the first answer
        switch (sample.kind) {
        case samples::Kind::Sentence:
            sentence(sample);
            break;
        case samples::Kind::Meeting:
            meeting(sample);
            break;
        case samples::Kind::Chart:
        case samples::Kind::Page:
            picture(sample);
            break;
        }
        return m_code;
    }

private:
    void line(const std::string& name, const std::string& text) {
        m_context.reporter.answer(label(name) + text + "\n");
    }

    void answer(const std::string& name, const tasks::Task& task) {
        if (m_code == ExitCode::Ok) {
            m_context.reporter.answer(label(name));
            m_code = m_context.conclude(m_context.run(task).generation);
        }
    }

    void sentence(const Sample& sample) {
        m_context.reporter.answer(sample.sound.filename().string() + "\n");
        line("spoken", sample.said);
        const auto listen = [&](const std::string& name, const tasks::SpeechOptions& options) {
            answer(name, tasks::speechTask(m_context.inputs.sound(sample.sound.string()), options));
        };
        listen("heard", {});
        for (const std::string& language : sample.languages) {
            listen(language, {.kind = tasks::SpeechKind::Translate, .language = language});
        }
    }

    void meeting(const Sample& sample) {
        m_context.reporter.answer(sample.sound.filename().string() + ", a short meeting\n");
        line("spoken", sample.said);
        MeetingRun run(m_context, sample.sound.string(), Keep::No);
        if (run.transcribe(
                {}, [this](const meetings::TranscriptSegment& one) { line("heard", one.text); })) {
            run.finish();
        } else {
            m_code = ExitCode::Cancelled;
        }
    }

    void picture(const Sample& sample) {
        const bool aloud = !sample.sound.empty();
        m_context.reporter.answer(
            sample.picture.filename().string() +
            (aloud ? ", asked about in " + sample.sound.filename().string() : std::string()) +
            "\n");
        line("asked", aloud ? sample.said : sample.question);
        line("right", sample.answer);
        Message message{.role = Role::User, .text = sample.question};
        message.images.push_back(m_context.inputs.picture(sample.picture.string()));
        if (aloud) {
            message.clips.push_back(m_context.inputs.clip(sample.sound.string()));
        }
        Request request;
        request.messages.push_back(std::move(message));
        answer("answered", tasks::requestTask(std::move(request)));
    }

    RunContext& m_context;
    ExitCode m_code = ExitCode::Ok;
};

} // namespace

ExitCode run(RunContext& context, const SamplesCommand& /*command*/) {
    SampleRun run(context);
    bool first = true;
    for (const Sample& sample : samples::readSamples(context.services.resources / "samples")) {
        context.reporter.answer(std::exchange(first, false) ? "" : "\n");
        if (const ExitCode code = run.run(sample); code != ExitCode::Ok) {
            return code;
        }
    }
    return ExitCode::Ok;
}

} // namespace phial::cli
